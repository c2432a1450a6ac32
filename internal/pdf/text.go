package pdf

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Sizes of type, in points.
const (
	sizeBody  = 10.5
	sizeSmall = 9
	sizeLead  = 12
	sizeFoot  = 8.5
)

// MissingAt is a character that could not be set, and where.
type MissingAt struct {
	At   string // as told by Writer.At
	Rune rune
}

// MissingError is returned by Writer.Close when characters were refused. Its text names code points, never words of the
// document.
type MissingError struct{ Places []MissingAt }

func (e *MissingError) Error() string {
	var b strings.Builder
	b.WriteString("pdf: no font has")
	for i, p := range e.Places {
		if i == 10 {
			fmt.Fprintf(&b, " and %d more", len(e.Places)-i)
			break
		}
		fmt.Fprintf(&b, " %U (%s)", p.Rune, p.At)
	}
	return b.String()
}

// glyph is a character as it is set.
type glyph struct {
	face  *face
	code  uint16
	adv   int32 // thousandths of an em
	r     rune
	look  color
	owner uint16 // what it belongs to, an index of run.owners
	brk   breakKind
}

// breakKind says whether a line may end after a glyph.
type breakKind uint8

const (
	noBreak   breakKind = iota
	mayBreak            // after a space, hyphen, slash …
	softBreak           // at a soft hyphen, which shows only if the line ends there
	mustBreak           // after a line feed
)

// owner is what a stretch of text belongs to inside its paragraph: nothing, a link, or a span in another language.
type owner struct {
	uri, lang string
	dest      int // object number of an internal link's destination
}

// run is shaped text: a paragraph's, a cell's, a heading's.
type run struct {
	glyphs  []glyph
	owners  []owner
	hyphen  glyph // what a soft hyphen shows as
	swedish bool  // what no span says otherwise of
}

// clean normalises a string: composed characters (NFC), nothing but spaces as white space.
func clean(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

// shape chooses a glyph for every character of the spans. Base is the face of plain text.
func (w *Writer) shape(spans []Span, base int) *run {
	t := &run{owners: []owner{{}}, swedish: w.m.Lang == "sv" || strings.HasPrefix(w.m.Lang, "sv-")}
	for _, s := range spans {
		own := owner{lang: s.Lang}
		if s.Lang != "" {
			if err := checkLang(s.Lang); err != nil {
				w.fail(err)
			}
		}
		if strings.TrimFunc(s.Text, func(r rune) bool { return unicode.IsSpace(r) || unseen(r) }) == "" {
			own.lang = "" // nothing to press, nothing to say
		} else if s.URI != "" {
			own.uri = w.checkURI(s.URI)
		}
		if t.owners[len(t.owners)-1] != own {
			t.owners = append(t.owners, own)
		}
		w.shapeSpan(t, s, base)
	}
	for len(t.glyphs) > 0 && t.glyphs[len(t.glyphs)-1].r == ' ' { // nothing follows
		t.glyphs = t.glyphs[:len(t.glyphs)-1]
	}
	if t.text() == "" {
		t.glyphs = nil // no-break spaces alone are no text either
	}
	t.kern()
	t.findBreaks()
	return t
}

// kern moves pairs of letters together or apart, as the font asks.
func (t *run) kern() {
	for i := range len(t.glyphs) - 1 {
		if a, b := &t.glyphs[i], t.glyphs[i+1]; a.face == b.face && !a.face.mono {
			a.adv += int32(a.face.em(int(a.face.kern.of(a.face.glyphs[a.code], a.face.glyphs[b.code]))))
		}
	}
}

// faceOf is the face a span is set in.
func faceOf(s Span, base int) int {
	if s.Mono {
		return mono
	}
	b, i := s.Bold || base == bold || base == boldItalic, s.Italic || base == italic || base == boldItalic
	switch {
	case b && i:
		return boldItalic
	case b:
		return bold
	case i:
		return italic
	}
	return regular
}

func lookOf(s Span) color {
	switch {
	case s.URI != "":
		return linkInk
	case s.Muted:
		return muted
	}
	return ink
}

func (w *Writer) shapeSpan(t *run, s Span, base int) {
	g := glyph{look: lookOf(s), owner: uint16(len(t.owners) - 1)}
	first := faceOf(s, base)
	g.face, g.code, _ = w.fonts.find(first, '-')
	g.r, g.adv = softHyphen, int32(g.face.width(g.code))
	t.hyphen = g
	for _, r := range norm.NFC.String(s.Text) {
		switch {
		case r == '\n' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			t.space(w, g, first, mustBreak)
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' && r != '\u2007':
			t.space(w, g, first, mayBreak)
		case r == softHyphen || r == zeroWidthSpace:
			if n := len(t.glyphs); n > 0 && t.glyphs[n-1].brk == noBreak {
				t.glyphs[n-1].brk = softBreak
				if r == zeroWidthSpace {
					t.glyphs[n-1].brk = mayBreak
				}
			}
		case unseen(r):
		default:
			w.put(t, g, first, r)
		}
	}
}

const (
	softHyphen     = '\u00ad'
	zeroWidthSpace = '\u200b'
)

// unseen tells the marks that only say where to break, join or turn.
func unseen(r rune) bool {
	switch r {
	case softHyphen, zeroWidthSpace, '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff', '\ufe0e', '\ufe0f':
		return true
	}
	return false
}

// space adds white space, folded into one space.
func (t *run) space(w *Writer, g glyph, first int, brk breakKind) {
	if n := len(t.glyphs); n > 0 && t.glyphs[n-1].r == ' ' {
		if brk == mustBreak {
			t.glyphs[n-1].brk = brk
		}
		return
	} else if n == 0 {
		return
	}
	g.brk = brk
	g.face, g.code, _ = w.fonts.find(first, ' ')
	g.r, g.adv = ' ', int32(g.face.width(g.code))
	t.glyphs = append(t.glyphs, g)
}

// put adds one character, or what stands for it when no font has it.
func (w *Writer) put(t *run, g glyph, first int, r rune) {
	f, code, ok := w.fonts.find(first, r)
	if !ok {
		at := MissingAt{At: w.place, Rune: r}
		if w.o.Missing == Refuse && !w.seen[at] {
			w.seen[at] = true
			w.missing = append(w.missing, at)
		}
		for _, c := range fmt.Sprintf("[%U]", r) {
			w.put(t, g, first, c)
		}
		return
	}
	g.face, g.code, g.r, g.adv = f, code, r, int32(f.width(code))
	t.glyphs = append(t.glyphs, g)
}
