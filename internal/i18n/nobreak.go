package i18n

import (
	"regexp"
	"strings"
)

const (
	noBreakSpace  = "\u00a0"
	noBreakHyphen = "\u2011"
)

// keeps are the places where a line must not break. The groups are what is on either side of the space.
var keeps = []*regexp.Regexp{ //nolint:gochecknoglobals // compiled once, never written
	regexp.MustCompile(`(\d|\d?\}) (januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december)\b`),
	regexp.MustCompile(`(\d|\d?\}) (January|February|March|April|May|June|July|August|September|October|November|December)\b`),
	regexp.MustCompile(`(\bkl\.) ([\d{])`),
	regexp.MustCompile(`(\d) (kap\.)`),
	regexp.MustCompile(`(kap\.) (\d)`),
	regexp.MustCompile(`(\d(?:[  ][a-z])?) (§)`),
	regexp.MustCompile(`(§) ([\d{])`),
	regexp.MustCompile(`(\d) ([a-z]\x{00a0}§)`),
	regexp.MustCompile(`(\b[Aa]rtikel|\b[Aa]rtiklarna|\bArticle|\bArticles|\b[Cc]hapter|\b[Ss]ection|\b[Pp]unkt|\b[Ii]tem) ([\d{])`),
	regexp.MustCompile(`(\b\d{3}) (\d{2} [A-ZÅÄÖ])`),
	regexp.MustCompile(`(\d|\}) (kB|MB|GB)\b`),
}

// hyphened are the words with a letter before a hyphen that must stay with it.
var hyphened = regexp.MustCompile(`\b([Ee])-(tjänst|legitimation|post|mejl|ID|id\b|service|mail|identification)`)

// NoBreak sets the no-break spaces and hyphens of good setting: 1 april, kl. 9.12, 26 kap. 5 §, artikel 15, 999 99
// Exempelby, 2,1 MB, e-tjänst. It changes nothing but spaces and hyphens, and a second time changes nothing.
func NoBreak(text string) string {
	for _, keep := range keeps {
		text = keep.ReplaceAllString(text, "${1}"+noBreakSpace+"${2}")
	}
	return hyphened.ReplaceAllString(text, "${1}"+noBreakHyphen+"${2}")
}

// Plain takes the no-break spaces and hyphens away again, for mail in plain text and its subject.
func Plain(text string) string {
	return strings.NewReplacer(noBreakSpace, " ", noBreakHyphen, "-").Replace(text)
}
