package workflows

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/models"
)

// CoverSheets are address sheets for the sealed envelopes that wait at the servicecenter, where a controller lets it post them:
// name and address in the window, the municipality as sender, and nothing of whom the envelope is from. An envelope to somebody
// without an address, or to a protected person, has none.
func (s *Service) CoverSheets(ctx context.Context, actor models.Actor) (PrintFile, error) {
	var to [][]string
	var f PrintFile
	var b bytes.Buffer
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if !actor.HasRole(models.RoleServicecenter) {
			return ErrForbidden
		}
		rows, err := tx.WaitingEnvelopes(batchMax)
		if err != nil {
			return err
		}
		var shown []uuid.UUID
		for _, e := range rows {
			lines, request, err := coverOf(tx, e)
			if err != nil {
				return err
			}
			if len(lines) > 0 {
				to, shown = append(to, lines), append(shown, request.UUID())
			}
		}
		if len(to) == 0 {
			return Refusal{Key: "guard.nothing-to-print"}
		}
		f.Name = fmt.Sprintf("adressblad-%s.pdf", calendar.DateOf(tx.Now))
		if err := s.Templates.CoverSheets(&b, to, tx.Now); err != nil {
			return err
		}
		return tx.LogReading("envelopes", models.ControllerID{}, shown...)
	})
	if err != nil {
		return PrintFile{}, err
	}
	sum := sha256.Sum256(b.Bytes())
	f.Size, f.SHA256 = int64(b.Len()), hex.EncodeToString(sum[:])
	f.Write = func(dst io.Writer) error { _, err := dst.Write(b.Bytes()); return err }
	return f, nil
}

// coverOf is the receiver's name and address, or nothing.
func coverOf(tx *models.Tx, e models.Envelope) ([]string, models.RequestID, error) {
	public, err := tx.PublicOfCases([]models.CaseID{e.CaseID})
	if err != nil || len(public) == 0 {
		return nil, models.RequestID{}, err
	}
	r, err := tx.Request(public[0].RequestID)
	if errors.Is(err, ErrNotFound) {
		return nil, models.RequestID{}, nil
	}
	if err != nil {
		return nil, models.RequestID{}, err
	}
	p, err := tx.RequestPerson(r)
	if err != nil || r.Protected || strings.TrimSpace(p.Address) == "" {
		return nil, r.ID, err
	}
	lines := []string{p.Receiver()}
	for _, line := range strings.Split(strings.ReplaceAll(p.Address, "\r\n", "\n"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, r.ID, nil
}
