package markup

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"insyn/internal/pdf"
)

// table is one that is being read. It is begun at its first row, which tells whether rows have heads.
type table struct {
	spec  pdf.TableSpec
	begun bool
	cells [][]pdf.Span
	heads int // how many of the cells are th
}

func (p *reader) openTable(e *element) error {
	p.flush()
	p.table = &table{}
	for _, share := range strings.Fields(e.attrs["data-columns"]) {
		n, err := strconv.ParseFloat(share, 64)
		if err != nil || !(n > 0 && n <= 100) { // not a number is neither
			return errors.New("data-columns holds shares above 0 and at most 100")
		}
		p.table.spec.Columns = append(p.table.spec.Columns, n)
	}
	return nil
}

func (p *reader) openRow(*element) error {
	p.table.cells, p.table.heads = nil, 0
	return nil
}

// openHeadCell begins a cell that names its column or its row; a screen reader needs to be told which.
func (p *reader) openHeadCell(e *element) error {
	want := "row"
	if p.stack[len(p.stack)-3].role == "thead" {
		want = "col"
	}
	if e.attrs["scope"] != want {
		return fmt.Errorf("a th needs scope %s here", want)
	}
	if want == "row" && len(p.table.cells) > 0 {
		return errors.New("a row's th stands first")
	}
	p.table.heads++
	return p.openText(e)
}

func (p *reader) shutCell(*element) error {
	spans := p.shutText()
	if spans == nil {
		spans = []pdf.Span{}
	}
	p.table.cells = append(p.table.cells, spans)
	return nil
}

func (p *reader) shutRow(*element) error {
	t := p.table
	if p.stack[len(p.stack)-2].role == "thead" {
		if t.spec.Head != nil || t.begun || len(t.cells) == 0 || t.heads != len(t.cells) {
			return errors.New("a table has one head row, of th, first")
		}
		t.spec.Head = t.cells
		return nil
	}
	if !t.begun {
		if t.spec.RowHeads = t.heads > 0; len(t.spec.Columns) == 0 {
			for range t.cells {
				t.spec.Columns = append(t.spec.Columns, 1)
			}
		}
		if t.spec.Head == nil || len(t.spec.Head) != len(t.spec.Columns) {
			return errors.New("a table has a head row with a cell for each column")
		}
		t.begun = true
		p.t.BeginTable(t.spec)
	}
	if len(t.cells) != len(t.spec.Columns) || t.heads > 0 != t.spec.RowHeads {
		return errors.New("a row is not like those before it")
	}
	p.t.Row(t.cells...)
	return nil
}

func (p *reader) shutTable(*element) error {
	if p.table.begun {
		p.t.EndTable()
	}
	p.table = nil
	return nil
}
