package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// font is a TrueType font, read once and shared by all documents.
type font struct {
	name           string // PostScript name
	italic, bold   bool
	mono           bool
	tables         map[string][]byte
	cmap           map[rune]uint16
	kern           kerning
	loca           []uint32
	adv            []uint16 // by glyph, in font units
	upm            int
	asc, dsc, capH int // in 1/1000 em
	bbox           [4]int
}

var be = binary.BigEndian //nolint:gochecknoglobals // a constant in all but name

// parseFont reads a TrueType font with glyf outlines. The bytes are ours, so a fault in them is a fault of the build.
func parseFont(name string, ttf []byte) (*font, error) {
	f := &font{name: name, tables: map[string][]byte{}}
	for i := range int(be.Uint16(ttf[4:])) {
		r := ttf[12+16*i:]
		off, n := be.Uint32(r[8:]), be.Uint32(r[12:])
		if int(off+n) > len(ttf) {
			return nil, fmt.Errorf("pdf: font %s is cut short", name)
		}
		f.tables[string(r[:4])] = ttf[off : off+n]
	}
	for _, t := range []string{"head", "hhea", "hmtx", "maxp", "loca", "glyf", "cmap", "OS/2"} {
		if f.tables[t] == nil {
			return nil, fmt.Errorf("pdf: font %s has no %s table", name, t)
		}
	}
	f.readMetrics()
	f.kern = readKerning(f.tables["GPOS"])
	return f, f.readCmap()
}

func (f *font) readMetrics() {
	head, hhea, os2 := f.tables["head"], f.tables["hhea"], f.tables["OS/2"]
	f.upm = int(be.Uint16(head[18:]))
	for i := range 4 {
		f.bbox[i] = f.em(int(int16(be.Uint16(head[36+2*i:]))))
	}
	f.asc, f.dsc = f.em(int(int16(be.Uint16(hhea[4:])))), f.em(int(int16(be.Uint16(hhea[6:]))))
	f.capH = f.asc
	if len(os2) >= 90 {
		f.capH = f.em(int(int16(be.Uint16(os2[88:]))))
	}
	n, long := int(be.Uint16(f.tables["maxp"][4:])), int(be.Uint16(hhea[34:]))
	f.adv = make([]uint16, n)
	for g := range n {
		f.adv[g] = be.Uint16(f.tables["hmtx"][4*min(g, long-1):])
	}
	f.loca = make([]uint32, n+1)
	for g := range n + 1 {
		if be.Uint16(head[50:]) == 0 {
			f.loca[g] = 2 * uint32(be.Uint16(f.tables["loca"][2*g:]))
		} else {
			f.loca[g] = be.Uint32(f.tables["loca"][4*g:])
		}
	}
}

// em turns font units into thousandths of an em, rounded to the nearest.
func (f *font) em(v int) int {
	if v < 0 {
		return -f.em(-v)
	}
	return (v*1000 + f.upm/2) / f.upm
}

// readCmap reads which glyph each character has, from the Unicode subtables of format 4 and 12.
func (f *font) readCmap() error {
	t := f.tables["cmap"]
	f.cmap = map[rune]uint16{}
	found := false
	for i := range int(be.Uint16(t[2:])) {
		r := t[4+8*i:]
		if p, e := be.Uint16(r), be.Uint16(r[2:]); p != 0 && (p != 3 || e != 1 && e != 10) {
			continue
		}
		switch sub := t[be.Uint32(r[4:]):]; be.Uint16(sub) {
		case 4:
			f.readSegments(sub)
			found = true
		case 12:
			for g := range int(be.Uint32(sub[12:])) {
				s := sub[16+12*g:]
				first, last, glyph := be.Uint32(s), be.Uint32(s[4:]), be.Uint32(s[8:])
				for c := first; c <= last; c++ {
					f.cmap[rune(c)] = uint16(glyph + c - first)
				}
			}
			found = true
		}
	}
	if !found {
		return errors.New("pdf: font " + f.name + " has no Unicode character map")
	}
	return nil
}

// readSegments reads a format 4 subtable.
func (f *font) readSegments(sub []byte) {
	n := int(be.Uint16(sub[6:])) / 2
	end, start := sub[14:], sub[16+2*n:]
	delta, offset := sub[16+4*n:], sub[16+6*n:]
	for i := range n {
		first, last := int(be.Uint16(start[2*i:])), int(be.Uint16(end[2*i:]))
		d, o := be.Uint16(delta[2*i:]), int(be.Uint16(offset[2*i:]))
		for c := first; c <= last && c != 0xffff; c++ {
			g := uint16(c) + d
			if o != 0 {
				if g = be.Uint16(offset[2*i+o+2*(c-first):]); g != 0 {
					g += d
				}
			}
			if g != 0 {
				f.cmap[rune(c)] = g
			}
		}
	}
}
