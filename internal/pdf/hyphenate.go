package pdf

import (
	"strings"
	"unicode"
)

// Swedish builds long words of short ones, and a narrow column of a table is left half empty when they are not broken.
// No set of Swedish hyphenation patterns can be had under a licence and through a registry this project uses. So words are
// broken in two ways only: before one of the word parts below, where a break is always right, and, when a word is wider
// than its column and there is nothing else to do, by the rule that one consonant goes to the next line.

// parts are words that others are put before, as offices use them, by how many letters must stand before. Parts that
// other words end in by chance (förs-lagen, angeläg-enhet, be-handling) are left out.
//
//nolint:gochecknoglobals // made once, never written
var parts = map[string]int{
	"adress": 4, "ansvar": 4, "ansökan": 4, "anteckning": 4, "arbetare": 4, "avdelning": 4, "bedömning": 4, "begäran": 4, "behandling": 4,
	"beslut": 4, "bestämmelse": 4, "bistånd": 4, "center": 4, "chef": 6, "delegation": 4, "dokument": 4, "domstol": 4,
	"förordning": 4, "förskol": 4, "förteckning": 4, "förvaltning": 4, "handläggare": 4, "handläggning": 4, "hantering": 4,
	"information": 4, "inspektion": 4, "journal": 4, "kommun": 4, "kontor": 4, "marknad": 4, "myndighet": 4, "nummer": 4,
	"nämnd": 4, "ombud": 4, "omsorg": 4, "personal": 4, "planering": 4, "process": 4, "protokoll": 4, "register": 4, "rätten": 6,
	"sekretess": 4, "sekreterare": 4, "skola": 4, "skydd": 4, "socialtjänst": 4, "styrelse": 4, "system": 4, "säkerhet": 4, "tjänst": 5,
	"undersökning": 4, "uppgift": 4, "utbildning": 4, "utdrag": 4, "utredning": 4, "verksamhet": 4, "vård": 4, "ärende": 4,
}

const (
	longWord  = 12 // letters a word has at least that is broken between its parts
	shortPart = 4  // letters of the shortest part
	longPart  = 12 // and of the longest
)

// breakCompound marks the places between the parts of the word from i to j.
func (t *run) breakCompound(i, j int) {
	if j-i < longWord || !t.isWord(i, j) {
		return
	}
	var word []rune
	for _, g := range t.glyphs[i:j] {
		word = append(word, unicode.ToLower(g.r))
	}
	last := 0 // where the part before begins
	for at := shortPart; at+shortPart <= len(word); at++ {
		for n := shortPart; n <= longPart && at+n <= len(word); n++ {
			if least, ok := parts[string(word[at:at+n])]; ok && at >= least && at-last >= 3 && t.glyphs[i+at-1].brk == noBreak {
				t.glyphs[i+at-1].brk = softBreak
				last = at
			}
		}
	}
}

// isWord tells whether there are letters only from i to j, all of one owner, in the document's language, and none of them
// a place to break already.
func (t *run) isWord(i, j int) bool {
	for k, g := range t.glyphs[i:j] {
		if !unicode.IsLetter(g.r) || g.owner != t.glyphs[i].owner || g.brk != noBreak && i+k+1 < j || g.face.mono {
			return false
		}
	}
	return t.swedish && t.owners[t.glyphs[i].owner].lang == ""
}

const vowels = "aeiouyåäöéAEIOUYÅÄÖÉ"

// breakSyllable finds where a word that begins before glyph stop, and does not fit, is broken so that no more than room
// is taken from glyph from on. It returns 0 when there is no good place.
func (t *run) breakSyllable(from, stop int, room int32) int {
	start, end := t.wordStart(from), t.wordEnd(from)
	if !t.isWord(start, end) {
		return 0
	}
	sum := t.hyphen.adv
	best := 0
	vowel := func(k int) bool { return strings.ContainsRune(vowels, t.glyphs[k].r) }
	for k := from; k < stop; k++ {
		if k-start >= 3 && end-k >= 3 && k > from && sum <= room && !vowel(k) && vowel(k+1) && !t.inseparable(k) {
			best = k
		}
		sum += t.glyphs[k].adv
	}
	return best
}

// inseparable tells whether a break before glyph k would part letters that are one sound.
func (t *run) inseparable(k int) bool {
	pair := strings.ToLower(string([]rune{t.glyphs[k-1].r, t.glyphs[k].r}))
	switch pair {
	case "sj", "sk", "kj", "tj", "ch", "ph", "th", "ck", "ng":
		return true
	}
	return false
}
