package pdf

import (
	"bytes"
	"fmt"
	"strings"
)

// flow is running text being drawn: its element, the elements inside it for links and other languages, and what is open.
type flow struct {
	e     *elem
	t     *run
	size  float64
	lead  float64
	inner map[uint16]*elem
	quads []quad // of the open link on this page
}

// quad is the area of a piece of a link, in points from the page's lower left corner.
type quad struct{ x1, y1, x2, y2 float64 }

func newFlow(e *elem, t *run, size, lead float64) *flow {
	return &flow{e: e, t: t, size: size, lead: lead, inner: map[uint16]*elem{}}
}

// flowText draws lines that belong to e, changing pages as needed, and moves down. At least two lines of a paragraph
// stand together on either side of a page break.
func (w *Writer) flowText(f *flow, ls []line, x float64) {
	for i := 0; i < len(ls); {
		n := fitting(len(ls)-i, i == 0, int((w.room()+0.01)/f.lead))
		if n == 0 && w.fresh() {
			n = 1
		}
		if n > 0 {
			w.drawLines(f, ls[i:i+n], x)
			i += n
		}
		if i < len(ls) {
			w.newPage()
		}
	}
}

// fitting is how many of n lines to draw where there is room for fit; start tells that they begin the paragraph.
func fitting(n int, start bool, fit int) int {
	switch {
	case fit >= n:
		return n
	case fit < 1, start && fit < 2:
		return 0
	case n-fit == 1 && fit > 2: // the last line shall not stand alone on the next page
		return fit - 1
	case n-fit == 1 && start: // three lines stay together
		return 0
	}
	return fit
}

// drawLines draws lines on this page, cutting the marked content where links and languages change.
func (w *Writer) drawLines(f *flow, ls []line, x float64) {
	open, cur := false, uint16(0)
	gs := f.t.glyphs
	for _, l := range ls {
		base, at := w.y+f.lead/2+f.size*0.35, x
		for i := l.from; i < l.to; {
			j := i
			for j < l.to && gs[j].owner == gs[i].owner {
				j++
			}
			if own := gs[i].owner; !open || own != cur {
				if open {
					w.leave(f, cur)
				}
				w.enter(f, own)
				open, cur = true, own
			}
			part := line{t: f.t, from: i, to: j, hyphen: l.hyphen && j == l.to}
			w.part(part, at, base, f.size)
			f.quads = append(f.quads, quad{at, pageHeight - w.y - f.lead, at + part.width(f.size), pageHeight - w.y})
			for _, g := range gs[i:j] {
				at += float64(g.adv) * f.size / 1000
			}
			i = j
		}
		w.y += f.lead
	}
	if open {
		w.leave(f, cur)
	}
}

// enter begins the marked content of one owner.
func (w *Writer) enter(f *flow, own uint16) {
	f.quads = f.quads[:0]
	o := f.t.owners[own]
	if o == (owner{}) { // the paragraph's own text
		w.begin(f.e)
		return
	}
	e := f.inner[own]
	if e == nil {
		typ, attrs := "Span", ""
		if o.isLink() {
			typ = "Link"
		}
		if o.lang != "" {
			attrs = " /Lang " + bytesString(o.lang)
		}
		e = w.open(f.e, typ, attrs)
		f.inner[own] = e
	}
	w.begin(e)
}

// leave ends it; a link gets its annotation.
func (w *Writer) leave(f *flow, own uint16) {
	w.end()
	if o := f.t.owners[own]; o.isLink() {
		w.artifact("", func() { // a link is known by more than its colour
			for _, q := range f.quads {
				w.rule(q.x1, pageHeight-q.y1-f.lead/2+f.size*0.35+1.6, q.x2-q.x1, 0.5, linkInk)
			}
		})
		w.annotate(f.inner[own], o, f.t.ownText(own), f.quads)
	}
}

// close writes the elements inside and then the element itself.
func (w *Writer) close(f *flow) {
	for own := range f.t.owners {
		if e := f.inner[uint16(own)]; e != nil {
			w.shut(e)
		}
	}
	w.shut(f.e)
}

func (o owner) isLink() bool { return o.uri != "" || o.dest != 0 }

// ownText is the text of one owner.
func (t *run) ownText(own uint16) string {
	var b strings.Builder
	for _, g := range t.glyphs {
		if g.owner == own {
			b.WriteRune(g.r)
		}
	}
	return strings.TrimSpace(b.String())
}

// between is the text of the glyphs from one up to another.
func (t *run) between(from, to int) string {
	var b strings.Builder
	for _, g := range t.glyphs[from:to] {
		b.WriteRune(g.r)
	}
	return b.String()
}

// text is the whole text of the run.
func (t *run) text() string { return strings.TrimSpace(t.between(0, len(t.glyphs))) }

// annotate lays a link over the quads, ties it to its element and says in words where it leads.
func (w *Writer) annotate(e *elem, o owner, words string, quads []quad) {
	var points bytes.Buffer
	r := quads[0]
	for _, q := range quads {
		r = quad{min(r.x1, q.x1), min(r.y1, q.y1), max(r.x2, q.x2), max(r.y2, q.y2)}
		fmt.Fprintf(&points, "%.2f %.2f %.2f %.2f %.2f %.2f %.2f %.2f ", q.x1, q.y2, q.x2, q.y2, q.x1, q.y1, q.x2, q.y1)
	}
	target := fmt.Sprintf("/Dest %d 0 R", o.dest)
	if o.uri != "" {
		target = fmt.Sprintf("/A <</S /URI /URI %s>>", bytesString(o.uri))
		if shown := strings.TrimPrefix(strings.TrimPrefix(o.uri, "mailto:"), "tel:"); shown != words {
			words += " (" + shown + ")"
		}
	}
	key := w.key()
	w.parents[key] = e.num
	n := w.out.add("<</Type /Annot /Subtype /Link /F 4 /Border [0 0 0] /Rect [%.2f %.2f %.2f %.2f] /QuadPoints [%s] /Contents %s /StructParent %d %s>>",
		r.x1, r.y1, r.x2, r.y2, bytes.TrimSpace(points.Bytes()), text(words), key, target)
	w.pg.annots = append(w.pg.annots, n)
	fmt.Fprintf(&e.kids, "<</Type /OBJR /Pg %d 0 R /Obj %d 0 R>> ", w.pg.num, n)
}
