package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
