package workflows

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"insyn/models"
)

// csvColumns are the columns that every row of the extract has; the columns of the widest table follow.
func csvColumns() []string {
	return []string{"Ärende", "Personuppgiftsansvarig", "System", "Post", "Slag", "Rad", "Innehåll", "Fil", "SHA-256"}
}

// csvKind is what a row is, in Swedish as the headings are.
func csvKind(own string) string {
	return map[string]string{ownRequest: "begäran", "attachment": "bilaga", "message-to": "meddelande till dig", "message-from": "meddelande från dig"}[own]
}

// writeCSV writes the extract as a table: a row for each piece of material, and for each record in a table. A byte order mark
// makes Excel read it as UTF-8. All rows are as long as each other.
func (x *extract) writeCSV(ctx context.Context, to io.Writer) error {
	if _, err := io.WriteString(to, "\uFEFF"); err != nil {
		return fmt.Errorf("encode extract: %w", err)
	}
	t := &extractTable{w: csv.NewWriter(to), first: []string{x.c.Number, x.ctl.Name}, width: x.widest()}
	t.w.Comma, t.w.UseCRLF = ';', true
	heading := csvColumns()
	for i := range t.width {
		heading = append(heading, "Fält "+strconv.Itoa(i+1))
	}
	t.write(heading)
	label := func(key string) string { return x.s.Templates.T(x.c.Language, key, nil) }
	for _, o := range x.own {
		t.row(csvRow{system: ownSystem, title: label("extract.own." + o.Kind), kind: csvKind(o.Kind), text: o.Text, file: o.File})
	}
	for _, s := range x.systems {
		if err := x.items(ctx, s, func(i models.Item) error { return x.itemCSV(ctx, t, s.name, i) }); err != nil {
			return err
		}
	}
	t.w.Flush()
	if err := t.w.Error(); err != nil {
		return fmt.Errorf("encode extract: %w", err)
	}
	return nil
}

func (x *extract) itemCSV(ctx context.Context, t *extractTable, system string, i models.Item) error {
	row := csvRow{system: system, title: i.TitleText, kind: "text", text: i.BodyText, sha: contentHash(i)}
	if i.File == nil {
		t.row(row)
		return t.w.Error()
	}
	row.kind, row.file = "fil", x.path(*i.File)
	t.row(row)
	for _, found := range x.tables[i.FileID] {
		head := csvRow{system: system, title: i.TitleText, kind: "rubriker", text: found.Name, file: row.file, cells: found.Headings}
		t.row(head)
		n := 0
		err := x.rows(ctx, i.FileID, found, func(cells []string) error {
			n++
			t.row(csvRow{system: system, title: i.TitleText, kind: "rad", number: strconv.Itoa(n), file: row.file, cells: cells})
			return t.w.Error()
		})
		if err != nil {
			return err
		}
	}
	return t.w.Error()
}

// widest is how many columns the widest table has.
func (x *extract) widest() int {
	n := 0
	for _, found := range x.tables {
		for _, t := range found {
			n = max(n, len(t.Headings))
		}
	}
	return n
}

type csvRow struct {
	system, title, kind, number, text, file, sha string
	cells                                        []string
}

// extractTable writes rows that are all as long as each other. What failed is in w.
type extractTable struct {
	w     *csv.Writer
	first []string // what every row begins with
	width int      // of the widest table
}

func (t *extractTable) row(r csvRow) {
	row := append(make([]string, 0, len(csvColumns())+t.width), t.first...)
	row = append(row, r.system, r.title, r.kind, r.number, r.text, r.file, r.sha)
	row = append(row, r.cells...)
	for i := len(r.cells); i < t.width; i++ {
		row = append(row, "")
	}
	t.write(row)
}

func (t *extractTable) write(row []string) {
	for i, cell := range row {
		row[i] = PlainCell(cell)
	}
	_ = t.w.Write(row) // the writer keeps its first error
}

// number is what a spreadsheet may read as a number: it runs nothing.
var number = regexp.MustCompile(`^[+-]?[0-9]+([.,][0-9]+)?$`)

// PlainCell keeps a text that a spreadsheet would take for a formula a text, by an apostrophe put before it. So that the
// apostrophe can be taken away again by whoever reads the table, a text that begins with one gets one more.
func PlainCell(s string) string {
	if s == "" || number.MatchString(s) {
		return s
	}
	switch []rune(s)[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n', '\'', '＝', '＋', '－', '＠':
		return "'" + s
	}
	return s
}
