package markup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"insyn/internal/pdf"
)

// Target is what a document is drawn on: *pdf.Writer.
type Target interface {
	At(place string)
	Heading(level int, spans ...pdf.Span)
	Paragraph(s pdf.Style, spans ...pdf.Span)
	List(ordered bool, items ...[]pdf.Span)
	Facts(facts ...pdf.Fact)
	BeginTable(t pdf.TableSpec)
	Row(cells ...[]pdf.Span)
	EndTable()
	Letterhead(h pdf.Letterhead)
	Columns(cols ...[][]pdf.Span)
	BeginBox()
	EndBox()
	PageBreak()
	Contents(entries []pdf.Entry)
}

// longest is the most bytes that one run of text may have: it is held in memory.
const longest = 16 << 20

// reader goes through a document once.
type reader struct {
	z        *html.Tokenizer
	rules    map[string]rule
	line     int
	stack    []*element
	start    func(title, lang string) (Target, error)
	t        Target
	o        Options
	contents []pdf.Entry // nil: nav.contents is left out

	title string
	lang  string // of the document
	at    string

	block *block // the text that is being read
	head  *pdf.Letterhead
	list  [][]pdf.Span
	facts []pdf.Fact
	table *table
	foot  [][][]pdf.Span

	mute     bool  // in a nav.contents that is left out
	headings int   // drawn so far
	own      []int // which of them are the table of contents' own
}

// read draws what r has on what start gives for the title and the language. It tells which headings, counted from 0, are the
// table of contents' own.
func read(r io.Reader, start func(title, lang string) (Target, error), o Options, contents []pdf.Entry) ([]int, error) {
	p := &reader{z: html.NewTokenizer(r), rules: rules(), line: 1, start: start, o: o, contents: contents}
	p.z.SetMaxBuf(longest)
	for {
		kind := p.z.Next()
		if kind == html.ErrorToken {
			if err := p.z.Err(); !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("markup, line %d: %w", p.line, err)
			}
			return p.own, p.finish()
		}
		breaks := bytes.Count(p.z.Raw(), []byte("\n"))
		if err := p.token(kind); err != nil {
			return nil, fmt.Errorf("markup, line %d: %w", p.line, err)
		}
		p.line += breaks
	}
}

func (p *reader) finish() error {
	switch {
	case len(p.stack) > 0:
		return fmt.Errorf("markup, line %d: the document ends inside %s", p.line, p.top().role)
	case p.t == nil:
		return errors.New("markup: the document has no body")
	}
	return nil
}

func (p *reader) token(kind html.TokenType) error {
	switch kind {
	case html.TextToken:
		return p.textToken()
	case html.StartTagToken, html.SelfClosingTagToken:
		return p.startTag(kind == html.SelfClosingTagToken)
	case html.EndTagToken:
		name, _ := p.z.TagName()
		return p.endTag(string(name))
	default: // doctype and comments
		return nil
	}
}

func (p *reader) top() *element {
	if len(p.stack) == 0 {
		return &element{role: "-"}
	}
	return p.stack[len(p.stack)-1]
}

func (p *reader) textToken() error {
	top := p.top()
	if top.role == "style" {
		return nil
	}
	s := string(p.z.Text())
	switch {
	case p.block != nil && top.rule.text:
		p.block.text(strings.ToValidUTF8(s, "\uFFFD"), top.style)
	case strings.Trim(s, " \t\r\n\f") != "":
		p.line += strings.Count(s[:strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune(" \t\r\n\f", r) })], "\n")
		return fmt.Errorf("text may not stand in %s", top.role)
	}
	return nil
}

func (p *reader) startTag(selfClosing bool) error {
	raw, more := p.z.TagName()
	name, parent := string(raw), p.top()
	e := &element{attrs: map[string]string{}, lang: parent.lang, style: parent.style}
	for more {
		var key, value []byte
		key, value, more = p.z.TagAttr()
		e.attrs[string(key)] = string(value)
	}
	e.classes = strings.Fields(e.attrs["class"])
	var ok bool
	if e.role, e.rule, ok = role(p.rules, name, e.classes); !ok {
		return fmt.Errorf("%s is not in the subset", describe(name, e.classes))
	}
	if !slices.Contains(e.rule.in, parent.role) || p.block != nil && !e.rule.inline {
		return fmt.Errorf("%s may not stand in %s", e.role, parent.role)
	}
	if err := e.check(); err != nil {
		return err
	}
	if lang := e.attrs["lang"]; lang != "" {
		e.lang = lang
	}
	if name == "html" {
		p.lang = e.lang
	}
	e.style.Lang = ""
	if e.lang != p.lang {
		e.style.Lang = e.lang
	}
	return p.enter(e, selfClosing)
}

// enter opens an element.
func (p *reader) enter(e *element, selfClosing bool) error {
	if at, ok := e.attrs["data-at"]; ok && p.t != nil {
		e.at, p.at = p.at, at
		p.t.At(at)
	}
	void := e.rule.void
	if selfClosing && !void {
		return fmt.Errorf("%s needs an end of its own", e.role)
	}
	if !void {
		p.stack = append(p.stack, e)
	}
	if e.rule.open != nil {
		return e.rule.open(p, e)
	}
	return nil
}

func (p *reader) endTag(name string) error {
	top := p.top()
	if n, _, _ := strings.Cut(top.role, "."); n != name {
		return fmt.Errorf("the end of %s stands in %s", name, top.role)
	}
	if top.rule.shut != nil {
		if err := top.rule.shut(p, top); err != nil {
			return err
		}
	}
	p.stack = p.stack[:len(p.stack)-1]
	if _, ok := top.attrs["data-at"]; ok && p.t != nil {
		p.at = top.at
		p.t.At(p.at)
	}
	return nil
}

// check tells whether the element's classes and attributes are in the subset.
func (e *element) check() error {
	name, own, _ := strings.Cut(e.role, ".")
	if name == "svg" {
		return nil
	}
	for _, c := range e.classes {
		if c != own && !slices.Contains(e.rule.classes, c) {
			return fmt.Errorf("%s is not in the subset", describe(name, e.classes))
		}
	}
	for key := range e.attrs {
		if key != "class" && key != "lang" && key != "data-at" && !slices.Contains(e.rule.attrs, key) {
			return fmt.Errorf("%s may not have the attribute %s", e.role, key)
		}
	}
	return nil
}

func describe(name string, classes []string) string {
	return strings.Join(append([]string{name}, classes...), ".")
}
