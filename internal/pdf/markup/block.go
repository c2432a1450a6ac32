package markup

import (
	"slices"
	"strings"

	"insyn/internal/pdf"
)

// inlineStyle is how text looks where it stands: a span without its text.
type inlineStyle pdf.Span

// block gathers the text of one paragraph, cell, item or the like. White space is one space, and none at the ends of a line,
// as in a browser.
type block struct {
	spans []pdf.Span
	pre   bool // line breaks stay
	space *inlineStyle
	empty bool // nothing yet on this line
}

func newBlock(pre bool) *block { return &block{pre: pre, empty: true} }

func (b *block) text(s string, style inlineStyle) {
	for s != "" {
		i := strings.IndexAny(s, " \t\n\r\f")
		switch i {
		case 0:
			if b.pre && s[0] == '\n' {
				b.lineBreak()
			} else if !b.empty && b.space == nil {
				b.space = &style
			}
			s = s[1:]
			continue
		case -1:
			i = len(s)
		}
		if b.space != nil {
			b.add(" ", *b.space)
			b.space = nil
		}
		b.add(s[:i], style)
		b.empty = false
		s = s[i:]
	}
}

// add puts text last, to the span before it if that looks the same.
func (b *block) add(s string, style inlineStyle) {
	span := pdf.Span(style)
	if n := len(b.spans); n > 0 {
		last := b.spans[n-1]
		span.Text = last.Text
		if span == last {
			b.spans[n-1].Text += s
			return
		}
	}
	span.Text = s
	b.spans = append(b.spans, span)
}

// lineBreak ends the line. It is a line feed in the text.
func (b *block) lineBreak() {
	b.space, b.empty = nil, true
	if n := len(b.spans); n > 0 {
		b.spans[n-1].Text += "\n"
		return
	}
	b.spans = append(b.spans, pdf.Span{Text: "\n"})
}

// done is the text without line breaks at its ends; nil when there is none.
func (b *block) done() []pdf.Span {
	spans := b.spans
	for len(spans) > 0 {
		if spans[0].Text = strings.TrimLeft(spans[0].Text, "\n"); spans[0].Text != "" {
			break
		}
		spans = spans[1:]
	}
	for n := len(spans); n > 0; n = len(spans) {
		if spans[n-1].Text = strings.TrimRight(spans[n-1].Text, "\n"); spans[n-1].Text != "" {
			break
		}
		spans = spans[:n-1]
	}
	return spans
}

// lines cuts text at its line breaks.
func lines(spans []pdf.Span) [][]pdf.Span {
	var out [][]pdf.Span
	var line []pdf.Span
	for _, s := range spans {
		for i, part := range strings.Split(s.Text, "\n") {
			if i > 0 && line != nil {
				out, line = append(out, line), nil
			}
			if part != "" {
				s.Text = part
				line = append(line, s)
			}
		}
	}
	if line != nil {
		out = append(out, line)
	}
	return slices.Clip(out)
}

// plain is the text without looks.
func plain(spans []pdf.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}
