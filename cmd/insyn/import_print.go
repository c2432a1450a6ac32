package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"insyn/internal/sheet"
	"insyn/workflows"
)

// importWords are the words of the report in one language.
type importWords struct {
	sheet, row, column, faults, moreFaults, nothingDone, created, gone, goneKept, empty, summary, applied, dryRun string
}

func importWordsIn(lang string) importWords {
	if lang == "en" {
		return importWords{
			sheet: "sheet", row: "row", column: "column", created: "new", gone: "missing", empty: "(empty)",
			faults: "Faults found: %d", moreFaults: "There are more faults than are listed.",
			nothingDone: "Nothing was imported. Mend the faults and run the command again.",
			goneKept:    "These rows are in Insyn but not in the files. They are kept as they are.",
			summary:     "%-14s new %d, changed %d, unchanged %d, missing %d",
			applied:     "Imported.", dryRun: "Dry run: nothing was changed. Add --apply to import.",
		}
	}
	return importWords{
		sheet: "blad", row: "rad", column: "kolumn", created: "ny", gone: "saknas", empty: "(tomt)",
		faults: "Antal fel: %d", moreFaults: "Det finns fler fel än de som visas.",
		nothingDone: "Ingenting har lästs in. Rätta felen och kör kommandot igen.",
		goneKept:    "De här raderna finns i Insyn men inte i filerna. De behålls som de är.",
		summary:     "%-14s nya %d, ändrade %d, oförändrade %d, saknas %d",
		applied:     "Inläst.", dryRun: "Provkörning: ingenting har ändrats. Lägg till --apply för att läsa in.",
	}
}

// printImport writes the report for people.
func printImport(out io.Writer, r workflows.ImportReport, lang string) error {
	w, b := importWordsIn(lang), &bytes.Buffer{}
	if len(r.Faults) > 0 {
		fmt.Fprintf(b, w.faults+"\n\n", len(r.Faults))
		for _, f := range r.Faults {
			fmt.Fprintf(b, "%s\n    %s\n", importPlace(f, w), faultLine(f, lang))
		}
		if r.CutFaults {
			fmt.Fprintln(b, w.moreFaults)
		}
		fmt.Fprintln(b, "\n"+w.nothingDone)
	} else {
		printChanges(b, r, w)
		for _, t := range r.Tables {
			fmt.Fprintf(b, w.summary+"\n", workflows.ImportTableName(t.Table), t.Created, t.Changed, t.Unchanged, t.Gone)
		}
		if r.Applied {
			fmt.Fprintln(b, w.applied)
		} else {
			fmt.Fprintln(b, w.dryRun)
		}
	}
	_, err := out.Write(b.Bytes())
	return err
}

func printChanges(b *bytes.Buffer, r workflows.ImportReport, w importWords) {
	for _, c := range r.Changes {
		name := workflows.ImportTableName(c.Table)
		if c.Created {
			fmt.Fprintf(b, "+ %s  %s  (%s)\n", name, c.Key, w.created)
			continue
		}
		fmt.Fprintf(b, "~ %s  %s  (%s, %s %d)\n", name, c.Key, c.File, w.row, c.Row)
		for _, d := range c.Differences {
			fmt.Fprintf(b, "    %s: %s → %s\n", d.Heading, shown(d.Old, w), shown(d.New, w))
		}
	}
	if len(r.Gone) > 0 {
		fmt.Fprintln(b, w.goneKept)
	}
	for _, g := range r.Gone {
		fmt.Fprintf(b, "- %s  %s  (%s)\n", workflows.ImportTableName(g.Table), g.Key, w.gone)
	}
	if b.Len() > 0 {
		fmt.Fprintln(b)
	}
}

// importPlace says where a fault is: “personal.xlsx, blad Uppdrag, rad 5, kolumn C (Nämnd)”.
func importPlace(f sheet.Fault, w importWords) string {
	parts := []string{f.File}
	if f.Sheet != "" {
		parts = append(parts, w.sheet+" "+f.Sheet)
	}
	if f.Row > 0 {
		parts = append(parts, fmt.Sprintf("%s %d", w.row, f.Row))
	}
	switch {
	case f.Column != "" && f.Heading != "":
		parts = append(parts, fmt.Sprintf("%s %s (%s)", w.column, f.Column, f.Heading))
	case f.Column != "":
		parts = append(parts, w.column+" "+f.Column)
	case f.Heading != "":
		parts = append(parts, w.column+" "+f.Heading)
	}
	return strings.Join(parts, ", ")
}

func faultLine(f sheet.Fault, lang string) string {
	text := workflows.ImportFaultText(f, lang)
	if f.Found == "" {
		return text
	}
	return "”" + strings.ReplaceAll(f.Found, "\n", " ") + "”: " + text
}

func shown(value string, w importWords) string {
	if value == "" {
		return w.empty
	}
	return strings.ReplaceAll(value, "\n", " ")
}
