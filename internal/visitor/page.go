package visitor

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Page is what an address answered.
type Page struct {
	// URL is where the redirects ended, with the fragment.
	URL    *url.URL
	Status int
	Header http.Header
	Body   []byte

	v   *Visitor
	doc *html.Node // nil: not HTML
}

func newPage(v *Visitor, at *url.URL, res *http.Response, body []byte) (*Page, error) {
	p := &Page{URL: at, Status: res.StatusCode, Header: res.Header, Body: body, v: v}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if kind != "text/html" {
		return p, nil
	}
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("parse page %s: %w", withoutQuery(p.URL), err)
	}
	p.doc = doc
	return p, nil
}

// Parse reads an HTML document from elsewhere, for instance a file that was downloaded. It has no address and no links.
func Parse(body []byte) (Element, error) {
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return Element{}, fmt.Errorf("parse document: %w", err)
	}
	return Element{node: doc}, nil
}

// Text is what can be read on the page: see Element.Text. What is not HTML is given as it is.
func (p *Page) Text() string {
	if p.doc == nil {
		return string(p.Body)
	}
	return p.root().Text()
}

// Has tells whether the page says every one of the texts.
func (p *Page) Has(texts ...string) bool {
	return !slices.ContainsFunc(texts, func(t string) bool { return !contains(p.Text(), t) })
}

// Heading is the page's first heading of the first level.
func (p *Page) Heading() string {
	for _, e := range p.Find("h1") {
		return e.Text()
	}
	return ""
}

// Title is the document's title.
func (p *Page) Title() string {
	for _, e := range p.Find("title") {
		return tidy(inner(e.node))
	}
	return ""
}

// Find gives the elements that a selector matches, in order; see Element.Find.
func (p *Page) Find(selector string) []Element {
	if p.doc == nil {
		return nil
	}
	return p.root().Find(selector)
}

func (p *Page) root() Element { return Element{node: p.doc} }

// Link is the first link whose text is, or else contains, the given text.
func (p *Page) Link(text string) (Element, error) {
	links := p.Find("a[href]")
	for _, match := range []func(string) bool{
		func(s string) bool { return s == plain(text) },
		func(s string) bool { return strings.Contains(s, plain(text)) },
	} {
		for _, l := range links {
			if match(plain(l.Text())) {
				return l, nil
			}
		}
	}
	return Element{}, fmt.Errorf("no link “%s” on %s", text, p.describe())
}

// Follow opens the link with the given text.
func (p *Page) Follow(ctx context.Context, text string) (*Page, error) {
	l, err := p.Link(text)
	if err != nil {
		return nil, err
	}
	return p.Open(ctx, l.Attr("href"))
}

// Open opens an address as a link on the page would.
func (p *Page) Open(ctx context.Context, address string) (*Page, error) {
	to, err := p.URL.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("open link: %w", err)
	}
	return p.v.travel(ctx, journey{method: http.MethodGet, to: to, from: p})
}

// Resolve is the absolute form of an address on the page; one that cannot be read is the page's own.
func (p *Page) Resolve(address string) *url.URL {
	u, err := p.URL.Parse(address)
	if err != nil {
		return p.URL
	}
	return u
}

// FileName is the name that the answer asks to be saved under, or "".
func (p *Page) FileName() string {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return params["filename"]
}

// describe names the page in an error: address without query, status and heading.
func (p *Page) describe() string {
	return fmt.Sprintf("%s (%d, “%s”)", p.URL.Path, p.Status, p.Heading())
}

// Element is a part of a page.
type Element struct{ node *html.Node }

// Attr is an attribute's value, or "".
func (e Element) Attr(name string) string { v, _ := attr(e.node, name); return v }

// Find gives the elements inside that match a selector of the small sort: “tag”, “.class”, “#id”, “[attr]”,
// “[attr=value]”, joined without spaces, and with spaces between for descendants.
func (e Element) Find(selector string) []Element {
	found := []*html.Node{e.node}
	for _, part := range strings.Fields(selector) {
		want := parseSimple(part)
		var next []*html.Node
		for _, n := range found {
			for d := range n.Descendants() {
				if want.matches(d) && !slices.Contains(next, d) {
					next = append(next, d)
				}
			}
		}
		found = next
	}
	out := make([]Element, 0, len(found))
	for _, n := range found {
		out = append(out, Element{n})
	}
	return out
}

// simple is one compound selector.
type simple struct {
	tag     string
	classes []string
	attrs   [][2]string
	valued  []bool
}

func parseSimple(s string) simple {
	var out simple
	i := strings.IndexAny(s, ".#[")
	if i < 0 {
		i = len(s)
	}
	out.tag, s = s[:i], s[i:]
	for s != "" {
		end := len(s)
		if s[0] == '[' {
			end = strings.IndexByte(s, ']') + 1
			name, value, ok := strings.Cut(s[1:end-1], "=")
			out.attrs, out.valued = append(out.attrs, [2]string{name, strings.Trim(value, `"`)}), append(out.valued, ok)
			s = s[end:]
			continue
		}
		if j := strings.IndexAny(s[1:], ".#["); j >= 0 {
			end = j + 1
		}
		if s[0] == '#' {
			out.attrs, out.valued = append(out.attrs, [2]string{"id", s[1:end]}), append(out.valued, true)
		} else {
			out.classes = append(out.classes, s[1:end])
		}
		s = s[end:]
	}
	return out
}

func (s simple) matches(n *html.Node) bool {
	if n.Type != html.ElementNode || (s.tag != "" && s.tag != "*" && n.Data != s.tag) {
		return false
	}
	class, _ := attr(n, "class")
	for _, c := range s.classes {
		if !slices.Contains(strings.Fields(class), c) {
			return false
		}
	}
	for i, a := range s.attrs {
		v, ok := attr(n, a[0])
		if !ok || (s.valued[i] && v != a[1]) {
			return false
		}
	}
	return true
}

// Text is what can be read: blocks on lines of their own, runs of white space as one space, no-break spaces and hyphens as
// plain ones. A <details> is read as if it were open.
func (e Element) Text() string {
	var b strings.Builder
	write(&b, e.node)
	return tidy(b.String())
}

func write(b *strings.Builder, n *html.Node) {
	switch n.Type {
	case html.TextNode:
		b.WriteString(strings.Map(func(r rune) rune {
			if r == '\n' || r == '\t' || r == '\r' {
				return ' '
			}
			return r
		}, n.Data))
		return
	case html.ElementNode:
		switch n.DataAtom {
		case atom.Script, atom.Style, atom.Head, atom.Template, atom.Noscript:
			return
		case atom.Br:
			b.WriteByte('\n')
		}
		if _, hidden := attr(n, "hidden"); hidden {
			return
		}
	}
	line := isBlock(n)
	if line {
		b.WriteByte('\n')
	}
	for c := range n.ChildNodes() {
		write(b, c)
	}
	if line {
		b.WriteByte('\n')
	} else if n.DataAtom == atom.Td || n.DataAtom == atom.Th || n.DataAtom == atom.Option {
		b.WriteByte(' ')
	}
}

func isBlock(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Tr, atom.Table, atom.H1, atom.H2, atom.H3, atom.H4, atom.Section, atom.Article,
		atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Form, atom.Fieldset, atom.Legend, atom.Dl, atom.Dt, atom.Dd, atom.Details,
		atom.Summary, atom.Address, atom.Blockquote, atom.Pre, atom.Label, atom.Button, atom.Caption, atom.Aside:
		return true
	}
	return false
}

// tidy makes runs of white space one space, keeps one line break, and writes typographic spaces and hyphens plainly.
func tidy(s string) string {
	s = plainRunes(s)
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if l := strings.Join(strings.Fields(line), " "); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

func plainRunes(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2011", "-", "\u00ad", "", "\u2060", "", "\u200b", "").Replace(s)
}

// plain is a text on one line, for comparing.
func plain(s string) string { return strings.Join(strings.Fields(plainRunes(s)), " ") }

func contains(text, part string) bool { return strings.Contains(plain(text), plain(part)) }

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}

// inner is the text of a node as it stands in the source.
func inner(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
