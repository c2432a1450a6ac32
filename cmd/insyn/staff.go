package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"insyn/internal/calendar"
	"insyn/internal/postgres"
	"insyn/models"
	"insyn/workflows"
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
	err = workflows.Grant(ctx, store, workflows.NewStaff{Email: g.Email, Name: g.Name}, models.Role(g.Role), g.Controller, until)
	var wrong workflows.Invalid
	switch {
	case errors.Is(err, workflows.ErrNotFound):
		return errors.New("nobody has that address, or no controller that prefix; --name makes a new member of staff")
	case errors.As(err, &wrong) && len(wrong.Fields) > 0:
		return fmt.Errorf("%s: %s", wrong.Fields[0].Field, grantFault(wrong.Fields[0].Key))
	case err != nil:
		return err
	}
	_, err = fmt.Fprintf(out, "%s is %s from today\n", g.Email, g.Role)
	return err
}

// grantFault says in words what is wrong with a grant.
func grantFault(key string) string {
	switch key {
	case "error.admin.role-anywhere":
		return "this role belongs to no controller; leave out --controller"
	case "error.admin.role-controller":
		return "this role belongs to a controller; give --controller"
	case "error.admin.to-before":
		return "the last day is before today"
	case "error.admin.independence":
		return "a data protection officer is never also ombud or decision maker (GDPR art 38.6)"
	case "error.admin.tomorrow":
		return "this role was ended at once today; it can begin again tomorrow"
	}
	return key
}
