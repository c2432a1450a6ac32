package pdf

import (
	"strings"
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
		j := t.wordEnd(i)
		t.breakWord(i, j)
		t.breakCompound(i, j)
		i = j + 1
	}
}

// breakWord marks the places in the word from i to j.
func (t *run) breakWord(i, j int) {
	address, owners := false, false
	for _, g := range t.glyphs[i:j] {
		address = address || strings.ContainsRune(`@/_\`, g.r)
		owners = owners || g.owner != t.glyphs[i].owner
	}
	for k := i; k < j; k++ {
		g := &t.glyphs[k]
		if g.brk == softBreak && owners {
			g.brk = noBreak // a word that is half a link is not hyphenated
		}
		if g.brk != noBreak || k == i || k+1 == j {
			continue
		}
		prev, next := t.glyphs[k-1].r, t.glyphs[k+1].r
		switch {
		case strings.ContainsRune("-\u2010–—", g.r) && unicode.IsLetter(prev) && unicode.IsLetter(next),
			g.r == '/' && next != '/',
			address && strings.ContainsRune(`@._?&=\-`, g.r):
			g.brk = mayBreak
		}
	}
}

// wordEnd is the end of the word that glyph i is in; wordStart its beginning.
func (t *run) wordEnd(i int) int {
	for i < len(t.glyphs) && t.glyphs[i].r != ' ' {
		i++
	}
	return i
}

func (t *run) wordStart(i int) int {
	for i > 0 && t.glyphs[i-1].r != ' ' {
		i--
	}
	return i
}

// splits tells whether a line that ends before glyph i breaks a word in two.
func (t *run) splits(i int) bool {
	return i > 0 && i < len(t.glyphs) && t.glyphs[i-1].r != ' ' && t.glyphs[i].r != ' '
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

// lines breaks the run into lines no wider than most points. Lines are filled as far as they go; a word with no place to
// break that is wider than a line is broken where it must be, without a hyphen.
func (t *run) lines(size, most float64) []line {
	room := int32(most * 1000 / size)
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
			if k := t.breakSyllable(from, i, room); k > 0 {
				return line{t: t, from: from, to: k, hyphen: true}
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
