package pdf

import "errors"

// Letterhead is what stands at the head of a letter's first page.
type Letterhead struct {
	Logo    *Logo
	LogoAlt string   // words that stand for the logotype
	Sender  []string // beside the logotype: the municipality, then the board, which is set strongest
	Facts   []Fact   // to the right: date, diary number
	To      []string // name and address, in the envelope's window; without them nothing is kept free for it
}

// Where the window of a Swedish right-window envelope (H2, C5 and C4) falls on the first page, in millimetres from the
// sheet's left and upper edges.
//
// H2 and V2 are the two standard places of a window, right and left, and the same whatever the envelope
// (harrykuvert.se, “Kuvertguide”). A C5's window is 105 × 35 mm, 15 mm from the side and 44 mm from the top
// (officeconsult.no, “Brevmaler: plassering av mottakerfelt i vinduskonvolutter”). A folded A4 sheet, 210 × 148.5 mm, can
// slide 19 mm sideways and 13.5 mm up and down in a C5, 229 × 162 mm. Window… is all that can show when it does: nothing
// but the address may stand there. Address… is what always shows, however the sheet lies.
const (
	WindowLeft   = 229 - 15 - 105 - 19.0
	WindowTop    = 44 - 13.5
	WindowWidth  = 210 - WindowLeft // to the sheet's edge
	WindowHeight = 44 + 35 - WindowTop

	AddressLeft   = 229 - 15 - 105.0
	AddressTop    = 44.0
	AddressWidth  = 105 - 19.0
	AddressHeight = 35 - 13.5
)

const (
	headTop = 11 * mm // where the logotype and the facts begin
	factsAt = 128 * mm
	termsTo = 26 * mm // width of the facts' terms
	bodyTop = (WindowTop + WindowHeight + 3) * mm
	headGap = 12 * mm // under the head, where there is no window
)

// Letterhead writes the head of a letter; the text begins below the window, or straight under the head where there is no
// addressee. It comes first in the document.
func (w *Writer) Letterhead(h Letterhead) {
	w.flush()
	if w.err != nil {
		return
	}
	if !w.fresh() {
		w.newPage()
	}
	w.sender(h)
	under := w.y
	if h.Logo != nil {
		under = max(under, headTop+13*mm)
	}
	w.headFacts(h.Facts)
	if len(h.To) == 0 {
		w.y, w.gap = max(under, w.y)+headGap, 0
		return
	}
	w.address(h.To)
	w.y, w.gap = bodyTop, 0
}

// sender writes the logotype and the names beside it.
func (w *Writer) sender(h Letterhead) {
	x := left
	if h.Logo != nil {
		wide, high := h.Logo.widthFor(13*mm), 13*mm
		if most := 45 * mm; wide > most {
			wide, high = most, most/h.Logo.widthFor(1)
		}
		w.figure(w.parent, h.Logo, h.LogoAlt, x, headTop, wide)
		w.y = headTop + (high-13*mm)/2
		x += wide + 9
	}
	w.y = headTop + 2
	for i, s := range h.Sender {
		span, size, lead := Span{Text: s, Muted: true}, 9.5, 13.5
		if i == min(1, len(h.Sender)-1) {
			span, size, lead = Span{Text: s, Bold: true}, 12.5, 17
		}
		w.headLine(span, x, size, lead, factsAt-8-x)
	}
	if w.y > WindowTop*mm+12*mm {
		w.fail(errors.New("pdf: the sender's names take too many lines"))
	}
}

// address writes the receiver's name and address, closer when the lines are many.
func (w *Writer) address(to []string) {
	size, lead := 11.0, 14.5
	if float64(len(to))*lead > AddressHeight*mm {
		size, lead = 10, 12
	}
	w.y = AddressTop*mm + 1
	for _, s := range to {
		w.headLine(Span{Text: s}, AddressLeft*mm+3, size, lead, AddressWidth*mm-6)
	}
	if w.y > (WindowTop+WindowHeight)*mm {
		w.fail(errors.New("pdf: the address takes more lines than the envelope's window shows"))
	}
}

// headLine writes one line of the head as a paragraph of its own.
func (w *Writer) headLine(s Span, x, size, lead, most float64) {
	t := w.shape([]Span{s}, regular)
	ls := t.lines(size, most)
	if len(ls) == 0 {
		return
	}
	f := newFlow(w.open(w.parent, "P", ""), t, size, lead)
	w.drawLines(f, ls, x)
	w.close(f)
}

// headFacts writes the facts at the right, above the window.
func (w *Writer) headFacts(facts []Fact) {
	const size, lead = sizeSmall, 12.5
	w.y = headTop
	var list *elem
	for _, f := range facts {
		tt, dt := w.shape(mute(f.Term), regular), w.shape(f.Def, regular)
		tl, dl := tt.lines(size, termsTo-4), dt.lines(size, pageWidth-12*mm-factsAt-termsTo)
		if len(tl) == 0 || len(dl) == 0 {
			continue
		}
		if list == nil {
			list = w.open(w.parent, "L", " /A <</O /List /ListNumbering /None>>")
		}
		y := w.y
		li := w.open(list, "LI", "")
		a := newFlow(w.open(li, "Lbl", ""), tt, size, lead)
		w.drawLines(a, tl, factsAt)
		w.close(a)
		under := w.y
		w.y = y
		b := newFlow(w.open(li, "LBody", ""), dt, size, lead)
		w.drawLines(b, dl, factsAt+termsTo)
		w.close(b)
		w.shut(li)
		w.y = max(w.y, under)
	}
	if list != nil {
		w.shut(list)
	}
	if w.y > WindowTop*mm {
		w.fail(errors.New("pdf: the letter's facts reach down into the envelope's window"))
	}
}
