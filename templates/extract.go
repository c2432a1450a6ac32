package templates

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"iter"
	"strings"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/pdf"
)

// ExtractDoc is what an extract (registerutdrag) is made of: the data themselves and what art 15.1 a–h and 15.2 ask for. What
// there may be much of is read while it is drawn, and may be read more than once.
type ExtractDoc struct {
	Controller Controller
	Number     string // of the case
	Diary      string
	Made       calendar.Date
	Person     string // whose data they are
	Received   calendar.Date
	Withheld   int // pieces that are not released; the letter says why
	Systems    []ExtractSystem
	// Own is the case's own data: the request with its attachments, and what the two have written to each other. It is all
	// there is in a neutral extract. Internal notes are no part of it: they may tell what was found.
	Own []OwnData
	// OwnActivities is what the controller's register says of the processing in this service; without them the service says it
	// itself.
	OwnActivities []ExtractActivity
	// Files are those that lie beside, in the order of their numbers; nil where there are none.
	Files     func(visit func(ExtractFile) error) error
	FileCount int
	Parts     OwnParts // the municipality's own
}

// ExtractSystem is a system with material about the person.
type ExtractSystem struct {
	Name        string
	Description string
	Activities  []ExtractActivity
	Count       int // pieces of material
	Items       func(visit func(ExtractItem) error) error
}

// ExtractActivity is what the record of processing activities (art 30) says of the processing the data are part of. An
// empty text is shown as not recorded, never as “none”.
type ExtractActivity struct {
	Name         string
	Purpose      string // art 15.1 a
	LegalBasis   string
	Categories   string // b
	Recipients   string // c
	Storage      string // d
	Source       string // g
	Automated    string // h
	ThirdCountry string // 15.2
}

// ExtractItem is a piece of material: a text, or a file that lies beside the extract.
type ExtractItem struct {
	Title  string
	Text   string
	File   *ExtractFile
	Tables []ExtractTable // that the file holds
}

// ExtractFile is a file that lies beside the extract.
type ExtractFile struct {
	Path   string // in the package
	Title  string // of the piece of material
	Name   string // its own
	Size   int64  // bytes
	SHA256 string // hex
}

// ExtractTable is a table in a file, shown record by record.
type ExtractTable struct {
	Name     string // of the sheet; may be empty
	Headings []string
	Rows     int
	Longest  []int // of each column, the longest content in characters
	Each     func(visit func(row []string) error) error
}

// OwnData is something of the case itself.
type OwnData struct {
	Title string
	At    time.Time
	Text  string
	File  string // name of an attachment, if it is one
}

func (d ExtractDoc) check() error {
	if d.Number == "" || d.Made.IsZero() || d.Received.IsZero() || d.Controller.Name == "" || d.Person == "" {
		return fmt.Errorf("extract %s: %w", d.Number, errors.New("number, dates, controller and person are needed"))
	}
	return nil
}

// ExtractHTML draws the readable extract as an HTML document that needs nothing from outside, piece by piece. Equal input gives
// equal bytes. An extract without systems holds the case's own data only, and looks the same whether nothing was found or
// nothing may be released.
func (s *Set) ExtractHTML(w io.Writer, lang string, d ExtractDoc) error {
	if err := d.check(); err != nil {
		return err
	}
	p := &extractPage{ExtractDoc: d, Look: s.look, Style: s.style}
	if err := s.draw(w, lang, extractTemplate, p); err != nil {
		return errors.Join(p.err, err)
	}
	return p.err
}

const extractTemplate = "extract/extract"

// contentsFrom is the number of pages from which an extract has a table of contents.
const contentsFrom = 5

// ExtractPDF writes the same extract as a PDF, page by page. It is drawn more than once. A character that the fonts lack is
// spelled: [U+1F600].
func (s *Set) ExtractPDF(dst io.Writer, lang string, d ExtractDoc) (Made, error) {
	if err := d.check(); err != nil {
		return Made{}, err
	}
	p := &extractPage{ExtractDoc: d, Look: s.look, Style: s.style}
	made, err := s.pdf(dst, lang, extractTemplate, p, sheet{controller: d.Controller, number: d.Number, made: d.Made, parts: d.Parts, missing: pdf.Spell, contents: contentsFrom})
	if p.err != nil {
		return Made{}, p.err
	}
	return made, err
}

// extractPage is the extract as its template needs it. What failed while it was drawn is in err.
type extractPage struct {
	ExtractDoc
	Look  Look
	Style template.CSS
	err   error
}

// Heading is the key of the document's title.
func (*extractPage) Heading() string { return "extract.title" }

// Items counts the pieces of material.
func (p *extractPage) Items() int {
	n := 0
	for _, s := range p.Systems {
		n += s.Count
	}
	return n
}

// ItemsOf reads the material of a system.
func (p *extractPage) ItemsOf(s ExtractSystem) iter.Seq[ExtractItem] { return sequence(p, s.Items) }

// AllFiles reads the files that lie beside.
func (p *extractPage) AllFiles() iter.Seq[ExtractFile] { return sequence(p, p.Files) }

// RowsOf reads a table.
func (p *extractPage) RowsOf(t ExtractTable) iter.Seq[[]string] { return sequence(p, t.Each) }

// NumberedRowsOf reads a table with the number of each row, from 1.
func (p *extractPage) NumberedRowsOf(t ExtractTable) iter.Seq2[int, []string] {
	return func(yield func(int, []string) bool) {
		n := 0
		for row := range p.RowsOf(t) {
			if n++; !yield(n, row) {
				return
			}
		}
	}
}

// errEnough ends a reading that the template has had enough of.
var errEnough = errors.New("enough")

// sequence makes what is visited something a template can range over. The first error ends all that is drawn after it.
func sequence[T any](p *extractPage, each func(func(T) error) error) iter.Seq[T] {
	return func(yield func(T) bool) {
		if p.err != nil || each == nil {
			return
		}
		err := each(func(v T) error {
			if !yield(v) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) && p.err == nil {
			p.err = err
		}
	}
}

// The widest table that is drawn as one: so many columns, and so many characters in the longest contents taken together. What is
// wider is a list of facts for each record, which reads well on a page and in a screen reader whatever the width.
const (
	widestTable = 6
	longestRow  = 110
)

// Wide tells whether the records are lists of facts rather than rows.
func (t ExtractTable) Wide() bool {
	all := 0
	for _, n := range t.Longest {
		all += n
	}
	return len(t.Headings) > widestTable || all > longestRow
}

// Shares are the columns' widths, by their longest contents.
func (t ExtractTable) Shares() string {
	const least, most = 6, 40
	shares := make([]string, len(t.Longest))
	for i, n := range t.Longest {
		shares[i] = fmt.Sprint(min(max(n, least), most))
	}
	return strings.Join(shares, " ")
}

// Cells are the headings with what stands under them, the empty ones left out.
func (t ExtractTable) Cells(row []string) []ExtractCell {
	var out []ExtractCell
	for i, text := range row {
		if strings.TrimSpace(text) != "" {
			out = append(out, ExtractCell{t.Headings[i], text})
		}
	}
	return out
}

// ExtractCell is a heading and what stands under it.
type ExtractCell struct{ Heading, Text string }

// Hash parts a SHA-256 for the eye, so that it can be broken into lines.
func (f ExtractFile) Hash() []string {
	const group = 16
	var out []string
	for i := 0; i < len(f.SHA256); i += group {
		out = append(out, f.SHA256[i:min(i+group, len(f.SHA256))])
	}
	return out
}
