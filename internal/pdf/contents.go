package pdf

import "strconv"

// contentsLine is a line of the table of contents whose heading is still to come.
type contentsLine struct {
	level, page, dest int
	title             string
}

// Contents writes a table of contents: each entry is a link to the heading of that level and title, or to the top of the
// page where there is no such heading after.
func (w *Writer) Contents(entries []Entry) {
	if w.err != nil || len(entries) == 0 {
		return
	}
	size, lead := typeOf(Body)
	var toc *elem
	parent := w.parent
	for _, e := range entries {
		x := left + 14*float64(max(e.Level, 1)-1)
		t := w.shape([]Span{{Text: e.Title}}, regular)
		if len(t.glyphs) == 0 {
			continue
		}
		num := w.shape([]Span{{Text: strconv.Itoa(e.Page)}}, regular)
		ls := t.lines(size, inner(x)-40)
		c := contentsLine{level: e.Level, page: e.Page, title: t.text(), dest: w.out.reserve()}
		w.contents = append(w.contents, c)
		w.add(block{after: lead * 0.15, min: float64(len(ls)) * lead, height: float64(len(ls)) * lead, draw: func() {
			if toc == nil {
				toc = w.open(parent, "TOC", "")
			}
			w.contentsLine(toc, c, t, num, ls, x, size, lead)
		}})
	}
	if toc != nil {
		w.shut(toc)
		w.gap = lead
	}
}

// contentsLine draws one entry: the title and the page's number as one link, dots between them.
func (w *Writer) contentsLine(toc *elem, c contentsLine, t, num *run, ls []line, x, size, lead float64) {
	item := w.open(toc, "TOCI", "")
	link := w.open(item, "Link", "")
	last := ls[len(ls)-1]
	y := w.y
	w.begin(link)
	for _, l := range ls {
		w.line(l, x, w.y+lead/2+size*0.35, size)
		w.y += lead
	}
	base := w.y - lead/2 + size*0.35
	numX := left + width - num.whole().width(size)
	gap := w.shape([]Span{{Text: "a b"}}, regular)
	w.glyphs(gap.glyphs[1:2], numX-4, base, size) // a space between title and number
	w.line(num.whole(), numX, base, size)
	w.end()
	w.artifact("", func() {
		w.ink(rule)
		for dot := left + width - 30.0; dot > x+last.width(size)+6; dot -= 6 {
			w.op("%.2f %.2f .8 .8 re f", dot, pageHeight-base)
		}
	})
	w.annotate(link, owner{dest: c.dest}, t.text()+", "+num.text(), []quad{{x, pageHeight - w.y, left + width, pageHeight - y}})
	w.shut(link)
	w.shut(item)
}

// finishContents sends the entries without a heading to their page.
func (w *Writer) finishContents() {
	for _, c := range w.contents {
		page := min(max(c.page, 1), w.pages)
		w.out.put(c.dest, "[%d 0 R /XYZ 0 %.2f null]", w.pageNums[page-1], pageHeight)
	}
}
