// Package pdf writes letters and extracts as documents that last and that everybody can read: PDF/A-2a (ISO 19005-2,
// archive) and PDF/UA-1 (ISO 14289-1, accessible) in one file.
//
// A [Writer] is told what the document says, in reading order, as headings, paragraphs, lists, facts and tables. It lays
// them out on A4 pages, tags everything as it is laid out, and writes each page to its destination as soon as the page is
// full, so that a table of twenty thousand rows needs no more memory than a letter, a few bytes a page apart. Equal input
// gives equal bytes: there is no clock and no chance in here.
//
// What is not done: text from right to left and scripts whose letters change with their neighbours (Arabic, Hebrew,
// Devanagari and their kin) are not shaped. Their characters count as missing; see [Missing] and decision 0021.
package pdf

import (
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/text/language"
)

// Meta is what is said about the document as a whole.
type Meta struct {
	Title    string // the document's name, shown in the window's title; required
	Author   string // the authority
	Subject  string // what it is about, one line
	Keywords string
	Lang     string // the language of the text, BCP 47; “sv-SE” when empty
	Created  time.Time
	Running  string                       // left in every page's foot, as “INS-2026-00042-SN”
	PageOf   func(page, pages int) string // right in every page's foot; nil writes “1 (3)”
}

// Options are how the document is written.
type Options struct {
	Missing Missing // what happens to a character that no font has
	A1Twin  bool    // for tests only: the same pages labelled PDF/A-1b, which Apache Preflight can check
}

// Missing says what happens to characters that no font here has, or that this package cannot set rightly.
type Missing int

// What happens to characters that no font has.
const (
	Refuse Missing = iota // Close returns a *MissingError that names each character and its place
	Spell                 // the character is written as [U+1F600]
)

// Span is a run of text in one look. White space is folded as in HTML, but a line feed breaks the line.
type Span struct {
	Text                      string
	Bold, Italic, Mono, Muted bool
	URI                       string // makes the text a link; http, https, mailto and tel only
	Lang                      string // the text's language where it is not the document's, BCP 47
}

// SizeClass is one of the three sizes of running text.
type SizeClass int

// The sizes.
const (
	Body  SizeClass = iota // running text
	Small                  // notes, contact columns
	Lead                   // an opening paragraph
)

// Style is how a paragraph is set.
type Style struct {
	Size   SizeClass
	Muted  bool
	Indent float64 // points from the left margin
	Keep   bool    // on the same page as the beginning of what follows
}

// Fact is a term and what is said of it.
type Fact struct{ Term, Def []Span }

// Entry is a heading and where it stands: a line in a table of contents.
type Entry struct {
	Level int
	Title string
	Page  int // 1-based
}

// Summary is what a finished document came to.
type Summary struct {
	Pages    int
	Headings []Entry // every heading in order
}

// Writer writes one document. Its methods are called in reading order from one goroutine. Errors stick: after the first
// one nothing more is written, and Close returns it.
type Writer struct {
	m     Meta
	o     Options
	out   *file
	fonts *fontSet
	err   error

	pages    int   // begun so far
	pageNums []int // object numbers of the pages
	footNums []int // and of their foot's content
	tree     []int // nodes of the page tree, one for each pagesPerNode pages
	res      int   // the resources all pages share
	pg       *page
	y        float64 // points from the page's top to where the next block begins
	gap      float64 // wanted below the block before
	pending  []block // blocks that keep with the next

	root    *elem // the Document element
	parent  *elem // what new blocks belong to
	parents []int // by key of the parent tree: the object number of its value

	marks    []mark
	contents []contentsLine // lines of the table of contents whose heading has not come yet
	boxes    []*elem        // parents of the open boxes
	table    *table
	graphics graphics
	missing  []MissingAt
	seen     map[MissingAt]bool
	place    string
	closed   bool
}

// New begins a document that is written to dst. It fails when the metadata do not hold.
func New(dst io.Writer, m Meta, o Options) (*Writer, error) {
	if m.Title = clean(m.Title); m.Title == "" {
		return nil, errors.New("pdf: a document needs a title")
	}
	if m.Lang == "" {
		m.Lang = "sv-SE"
	}
	if err := checkLang(m.Lang); err != nil {
		return nil, err
	}
	if m.Created.IsZero() {
		return nil, errors.New("pdf: a document needs the time it was made")
	}
	m.Author, m.Subject, m.Keywords, m.Running = clean(m.Author), clean(m.Subject), clean(m.Keywords), clean(m.Running)
	if m.PageOf == nil {
		m.PageOf = func(page, pages int) string { return fmt.Sprintf("%d (%d)", page, pages) }
	}
	fonts, err := newFontSet()
	if err != nil {
		return nil, err
	}
	w := &Writer{m: m, o: o, out: newFile(dst, o.A1Twin), fonts: fonts, seen: map[MissingAt]bool{}}
	w.res = w.out.reserve()
	w.root = &elem{num: w.out.reserve(), typ: "Document"}
	w.parent = w.root
	w.newPage()
	return w, nil
}

// checkLang tells whether tag is a language tag that may stand in the file.
func checkLang(tag string) error {
	if _, err := language.Parse(tag); err != nil {
		return fmt.Errorf("pdf: %q is no language tag", tag)
	}
	return nil
}

// fail keeps the first error.
func (w *Writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// At names where the following text stands (“skäl”, “handling 7”), for [MissingError].
func (w *Writer) At(place string) { w.place = place }

// Bookmark returns the number of the page being written, from 1.
func (w *Writer) Bookmark() int { return w.pages }

// Pages returns how many pages there are so far.
func (w *Writer) Pages() int { return w.pages }
