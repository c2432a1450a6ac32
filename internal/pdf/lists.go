package pdf

import "fmt"

// List writes a list, with bullets or with numbers from 1.
func (w *Writer) List(ordered bool, items ...[]Span) {
	if w.err != nil || len(items) == 0 {
		return
	}
	size, lead := typeOf(Body)
	numbering, indent := "Disc", 16.0
	if ordered {
		numbering, indent = "Decimal", 22
	}
	var list *elem
	parent := w.parent
	for i, spans := range items {
		label := "•"
		if ordered {
			label = fmt.Sprintf("%d.", i+1)
		}
		lt := w.shape([]Span{{Text: label + " "}}, regular)
		t := w.shape(spans, regular)
		ls := t.lines(size, width-indent)
		if len(ls) == 0 {
			continue
		}
		b := block{after: lead * 0.2, min: float64(minLines(len(ls))) * lead, height: float64(len(ls)) * lead}
		b.draw = func() {
			if list == nil {
				list = w.open(parent, "L", " /A <</O /List /ListNumbering /"+numbering+">>")
			}
			w.item(list, lt, t, ls, indent, lead, size)
		}
		w.add(b)
	}
	if list != nil {
		w.shut(list)
		w.gap = lead * 0.5
	}
}

// item draws one item: its label and its body.
func (w *Writer) item(list *elem, lt, t *run, ls []line, indent, lead, size float64) {
	if fitting(len(ls), true, int((w.room()+0.01)/lead)) == 0 {
		w.newPage()
	}
	li := w.open(list, "LI", "")
	lbl := newFlow(w.open(li, "Lbl", ""), lt, size, lead)
	y := w.y
	x := left + indent - 6 - lt.whole().width(size)
	w.drawLines(lbl, []line{lt.whole()}, x)
	w.close(lbl)
	w.y = y
	body := newFlow(w.open(li, "LBody", ""), t, size, lead)
	w.flowText(body, ls, left+indent)
	w.close(body)
	w.shut(li)
}

// Facts writes terms and what is said of them, two columns side by side.
func (w *Writer) Facts(facts ...Fact) {
	if w.err != nil || len(facts) == 0 {
		return
	}
	size, lead := typeOf(Body)
	const share, between = 0.34, 12.0
	var list *elem
	parent := w.parent
	for _, f := range facts {
		tt := w.shape(f.Term, bold)
		dt := w.shape(f.Def, regular)
		tl, dl := tt.lines(size, width*share-between), dt.lines(size, width*(1-share))
		if len(tl) == 0 || len(dl) == 0 {
			continue
		}
		head := float64(len(tl)) * lead
		if head > (pageHeight-top-bottom)/2 { // a term as long as a text is set as one
			if list != nil {
				w.shut(list)
				list = nil
			}
			w.Paragraph(Style{Keep: true}, f.Term...)
			w.Paragraph(Style{Indent: width * share}, f.Def...)
			continue
		}
		b := block{after: lead * 0.25, min: max(head, float64(minLines(len(dl)))*lead), height: max(head, float64(len(dl))*lead)}
		b.draw = func() {
			if list == nil {
				list = w.open(parent, "L", " /A <</O /List /ListNumbering /None>>")
			}
			li := w.open(list, "LI", "")
			page, y := w.pages, w.y
			lbl := newFlow(w.open(li, "Lbl", ""), tt, size, lead)
			w.drawLines(lbl, tl, left)
			w.close(lbl)
			under := w.y
			w.y = y
			body := newFlow(w.open(li, "LBody", ""), dt, size, lead)
			w.flowText(body, dl, left+width*share)
			w.close(body)
			w.shut(li)
			if w.pages == page {
				w.y = max(w.y, under)
			}
		}
		w.add(b)
	}
	if list != nil {
		w.shut(list)
		w.gap = lead * 0.5
	}
}

// Columns writes columns side by side, each a list of lines, as contact details at the end of a letter.
func (w *Writer) Columns(cols ...[][]Span) {
	if w.err != nil || len(cols) == 0 {
		return
	}
	size, lead := typeOf(Small)
	const between = 14.0
	each := (width - between*float64(len(cols)-1)) / float64(len(cols))
	type set struct {
		t  *run
		ls []line
	}
	sets, height := make([][]set, len(cols)), 0.0
	for i, c := range cols {
		n := 0
		for _, spans := range c {
			t := w.shape(spans, regular)
			s := set{t, t.lines(size, each)}
			sets[i] = append(sets[i], s)
			n += len(s.ls)
		}
		height = max(height, float64(n)*lead)
	}
	if height+10 > pageHeight-top-bottom { // too much to stand side by side
		for _, c := range cols {
			for _, spans := range c {
				w.Paragraph(Style{Size: Small}, spans...)
			}
		}
		return
	}
	parent := w.parent
	w.add(block{before: 14, after: 8, min: height + 10, height: height + 10, draw: func() {
		w.artifact("", func() { w.rule(left, w.y, width, 0.6, rule) })
		y, end := w.y+10, w.y
		for i, c := range sets {
			w.y = y
			for _, s := range c {
				if len(s.ls) == 0 {
					continue
				}
				f := newFlow(w.open(parent, "P", ""), s.t, size, lead)
				w.drawLines(f, s.ls, left+float64(i)*(each+between))
				w.close(f)
			}
			end = max(end, w.y)
		}
		w.y = end
	}})
}
