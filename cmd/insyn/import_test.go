package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"insyn/internal/calendar"
	"insyn/internal/testkit"
	"insyn/workflows/workflowtest/kommun"
)

// demoFolder writes the small municipality's spreadsheets to a folder, with changes to the text of one.
func demoFolder(t *testing.T, name string, change func(string) string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, kommun.Files); err != nil {
		t.Fatal(err)
	}
	if name == "" {
		return dir
	}
	path := filepath.Join(dir, name)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(change(string(content))), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestImportCommand(t *testing.T) {
	t.Parallel()
	url := testkit.DB(t).RuntimeURL
	run := func(c importCmd) (string, error) {
		var out bytes.Buffer
		err := c.Run(t.Context(), environment{"INSYN_DATABASE_URL=" + url}, &out)
		return out.String(), err
	}
	contains := func(what, out string, lines ...string) {
		t.Helper()
		for _, line := range lines {
			if !strings.Contains(out, line) {
				t.Errorf("%s: %q is missing in\n%s", what, line, out)
			}
		}
	}
	whole := demoFolder(t, "", nil)
	broken := demoFolder(t, "delegation.csv", func(s string) string { return strings.Replace(s, "2025-11-18;§ 214", "i höstas;§ 214", 1) })
	changed := demoFolder(t, "delegation.csv", func(s string) string { return strings.Replace(s, "Kanslichef;", "Kommundirektör;", 1) })

	out, err := run(importCmd{Lang: "sv", File: []string{whole}})
	if err != nil {
		t.Fatal(err)
	}
	contains("dry run", out, "+ Nämnder  SN  (ny)", "Delegation     nya 23, ändrade 0, oförändrade 0, saknas 0", "Provkörning: ingenting har ändrats.")
	out, err = run(importCmd{Lang: "sv", Apply: true, File: []string{broken}})
	if !errors.Is(err, errImportFaults) {
		t.Errorf("broken: %v", err)
	}
	contains("broken", out, "Antal fel: 1", "delegation.csv, rad 2, kolumn G (Beslutad)", "”i höstas”: Det ska vara ett datum, till exempel 2026-01-31.", "Ingenting har lästs in.")
	if out, err = run(importCmd{Lang: "sv", Apply: true, File: []string{whole}}); err != nil {
		t.Fatal(err)
	}
	contains("applied", out, "Nämnder        nya 4,", "Inläst.")
	if out, err = run(importCmd{Lang: "en", File: []string{changed}}); err != nil {
		t.Fatal(err)
	}
	contains("changed", out, "~ Delegation  KS · 4.2 · margareta.ohman@exempelby.example · 2026-01-01  (delegation.csv, row 2)",
		"    Befattning: Kanslichef → Kommundirektör", "new 0, changed 1, unchanged 22, missing 0", "Dry run: nothing was changed.")
	if strings.Contains(out, "+ ") {
		t.Errorf("changed: something is new:\n%s", out)
	}
	// One file alone refers to what the database holds.
	if out, err = run(importCmd{Lang: "en", Apply: true, File: []string{filepath.Join(changed, "delegation.csv")}}); err != nil {
		t.Errorf("one file: %v\n%s", err, out)
	}
	if err := (&importCmd{File: []string{whole}}).Run(t.Context(), environment{}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "INSYN_DATABASE_URL") {
		t.Errorf("no database: %v", err)
	}
	if _, err = run(importCmd{Lang: "sv", File: []string{t.TempDir()}}); err == nil {
		t.Error("an empty folder was imported")
	}
	if _, err = run(importCmd{Lang: "sv", File: []string{filepath.Join(whole, "saknas.csv")}}); err == nil {
		t.Error("a file that is not there was imported")
	}
}

// Templates are written, filled folders are not overwritten, and what is exported is read in without a change.
func TestExportAndTemplateCommands(t *testing.T) {
	t.Parallel()
	env := environment{"INSYN_DATABASE_URL=" + testkit.DB(t).RuntimeURL}
	var out bytes.Buffer
	run := func(c interface {
		Run(ctx context.Context, env environment, out io.Writer) error
	}) (string, error) {
		out.Reset()
		err := c.Run(t.Context(), env, &out)
		return out.String(), err
	}
	templates, exported := filepath.Join(t.TempDir(), "mallar"), filepath.Join(t.TempDir(), "ut")
	if text, err := run(&importCmd{Templates: templates}); err != nil || strings.Count(text, "\n") != 7 || !strings.Contains(text, filepath.Join(templates, "csv", "uppdrag.csv")) {
		t.Errorf("templates: %v\n%s", err, text)
	}
	if _, err := run(&importCmd{Templates: templates}); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("templates over filled ones: %v", err)
	}
	if _, err := run(&importCmd{EndMissing: calendar.New(2025, 6, 30), File: []string{templates}}); err == nil || !strings.Contains(err.Error(), "has passed") {
		t.Errorf("ended on a day that has passed: %v", err)
	}
	if _, err := run(&importCmd{}); !errors.Is(err, errNoSpreadsheets) {
		t.Errorf("no files: %v", err)
	}
	if text, err := run(&importCmd{Lang: "sv", Apply: true, File: []string{demoFolder(t, "", nil)}}); err != nil {
		t.Fatal(err, text)
	}
	if text, err := run(&exportCmd{Dir: exported}); err != nil || !strings.HasPrefix(text, filepath.Join(exported, "insyn.xlsx")) {
		t.Errorf("export: %v\n%s", err, text)
	}
	for _, from := range []string{exported, filepath.Join(exported, "csv")} {
		text, err := run(&importCmd{Lang: "sv", Apply: true, EndMissing: calendar.New(2099, 6, 30), File: []string{from}})
		if err != nil || strings.ContainsAny(text, "+~") || strings.Contains(text, "- ") || strings.Count(text, "nya 0, ändrade 0,") != 6 {
			t.Errorf("exported and imported: %v\n%s", err, text)
		}
	}
	if info, err := os.Stat(filepath.Join(exported, "insyn.xlsx")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("who may read the export: %v, %v", info.Mode(), err)
	}
	few := demoFolder(t, "delegation.csv", func(s string) string { return strings.Join(strings.Split(s, "\n")[:3], "\n") })
	text, err := run(&importCmd{Lang: "sv", EndMissing: calendar.New(2099, 6, 30), File: []string{filepath.Join(few, "delegation.csv")}})
	if err != nil || !strings.Contains(text, "(saknas, avslutas 2099-06-30)") || !strings.Contains(text, ", varav avslutas ") || !strings.Contains(text, "Provkörning") {
		t.Errorf("end what is missing: %v\n%s", err, text)
	}
}
