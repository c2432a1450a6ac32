package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"insyn/demo/history"
	"insyn/internal/clock"
	"insyn/internal/postgres"
	"insyn/models"
	"insyn/workflows"
)

// The history is made once, at the first start of a demo. A file says how far it came.
const (
	historyFile  = "history"
	historyBegun = "begun"
	historyMade  = "made"
	historyLanes = 2
)

// wantsHistory tells whether this start is to make the demo's history: when it is asked for and there is no database yet.
// A history that was begun and never finished is told of; its open cases stand where they were.
func wantsHistory(o stackOptions) (bool, error) {
	if !o.History {
		return false, nil
	}
	if b, err := os.ReadFile(filepath.Join(o.Dir, historyFile)); err == nil && string(b) == historyBegun {
		_, err := fmt.Fprintln(o.Say, "the history of this demo was not finished; make demo FRESH=1 starts over")
		return false, err
	}
	_, err := os.Stat(filepath.Join(o.Dir, "postgres"))
	if errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	return false, err
}

// makeHistory makes the demo's past while the site is up already. The channel is closed when it is there, or could not be made:
// until then no worker may run. What goes wrong is told and ends nothing: the demo works without a past.
func (s *stack) makeHistory(ctx context.Context, o stackOptions) <-chan struct{} {
	done := make(chan struct{})
	if !s.history {
		close(done)
		return done
	}
	s.group.Go(func() error {
		defer close(done)
		machine := clock.System()
		begun := machine.Now()
		made, err := s.pastUntil(ctx, o, begun)
		if ctx.Err() != nil {
			return nil // stopped meanwhile; the file says so at the next start
		}
		line := fmt.Sprintf("The history is there: %d requests of two years, made in %d seconds.\n", made, int(machine.Now().Sub(begun).Seconds()+0.5))
		if err != nil {
			s.log.ErrorContext(ctx, "history not finished", slog.String("error", err.Error()))
			line = "The history could not be finished; what was made stays. The log says why.\n"
		}
		_, err = io.WriteString(o.Say, line)
		return err
	})
	return done
}

// pastUntil makes the history up to an instant. The past need not survive a power cut, so its commits wait for no disk; and its
// mails are sent to nobody.
func (s *stack) pastUntil(ctx context.Context, o stackOptions, until time.Time) (made int, err error) {
	path := filepath.Join(o.Dir, historyFile)
	if err := os.WriteFile(path, []byte(historyBegun), 0o600); err != nil {
		return 0, err
	}
	address, err := url.Parse(s.config.DatabaseURL)
	if err != nil {
		return 0, errors.New("the demo's own database URL cannot be read")
	}
	query := address.Query()
	query.Set("synchronous_commit", "off")
	// The driver takes a plus for a plus: a folder with a space in its name must be written as %20.
	address.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	var lanes []history.Lane
	for range historyLanes {
		clk := clock.NewSettable(until)
		db, err := postgres.Open(ctx, address.String(), postgres.Options{Now: clk.Now, Application: "insyn history", MaxConnections: 2})
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, postgres.Close(db)) }()
		deps := s.service.Deps
		deps.Clock, deps.Mailer, deps.Store = clk, history.Silence{}, models.NewStore(db, deps.Sealer, clk)
		lanes = append(lanes, history.Lane{Service: workflows.New(deps), Clock: clk})
	}
	if made, err = history.Make(ctx, lanes, history.Options{Until: until, Closed: history.DefaultClosed}); err != nil {
		return made, err
	}
	return made, os.WriteFile(path, []byte(historyMade), 0o600)
}
