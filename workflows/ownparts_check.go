package workflows

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"insyn/internal/identity"
	"insyn/internal/lix"
	"insyn/internal/pdf"
	"insyn/templates"
)

// OwnWarning is something in an own part that may be meant but probably is not. It stands at a field and stops nothing.
type OwnWarning struct {
	Field string
	Key   string // of a text
	Args  map[string]any
}

// The fields of an own part.
const (
	fieldSwedish = "swedish"
	fieldEnglish = "english"
	fieldFrom    = "from"
)

// tidyOwnText takes away what a word processor leaves behind and nobody sees: other line ends, soft hyphens, zero-width spaces,
// spaces at the ends of lines, and more than one empty line. The characters are composed (NFC), as the PDF has them.
func tidyOwnText(text string) string {
	text = norm.NFC.String(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ", "\u00ad", "", "\u200b", "", "\ufeff", "").Replace(text))
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line != "" || len(lines) > 0 && lines[len(lines)-1] != "" {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// mostNamed is how many characters a fault names.
const mostNamed = 10

// checkOwnText finds what is wrong with a text and what may be.
func checkOwnText(slot templates.Slot, field, text string) (wrong []FieldError, warn []OwnWarning) {
	fault := func(key string, args map[string]any) { wrong = append(wrong, FieldError{field, key, args}) }
	if n := utf8.RuneCountInString(text); n > slot.Max() {
		fault("error.own.long", map[string]any{"max": slot.Max(), "n": n})
	}
	if hidden := hiddenRunes(text); len(hidden) > 0 {
		fault("error.own.hidden", map[string]any{"characters": named(hidden[:min(len(hidden), mostNamed)])})
	}
	if missing := pdf.Lacking(strings.Map(visibleOnly, text)); len(missing) > 0 {
		fault("error.own.characters", map[string]any{"characters": named(missing[:min(len(missing), mostNamed)])})
	}
	for key, pattern := range ownPatterns() {
		if found := pattern.FindString(text); found != "" {
			fault(key, map[string]any{"text": found})
		}
	}
	if holdsIdentityNumber(text) {
		fault("error.own.number", nil)
	}
	if word := reservedWord(text); word != "" {
		fault("error.own.reserved", map[string]any{"word": word})
	}
	slices.SortStableFunc(wrong, func(a, b FieldError) int { return strings.Compare(a.Key, b.Key) })
	return wrong, warnOwnText(field, text)
}

// ownPatterns find what was pasted from elsewhere: markup, and places for words that a computer was to fill in.
func ownPatterns() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"error.own.markup":      ownMarkup,
		"error.own.placeholder": ownPlaceholder,
	}
}

var (
	ownMarkup      = regexp.MustCompile(`<[\p{L}/!?][^<>\n]{0,40}>?|&[a-zA-Z]{2,8};|&#x?[0-9a-fA-F]{1,6};|\*\*[^*\n]{0,40}|__[^_\n]{1,40}|(?m:^#{1,6} ).{0,40}|\]\([^)\n]{0,40}\)?`)
	ownPlaceholder = regexp.MustCompile(`\{\{?[^{}\n]{0,40}\}?\}?|\[[\p{L} _]{1,40}\](?:[^(]|$)|<<[^<>\n]{0,40}>?>?|%[sdv]\b|(?i:\bx{3,}\b)|(?i:lorem ipsum)|_{4,}|\.{5,}`)
	ownPhone       = regexp.MustCompile(`(?:\+\d|\b0)[\d \x{a0}/-]{3,}\d`)
	ownMail        = regexp.MustCompile(`[^\s,;()]*@[^\s,;()]*`)
	goodMail       = regexp.MustCompile(`^[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}$`)
	longNumber     = regexp.MustCompile(`(?:\d{2})?\d{6}[-+ ]?\d{4}`)
)

// hiddenRunes are characters that nobody sees and that change what others look like, such as marks of direction.
func hiddenRunes(text string) []rune {
	var out []rune
	for _, r := range text {
		if r != '\n' && visibleOnly(r) < 0 && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

func visibleOnly(r rune) rune {
	if r == '\n' || unicode.IsGraphic(r) && r != unicode.ReplacementChar {
		return r
	}
	return -1
}

// holdsIdentityNumber tells whether a text that goes to everybody has somebody's number in it.
func holdsIdentityNumber(text string) bool {
	const anyYear = 2100
	return slices.ContainsFunc(longNumber.FindAllString(text, -1), func(s string) bool {
		_, err := identity.ParseNumber(s, anyYear)
		return err == nil
	})
}

// reservedWord finds the first word that only the required parts may say: what was decided and why, how to appeal, to whom to
// complain, what is secret, and the law. An own part that spoke of them could say something else than the letter does.
func reservedWord(text string) string {
	lower := strings.ToLower(strings.Join(strings.Fields(text), " "))
	first, word := len(lower), ""
	for _, stem := range reservedStems() {
		for from := 0; ; {
			at := strings.Index(lower[from:], stem)
			if at < 0 {
				break
			}
			at += from
			before, _ := utf8.DecodeLastRuneInString(lower[:at])
			if at < first && !unicode.IsLetter(before) {
				first, word = at, wholeWord(lower[at:], len(stem))
			}
			from = at + len(stem)
		}
	}
	return word
}

// wholeWord is a stem with the rest of its last word.
func wholeWord(text string, stem int) string {
	end := strings.IndexFunc(text[stem:], func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		return text
	}
	return text[:stem+end]
}

// reservedStems are beginnings of words in both languages.
func reservedStems() []string {
	return []string{
		"överklag", "klaga hos", "förvaltningsrätt", "kammarrätt", "integritetsskyddsmyndighet", "imy", "dataskyddsombud",
		"avslag", "avslå", "avslog", "bevilja", "avvisa", "neka", "sekretess", "hemlig", "inga uppgifter", "inte några uppgifter", "tre veckor", "§", "artikel",
		"appeal", "administrative court", "data protection officer", "dpo", "refus", "reject", "grant", "dismiss", "secre", "confidential", "no data", "no personal data",
		"three weeks", "article",
	}
}

// warnOwnText finds what probably is a slip: an address or a phone number that looks wrong, and a text that is hard to read.
func warnOwnText(field, text string) []OwnWarning {
	var out []OwnWarning
	for _, mail := range ownMail.FindAllString(text, -1) {
		if mail = strings.Trim(mail, ".:!?”\"'"); !goodMail.MatchString(mail) {
			out = append(out, OwnWarning{field, "own.warning.mail", map[string]any{"text": mail}})
		}
	}
	for _, phone := range ownPhone.FindAllString(text, -1) {
		if n := digitsIn(phone); n > 4 && n < 8 || n > 13 || n > 10 && phone[0] == '0' {
			out = append(out, OwnWarning{field, "own.warning.phone", map[string]any{"text": phone}})
		}
	}
	const telling = 15 // words; of fewer, one long name decides
	if n := lix.Of(text); field == fieldSwedish && n > lix.Hard && len(strings.Fields(text)) >= telling {
		out = append(out, OwnWarning{field, "own.warning.lix", map[string]any{"lix": n, "most": lix.Hard}})
	}
	return out
}

func digitsIn(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}
