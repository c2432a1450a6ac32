package main

import (
	"slices"
	"strings"
)

// The people of the tour. Residents have test identities and invented names; staff are those of the demo's spreadsheets.
const (
	nameMaja = "Maja Lindqvist"
	nameOmar = "Omar Haddad"

	mailMaja = "maja.lindqvist@post.example"
	mailOmar = "omar.haddad@post.example"

	numberMaja = "197701172392"
	numberOmar = "198404012380"

	numberEster = "197806012394" // protected: nobody who is not cleared may be shown it
)

// prefixes are the controllers that Maja asks, in the municipality's order.
func prefixes() []string { return []string{"KS", "SN", "BUN", "EBAB"} }

// officer is who works with what at a controller that Maja asks.
type officer struct{ ombud, decider, registrator string }

func officers() map[string]officer {
	return map[string]officer{
		"KS":   {"Johan Bergström", "Margareta Öhman", "Gunilla Westerberg"},
		"SN":   {"Leyla Demir", "Birgitta Nyström", "Amira Yusuf"},
		"BUN":  {"Fatima Warsame", "Mikael Lundholm", "Gunilla Westerberg"},
		"EBAB": {"Piotr Kowalski", "Carina Hägg", "Tobias Ek"},
	}
}

// address is a member of staff's mail address, as the spreadsheets have it.
func address(name string) string {
	given, family, _ := strings.Cut(strings.ToLower(name), " ")
	plain := strings.NewReplacer("å", "a", "ä", "a", "ö", "o")
	return plain.Replace(given) + "." + plain.Replace(family) + "@exempelby.example"
}

func (t *tour) resident(name string) *person { return t.person(name, "sökande") }
func (t *tour) servicecenter() *person       { return t.person("Anna-Karin Lindqvist", "servicecenter") }
func (t *tour) dso() *person                 { return t.person("Niklas Rautio", "dataskyddsombud") }
func (t *tour) ombud(at string) *person      { return t.person(officers()[at].ombud, "ombud "+at) }
func (t *tour) decider(at string) *person    { return t.person(officers()[at].decider, "beslutar "+at) }
func (t *tour) registrator(at string) *person {
	return t.person(officers()[at].registrator, "registrator")
}
func (t *tour) administrator() *person { return t.person("Davit Petrosyan", "administratör") }
func (t *tour) reviewer() *person      { return t.person("Helena Söderlund", "logggranskare") }

// words is something that was written in the tour, and who may ever be shown it.
type words struct {
	what string // in the closing table
	text string // found nowhere else
	may  []string
}

// wrote notes a text, what it is and who may be shown it.
func (t *tour) wrote(what, text string, may ...string) string {
	t.words = append(t.words, words{what, text, may})
	return text
}

// handlers are those who handle a controller's cases, and the DSO who may read them.
func handlers(at string, more ...string) []string {
	o := officers()[at]
	return append([]string{o.ombud, o.decider, "Niklas Rautio"}, more...)
}

// readers is handlers with the registrator, who sees letters.
func letterReaders(at string, more ...string) []string {
	return append(handlers(at, more...), officers()[at].registrator)
}

func (w words) allows(name string) bool { return slices.Contains(w.may, name) }
