package pdf

import (
	"bytes"
	"fmt"
)

// A4 in points, and the room for text on it.
const (
	mm         = 72 / 25.4
	pageWidth  = 210 * mm
	pageHeight = 297 * mm
	left       = 27 * mm
	right      = 27 * mm
	top        = 22 * mm
	bottom     = 25 * mm
	width      = pageWidth - left - right
	footAt     = 14 * mm // baseline of the foot, from the page's lower edge
)

// pagesPerNode is how many pages share a node of the page tree.
const pagesPerNode = 64

// page is the page being written.
type page struct {
	num    int
	key    int // in the parent tree
	buf    bytes.Buffer
	owners []int // by MCID: the element that owns it
	annots []int
	color  color
}

func (w *Writer) newPage() {
	w.finishPage()
	w.pages++
	w.pg = &page{num: w.out.reserve(), key: w.key()}
	w.pageNums = append(w.pageNums, w.pg.num)
	w.footNums = append(w.footNums, w.out.reserve())
	if (w.pages-1)%pagesPerNode == 0 {
		w.tree = append(w.tree, w.out.reserve())
	}
	w.y, w.gap = top, 0
}

// finishPage writes the page out; only its numbers are kept.
func (w *Writer) finishPage() {
	p := w.pg
	if p == nil {
		return
	}
	content := w.out.reserve()
	w.out.stream(content, "", p.buf.Bytes())
	var b bytes.Buffer
	for _, n := range p.owners {
		fmt.Fprintf(&b, "%d 0 R ", n)
	}
	w.parents[p.key] = w.out.add("[%s]", bytes.TrimSpace(b.Bytes()))
	b.Reset()
	for _, n := range p.annots {
		fmt.Fprintf(&b, "%d 0 R ", n)
	}
	annots := ""
	if len(p.annots) > 0 {
		annots = fmt.Sprintf(" /Annots [%s]", bytes.TrimSpace(b.Bytes()))
	}
	w.out.put(p.num, "<</Type /Page /Parent %d 0 R /MediaBox [0 0 %.2f %.2f] /Resources %d 0 R /Contents [%d 0 R %d 0 R] /StructParents %d /Tabs /S%s>>",
		w.tree[len(w.tree)-1], pageWidth, pageHeight, w.res, content, w.footNums[w.pages-1], p.key, annots)
	w.pg = nil
	if w.out.err != nil {
		w.fail(fmt.Errorf("pdf: writing: %w", w.out.err))
	}
}

// finishPages writes the feet, now that the number of pages is known, and the page tree; it returns the tree's root.
func (w *Writer) finishPages() int {
	w.finishPage()
	for i, n := range w.footNums {
		w.pg = &page{}
		w.foot(w.m.Running, w.m.PageOf(i+1, w.pages))
		w.out.stream(n, "", w.pg.buf.Bytes())
	}
	w.pg = nil
	root := w.out.reserve()
	var nodes bytes.Buffer
	for i, n := range w.tree {
		var kids bytes.Buffer
		first, last := i*pagesPerNode, min((i+1)*pagesPerNode, w.pages)
		for _, p := range w.pageNums[first:last] {
			fmt.Fprintf(&kids, "%d 0 R ", p)
		}
		w.out.put(n, "<</Type /Pages /Parent %d 0 R /Count %d /Kids [%s]>>", root, last-first, bytes.TrimSpace(kids.Bytes()))
		fmt.Fprintf(&nodes, "%d 0 R ", n)
	}
	w.out.put(root, "<</Type /Pages /Count %d /Kids [%s]>>", w.pages, bytes.TrimSpace(nodes.Bytes()))
	return root
}

// foot writes what stands at the foot of every page.
func (w *Writer) foot(running, number string) {
	w.artifact("/Type /Pagination /Subtype /Footer", func() {
		y := pageHeight - footAt
		w.line(w.shape([]Span{{Text: running, Muted: true}}, regular).whole(), left, y, sizeFoot)
		l := w.shape([]Span{{Text: number, Muted: true}}, regular).whole()
		w.line(l, pageWidth-right-l.width(sizeFoot), y, sizeFoot)
	})
}

// op writes an operator and its operands to the page.
func (w *Writer) op(format string, a ...any) {
	fmt.Fprintf(&w.pg.buf, format, a...)
	w.pg.buf.WriteByte('\n')
}

// room is the height left on the page.
func (w *Writer) room() float64 { return pageHeight - bottom - w.y }

// fresh tells whether nothing stands on the page yet.
func (w *Writer) fresh() bool { return w.y <= top }

// PageBreak begins a new page, if anything stands on this one.
func (w *Writer) PageBreak() {
	w.flush()
	if w.err == nil && !w.fresh() {
		w.newPage()
	}
}

// color is one of the few inks.
type color uint8

const (
	black color = iota // what a page begins with; used for nothing
	ink
	muted
	linkInk
	rule
	brand
)

// rgb: ink and muted reach at least 5.6:1 on white and linkInk 7.6:1 (WCAG 2 asks for 4.5:1); rule and brand are for
// lines only.
//
//nolint:gochecknoglobals // made once, never written
var rgb = [...]string{black: "0 0 0", ink: ".122 .165 .157", muted: ".337 .376 .361", linkInk: ".059 .353 .314", rule: ".72 .70 .65", brand: ".078 .322 .29"}

// ink sets the colour that text and areas are painted with.
func (w *Writer) ink(c color) {
	if w.pg.color != c {
		w.op("%s rg", rgb[c])
		w.pg.color = c
	}
}

// rule draws a level line.
func (w *Writer) rule(x, y, length, thick float64, c color) {
	w.ink(c)
	w.op("%.2f %.2f %.2f %.2f re f", x, pageHeight-y-thick/2, length, thick)
}
