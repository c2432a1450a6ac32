package models_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm/schema"

	"insyn/internal/calendar"
	"insyn/migrations"
	"insyn/models"
)

// rowsOf is the struct of every table that has one.
func rowsOf() map[string]any {
	return map[string]any{
		"controllers": models.Controller{}, "staff": models.Staff{}, "assignments": models.Assignment{}, "delegations": models.Delegation{},
		"key_stores": models.KeyStore{}, "systems": models.System{}, "activities": models.Activity{}, "subjects": models.Subject{}, "drafts": models.Draft{}, "requests": models.Request{},
		"addressees": models.Addressee{}, "request_pauses": models.RequestPause{}, "cases": models.Case{}, "case_public": models.CasePublic{},
		"concerns": models.Concern{}, "pauses": models.Pause{}, "extensions": models.Extension{}, "messages": models.Message{}, "notes": models.Note{},
		"searches": models.Search{}, "items": models.Item{}, "measures": models.Measure{}, "files": models.File{}, "reviews": models.Review{}, "decisions": models.Decision{},
		"filings": models.Filing{}, "representations": models.Representation{}, "mandates": models.Mandate{}, "envelopes": models.Envelope{},
		"services": models.Service{}, "deliveries": models.Delivery{}, "jobs": models.Job{}, "events": models.Event{}, "read_log": models.Reading{},
		"inquiries": models.Inquiry{}, "inquiry_messages": models.InquiryMessage{}, "inquiry_codes": models.InquiryCode{},
		"appeals": models.Appeal{}, "import_trials": models.ImportTrial{}, "organisation_events": models.OrganisationEvent{}, "own_parts": models.OwnPart{},
		"postings": models.Posting{}, "print_batches": models.PrintBatch{}, "printings": models.Printing{},
		"request_notices": models.RequestNotice{}, "forwardings": models.Forwarding{},
	}
}

// withoutRows are the tables that no struct stands for, and why.
func withoutRows() map[string]string {
	return map[string]string{
		"counters": "one number", "rate_limits": "one number", "manifests": "read as bytes by hash", "search_tokens": "only joined", "event_heads": "append_event's own",
		"read_log_seals": "seal_read_log's own", "sessions": "internal/session's", "goose_db_version": "goose's",
	}
}

// unmapped are the columns without a field, and why. Generated columns need none.
func unmapped() map[string]string {
	return map[string]string{"read_log.shown": "asked for, never shown"}
}

type column struct {
	name, kind string
	nullable   bool
	generated  bool
}

func columnsOf(t *testing.T, conn *pgx.Conn) map[string][]column {
	t.Helper()
	rows, err := conn.Query(context.Background(), `select table_name::text, column_name::text, udt_name::text, is_nullable = 'YES', is_generated = 'ALWAYS'
		from information_schema.columns where table_schema = 'public'`)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string][]column{}
	var table string
	var c column
	if _, err := pgx.ForEachRow(rows, []any{&table, &c.name, &c.kind, &c.nullable, &c.generated}, func() error {
		tables[table] = append(tables[table], c)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return tables
}

// TestStructsFitTheSchema: every column has its field and every field its column, of a type that holds it, and NULL only
// where the field can say so.
func TestStructsFitTheSchema(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for table, columns := range columnsOf(t, w.owner) {
		row, ok := rowsOf()[table]
		if !ok {
			if withoutRows()[table] == "" {
				t.Errorf("%s has no struct in this test", table)
			}
			continue
		}
		s, err := schema.Parse(row, &sync.Map{}, schema.NamingStrategy{})
		if err != nil {
			t.Fatal(err)
		}
		if s.Table != table && table != "read_log" { // read_log is read by raw queries only
			t.Errorf("%s names its table %s", s.Name, s.Table)
		}
		fields := map[string]*schema.Field{}
		for _, f := range s.Fields {
			if f.DBName != "" && !f.IgnoreMigration {
				fields[f.DBName] = f
			}
		}
		for _, c := range columns {
			f := fields[c.name]
			delete(fields, c.name)
			switch {
			case f == nil && c.name == "protected": // the database's own: copied by a trigger, read by the policies
			case f == nil && !c.generated && unmapped()[table+"."+c.name] == "":
				t.Errorf("%s.%s has no field in %s", table, c.name, s.Name)
			case f != nil && !fits(f.FieldType, c):
				t.Errorf("%s.%s is %s (null: %v), %s.%s is %s", table, c.name, c.kind, c.nullable, s.Name, f.Name, f.FieldType)
			}
		}
		for name := range fields {
			t.Errorf("%s.%s has no column", s.Name, name)
		}
	}
}

// fits tells whether a field holds what a column can hold.
func fits(field reflect.Type, c column) bool {
	optional := field.Kind() == reflect.Pointer
	if optional {
		field = field.Elem()
	}
	_, isID := reflect.New(field).Interface().(interface{ UUID() uuid.UUID })
	var kinds []string
	// What can say NULL besides a pointer: an id, a date, bytes.
	nothing := optional
	switch {
	case isID || field == reflect.TypeFor[uuid.UUID]():
		kinds, nothing = []string{"uuid"}, isID
	case field == reflect.TypeFor[calendar.Date]():
		kinds, nothing = []string{"date"}, true
	case field == reflect.TypeFor[time.Time]():
		kinds = []string{"timestamptz"}
	case field == reflect.TypeFor[json.RawMessage]():
		kinds = []string{"jsonb"}
	case field == reflect.TypeFor[models.Sealed](), field == reflect.TypeFor[[]byte]():
		kinds, nothing = []string{"bytea"}, true
	case field == reflect.TypeFor[models.TextArray]():
		kinds = []string{"_text"}
	case field.Kind() == reflect.String:
		kinds = []string{"text"}
	case field.Kind() == reflect.Bool:
		kinds = []string{"bool"}
	case field.Kind() == reflect.Int:
		kinds = []string{"int4"}
	case field.Kind() == reflect.Int64:
		kinds = []string{"int8"}
	}
	return slices.Contains(kinds, c.kind) && (nothing || !c.nullable)
}

// TestConstraintsAreNamed: a name of ours stands in an error; one that PostgreSQL made up changes with the wind.
func TestConstraintsAreNamed(t *testing.T) {
	t.Parallel()
	var sql strings.Builder
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		sql.Write(text)
	}
	named := strings.Join(strings.Fields(sql.String()), " ")
	w := newWorld(t)
	rows, err := w.owner.Query(context.Background(), `select conrelid::regclass::text, conname::text, contype::text from pg_constraint
		where connamespace = 'public'::regnamespace and conrelid <> 0 and conrelid <> 'goose_db_version'::regclass`)
	if err != nil {
		t.Fatal(err)
	}
	var table, name, kind string
	n := 0
	if _, err := pgx.ForEachRow(rows, []any{&table, &name, &kind}, func() error {
		n++
		if kind != "p" && !strings.Contains(named, " constraint "+name+" ") {
			t.Errorf("%s has an unnamed constraint %s", table, name)
		}
		if !strings.HasPrefix(name, table+"_") {
			t.Errorf("%s of %s does not begin with the table's name", name, table)
		}
		if ending := map[string]string{"f": "_fk", "p": "_pkey"}[kind]; !strings.HasSuffix(name, ending) {
			t.Errorf("%s of %s does not end in %s", name, table, ending)
		}
		return nil
	}); err != nil || n < 100 {
		t.Fatal(n, err)
	}
	var odd []string
	if err := w.owner.QueryRow(context.Background(), `select coalesce(array_agg(c.relname::text), '{}') from pg_class c join pg_index i on i.indexrelid = c.oid
		where c.relnamespace = 'public'::regnamespace and not c.relname ~ '_idx$' and i.indrelid <> 'goose_db_version'::regclass
		and not exists (select from pg_constraint where conindid = c.oid)`).Scan(&odd); err != nil || len(odd) > 0 {
		t.Errorf("indexes whose names do not end in _idx: %v, %v", odd, err)
	}
}

// TestDefinersAreShut: what runs as the owner finds only our own tables, and is not for everybody.
func TestDefinersAreShut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows, err := w.owner.Query(context.Background(), `select proname::text, coalesce(array_to_string(proconfig, ' '), ''),
		has_function_privilege('public', oid, 'EXECUTE') from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`)
	if err != nil {
		t.Fatal(err)
	}
	var name, config string
	var public bool
	n := 0
	if _, err := pgx.ForEachRow(rows, []any{&name, &config, &public}, func() error {
		n++
		if config != "search_path=public, pg_temp" || public {
			t.Errorf("%s runs as the owner with %q, for everybody: %v", name, config, public)
		}
		return nil
	}); err != nil || n != 12 {
		t.Errorf("%d functions run as the owner, %v", n, err)
	}
}
