package testkit

import (
	"context"
	"os"
	"testing"

	"insyn/internal/postgres"
	"insyn/migrations"
)

// Cluster is a PostgreSQL server that belongs to one test, which may stop and start it.
type Cluster struct {
	t       testing.TB
	dir     string
	private *postgres.Private
}

// OwnCluster starts a server for this test alone, for faults such as the database being away. It takes a second or
// two; tests that need only a database use DB.
func OwnCluster(t testing.TB) *Cluster {
	t.Helper()
	dir, err := ServerDir()
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	c := &Cluster{t: t, dir: dir}
	t.Cleanup(func() {
		c.StopPostgres()
		if err := postgres.RemovePrivate(background(), dir); err != nil {
			t.Errorf("testkit: %v", err)
		}
		_ = os.RemoveAll(dir)
	})
	c.StartPostgres()
	return c
}

// StopPostgres shuts the server down, ending all connections. It does nothing when the server is down.
func (c *Cluster) StopPostgres() {
	c.t.Helper()
	if c.private == nil {
		return
	}
	if err := c.private.Stop(); err != nil {
		c.t.Errorf("testkit: %v", err)
	}
	c.private = nil
}

// StartPostgres starts the server again with the data it had. URLs stay the same.
func (c *Cluster) StartPostgres() {
	c.t.Helper()
	if c.private != nil {
		return
	}
	private, err := StartCluster(context.WithoutCancel(c.t.Context()), c.dir)
	if err != nil {
		c.t.Fatalf("testkit: start cluster: %v", err)
	}
	c.private = private
}

// DB makes a migrated database on this server. Its connections are closed when the test ends.
func (c *Cluster) DB() *Database {
	c.t.Helper()
	const name = "insyn"
	ctx := background()
	if err := c.private.EnsureDatabase(ctx, name); err != nil {
		c.t.Fatalf("testkit: %v", err)
	}
	migrator, err := postgres.NewMigrator(ctx, c.private.OwnerURL(name), migrations.FS)
	if err != nil {
		c.t.Fatalf("testkit: %v", err)
	}
	_, upErr := migrator.Up(ctx)
	if err := migrator.Close(); err != nil {
		c.t.Errorf("testkit: %v", err)
	}
	if upErr != nil {
		c.t.Fatalf("testkit: %v", upErr)
	}
	return openBoth(c.t, &Database{
		OwnerURL: c.private.OwnerURL(name), RuntimeURL: c.private.RuntimeURL(name), AdminURL: c.private.AdminURL(name),
	})
}
