package testkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io/fs"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"insyn/internal/postgres"
	"insyn/migrations"
)

// Database is a migrated database that belongs to one test.
type Database struct {
	OwnerURL   string // the role that owns the schema
	RuntimeURL string // the role the services run as
	AdminURL   string // the cluster's superuser; for what only an administrator could do, such as breaking things
	Owner      *gorm.DB
	Runtime    *gorm.DB
}

// Now is the instant that databases opened by this package write into GORM's own time columns.
func Now() time.Time { return time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC) }

// DB gives the test an empty, migrated database of its own. It is dropped when the test ends.
func DB(t testing.TB) *Database {
	t.Helper()
	admin, err := shared.adminURL(background())
	if err != nil {
		t.Fatalf("testkit: start cluster: %v", err)
	}
	template, err := shared.ensureTemplate(background(), admin)
	if err != nil {
		t.Fatalf("testkit: prepare template: %v", err)
	}
	name := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if err := clone(background(), admin, template, name); err != nil {
		t.Fatalf("testkit: clone database: %v", err)
	}
	t.Cleanup(func() {
		err := asAdmin(background(), admin, func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, "drop database "+name+" with (force)")
			return err
		})
		if err != nil {
			t.Errorf("testkit: drop database: %v", err)
		}
	})
	return openBoth(t, &Database{
		OwnerURL:   withRole(admin, postgres.OwnerRole, name),
		RuntimeURL: withRole(admin, postgres.AppRole, name),
		AdminURL:   withRole(admin, "postgres", name),
	})
}

func openBoth(t testing.TB, db *Database) *Database {
	t.Helper()
	db.Owner, db.Runtime = OpenURL(t, db.OwnerURL), OpenURL(t, db.RuntimeURL)
	return db
}

// OpenURL opens a database as the services do and closes it when the test ends.
func OpenURL(t testing.TB, url string) *gorm.DB {
	t.Helper()
	db, err := postgres.Open(background(), url, postgres.Options{Now: Now, MaxConnections: 20})
	if err != nil {
		t.Fatalf("testkit: open database: %v", err)
	}
	t.Cleanup(func() {
		if err := postgres.Close(db); err != nil {
			t.Errorf("testkit: %v", err)
		}
	})
	return db
}

// withRole points the superuser's URL at another role and database of the same cluster.
func withRole(admin, role, db string) string {
	u, err := url.Parse(admin)
	if err != nil {
		return admin // connecting with it fails and says why
	}
	query := u.Query()
	query.Set("user", role)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	u.Path = "/" + db
	return u.String()
}

// ensureTemplate returns the migrated template of the present migrations, made once per cluster.
func (s *sharedServers) ensureTemplate(ctx context.Context, admin string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.template != "" {
		return s.template, nil
	}
	hash, err := hashOf(migrations.FS)
	if err != nil {
		return "", err
	}
	template := "insyn_template_" + hash
	err = asAdmin(ctx, admin, func(ctx context.Context, conn *pgx.Conn) error {
		key := fnv.New64a()
		_, _ = key.Write([]byte(template))
		// Packages are tested in processes of their own; the first one makes the template, the others wait.
		if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", int64(key.Sum64())); err != nil { //nolint:gosec // G115: any 64 bits will do
			return err
		}
		var exists bool
		if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", template).Scan(&exists); err != nil || exists {
			return err
		}
		return makeTemplate(ctx, conn, admin, template)
	})
	if err != nil {
		return "", err
	}
	s.template = template
	return template, nil
}

// makeTemplate migrates under a working name and renames at the end, so that a half-migrated database never passes
// for the template.
func makeTemplate(ctx context.Context, conn *pgx.Conn, admin, template string) error {
	working := template + "_new"
	for _, statement := range []string{
		"drop database if exists " + working + " with (force)",
		"create database " + working + " owner " + postgres.OwnerRole,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	migrator, err := postgres.NewMigrator(ctx, withRole(admin, postgres.OwnerRole, working), migrations.FS)
	if err != nil {
		return err
	}
	_, upErr := migrator.Up(ctx)
	if err := migrator.Close(); err != nil {
		return err
	}
	if upErr != nil {
		return upErr
	}
	_, err = conn.Exec(ctx, "alter database "+working+" rename to "+template)
	return err
}

// clone copies the template. wal_log copies small databases faster than file_copy, which forces a checkpoint.
func clone(ctx context.Context, admin, template, name string) error {
	return asAdmin(ctx, admin, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, fmt.Sprintf("create database %s template %s owner %s strategy wal_log", name, template, postgres.OwnerRole))
		if err != nil {
			return err
		}
		return postgres.GrantDatabase(ctx, conn, name)
	})
}

func asAdmin(ctx context.Context, admin string, do func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	return do(ctx, conn)
}

// hashOf names a set of migrations by its content.
func hashOf(files fs.FS) (string, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(sum, "%s %d\n", name, len(text))
		_, _ = sum.Write(text)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}
