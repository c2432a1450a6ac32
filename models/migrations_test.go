package models_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
	"insyn/migrations"
)

func migrator(t *testing.T, url string) *postgres.Migrator {
	t.Helper()
	m, err := postgres.NewMigrator(t.Context(), url, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// fingerprint is everything a migration can make, in words.
func fingerprint(t *testing.T, conn *pgx.Conn) []string {
	t.Helper()
	rows, err := conn.Query(context.Background(), `
		select format('column %s.%s %s %s %s %s', table_name, column_name, udt_name, is_nullable, column_default, generation_expression)
			from information_schema.columns where table_schema = 'public'
		union all select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint where connamespace = 'public'::regnamespace
		union all select indexdef from pg_indexes where schemaname = 'public'
		union all select format('policy %s %s %s %s %s %s', tablename, policyname, cmd, roles, qual, with_check) from pg_policies
		union all select format('function %s %s %s', oid::regprocedure, proacl, md5(pg_get_functiondef(oid))) from pg_proc where pronamespace = 'public'::regnamespace
		union all select format('trigger %s', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
		union all select format('rights %s %s %s', relname, relrowsecurity, relacl) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
		union all select format('rights %s.%s %s', attrelid::regclass, attname, attacl) from pg_attribute where attacl is not null and attrelid::regclass::text not like 'pg_%'
		union all select format('schema %s', nspacl) from pg_namespace where nspname = 'public'
		order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// contents are the rows of every table, each column's value in JSON.
func contents(t *testing.T, conn *pgx.Conn) map[string][]map[string]json.RawMessage {
	t.Helper()
	rows, err := conn.Query(context.Background(), "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'goose_db_version'")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]map[string]json.RawMessage{}
	for _, table := range tables {
		rows, err := conn.Query(context.Background(), "select to_jsonb(r) from "+table+" r")
		if err != nil {
			t.Fatal(err)
		}
		if all[table], err = pgx.CollectRows(rows, pgx.RowTo[map[string]json.RawMessage]); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// sameRows tells whether two tables hold the same rows, as far as the columns go that both have: a migration may add some.
func sameRows(a, b []map[string]json.RawMessage) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	lines := func(rows []map[string]json.RawMessage) []string {
		out := make([]string, len(rows))
		for i, row := range rows {
			for _, column := range slices.Sorted(maps.Keys(row)) {
				if a[0][column] != nil && b[0][column] != nil {
					out[i] += column + "=" + string(row[column]) + " "
				}
			}
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(lines(a), lines(b))
}

// inquiriesBegin is the migration before which there is no place for what is about an inquiry.
const inquiriesBegin = 10

// withoutInquiries leaves out the events and jobs of inquiries.
func withoutInquiries(rows []map[string]json.RawMessage) []map[string]json.RawMessage {
	return slices.DeleteFunc(slices.Clone(rows), func(r map[string]json.RawMessage) bool {
		of := r["inquiry_id"]
		return string(r["stream_kind"]) == `"inquiry"` || (r["key"] != nil && of != nil && string(of) != "null")
	})
}

// TestMigrationsDownAndUpWithData takes each migration back in a database with rows in every table, and makes it again.
func TestMigrationsDownAndUpWithData(t *testing.T) {
	t.Parallel()
	latest := int64(0)
	for _, name := range must(migrations.FS.ReadDir(".")) {
		var version int64
		if _, err := fmt.Sscanf(name.Name(), "%d_", &version); err != nil {
			t.Fatal(err)
		}
		latest = max(latest, version)
	}
	for version := latest; version >= 1; version-- {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).withPlaces()
			for _, kind := range slices.Sorted(maps.Keys(policies())) {
				if kind != "goose_db_version" {
					w.seedForMatrix(kind)
				}
			}
			before, rows := fingerprint(t, w.owner), contents(t, w.owner)
			for table, stored := range rows {
				if len(stored) == 0 {
					t.Errorf("no fixture in %s", table)
				}
			}
			m := migrator(t, w.db.OwnerURL)
			if _, err := m.DownTo(t.Context(), version-1); err != nil {
				t.Fatal(err)
			}
			left := contents(t, w.owner)
			for table, kept := range left {
				if version <= inquiriesBegin {
					rows[table] = withoutInquiries(rows[table])
				}
				if !sameRows(holdable(rows[table], table, version), kept) {
					t.Errorf("going down to %d changed %s", version-1, table)
				}
			}
			if version == 1 && len(left) > 0 {
				t.Errorf("left at the bottom: %v", left)
			}
			if _, err := m.Up(t.Context()); err != nil {
				t.Fatal(err)
			}
			for table, stored := range contents(t, w.owner) {
				if want, kept := left[table]; kept && !sameRows(want, stored) {
					t.Errorf("coming up from %d changed %s", version-1, table)
				}
			}
			if after := fingerprint(t, w.owner); !slices.Equal(before, after) {
				t.Errorf("the schema is another after down and up: %v", difference(before, after))
			}
			if err := postgres.CheckRuntimeRole(t.Context(), w.db.Runtime); err != nil {
				t.Error(err)
			}
		})
	}
}

// holdable are the rows of a table that the schema below a migration has a place for: files of a purpose that came with a later
// one have none.
func holdable(rows []map[string]json.RawMessage, table string, version int64) []map[string]json.RawMessage {
	since := map[string]int64{"appeal": 12, "extension": 17, "completion": 17, "forwarding": 17, "service": 17}
	if table != "files" {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(row map[string]json.RawMessage) bool {
		return version <= since[strings.Trim(string(row["purpose"]), `"`)]
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// difference lists what only one of two fingerprints has.
func difference(a, b []string) (only []string) {
	for _, line := range a {
		if !slices.Contains(b, line) {
			only = append(only, "- "+line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			only = append(only, "+ "+line)
		}
	}
	return only
}
