package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"insyn/internal/postgres"
	"insyn/migrations"
)

type migrateCmd struct {
	Up     migrateUp     `cmd:"" help:"Bring the schema to the version of this binary. Several at once are safe: one works, the others wait."`
	Down   migrateDown   `cmd:"" help:"Take back the newest migration."`
	Status migrateStatus `cmd:"" help:"List the migrations."`
}

type (
	migrateUp     struct{}
	migrateDown   struct{}
	migrateStatus struct{}
)

func withMigrator(ctx context.Context, env environment, do func(*postgres.Migrator) error) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	if err := c.Require("MIGRATE_URL"); err != nil {
		return err
	}
	m, err := postgres.NewMigrator(ctx, c.MigrateURL, migrations.FS)
	if err != nil {
		return fmt.Errorf("INSYN_MIGRATE_URL: %w", err)
	}
	defer func() { _ = m.Close() }() // nothing is pending after a migration has returned
	return do(m)
}

func printSteps(out io.Writer, steps []postgres.Step) {
	for _, s := range steps {
		fmt.Fprintf(out, "%s (%s)\n", s.Name, s.Took.Round(time.Millisecond))
	}
	if len(steps) == 0 {
		fmt.Fprintln(out, "nothing to do")
	}
}

// Run migrates to the newest version.
func (migrateUp) Run(ctx context.Context, env environment, out io.Writer) error {
	return withMigrator(ctx, env, func(m *postgres.Migrator) error {
		steps, err := m.Up(ctx)
		printSteps(out, steps)
		return err
	})
}

// Run takes back one migration.
func (migrateDown) Run(ctx context.Context, env environment, out io.Writer) error {
	return withMigrator(ctx, env, func(m *postgres.Migrator) error {
		steps, err := m.Down(ctx)
		printSteps(out, steps)
		return err
	})
}

// Run lists the migrations and which are applied.
func (migrateStatus) Run(ctx context.Context, env environment, out io.Writer) error {
	return withMigrator(ctx, env, func(m *postgres.Migrator) error {
		all, err := m.Status(ctx)
		for _, s := range all {
			when := "not applied"
			if s.Applied() {
				when = "applied " + s.AppliedAt.UTC().Format(time.RFC3339)
			}
			fmt.Fprintf(out, "%-28s %s\n", s.Name, when)
		}
		return err
	})
}
