package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/internal/crypto"
	"insyn/internal/identity"
	"insyn/models"
)

// Identity is who an e-ID says a person is.
type Identity struct {
	Name   string `json:"name"`
	Number string `json:"number"` // twelve digits
}

// sessionKey is the id of the data key that seals what sessions hold of a person.
func sessionKey() uuid.UUID { return uuid.MustParse("5e551040-0000-7000-8000-000000000001") }

// LoginResident finds, or makes, the subject of a person who has logged in with an e-ID. number is a personnummer or a
// samordningsnummer of twelve digits.
func (s *Service) LoginResident(ctx context.Context, number string) (models.SubjectID, error) {
	n, err := identity.ParseNumber(number, s.Clock.Now().Year())
	if err != nil {
		return models.SubjectID{}, ErrForbidden
	}
	var id models.SubjectID
	err = s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		id, err = tx.SubjectByToken(s.Lookup.Token([]byte("subject"), n.String12()))
		return err
	})
	return id, err
}

// SealIdentity seals who a person is for the session.
func (s *Service) SealIdentity(ctx context.Context, who Identity) ([]byte, error) {
	if err := s.Sealer.CreateKey(ctx, sessionKey()); err != nil {
		return nil, err
	}
	b, err := json.Marshal(who)
	if err != nil {
		return nil, fmt.Errorf("encode identity: %w", err)
	}
	return s.Sealer.Seal(ctx, sessionKey(), sessionAAD(), b)
}

// OpenIdentity opens what SealIdentity sealed.
func (s *Service) OpenIdentity(ctx context.Context, sealed []byte) (who Identity, err error) {
	b, err := s.Sealer.Open(ctx, sessionKey(), sessionAAD(), sealed)
	if err != nil {
		return who, err
	}
	if json.Unmarshal(b, &who) != nil {
		return who, errors.New("decode identity: malformed")
	}
	return who, nil
}

func sessionAAD() crypto.AAD {
	return crypto.AAD{Table: "sessions", Column: "data", Row: sessionKey()}
}

// LoginStaff finds the imported person behind a staff login: issuer and sub once bound, else the verified mail or UPN,
// which binds them. Nobody imported is ErrForbidden.
func (s *Service) LoginStaff(ctx context.Context, issuer, sub, verifiedMail string) (models.Staff, error) {
	var who models.Staff
	err := s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		if who, err = tx.StaffByIdentity(issuer, sub); !errors.Is(err, ErrNotFound) {
			return err
		}
		if verifiedMail == "" {
			return ErrForbidden
		}
		who, err = tx.BindStaff(verifiedMail, issuer, sub)
		return err
	})
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrConflict) {
		err = ErrForbidden
	}
	return who, err
}

// StaffActor loads what a member of staff may do today, and the controllers they work for. It is asked on every request, so
// that a right ends the day its assignment ends, in running sessions too.
func (s *Service) StaffActor(ctx context.Context, id models.StaffID) (models.Actor, models.Staff, []models.Controller, error) {
	var actor models.Actor
	var who models.Staff
	var at []models.Controller
	err := s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		var err error
		if who, err = tx.StaffByID(id); err != nil {
			return err
		}
		grants, err := tx.GrantsOn(id, calendar.DateOf(tx.Now))
		if err != nil {
			return err
		}
		actor = models.StaffActor(id, grants...)
		all, err := tx.Controllers()
		if err != nil {
			return err
		}
		mine := actor.Controllers(models.Roles()...)
		for _, c := range all {
			for _, m := range mine {
				if c.ID == m {
					at = append(at, c)
				}
			}
		}
		return nil
	})
	return actor, who, at, err
}

// Controllers lists the controllers a request can go to today.
func (s *Service) Controllers(ctx context.Context, actor models.Actor) ([]models.Controller, error) {
	var out []models.Controller
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		out, err = tx.ControllersOn(calendar.DateOf(tx.Now))
		return err
	})
	return out, err
}
