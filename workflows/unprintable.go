package workflows

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"insyn/internal/pdf"
)

// A letter that has lost a character says something else than was decided. A character that the fonts of letters lack is
// therefore refused where it is written, and once more when the letter is made: a name, an address or a system's name comes
// from elsewhere.

// printable tells whether text can stand in a letter; if not, the fault beside its field names the characters.
func printable(field, text string) []FieldError {
	if lacking := pdf.Lacking(text); len(lacking) > 0 {
		return []FieldError{{Field: field, Key: "error.letter-characters", Args: map[string]any{"characters": named(lacking)}}}
	}
	return nil
}

// placed is a text of a letter and the name of its place: a key under error.letter-place.
type placed struct{ place, text string }

// texts are the letter's texts that people have written.
func (d draft) texts() []placed {
	h := d.head()
	all := []placed{{"name", h.ToName}, {"name", h.For}, {"address", h.ToAddress}, {"reasons", h.Reasons},
		{"official", h.DecidedBy}, {"official", h.Title}, {"diary", h.Diary}}
	withheld := h.Withheld
	if d.change != nil {
		withheld = d.change.Kept
		for _, c := range d.change.Changes {
			all = append(all, placed{"system", c.System}, placed{"measure", c.What})
		}
	}
	for _, w := range withheld {
		all = append(all, placed{"title", w.Title}, placed{"explanation", w.Explanation})
	}
	for _, n := range h.NotSearched {
		all = append(all, placed{"system", n.System}, placed{"not-searched", n.Why})
	}
	return all
}

// unprintable is the refusal of a letter with characters that cannot be printed: one fault a place.
func (d draft) unprintable(missing *pdf.MissingError) error {
	lacking := map[string][]rune{}
	var places []string
	for _, m := range missing.Places {
		place := d.placeOf(m.Rune)
		if lacking[place] == nil {
			places = append(places, place)
		}
		if !slices.Contains(lacking[place], m.Rune) {
			lacking[place] = append(lacking[place], m.Rune)
		}
	}
	var faults []FieldError
	for _, place := range places {
		faults = append(faults, FieldError{Field: "letter", Key: "error.letter-place." + place, Args: map[string]any{"characters": named(lacking[place])}})
	}
	return Invalid{faults}
}

// placeOf is the first place that has the character; elsewhere, it comes from the controller's or the municipality's own words.
func (d draft) placeOf(r rune) string {
	for _, t := range d.texts() {
		if strings.ContainsRune(norm.NFC.String(t.text), r) {
			return t.place
		}
	}
	return "elsewhere"
}

// named writes characters so that they can be found, also by who cannot see them: ”😀” (U+1F600).
func named(characters []rune) string {
	parts := make([]string, len(characters))
	for i, r := range characters {
		parts[i] = fmt.Sprintf("%U", r)
		if unicode.IsPrint(r) && !unicode.Is(unicode.M, r) {
			parts[i] = fmt.Sprintf("”%c” (%U)", r, r)
		}
	}
	return strings.Join(parts, ", ")
}
