package pdf

import (
	"fmt"
)

// block is something that stands on its own from margin to margin.
type block struct {
	before, after float64 // space wanted above and below; between blocks the larger counts
	min           float64 // height that must fit for the block to begin on a page
	height        float64
	keep          bool // begins on the same page as the next one does
	draw          func()
}

// add draws the block, once what it must stand together with is known.
func (w *Writer) add(b block) {
	if w.err != nil || w.table != nil {
		if w.table != nil {
			w.fail(errTableOpen)
		}
		return
	}
	w.pending = append(w.pending, b)
	if !b.keep {
		w.flush()
	}
}

// flush draws the blocks that wait.
func (w *Writer) flush() {
	bs := w.pending
	w.pending = nil
	if w.err != nil || len(bs) == 0 {
		return
	}
	need, gap := 0.0, w.gap
	for i, b := range bs {
		need += max(gap, b.before)
		gap = b.after
		if i == len(bs)-1 {
			need += b.min
		} else {
			need += b.height
		}
	}
	if !w.fresh() && need > w.room() {
		w.newPage()
	}
	for _, b := range bs {
		if !w.fresh() {
			w.y += max(w.gap, b.before)
		}
		b.draw()
		w.gap = b.after
	}
}

// inner is the width from x to the right margin.
func inner(x float64) float64 { return left + width - x }

// typeOf is the size of type and the line's height of a size class.
func typeOf(s SizeClass) (size, lead float64) {
	switch s {
	case Small:
		return sizeSmall, 12.5
	case Lead:
		return sizeLead, 17.5
	}
	return sizeBody, 15.25
}

// minLines is how many lines of n must stand together where they begin.
func minLines(n int) int {
	if n <= 3 {
		return n
	}
	return 2
}

// Paragraph writes a paragraph.
func (w *Writer) Paragraph(s Style, spans ...Span) {
	size, lead := typeOf(s.Size)
	w.paragraph("P", spans, s, size, lead)
}

func (w *Writer) paragraph(typ string, spans []Span, s Style, size, lead float64) {
	if w.err != nil {
		return
	}
	if s.Muted {
		spans = mute(spans)
	}
	t := w.shape(spans, regular)
	ls := t.lines(size, inner(left+s.Indent))
	if len(ls) == 0 {
		return
	}
	parent := w.parent
	w.add(block{
		before: 0, after: lead * 0.5, keep: s.Keep,
		min: float64(minLines(len(ls))) * lead, height: float64(len(ls)) * lead,
		draw: func() {
			f := newFlow(w.open(parent, typ, ""), t, size, lead)
			w.flowText(f, ls, left+s.Indent)
			w.close(f)
		},
	})
}

// mute returns the spans in the weaker ink.
func mute(spans []Span) []Span {
	out := append([]Span(nil), spans...)
	for i := range out {
		out[i].Muted = true
	}
	return out
}

// headingType is how a heading of each level is set.
//
//nolint:gochecknoglobals // made once, never written
var headingType = [...]struct{ size, lead, before, after float64 }{
	1: {18.5, 25, 20, 7}, 2: {12.5, 17, 16, 3}, 3: {11, 15.25, 13, 2}, 4: {10.5, 15.25, 11, 2}, 5: {10.5, 15.25, 9, 2}, 6: {10.5, 15.25, 9, 2},
}

// Heading writes a heading of level 1 to 6; it stands in the outline too, and on the same page as what follows. The first
// one is of level 1, and a level goes down one step at a time.
func (w *Writer) Heading(level int, spans ...Span) {
	if w.err != nil {
		return
	}
	if level < 1 || level > 6 || level > w.lastLevel()+1 {
		w.fail(fmt.Errorf("pdf: heading of level %d after level %d", level, w.lastLevel()))
		return
	}
	h := headingType[level]
	t := w.shape(spans, bold)
	ls := t.lines(h.size, width)
	if len(ls) == 0 {
		w.fail(fmt.Errorf("pdf: empty heading of level %d", level))
		return
	}
	w.marks = append(w.marks, mark{level: level, title: t.text()})
	m, parent := len(w.marks)-1, w.parent
	w.add(block{
		before: h.before, after: h.after, keep: true,
		min: float64(len(ls)) * h.lead, height: float64(len(ls)) * h.lead,
		draw: func() {
			w.reach(m)
			f := newFlow(w.open(parent, fmt.Sprintf("H%d", level), ""), t, h.size, h.lead)
			w.flowText(f, ls, left)
			w.close(f)
		},
	})
}

// lastLevel is the level of the latest heading, 0 before the first.
func (w *Writer) lastLevel() int {
	if len(w.marks) == 0 {
		return 0
	}
	return w.marks[len(w.marks)-1].level
}

// BeginBox begins a section set apart by a rule above.
func (w *Writer) BeginBox() {
	w.flush()
	if w.err != nil {
		return
	}
	w.boxes = append(w.boxes, w.parent)
	w.parent = w.open(w.parent, "Sect", "")
	w.add(block{before: 16, after: 10, height: 1, min: 1, keep: true, draw: func() {
		w.artifact("", func() { w.rule(left, w.y, width, 1.2, brand) })
		w.y++
	}})
}

// EndBox ends it.
func (w *Writer) EndBox() {
	w.flush()
	if w.err != nil {
		return
	}
	if len(w.boxes) == 0 {
		w.fail(errNoBox)
		return
	}
	w.shut(w.parent)
	w.parent = w.boxes[len(w.boxes)-1]
	w.boxes = w.boxes[:len(w.boxes)-1]
	w.gap = max(w.gap, 12)
}
