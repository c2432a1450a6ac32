package postgres

import (
	"errors"
	"sync"
	"testing"
	"testing/fstest"

	"insyn/migrations"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func twoVersions() fstest.MapFS {
	return fstest.MapFS{
		"00001_first.sql":  file("-- +goose Up\ncreate table first (id int);\n-- +goose Down\ndrop table first;\n"),
		"00002_second.sql": file("-- +goose Up\ncreate table second (id int);\n-- +goose Down\ndrop table second;\n"),
	}
}

func migrator(t *testing.T, url string, files fstest.MapFS) *Migrator {
	t.Helper()
	m, err := NewMigrator(t.Context(), url, files)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

func versionIs(t *testing.T, m *Migrator, want int64) {
	t.Helper()
	if current, latest, err := m.Version(t.Context()); err != nil || current != want || latest != 2 {
		t.Fatalf("version %d of %d, %v; want %d of 2", current, latest, err, want)
	}
}

func TestMigrateUpDownUp(t *testing.T) {
	t.Parallel()
	p := start(t, newDir(t, "insyn-migrate"))
	database(t, p, "insyn")
	ctx := t.Context()
	files := twoVersions()
	m := migrator(t, p.OwnerURL("insyn"), files)
	app := open(t, p.RuntimeURL("insyn"))

	mustContain(t, CheckSchema(ctx, app, files), "empty", "insyn migrate up")
	if steps, err := m.Up(ctx); err != nil || len(steps) != 2 || steps[1].Name != "00002_second.sql" {
		t.Fatalf("up: %v, %v", steps, err)
	}
	versionIs(t, m, 2)
	if err := CheckSchema(ctx, app, files); err != nil {
		t.Error(err)
	}
	if steps, err := m.Up(ctx); err != nil || len(steps) != 0 {
		t.Fatalf("up again: %v, %v", steps, err)
	}

	if steps, err := m.Down(ctx); err != nil || len(steps) != 1 || steps[0].Version != 2 {
		t.Fatalf("down: %v, %v", steps, err)
	}
	versionIs(t, m, 1)
	mustContain(t, CheckSchema(ctx, app, files), "version 1", "lacks 2", "insyn migrate up")
	status, err := m.Status(ctx)
	if err != nil || len(status) != 2 || !status[0].Applied() || status[1].Applied() {
		t.Errorf("status: %+v, %v", status, err)
	}

	if _, err := m.DownTo(ctx, 0); err != nil {
		t.Fatal(err)
	}
	versionIs(t, m, 0)
	if steps, err := m.Down(ctx); err != nil || len(steps) != 0 {
		t.Fatalf("down from nothing: %v, %v", steps, err)
	}
	if _, err := m.Up(ctx); err != nil {
		t.Fatal(err)
	}
	if err := CheckSchema(ctx, app, files); err != nil {
		t.Error(err)
	}
	older := twoVersions()
	delete(older, "00002_second.sql")
	mustContain(t, CheckSchema(ctx, app, older), "version 2", "newer insyn")
	if err := CheckSchema(ctx, app, older); !errors.Is(err, ErrSchema) {
		t.Errorf("got %v", err)
	}
}

func TestMigratorsWaitForEachOther(t *testing.T) {
	t.Parallel()
	p := start(t, newDir(t, "insyn-migrators"))
	database(t, p, "insyn")
	var wg sync.WaitGroup
	var mu sync.Mutex
	ran := 0
	for range 4 {
		m := migrator(t, p.OwnerURL("insyn"), twoVersions())
		wg.Go(func() {
			steps, err := m.Up(t.Context())
			if err != nil {
				t.Errorf("up: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			ran += len(steps)
		})
	}
	wg.Wait()
	if ran != 2 {
		t.Errorf("two migrations were run %d times", ran)
	}
}

// The schema of the product goes up, down and up again.
func TestTheSchemaGoesUpDownAndUp(t *testing.T) {
	t.Parallel()
	p := start(t, newDir(t, "insyn-schema"))
	database(t, p, "insyn")
	m, err := NewMigrator(t.Context(), p.OwnerURL("insyn"), migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	app := open(t, p.RuntimeURL("insyn"))
	if err := CheckRuntimeRole(t.Context(), app); err != nil {
		t.Error(err)
	}
	for {
		steps, err := m.Down(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(steps) == 0 {
			break
		}
	}
	var left []string
	err = open(t, p.OwnerURL("insyn")).Raw(`select relname from pg_class where relnamespace = 'public'::regnamespace
		and relkind in ('r', 'v', 'm', 'p') and relname <> 'goose_db_version'
		union all select proname from pg_proc where pronamespace = 'public'::regnamespace`).Scan(&left).Error
	if err != nil || len(left) > 0 {
		t.Errorf("left behind after going down: %v, %v", left, err)
	}
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := CheckSchema(t.Context(), app, migrations.FS); err != nil {
		t.Error(err)
	}
}
