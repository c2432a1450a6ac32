package pdf

import (
	"fmt"
)

// part draws a stretch of a line. Where the line's end breaks a word, the piece before the break stands for the whole word
// (ActualText) and the pieces after it for nothing, so that the word is read, found and copied as it was written.
func (w *Writer) part(l line, x, y, size float64) {
	t := l.t
	from, to := l.from, l.to
	if t.splits(from) {
		end := min(t.wordEnd(from), to)
		if one := t.oneOwner(t.wordStart(from), t.wordEnd(from)); one {
			x = w.actual("", line{t: t, from: from, to: end, hyphen: l.hyphen && end == to}, x, y, size)
			from = end
		}
	}
	if from == to {
		return
	}
	start := to
	if t.splits(to) {
		if s := t.wordStart(to); s >= from && t.oneOwner(s, t.wordEnd(to)) {
			start = s
		}
	}
	w.line(line{t: t, from: from, to: start, hyphen: l.hyphen && start == to}, x, y, size)
	if start < to {
		for _, g := range t.glyphs[from:start] {
			x += float64(g.adv) * size / 1000
		}
		w.actual(t.between(start, t.wordEnd(to)), line{t: t, from: start, to: to, hyphen: l.hyphen}, x, y, size)
	}
}

// actual draws a line that stands for words, and returns where it ends.
func (w *Writer) actual(words string, l line, x, y, size float64) float64 {
	w.op("/Span <</ActualText %s>> BDC", text(words))
	w.line(l, x, y, size)
	w.op("EMC")
	for _, g := range l.t.glyphs[l.from:l.to] {
		x += float64(g.adv) * size / 1000
	}
	return x
}

// oneOwner tells whether the glyphs belong to one thing. A word that is half a link stays in pieces.
func (t *run) oneOwner(from, to int) bool {
	for _, g := range t.glyphs[from:to] {
		if g.owner != t.glyphs[from].owner {
			return false
		}
	}
	return true
}

// line draws a line of text with its baseline y points from the page's top. What the text belongs to has been begun.
func (w *Writer) line(l line, x, y, size float64) {
	w.glyphs(l.t.glyphs[l.from:l.to], x, y, size)
	if l.hyphen {
		w.hyphen(l, x, y, size)
	}
}

// hyphen draws the hyphen at the end of a broken word. It is no part of the text: it maps to a soft hyphen.
func (w *Writer) hyphen(l line, x, y, size float64) {
	h := l.t.hyphen
	w.fonts.softHyphen(&h)
	last := line{t: l.t, from: l.from, to: l.to}
	w.glyphs([]glyph{h}, x+last.width(size), y, size)
}

// glyphs draws glyphs one after another.
func (w *Writer) glyphs(gs []glyph, x, y, size float64) {
	if len(gs) == 0 {
		return
	}
	w.op("BT")
	w.op("1 0 0 1 %.2f %.2f Tm", x, pageHeight-y)
	b := &w.pg.buf
	open := false
	var last glyph
	for i, g := range gs {
		if last.face != g.face {
			w.op("/%s %g Tf", g.face.res, size)
		}
		w.ink(g.look)
		if !open {
			b.WriteString("[<")
			open = true
		}
		fmt.Fprintf(b, "%04X", g.code)
		kern := g.face.width(g.code) - int(g.adv)
		if rest := gs[i+1:]; len(rest) == 0 || rest[0].face != g.face || rest[0].look != g.look {
			fmt.Fprintf(b, ">%d] TJ\n", kern)
			open = false
		} else if kern != 0 {
			fmt.Fprintf(b, ">%d<", kern)
		}
		last = g
	}
	w.op("ET")
}

// softHyphen gives a hyphen the code that stands for U+00AD, which readers of PDF know as a hyphen that only the line's
// end put there (ISO 32000-1, 14.8.2.2.3).
func (s *fontSet) softHyphen(h *glyph) {
	if c, ok := h.face.code[softHyphen]; ok {
		h.code = c
		return
	}
	h.code = h.face.use(softHyphen, h.face.glyphs[h.code])
}
