package pdf

import (
	"errors"
	"fmt"
)

var (
	errTableOpen = errors.New("pdf: something was written inside a table that is not ended")
	errNoTable   = errors.New("pdf: a row outside a table")
	errNoHead    = errors.New("pdf: a table needs a head or heads of its rows")
	errNoBox     = errors.New("pdf: a box is ended that was not begun")
)

// TableSpec is what a table looks like before its first row.
type TableSpec struct {
	Columns  []float64 // widths, as shares of their sum
	Head     [][]Span  // one cell a column; repeated on every page
	RowHeads bool      // the first cell of each row is the row's head
}

// table is the table being written.
type table struct {
	spec    TableSpec
	x, w    []float64 // each column's left edge and width
	head    []cell
	headH   float64
	e, body *elem
	started bool
}

// cell is one cell's text, broken into lines.
type cell struct {
	t  *run
	ls []line
}

const (
	sizeCell = 9.5
	leadCell = 13.0
	padX     = 6.0
	padY     = 4.0
)

// BeginTable begins a table. Its rows follow one at a time, and each page of them is written as it fills.
func (w *Writer) BeginTable(s TableSpec) {
	if w.err != nil {
		return
	}
	sum := 0.0
	for _, c := range s.Columns {
		if !(c > 0) {
			sum = 0
			break
		}
		sum += c
	}
	switch {
	case w.table != nil:
		w.fail(errTableOpen)
	case !(sum > 0):
		w.fail(errors.New("pdf: a table's columns need widths"))
	case len(s.Head) == 0 && !s.RowHeads:
		w.fail(errNoHead)
	case len(s.Head) != 0 && len(s.Head) != len(s.Columns):
		w.fail(fmt.Errorf("pdf: a table head of %d cells for %d columns", len(s.Head), len(s.Columns)))
	}
	if w.err != nil {
		return
	}
	t := &table{spec: s}
	x := left
	for _, c := range s.Columns {
		t.x = append(t.x, x)
		t.w = append(t.w, width*c/sum)
		x += width * c / sum
	}
	t.head, t.headH = w.cells(t, s.Head, bold)
	if len(s.Head) == 0 {
		t.headH = 0
	}
	if t.headH > (pageHeight-top-bottom)/2 {
		w.fail(errors.New("pdf: a table's head takes more than half a page"))
	}
	w.table = t
}

// cells shapes a row and returns its height.
func (w *Writer) cells(t *table, row [][]Span, base int) ([]cell, float64) {
	var cs []cell
	n := 1
	for i, spans := range row {
		b := base
		if i == 0 && t.spec.RowHeads {
			b = bold
		}
		r := w.shape(spans, b)
		c := cell{r, r.lines(sizeCell, t.w[i]-padX)}
		cs = append(cs, c)
		n = max(n, len(c.ls))
	}
	return cs, float64(n)*leadCell + 2*padY
}

// Row writes a row: one cell a column.
func (w *Writer) Row(row ...[]Span) {
	if w.err != nil {
		return
	}
	t := w.table
	if t == nil {
		w.fail(errNoTable)
		return
	}
	if len(row) != len(t.spec.Columns) {
		w.fail(fmt.Errorf("pdf: a row of %d cells in a table of %d columns", len(row), len(t.spec.Columns)))
		return
	}
	cs, h := w.cells(t, row, regular)
	if !t.started {
		w.startTable(h)
	}
	w.row(cs, h)
}

// startTable places the head together with the first row.
func (w *Writer) startTable(first float64) {
	t := w.table
	w.table = nil // for add
	parent := w.parent
	w.add(block{before: 6, min: t.headH + min(first, 5*leadCell), draw: func() {
		t.e = w.open(parent, "Table", "")
		if len(t.head) > 0 {
			sec := w.open(t.e, "THead", "")
			w.drawHead(t, sec)
			w.shut(sec)
		}
		t.body = w.open(t.e, "TBody", "")
	}})
	t.started = true
	w.table = t
}

// drawHead draws the head: as part of the table the first time, as an artifact when it is repeated and sec is nil.
func (w *Writer) drawHead(t *table, sec *elem) {
	if len(t.head) == 0 {
		return
	}
	y := w.y
	draw := func(tr *elem) {
		for i, c := range t.head {
			w.y = y + padY
			if tr == nil {
				for _, l := range c.ls {
					w.line(l, t.x[i], w.y+leadCell/2+sizeCell*0.35, sizeCell)
					w.y += leadCell
				}
				continue
			}
			f := newFlow(w.open(tr, "TH", " /A <</O /Table /Scope /Column>>"), c.t, sizeCell, leadCell)
			w.drawLines(f, c.ls, t.x[i])
			w.close(f)
		}
	}
	if sec == nil {
		w.artifact("/Type /Pagination /Subtype /Header", func() { draw(nil) })
	} else {
		tr := w.open(sec, "TR", "")
		draw(tr)
		w.shut(tr)
	}
	w.y = y + t.headH
	w.artifact("", func() { w.rule(left, w.y, width, 1, brand) })
}

// row draws a row. One that fits on no page, or is long, goes on over pages; a short one is kept whole.
func (w *Writer) row(cs []cell, h float64) {
	t := w.table
	whole := pageHeight - top - bottom - t.headH
	if h > w.room() && (h <= whole/3 || w.room() < 3*leadCell+2*padY) {
		w.nextTablePage()
	}
	tr := w.open(t.body, "TR", "")
	flows := make([]*flow, len(cs))
	for i, c := range cs {
		typ, attrs := "TD", ""
		if i == 0 && t.spec.RowHeads {
			typ, attrs = "TH", " /A <</O /Table /Scope /Row>>"
		}
		flows[i] = newFlow(w.open(tr, typ, attrs), c.t, sizeCell, leadCell)
	}
	for done := 0; ; {
		fit := int((w.room() - 2*padY + 0.01) / leadCell)
		fit = max(fit, 1)
		y, end := w.y, w.y+padY
		left := 0
		for i, c := range cs {
			from, to := min(done, len(c.ls)), min(done+fit, len(c.ls))
			w.y = y + padY
			w.drawLines(flows[i], c.ls[from:to], t.x[i])
			end = max(end, w.y)
			left = max(left, len(c.ls)-to)
		}
		if end == y+padY {
			end += leadCell // a row of empty cells
		}
		w.y = end + padY
		w.artifact("", func() { w.rule(t.x[0], w.y, width, 0.5, rule) })
		if left == 0 {
			break
		}
		done += fit
		w.nextTablePage()
	}
	for _, f := range flows {
		w.close(f)
	}
	w.shut(tr)
}

func (w *Writer) nextTablePage() {
	w.newPage()
	w.drawHead(w.table, nil)
}

// EndTable ends the table.
func (w *Writer) EndTable() {
	if w.err != nil {
		return
	}
	t := w.table
	if t == nil {
		w.fail(errNoTable)
		return
	}
	if !t.started {
		w.startTable(0)
	}
	w.table = nil
	w.shut(t.body)
	w.shut(t.e)
	w.gap = 12
}
