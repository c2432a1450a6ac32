package pdf

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"sync"
	"unicode"
)

//go:embed fonts/*.ttf
var fontFiles embed.FS

// The fonts, by their place in a fontSet.
const (
	regular = iota
	bold
	italic
	boldItalic
	mono
	symbols // what the others lack
)

// loadFonts reads the fonts once for the process; they are not changed after.
//
//nolint:gochecknoglobals // read once, never written
var loadFonts = sync.OnceValues(func() ([]*font, error) {
	var fs []*font
	for _, name := range []string{"NotoSans-Regular", "NotoSans-Bold", "NotoSans-Italic", "NotoSans-BoldItalic", "NotoMono-Regular", "DejaVuSans"} {
		ttf, err := fontFiles.ReadFile("fonts/" + name + ".ttf")
		if err != nil {
			return nil, fmt.Errorf("pdf: reading font: %w", err)
		}
		f, err := parseFont(name, ttf)
		if err != nil {
			return nil, err
		}
		f.bold, f.italic, f.mono = len(fs) == bold || len(fs) == boldItalic, len(fs) == italic || len(fs) == boldItalic, len(fs) == mono
		fs = append(fs, f)
	}
	return fs, nil
})

// face is a font's use in one document. Its codes are given out as characters are first used; a code stands for one
// character in one glyph, so that text copied out of the document is the text that went in even where two characters
// look the same.
type face struct {
	*font
	res    string // its name among the resources
	code   map[rune]uint16
	runes  []rune   // by code
	glyphs []uint16 // by code
}

type fontSet struct{ faces []*face }

func newFontSet() (*fontSet, error) {
	fonts, err := loadFonts()
	if err != nil {
		return nil, err
	}
	s := &fontSet{}
	for i, f := range fonts {
		s.faces = append(s.faces, &face{font: f, res: fmt.Sprintf("F%d", i+1), code: map[rune]uint16{}, runes: []rune{0}, glyphs: []uint16{0}})
	}
	return s, nil
}

// notSet are the scripts whose letters join, reorder or run from right to left, which this package does not do, the marks
// that turn the direction (they can make a text look like another), and what is no character at all.
//
//nolint:gochecknoglobals // made once, never written
var notSet = []*unicode.RangeTable{unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Lao, unicode.Thai,
	unicode.Devanagari, unicode.Mongolian, unicode.Tifinagh, unicode.Cf, unicode.Co, unicode.Cs, unicode.Cc}

// settable tells whether r is a character this package can set. U+FFFD stands for one that was lost on the way, and private
// characters mean nothing to anybody else.
func settable(r rune) bool { return r != unicode.ReplacementChar && !unicode.In(r, notSet...) }

// find returns the face and code for r, looking first in the face with number first; ok is false when no font has it.
func (s *fontSet) find(first int, r rune) (f *face, code uint16, ok bool) {
	for _, i := range [...]int{first, regular, symbols} {
		f = s.faces[i]
		if c, ok := f.code[r]; ok {
			return f, c, true
		}
		if g := f.cmap[r]; g != 0 && settable(r) {
			return f, f.use(r, g), true
		}
	}
	return nil, 0, false
}

// use gives r a code that shows glyph g.
func (f *face) use(r rune, g uint16) uint16 {
	c := uint16(len(f.runes))
	f.code[r] = c
	f.runes, f.glyphs = append(f.runes, r), append(f.glyphs, g)
	return c
}

// width is the advance of a code in thousandths of an em, the same number as the file declares.
func (f *face) width(code uint16) int { return f.em(int(f.adv[f.glyphs[code]])) }

// write writes the used part of each face and returns the entries of the font resources.
func (s *fontSet) write(out *file, twin bool) string {
	var res bytes.Buffer
	for _, f := range s.faces {
		if len(f.runes) > 1 {
			fmt.Fprintf(&res, "/%s %d 0 R ", f.res, f.write(out, twin))
		}
	}
	return res.String()
}

func (f *face) write(out *file, twin bool) int {
	base := f.tag() + "+" + f.name
	sub := f.subset(f.glyphs)
	program := out.reserve()
	out.stream(program, fmt.Sprintf("/Length1 %d", len(sub)), sub)
	cidset := ""
	if twin { // PDF/A-1 asks for it; PDF/A-2 does not
		n := out.reserve()
		bits := make([]byte, (len(f.glyphs)+7)/8)
		for g := range f.glyphs {
			bits[g/8] |= 0x80 >> (g % 8)
		}
		out.stream(n, "", bits)
		cidset = fmt.Sprintf(" /CIDSet %d 0 R", n)
	}
	desc := out.add("<</Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [%d %d %d %d] /ItalicAngle %d /Ascent %d /Descent %d /CapHeight %d /StemV %d /FontFile2 %d 0 R%s>>",
		base, f.flags(), f.bbox[0], f.bbox[1], f.bbox[2], f.bbox[3], f.angle(), f.asc, f.dsc, f.capH, f.stem(), program, cidset)
	var w bytes.Buffer
	for c := range f.glyphs {
		fmt.Fprintf(&w, "%d ", f.width(uint16(c)))
	}
	cid := out.add("<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %d 0 R /DW 0 /W [0 [%s]] /CIDToGIDMap /Identity>>",
		base, desc, bytes.TrimSpace(w.Bytes()))
	uni := out.reserve()
	out.stream(uni, "", f.toUnicode())
	return out.add("<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>", base, cid, uni)
}

func (f *face) flags() int {
	n := 32 // non-symbolic
	if f.mono {
		n |= 1
	}
	if f.italic {
		n |= 64
	}
	if f.bold {
		n |= 1 << 18
	}
	return n
}

func (f *face) angle() int {
	if f.italic {
		return -12
	}
	return 0
}

func (f *face) stem() int {
	if f.bold {
		return 140
	}
	return 80
}

// tag is the six letters that mark a subset, made of what is in it.
func (f *face) tag() string {
	h := uint64(14695981039346656037) // FNV-1a
	for _, r := range f.runes {
		h = (h ^ uint64(r)) * 1099511628211
	}
	tag := []byte("AAAAAA")
	for i := range tag {
		tag[i] += byte(h % 26)
		h /= 26
	}
	return string(tag)
}

// toUnicode says which character each code stands for.
func (f *face) toUnicode() []byte {
	var u bytes.Buffer
	u.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	code := 1
	for c := range slices.Chunk(f.runes[1:], 100) {
		fmt.Fprintf(&u, "%d beginbfchar\n", len(c))
		for _, r := range c {
			fmt.Fprintf(&u, "<%04X> <%s>\n", code, utf16hex(string(r)))
			code++
		}
		u.WriteString("endbfchar\n")
	}
	u.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
	return u.Bytes()
}
