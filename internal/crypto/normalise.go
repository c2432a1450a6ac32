package crypto

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NormaliseWords gives the words of a text as they are indexed and searched: composed (NFC), lower case, split at everything
// that is not a letter, mark or digit, each word once, in order of appearance. å, ä and ö are letters of their own and stay; other
// accents stay too, since removing them would have to happen on both sides for ever.
func NormaliseWords(s string) []string {
	var words []string
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(fold(s), func(r rune) bool { return !inWord(r) }) {
		if !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}

// NormaliseNumber gives a case, diary or telephone number as it is indexed and searched: lower case, and only its letters
// and digits, so that hyphens and spaces make no difference. An identity number must first be brought to twelve digits.
func NormaliseNumber(s string) string {
	kept := strings.Map(func(r rune) rune {
		if inWord(r) {
			return r
		}
		return -1
	}, fold(s))
	// What a removed space kept apart may now compose.
	return norm.NFC.String(kept)
}

// fold composes before and after lowering, because lowering can produce a letter and a mark apart.
func fold(s string) string { return norm.NFC.String(strings.ToLower(norm.NFC.String(s))) }

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
