package pdf

import (
	"fmt"
	"strings"
)

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
	var hex strings.Builder
	for i, g := range gs {
		if i == 0 || gs[i-1].face != g.face {
			w.op("/%s %g Tf", g.face.res, size)
		}
		w.ink(g.look)
		fmt.Fprintf(&hex, "%04X", g.code)
		if i+1 == len(gs) || gs[i+1].face != g.face || gs[i+1].look != g.look {
			w.op("<%s> Tj", hex.String())
			hex.Reset()
		}
	}
	w.op("ET")
}

// softHyphen gives a hyphen the code that stands for U+00AD, which readers of PDF know as a hyphen that only the line's
// end put there (ISO 32000-1, 14.8.2.2.3).
func (s *fontSet) softHyphen(h *glyph) {
	if c, ok := h.face.code['\u00ad']; ok {
		h.code = c
		return
	}
	h.code = h.face.use('\u00ad', h.face.glyphs[h.code])
}
