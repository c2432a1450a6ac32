package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/gorm"
)

const versionTable = "goose_db_version"

// Migrator moves a database from one schema version to another. It must connect as the owner of the schema.
// Several may run at once, as when two machines are rolled out together: a session advisory lock lets one work.
type Migrator struct {
	db       *sql.DB
	provider *goose.Provider
}

// Step is one migration that was run.
type Step struct {
	Version int64
	Name    string // file name
	Took    time.Duration
}

// Migration is one migration and whether the database has it.
type Migration struct {
	Version   int64
	Name      string // file name
	AppliedAt time.Time
}

// Applied reports whether the database has the migration.
func (m Migration) Applied() bool { return !m.AppliedAt.IsZero() }

// NewMigrator connects as the owner with the SQL files in the root of files. Close it after use.
func NewMigrator(ctx context.Context, ownerURL string, files fs.FS) (*Migrator, error) {
	config, err := pgx.ParseConfig(ownerURL)
	if err != nil {
		return nil, ErrBadURL
	}
	config.RuntimeParams["application_name"] = "insyn migrate"
	config.RuntimeParams["timezone"] = "UTC"
	db := stdlib.OpenDB(*config)
	m, err := newMigrator(ctx, db, files)
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return m, nil
}

func newMigrator(ctx context.Context, db *sql.DB, files fs.FS) (*Migrator, error) {
	if err := db.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("connect to the database as its owner: %w", err)
	}
	// Tried each second for five minutes; a migration on a large database takes its time.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, fmt.Errorf("prepare migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return &Migrator{db: db, provider: provider}, nil
}

// Close ends the connection.
func (m *Migrator) Close() error {
	if err := m.db.Close(); err != nil {
		return fmt.Errorf("close migrator: %w", err)
	}
	return nil
}

// Up applies every migration the database lacks and returns them in order. The runtime role is then allowed to read
// the version, which CheckSchema needs.
func (m *Migrator) Up(ctx context.Context) ([]Step, error) {
	results, err := m.provider.Up(ctx)
	if err != nil {
		return steps(results), fmt.Errorf("migrate up: %w", err)
	}
	// One at a time, and only once: two grants on one table at the same moment make one of them fail.
	_, err = m.db.ExecContext(ctx, `do $$ begin
		perform pg_advisory_xact_lock(hashtext('insyn.migrate.grant'));
		if exists (select from pg_roles where rolname = '`+AppRole+`') and not has_table_privilege('`+AppRole+`', '`+versionTable+`', 'select') then
			grant select on `+versionTable+` to `+AppRole+`;
		end if; end $$`)
	if err != nil {
		return steps(results), fmt.Errorf("let the runtime role read the schema version: %w", err)
	}
	return steps(results), nil
}

// Down takes back the newest migration. It returns no step when there is nothing to take back.
func (m *Migrator) Down(ctx context.Context) ([]Step, error) {
	result, err := m.provider.Down(ctx)
	if errors.Is(err, goose.ErrNoNextVersion) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("migrate down: %w", err)
	}
	return steps([]*goose.MigrationResult{result}), nil
}

// DownTo takes back every migration newer than version; 0 takes back all.
func (m *Migrator) DownTo(ctx context.Context, version int64) ([]Step, error) {
	results, err := m.provider.DownTo(ctx, version)
	if err != nil {
		return steps(results), fmt.Errorf("migrate down to %d: %w", version, err)
	}
	return steps(results), nil
}

// Status lists all migrations in order.
func (m *Migrator) Status(ctx context.Context) ([]Migration, error) {
	status, err := m.provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read migration status: %w", err)
	}
	list := make([]Migration, 0, len(status))
	for _, s := range status {
		list = append(list, Migration{Version: s.Source.Version, Name: s.Source.Path, AppliedAt: s.AppliedAt})
	}
	return list, nil
}

// Version returns the version of the database, 0 when it is empty, and the newest this binary has.
func (m *Migrator) Version(ctx context.Context) (current, latest int64, err error) {
	current, latest, err = m.provider.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("read schema version: %w", err)
	}
	return current, latest, nil
}

func steps(results []*goose.MigrationResult) []Step {
	list := make([]Step, 0, len(results))
	for _, r := range results {
		if r.Error == nil {
			list = append(list, Step{Version: r.Source.Version, Name: r.Source.Path, Took: r.Duration})
		}
	}
	return list
}

// ErrSchema says that the schema of the database does not fit this binary. The wrapping error says what to do.
var ErrSchema = errors.New("the database schema does not fit this version of insyn")

// CheckSchema compares the versions the database has with the SQL files of this binary. It reads as the runtime role
// and changes nothing.
func CheckSchema(ctx context.Context, db *gorm.DB, files fs.FS) error {
	known, err := versions(files)
	if err != nil {
		return err
	}
	var applied []int64
	err = db.WithContext(ctx).Raw("select version_id from " + versionTable + " where is_applied and version_id > 0 order by version_id").Scan(&applied).Error
	if code, _ := ErrorCode(err); code == CodeUndefinedTable {
		return fmt.Errorf("%w: the database is empty; run: insyn migrate up", ErrSchema)
	}
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	for _, v := range applied {
		if !slices.Contains(known, v) {
			return fmt.Errorf("%w: the database has version %d, this insyn knows up to %d; install a newer insyn", ErrSchema, v, newest(known))
		}
	}
	for _, v := range known {
		if !slices.Contains(applied, v) {
			return fmt.Errorf("%w: the database is at version %d and lacks %d; run: insyn migrate up", ErrSchema, newest(applied), v)
		}
	}
	return nil
}

func versions(files fs.FS) ([]int64, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	list := make([]int64, 0, len(names))
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		list = append(list, version)
	}
	slices.Sort(list)
	return list, nil
}

func newest(sorted []int64) int64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)-1]
}
