package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gorm.io/gorm"

	"insyn/internal/clock"
	"insyn/internal/config"
	"insyn/internal/crypto"
	"insyn/internal/postgres"
	"insyn/models"
)

type auditCmd struct {
	Verify auditVerify `cmd:"" help:"Follow every event chain and every seal of the read log; name each place that does not hold."`
}

type auditVerify struct{}

// openStore opens the database for commands that read and write no sealed text.
func openStore(ctx context.Context, c config.Config) (*models.Store, *gorm.DB, error) {
	if err := c.Require("DATABASE_URL"); err != nil {
		return nil, nil, err
	}
	machine := clock.System()
	db, err := postgres.Open(ctx, c.DatabaseURL, postgres.Options{Now: machine.Now, Application: "insyn", MaxConnections: 2})
	if err != nil {
		return nil, nil, fmt.Errorf("INSYN_DATABASE_URL: %w", err)
	}
	return models.NewStore(db, crypto.NewSealer(nil), machine), db, nil
}

// Run prints one line per fault and fails if there is any.
func (auditVerify) Run(ctx context.Context, env environment, out io.Writer) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	store, db, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = postgres.Close(db) }() // nothing was written
	found := 0
	err = store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		faults, events, err := tx.VerifyEvents()
		if err != nil {
			return err
		}
		broken, seals, err := tx.VerifyReadings()
		if err != nil {
			return err
		}
		for _, f := range faults {
			fmt.Fprintf(out, "%s %s event %d: %s\n", f.StreamKind, f.StreamID, f.Seq, f.What)
		}
		for _, id := range broken {
			fmt.Fprintf(out, "read log seal %d: altered\n", id)
		}
		found = len(faults) + len(broken)
		fmt.Fprintf(out, "%d events and %d seals checked, %d faults\n", events, seals, found)
		return nil
	})
	if err == nil && found > 0 {
		err = errors.New("the chains do not hold")
	}
	return err
}
