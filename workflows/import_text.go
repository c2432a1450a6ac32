package workflows

import (
	_ "embed" // the texts
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"insyn/internal/sheet"
)

// importTexts holds what each fault is called in each language. It stands here and not among the pages' texts because the
// command and the upload page say the same.
//
//go:embed import_texts.json
var importTexts string

//nolint:gochecknoglobals // read once, never written
var importCatalogue = sync.OnceValues(func() (map[string]map[string]string, error) {
	var texts map[string]map[string]string
	err := json.Unmarshal([]byte(importTexts), &texts)
	return texts, err
})

// ImportFaultText says in a language, sv or en, what is wrong and what was expected, without saying where.
func ImportFaultText(f sheet.Fault, lang string) string {
	catalogue, err := importCatalogue()
	text, ok := catalogue[f.Key][lang]
	if err != nil || !ok {
		return f.Key
	}
	for name, value := range f.Args {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return strings.Join(strings.Fields(text), " ") // an argument may be empty, such as the sheet of a CSV file
}

// ImportFaultPlace says in a language, sv or en, where a fault is: “personal.xlsx, blad Uppdrag, rad 5, kolumn C (Nämnd)”.
func ImportFaultPlace(f sheet.Fault, lang string) string {
	onSheet, row, column := "blad", "rad", "kolumn"
	if lang == "en" {
		onSheet, row, column = "sheet", "row", "column"
	}
	parts := []string{f.File}
	if f.Sheet != "" {
		parts = append(parts, onSheet+" "+f.Sheet)
	}
	if f.Row > 0 {
		parts = append(parts, fmt.Sprintf("%s %d", row, f.Row))
	}
	switch {
	case f.Column != "" && f.Heading != "":
		parts = append(parts, fmt.Sprintf("%s %s (%s)", column, f.Column, f.Heading))
	case f.Column != "":
		parts = append(parts, column+" "+f.Column)
	case f.Heading != "":
		parts = append(parts, column+" "+f.Heading)
	}
	return strings.Join(parts, ", ")
}

// ImportFaultLine says in a language what stands in the cell, what is wrong with it and what was expected.
func ImportFaultLine(f sheet.Fault, lang string) string {
	text := ImportFaultText(f, lang)
	if f.Found == "" {
		return text
	}
	return "”" + strings.Join(strings.Fields(f.Found), " ") + "”: " + text
}

// ImportTableName is what a table is called in a spreadsheet.
func ImportTableName(t ImportTable) string {
	for _, k := range importKinds() {
		if k.table == t {
			return k.sheet
		}
	}
	return string(t)
}
