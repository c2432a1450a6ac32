package pdf

// Letterhead is what stands at the head of a letter's first page.
type Letterhead struct {
	Logo    *Logo
	LogoAlt string
	Sender  []string // lines beside the logo, the first one bold
	Facts   []Fact   // to the right: date, diary number
	To      []string // name and address, in the envelope's window
}

// The window of a Swedish right-window envelope (H2) as it falls on the first page, in millimetres from the sheet's left
// and upper edges.
const (
	WindowLeft   = 101.0
	WindowTop    = 44.0
	WindowWidth  = 100.0
	WindowHeight = 35.0
	AddressLeft  = 108.0 // where the address begins
	AddressTop   = 50.0
)

// bodyTop is where a letter's text begins, below the window.
const bodyTop = 92 * mm

// Letterhead writes the head of a letter. It comes first in the document.
func (w *Writer) Letterhead(h Letterhead) {
	w.flush()
	if w.err != nil {
		return
	}
	if !w.fresh() {
		w.newPage()
	}
	parent := w.parent
	x, y := left, 14*mm
	if h.Logo != nil {
		width := h.Logo.widthFor(13 * mm)
		w.figure(parent, h.Logo, h.LogoAlt, x, y, width)
		x += width + 9
	}
	w.y = y + 3
	for i, s := range h.Sender {
		size, lead, base := 11.5, 16.0, regular
		if i == 0 {
			size, base = 13, bold
		}
		w.headLine(parent, Span{Text: s}, x, size, lead, base, 120*mm-x)
	}
	w.headFacts(parent, h.Facts)
	w.y = AddressTop * mm
	for _, s := range h.To {
		w.headLine(parent, Span{Text: s}, AddressLeft*mm, 11, 14.5, regular, (WindowLeft+WindowWidth-AddressLeft-3)*mm)
	}
	w.y, w.gap = bodyTop, 0
}

// headLine writes one line of the head as a paragraph of its own.
func (w *Writer) headLine(parent *elem, s Span, x, size, lead float64, base int, max float64) {
	t := w.shape([]Span{s}, size, base)
	ls := t.lines(size, max)
	if len(ls) == 0 {
		return
	}
	f := newFlow(w.open(parent, "P", ""), t, size, lead)
	w.drawLines(f, ls, x)
	w.close(f)
}

// headFacts writes the facts at the right, each term above what is said of it.
func (w *Writer) headFacts(parent *elem, facts []Fact) {
	if len(facts) == 0 {
		return
	}
	w.y = 14 * mm
	x := 140 * mm
	list := w.open(parent, "L", " /A <</O /List /ListNumbering /None>>")
	for _, f := range facts {
		tt, dt := w.shape(mute(f.Term), sizeSmall, regular), w.shape(f.Def, sizeSmall, regular)
		tl, dl := tt.lines(sizeSmall, 22*mm), dt.lines(sizeSmall, pageWidth-16*mm-x-22*mm)
		if len(tl) == 0 || len(dl) == 0 {
			continue
		}
		y := w.y
		li := w.open(list, "LI", "")
		a := newFlow(w.open(li, "Lbl", ""), tt, sizeSmall, 12.5)
		w.drawLines(a, tl, x)
		w.close(a)
		w.y = y
		b := newFlow(w.open(li, "LBody", ""), dt, sizeSmall, 12.5)
		w.drawLines(b, dl, x+22*mm)
		w.close(b)
		w.shut(li)
	}
	w.shut(list)
}
