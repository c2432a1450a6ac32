package pdf

import (
	"bytes"
	"maps"
	"slices"
)

// subset returns a font file with the wanted glyphs only, renumbered so that glyph i is want[i], followed by the parts
// that composite glyphs are made of. The same glyph may be wanted twice: once for each character it stands for.
func (f *font) subset(want []uint16) []byte {
	order := slices.Clone(want)
	parts := map[uint16]uint16{} // old number of a part: its new one
	var glyf []byte
	loca := []byte{0, 0, 0, 0}
	for i := 0; i < len(order); i++ { // order grows as parts are found
		g := bytes.Clone(f.tables["glyf"][f.loca[order[i]]:f.loca[order[i]+1]])
		eachPart(g, func(num []byte) {
			old := be.Uint16(num)
			if _, ok := parts[old]; !ok {
				parts[old] = uint16(len(order))
				order = append(order, old)
			}
			be.PutUint16(num, parts[old])
		})
		glyf = append(glyf, g...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		loca = be.AppendUint32(loca, uint32(len(glyf)))
	}
	head, hhea, maxp := bytes.Clone(f.tables["head"]), bytes.Clone(f.tables["hhea"]), bytes.Clone(f.tables["maxp"])
	be.PutUint32(head[8:], 0)
	be.PutUint16(head[50:], 1) // long offsets
	be.PutUint16(hhea[34:], uint16(len(order)))
	be.PutUint16(maxp[4:], uint16(len(order)))
	var hmtx []byte
	for _, g := range order {
		hmtx = be.AppendUint16(hmtx, f.adv[g])
		hmtx = be.AppendUint16(hmtx, f.bearing(g))
	}
	t := map[string][]byte{"head": head, "hhea": hhea, "hmtx": hmtx, "maxp": maxp, "loca": loca, "glyf": glyf}
	for _, n := range []string{"cvt ", "fpgm", "prep"} {
		if f.tables[n] != nil {
			t[n] = f.tables[n]
		}
	}
	return assemble(t)
}

// bearing is the left side bearing of a glyph, as its bits stand in hmtx.
func (f *font) bearing(g uint16) uint16 {
	long, m := int(be.Uint16(f.tables["hhea"][34:])), f.tables["hmtx"]
	if int(g) < long {
		return be.Uint16(m[4*int(g)+2:])
	}
	return be.Uint16(m[4*long+2*(int(g)-long):])
}

// eachPart calls fn with the two bytes that hold the number of each part of a composite glyph.
func eachPart(g []byte, fn func(num []byte)) {
	if len(g) < 10 || int16(be.Uint16(g)) >= 0 {
		return
	}
	const words, scale, more, xyScale, twoByTwo = 0x01, 0x08, 0x20, 0x40, 0x80
	for p := 10; ; {
		flags := be.Uint16(g[p:])
		fn(g[p+2 : p+4])
		p += 6
		if flags&words != 0 {
			p += 2
		}
		switch {
		case flags&scale != 0:
			p += 2
		case flags&xyScale != 0:
			p += 4
		case flags&twoByTwo != 0:
			p += 8
		}
		if flags&more == 0 {
			return
		}
	}
}

// assemble writes a font file of the tables.
func assemble(tables map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(tables))
	sel := 0
	for 1<<(sel+1) <= len(names) {
		sel++
	}
	hdr := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(names), 16 << sel, sel, 16*len(names) - 16<<sel} {
		hdr = be.AppendUint16(hdr, uint16(v))
	}
	start := len(hdr) + 16*len(names)
	var body []byte
	for _, n := range names {
		data := tables[n]
		pad := append(bytes.Clone(data), make([]byte, (4-len(data)%4)%4)...)
		hdr = append(hdr, n...)
		hdr = be.AppendUint32(hdr, checksum(pad))
		hdr = be.AppendUint32(hdr, uint32(start+len(body)))
		hdr = be.AppendUint32(hdr, uint32(len(data)))
		body = append(body, pad...)
	}
	return append(hdr, body...)
}

func checksum(b []byte) (sum uint32) {
	for i := 0; i < len(b); i += 4 {
		sum += be.Uint32(b[i:])
	}
	return sum
}
