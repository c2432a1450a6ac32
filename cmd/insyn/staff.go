package main

import (
	"context"
	"fmt"
	"io"

	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/internal/postgres"
	"insyn/models"
)

type staffCmd struct {
	Grant staffGrant `cmd:"" help:"Give a role, from today. The first administrator is made so."`
}

type staffGrant struct {
	Email      string `arg:"" help:"The person's address, as it is in the login."`
	Role       string `arg:"" enum:"servicecenter,ombud,decider,dso,registrator,logreviewer,admin" help:"${enum}"`
	Name       string `help:"The person's name, if the person is not imported yet."`
	Controller string `help:"Prefix of the controller, for roles that belong to one."`
	Until      string `help:"Last day, as 2027-01-31; without it the role has no end."`
}

// Run makes the assignment.
func (g staffGrant) Run(ctx context.Context, env environment, out io.Writer) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	var until calendar.Date
	if g.Until != "" {
		if until, err = calendar.Parse(g.Until); err != nil {
			return fmt.Errorf("--until: %w", err)
		}
	}
	store, db, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = postgres.Close(db) }() // the grant is committed
	err = store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		return tx.Grant(g.Email, g.Name, models.Role(g.Role), g.Controller, calendar.DateOf(clock.System().Now()), until)
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s is %s from today\n", g.Email, g.Role)
	return err
}
