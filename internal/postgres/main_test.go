package postgres

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"gorm.io/gorm"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"), // ends a moment after DB.Close
	)
}

// start runs a cluster in dir for the length of the test.
func start(t *testing.T, dir string, change ...func(*PrivateOptions)) *Private {
	t.Helper()
	o := PrivateOptions{Dir: dir, Tethered: true, Log: t.Output()}
	for _, c := range change {
		c(&o)
	}
	p, err := StartPrivate(t.Context(), o)
	if err != nil {
		t.Fatalf("start private cluster: %v", err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Errorf("stop private cluster: %v", err)
		}
		if err := RemovePrivate(context.Background(), dir); err != nil {
			t.Errorf("remove private cluster: %v", err)
		}
	})
	return p
}

// newDir makes a folder that any user may pass through, as t.TempDir is closed to the server's user when root tests.
func newDir(t *testing.T, pattern string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", pattern)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

func open(t *testing.T, url string) *gorm.DB {
	t.Helper()
	db, err := Open(t.Context(), url, Options{Now: fixedNow, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = Close(db) })
	return db
}

func fixedNow() time.Time {
	return time.Date(2026, 3, 29, 1, 30, 0, 0, time.FixedZone("CET", 3600))
}

func execute(t *testing.T, db *gorm.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if err := db.Exec(s).Error; err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func database(t *testing.T, p *Private, name string) {
	t.Helper()
	if err := p.EnsureDatabase(t.Context(), name); err != nil {
		t.Fatal(err)
	}
}

func mustContain(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("got no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not mention %q", err, part)
		}
	}
}

func write(t *testing.T, text string, path ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(path...), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
