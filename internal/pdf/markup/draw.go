package markup

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"insyn/internal/pdf"
)

// begin is called at the body, when the title is known.
func (p *reader) begin(*element) error {
	if p.t != nil {
		return errors.New("there are two bodies")
	}
	var err error
	p.t, err = p.start(p.title, p.lang)
	return err
}

func (p *reader) openText(e *element) error {
	p.flush()
	p.block = newBlock(e.has("pre"))
	return nil
}

// shutText is the text that has been read.
func (p *reader) shutText() []pdf.Span {
	spans := p.block.done()
	p.block = nil
	return spans
}

func (p *reader) shutTitle(*element) error {
	p.title = plain(p.shutText())
	return nil
}

func (p *reader) openInline(e *element) error {
	switch e.role {
	case "strong", "b":
		e.style.Bold = true
	case "em", "i":
		e.style.Italic = true
	case "a":
		if e.attrs["href"] == "" || e.style.URI != "" {
			return errors.New("a link needs an address, and stands in no other")
		}
		e.style.URI = e.attrs["href"]
	}
	return nil
}

func (p *reader) openBreak(*element) error {
	p.block.lineBreak()
	return nil
}

// openWbr lets the line break here: a zero width space.
func (p *reader) openWbr(e *element) error {
	p.block.text("\u200b", e.style)
	return nil
}

// shutBold ends the line in the closing contacts.
func (p *reader) shutBold(*element) error {
	if p.foot != nil {
		p.block.lineBreak()
	}
	return nil
}

// openSpan begins a line of the sender, or marks text.
func (p *reader) openSpan(e *element) error {
	e.style.Muted = e.style.Muted || e.has("muted")
	if p.block == nil {
		p.block = newBlock(false)
	}
	return nil
}

// shutSpan ends a line of the sender: the span itself, or the spans that it holds.
func (p *reader) shutSpan(*element) error {
	if p.head == nil || !p.inBrand() {
		return nil
	}
	p.block.lineBreak()
	if p.stack[len(p.stack)-2].role != "div.brand" {
		return nil
	}
	for _, line := range lines(p.shutText()) {
		p.head.Sender = append(p.head.Sender, plain(line))
	}
	return nil
}

func (p *reader) inBrand() bool {
	return slices.ContainsFunc(p.stack, func(e *element) bool { return e.role == "div.brand" })
}

func (p *reader) openHead(*element) error {
	if p.head != nil {
		return errors.New("there are two letterheads in a row")
	}
	p.head = &pdf.Letterhead{}
	return nil
}

// openLogo shows the sender's logo and reads past the drawing that a browser shows.
func (p *reader) openLogo(*element) error {
	p.head.Logo, p.head.LogoAlt = p.o.Logo, p.o.LogoAlt
	for depth := 1; depth > 0; {
		switch p.z.Next() {
		case html.ErrorToken:
			return fmt.Errorf("the svg has no end: %w", p.z.Err())
		case html.StartTagToken:
			if name, _ := p.z.TagName(); string(name) == "svg" {
				depth++
			}
		case html.EndTagToken:
			if name, _ := p.z.TagName(); string(name) == "svg" {
				depth--
			}
		}
		p.line += strings.Count(string(p.z.Raw()), "\n")
	}
	p.stack = p.stack[:len(p.stack)-1]
	return nil
}

func (p *reader) openTo(*element) error {
	if p.head == nil {
		return errors.New("address.to stands after div.head")
	}
	p.block = newBlock(false)
	return nil
}

func (p *reader) shutTo(*element) error {
	for _, line := range lines(p.shutText()) {
		p.head.To = append(p.head.To, plain(line))
	}
	p.flush()
	return nil
}

// flush draws the letterhead: when the addressee has been read, or something else comes.
func (p *reader) flush() {
	if p.head == nil || slices.ContainsFunc(p.stack, func(e *element) bool { return e.role == "div.head" }) {
		return
	}
	p.t.Letterhead(*p.head)
	p.head = nil
}

func (p *reader) openGroup(*element) error {
	p.flush()
	return nil
}

func (p *reader) openPage(*element) error {
	p.flush()
	p.t.PageBreak()
	return nil
}

func (p *reader) openBox(*element) error {
	p.flush()
	p.t.BeginBox()
	return nil
}

func (p *reader) shutBox(*element) error {
	p.t.EndBox()
	return nil
}

func (p *reader) openContents(*element) error {
	p.flush()
	p.mute = p.contents == nil
	return nil
}

func (p *reader) shutContents(*element) error {
	p.mute = false
	if p.contents != nil {
		p.t.Contents(p.contents)
	}
	return nil
}

func (p *reader) shutHeading(e *element) error {
	spans := p.shutText()
	if len(spans) == 0 || p.mute {
		return nil
	}
	if p.stack[len(p.stack)-2].role == "nav.contents" {
		p.own = append(p.own, p.headings)
	}
	p.headings++
	p.t.Heading(int(e.role[1]-'0'), spans...)
	return nil
}

func (p *reader) shutParagraph(e *element) error {
	spans := p.shutText()
	if p.foot != nil {
		p.foot = append(p.foot, lines(spans))
		return nil
	}
	s := pdf.Style{Size: pdf.Body, Muted: e.has("muted"), Keep: e.has("keep")}
	switch {
	case e.has("small"), e.has("hash"):
		s.Size = pdf.Small
	case e.has("lead"):
		s.Size = pdf.Lead
	}
	for i := range spans {
		spans[i].Mono = e.has("hash")
	}
	if len(spans) > 0 {
		p.t.Paragraph(s, spans...)
	}
	return nil
}

func (p *reader) openList(*element) error {
	p.flush()
	p.list = nil
	return nil
}

func (p *reader) shutItem(*element) error {
	if spans := p.shutText(); len(spans) > 0 {
		p.list = append(p.list, spans)
	}
	return nil
}

func (p *reader) shutList(e *element) error {
	if len(p.list) > 0 {
		p.t.List(e.role == "ol", p.list...)
	}
	p.list = nil
	return nil
}

func (p *reader) openFacts(*element) error {
	p.flush()
	return nil
}

func (p *reader) shutTerm(*element) error {
	if n := len(p.facts); n > 0 && p.facts[n-1].Def == nil {
		return errors.New("a dt without its dd")
	}
	spans := p.shutText()
	if len(spans) == 0 {
		return errors.New("a dt without text")
	}
	p.facts = append(p.facts, pdf.Fact{Term: spans})
	return nil
}

func (p *reader) shutDefinition(*element) error {
	n := len(p.facts)
	if n == 0 || p.facts[n-1].Def != nil {
		return errors.New("a dd without its dt")
	}
	if p.facts[n-1].Def = p.shutText(); p.facts[n-1].Def == nil {
		p.facts[n-1].Def = []pdf.Span{}
	}
	return nil
}

func (p *reader) shutFacts(e *element) error {
	facts := p.facts
	p.facts = nil
	switch n := len(facts); {
	case n == 0:
		return nil
	case facts[n-1].Def == nil:
		return errors.New("a dt without its dd")
	case e.role == "dl":
		p.head.Facts = append(p.head.Facts, facts...)
	default:
		p.t.Facts(facts...)
	}
	return nil
}

func (p *reader) openFoot(*element) error {
	p.flush()
	p.foot = [][][]pdf.Span{}
	return nil
}

func (p *reader) shutFoot(*element) error {
	if len(p.foot) > 0 {
		p.t.Columns(p.foot...)
	}
	p.foot = nil
	return nil
}
