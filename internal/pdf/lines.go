package pdf

import (
	"unicode"
)

// line is what stands on one line: glyphs from a run, and a hyphen that is not part of the text.
type line struct {
	t        *run
	from, to int
	hyphen   bool
}

// findBreaks marks where lines may end besides at spaces: after hyphens and dashes inside a word, and in addresses and
// paths, which have no other place to break, after their signs.
func (t *run) findBreaks() {
	for i := 0; i < len(t.glyphs); {
		j := i
		address := false
		for j < len(t.glyphs) && t.glyphs[j].r != ' ' {
			address = address || t.glyphs[j].r == '@' || t.glyphs[j].r == '/' || t.glyphs[j].r == '_' || t.glyphs[j].r == '\\'
			j++
		}
		for k := i + 1; k+1 < j; k++ {
			g, next := &t.glyphs[k], t.glyphs[k+1].r
			if g.brk != noBreak {
				continue
			}
			switch {
			case (g.r == '-' || g.r == '\u2010' || g.r == '–' || g.r == '—') && unicode.IsLetter(next) && unicode.IsLetter(t.glyphs[k-1].r):
				g.brk = mayBreak
			case g.r == '/' && next != '/':
				g.brk = mayBreak
			case address && (g.r == '@' || g.r == '.' || g.r == '_' || g.r == '?' || g.r == '&' || g.r == '=' || g.r == '\\' || g.r == '-'):
				g.brk = mayBreak
			}
		}
		i = j + 1
	}
}

// whole is the run as one line.
func (t *run) whole() line { return line{t: t, to: len(t.glyphs)} }

// width is how far the line's ink reaches, in points; a space at its end does not count.
func (l line) width(size float64) float64 {
	sum, n := int32(0), l.to
	for n > l.from && l.t.glyphs[n-1].r == ' ' {
		n--
	}
	for _, g := range l.t.glyphs[l.from:n] {
		sum += g.adv
	}
	if l.hyphen {
		sum += l.t.hyphen.adv
	}
	return float64(sum) * size / 1000
}

// lines breaks the run into lines no wider than max points. Lines are filled as far as they go; a word with no place to
// break that is wider than a line is broken where it must be, without a hyphen.
func (t *run) lines(size, max float64) []line {
	room := int32(max * 1000 / size)
	var ls []line
	for from := 0; from < len(t.glyphs); {
		l := t.nextLine(from, room)
		ls = append(ls, l)
		from = l.to
	}
	return ls
}

// nextLine finds how much fits on a line of room thousandths of an em.
func (t *run) nextLine(from int, room int32) line {
	sum, hard, soft := int32(0), -1, -1
	hardAt := int32(0)
	for i := from; i < len(t.glyphs); i++ {
		g := t.glyphs[i]
		if g.r != ' ' && sum+g.adv > room {
			// A space is the better place unless it leaves more than a third of the line empty.
			if soft > 0 && (hard < 0 || hardAt < room*2/3) {
				return line{t: t, from: from, to: soft, hyphen: true}
			}
			if hard > 0 {
				return line{t: t, from: from, to: hard}
			}
			for i > from+1 && unicode.Is(unicode.Mn, t.glyphs[i].r) {
				i-- // a mark stays with its letter
			}
			return line{t: t, from: from, to: max(i, from+1)}
		}
		sum += g.adv
		switch g.brk {
		case mustBreak:
			return line{t: t, from: from, to: i + 1}
		case mayBreak:
			hard, hardAt = i+1, sum
		case softBreak:
			if sum+t.hyphen.adv <= room {
				soft = i + 1
			}
		}
	}
	return line{t: t, from: from, to: len(t.glyphs)}
}
