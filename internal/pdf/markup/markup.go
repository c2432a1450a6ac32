// Package markup turns a small, closed subset of HTML into a PDF. The same HTML is the preview on a screen.
//
// It is read as a stream: what has been drawn is forgotten, but for the paragraph, list, row or letterhead that is being read.
// What is not in the subset is an error that names the element and its line, and never what the document says.
//
//	html, head (meta, title, style), body, main
//	div.head                       letterhead: div.brand (the logo if there is an svg, then a span a line) and a dl with facts
//	address.to                     after div.head: the addressee, in the envelope's window
//	h1 … h4
//	p                              .small .muted .lead .hash (small, in the machine's letters) .pre (line breaks as written) .keep (with the next)
//	strong b em i a[href] br wbr span(.nowrap .muted)
//	ul ol (li)                     one level
//	dl.facts (dt, dd)              terms and what they are
//	table.sum (thead, tbody, tr, th[scope], td)   data-columns="3 4 2" gives the columns' shares
//	section, section.system, div.item, div.sign   group on the screen
//	section.appeal                 set apart by a rule
//	section.page                   begins a new page
//	nav.contents                   a table of contents stands here, with the heading in it, when the document is long
//	footer.foot                    contacts side by side: a p a column, b a line of its own
//
// Any element may have lang, and any that holds text data-at: the name of the place where the text stands, for the error about
// characters that the fonts lack (pdf.MissingError).
package markup

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"insyn/internal/pdf"
)

// Options are how a document is made.
type Options struct {
	pdf.Options
	Logo    *pdf.Logo // shown where div.brand has an svg
	LogoAlt string    // what the logo says: the sender's name
	// ContentsFrom is the number of pages from which nav.contents becomes a table of contents; 0: never. It costs further passes
	// over the document, so draw must draw the same each time.
	ContentsFrom int
	// ContentsLevel is the deepest heading in the table of contents; the document's title (1) is never in it. 0: 2.
	ContentsLevel int
}

// passes is how often a document is drawn at most: without contents, with contents at a guess, with the pages moved by them.
const passes = 4

// Write draws a document as HTML and writes it as a PDF. An empty title and language in m are taken from the HTML.
// Equal input gives equal bytes. What is written to dst when there is an error is no PDF.
func Write(dst io.Writer, draw func(io.Writer) error, m pdf.Meta, o Options) (pdf.Summary, error) {
	if o.ContentsFrom == 0 {
		s, _, err := once(dst, draw, m, o, nil)
		return s, err
	}
	var contents []pdf.Entry
	for range passes - 1 {
		s, own, err := once(io.Discard, draw, m, o, contents)
		if err != nil {
			return s, err
		}
		next := o.entries(s.Headings, own)
		if s.Pages < o.ContentsFrom && contents == nil || slices.Equal(next, contents) {
			break
		}
		contents = next
	}
	s, _, err := once(dst, draw, m, o, contents)
	return s, err
}

// entries are the lines of the table of contents: the headings below the title but for its own.
func (o Options) entries(headings []pdf.Entry, own []int) []pdf.Entry {
	deepest := max(o.ContentsLevel, 2)
	var out []pdf.Entry
	for i, h := range headings {
		if h.Level > 1 && h.Level <= deepest && !slices.Contains(own, i) {
			out = append(out, h)
		}
	}
	return out
}

// once is one pass: the HTML is drawn into a pipe and read from it as it comes.
func once(dst io.Writer, draw func(io.Writer) error, m pdf.Meta, o Options, contents []pdf.Entry) (pdf.Summary, []int, error) {
	var w *pdf.Writer
	begin := func(title, lang string) (Target, error) {
		if m.Title == "" {
			m.Title = title
		}
		if m.Lang == "" {
			m.Lang = lang
		}
		var err error
		w, err = pdf.New(dst, m, o.Options)
		return w, err
	}
	var own []int
	err := stream(draw, func(r io.Reader) (err error) {
		own, err = read(r, begin, o, contents)
		return err
	})
	if err != nil {
		return pdf.Summary{}, nil, err
	}
	s, err := w.Close()
	if err != nil {
		return s, nil, fmt.Errorf("write pdf: %w", err)
	}
	return s, own, nil
}

// errStopped tells the drawing side that nobody reads any more.
var errStopped = errors.New("reading has stopped")

// stream runs draw and read side by side. The first thing that went wrong is what is told.
func stream(draw func(io.Writer) error, read func(io.Reader) error) error {
	r, w := io.Pipe()
	drawn := make(chan error, 1)
	go func() {
		err := draw(w)
		_ = w.CloseWithError(err) // always nil
		drawn <- err
	}()
	err := read(r)
	_ = r.CloseWithError(errStopped) // always nil
	if drawErr := <-drawn; drawErr != nil && !errors.Is(drawErr, errStopped) {
		return drawErr
	}
	return err
}
