package pdf

// kerning is what a font says of pairs of glyphs that stand too far apart or too close: the parts of its GPOS table that
// adjust pairs, in the order they are tried.
type kerning []pairs

// pairs is one subtable: either glyph by glyph, or class by class for the glyphs it covers.
type pairs struct {
	cover    map[uint16]int     // first glyphs, with their index
	single   []map[uint16]int16 // format 1, by index: second glyph and adjustment
	class1   map[uint16]int
	class2   map[uint16]int
	classes2 int
	byClass  []int16 // format 2: class1 × class2
}

// of is how much is added between two glyphs, in font units.
func (k kerning) of(a, b uint16) int16 {
	for _, p := range k {
		i, ok := p.cover[a]
		if !ok {
			continue
		}
		if p.single != nil {
			if v, ok := p.single[i][b]; ok {
				return v
			}
			continue
		}
		return p.byClass[p.class1[a]*p.classes2+p.class2[b]] // class 0 is every other glyph
	}
	return 0
}

// readKerning reads the lookups of the feature “kern”. A font without one has no kerning.
func readKerning(gpos []byte) kerning {
	if len(gpos) < 10 {
		return nil
	}
	features, lookups := gpos[be.Uint16(gpos[6:]):], gpos[be.Uint16(gpos[8:]):]
	var k kerning
	seen := map[uint16]bool{}
	for i := range int(be.Uint16(features)) {
		r := features[2+6*i:]
		if string(r[:4]) != "kern" {
			continue
		}
		f := features[be.Uint16(r[4:]):]
		for j := range int(be.Uint16(f[2:])) {
			n := be.Uint16(f[4+2*j:])
			if !seen[n] {
				seen[n] = true
				k = append(k, readLookup(lookups[be.Uint16(lookups[2+2*int(n):]):])...)
			}
		}
	}
	return k
}

func readLookup(l []byte) (k kerning) {
	const pairAdjustment, extension = 2, 9
	kind := be.Uint16(l)
	for i := range int(be.Uint16(l[4:])) {
		sub, kind := l[be.Uint16(l[6+2*i:]):], kind
		if kind == extension {
			kind, sub = be.Uint16(sub[2:]), sub[be.Uint32(sub[4:]):]
		}
		if kind != pairAdjustment || be.Uint16(sub[4:]) != 4 || be.Uint16(sub[6:]) != 0 {
			continue // only the first glyph's advance is adjusted, as fonts that run from left to right do
		}
		if p, ok := readPairs(sub); ok {
			k = append(k, p)
		}
	}
	return k
}

func readPairs(sub []byte) (pairs, bool) {
	p := pairs{cover: coverage(sub[be.Uint16(sub[2:]):])}
	switch be.Uint16(sub) {
	case 1:
		for i := range int(be.Uint16(sub[8:])) {
			set, m := sub[be.Uint16(sub[10+2*i:]):], map[uint16]int16{}
			for j := range int(be.Uint16(set)) {
				m[be.Uint16(set[2+4*j:])] = int16(be.Uint16(set[4+4*j:]))
			}
			p.single = append(p.single, m)
		}
	case 2:
		p.class1, p.class2 = classes(sub[be.Uint16(sub[8:]):]), classes(sub[be.Uint16(sub[10:]):])
		n1, n2 := int(be.Uint16(sub[12:])), int(be.Uint16(sub[14:]))
		p.classes2 = n2
		for i := range n1 * n2 {
			p.byClass = append(p.byClass, int16(be.Uint16(sub[16+2*i:])))
		}
	default:
		return p, false
	}
	return p, true
}

// coverage reads which glyphs a subtable is for, and each one's index.
func coverage(t []byte) map[uint16]int {
	m := map[uint16]int{}
	for i := range int(be.Uint16(t[2:])) {
		if be.Uint16(t) == 1 {
			m[be.Uint16(t[4+2*i:])] = i
			continue
		}
		r := t[4+6*i:]
		first, last, index := be.Uint16(r), be.Uint16(r[2:]), int(be.Uint16(r[4:]))
		for g := int(first); g <= int(last); g++ {
			m[uint16(g)] = index + g - int(first)
		}
	}
	return m
}

// classes reads which class each glyph is of.
func classes(t []byte) map[uint16]int {
	m := map[uint16]int{}
	if be.Uint16(t) == 1 {
		first := int(be.Uint16(t[2:]))
		for i := range int(be.Uint16(t[4:])) {
			m[uint16(first+i)] = int(be.Uint16(t[6+2*i:]))
		}
		return m
	}
	for i := range int(be.Uint16(t[2:])) {
		r := t[4+6*i:]
		for g := int(be.Uint16(r)); g <= int(be.Uint16(r[2:])); g++ {
			m[uint16(g)] = int(be.Uint16(r[4:]))
		}
	}
	return m
}
