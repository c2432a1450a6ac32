package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"insyn/workflows"
)

// importWords are the words of the report in one language.
type importWords struct {
	row, faults, moreFaults, nothingDone, created, empty, summary, applied, dryRun string

	gone, goneKept, goneEnds, goneUntil, notBegun, ended string
}

func importWordsIn(lang string) importWords {
	if lang == "en" {
		return importWords{
			row: "row", created: "new", empty: "(empty)",
			faults: "Faults found: %d", moreFaults: "There are more faults than are listed.",
			nothingDone: "Nothing was imported. Mend the faults and run the command again.",
			goneKept:    "These rows are in Insyn but not in the files. Those without “ends” are kept as they are.",
			gone:        "missing", goneEnds: "missing, ends %s", goneUntil: "missing, valid until %s",
			notBegun: "missing, kept: it begins later than the day on which missing rows end",
			ended:    ", of which end %d",
			summary:  "%-14s new %d, changed %d, unchanged %d, missing %d",
			applied:  "Imported.", dryRun: "Dry run: nothing was changed. Add --apply to import.",
		}
	}
	return importWords{
		row: "rad", created: "ny", empty: "(tomt)",
		faults: "Antal fel: %d", moreFaults: "Det finns fler fel än de som visas.",
		nothingDone: "Ingenting har lästs in. Rätta felen och kör kommandot igen.",
		goneKept:    "De här raderna finns i Insyn men inte i filerna. De som inte avslutas behålls som de är.",
		gone:        "saknas", goneEnds: "saknas, avslutas %s", goneUntil: "saknas, gäller till och med %s",
		notBegun: "saknas, behålls: den börjar gälla senare än den dag då rader som saknas avslutas",
		ended:    ", varav avslutas %d",
		summary:  "%-14s nya %d, ändrade %d, oförändrade %d, saknas %d",
		applied:  "Inläst.", dryRun: "Provkörning: ingenting har ändrats. Lägg till --apply för att läsa in.",
	}
}

// printImport writes the report for people.
func printImport(out io.Writer, r workflows.ImportReport, lang string) error {
	w, b := importWordsIn(lang), &bytes.Buffer{}
	if len(r.Faults) > 0 {
		fmt.Fprintf(b, w.faults+"\n\n", len(r.Faults))
		for _, f := range r.Faults {
			fmt.Fprintf(b, "%s\n    %s\n", workflows.ImportFaultPlace(f, lang), workflows.ImportFaultLine(f, lang))
		}
		if r.CutFaults {
			fmt.Fprintln(b, w.moreFaults)
		}
		fmt.Fprintln(b, "\n"+w.nothingDone)
	} else {
		printChanges(b, r, w)
		for _, t := range r.Tables {
			fmt.Fprintf(b, w.summary, workflows.ImportTableName(t.Table), t.Created, t.Changed, t.Unchanged, t.Gone)
			if t.Ended > 0 {
				fmt.Fprintf(b, w.ended, t.Ended)
			}
			fmt.Fprintln(b)
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
		fmt.Fprintf(b, "- %s  %s  (%s)\n", workflows.ImportTableName(g.Table), g.Key, fate(g, w))
	}
	if b.Len() > 0 {
		fmt.Fprintln(b)
	}
}

// fate says what becomes of a row that no file has.
func fate(g workflows.ImportGone, w importWords) string {
	switch {
	case g.NotBegun:
		return w.notBegun
	case g.EndedNow:
		return fmt.Sprintf(w.goneEnds, g.Last)
	case !g.Last.IsZero():
		return fmt.Sprintf(w.goneUntil, g.Last)
	default:
		return w.gone
	}
}

func shown(value string, w importWords) string {
	if value == "" {
		return w.empty
	}
	return strings.ReplaceAll(value, "\n", " ")
}
