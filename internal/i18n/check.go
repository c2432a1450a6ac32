package i18n

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Check compares the languages text by text and returns every fault: a key one language lacks, other arguments, a plural
// in one and none in the other, a link in one and none in the other. It is for tests; a fault is a line.
func (c *Catalog) Check() []string {
	var faults []string
	for _, lang := range c.Languages()[1:] {
		for _, key := range c.Keys() {
			m, ok := c.texts[lang][key]
			if !ok {
				faults = append(faults, fmt.Sprintf("%s: %s has no text", lang, key))
				continue
			}
			faults = append(faults, differences(lang, key, c.texts[Default][key], m)...)
		}
		for key := range c.texts[lang] {
			if !c.Has(key) {
				faults = append(faults, fmt.Sprintf("%s: %s has no text", Default, key))
			}
		}
	}
	slices.Sort(faults)
	return faults
}

func differences(lang, key string, want, got message) []string {
	var faults []string
	if !slices.Equal(want.args(), got.args()) {
		faults = append(faults, fmt.Sprintf("%s: %s has the arguments %v, not %v", lang, key, got.args(), want.args()))
	}
	if want.plural != got.plural {
		faults = append(faults, fmt.Sprintf("%s: %s is a plural in one language only", lang, key))
	}
	if !slices.Equal(links(want), links(got)) {
		faults = append(faults, fmt.Sprintf("%s: %s has other links", lang, key))
	}
	return faults
}

func links(m message) []string {
	var names []string
	for _, match := range anchor.FindAllStringSubmatch(m.other.source, -1) {
		names = append(names, match[2])
	}
	slices.Sort(names)
	return names
}

// officialese are the words that plain Swedish does without.
var officialese = regexp.MustCompile(`(?i)(^|[^\p{L}])(vänligen|ovan|nedan|samt|erfordras|avseende|härmed|jämlikt|inkom|beträffande|ifall|ovanstående|nedanstående)($|[^\p{L}])`)

// CheckSwedish returns the Swedish texts that use a word plain Swedish does without, or that look as if they had been
// left in English. allowed are keys that may, such as the name of the other language.
func (c *Catalog) CheckSwedish(allowed ...string) []string {
	var faults []string
	for _, key := range c.Keys() {
		for _, text := range c.Texts("sv", key) {
			text = argument.ReplaceAllString(text, "")
			if m := officialese.FindStringSubmatch(text); m != nil {
				faults = append(faults, fmt.Sprintf("sv: %s says %q", key, strings.ToLower(m[2])))
			}
			if word := english.FindStringSubmatch(text); word != nil && !slices.Contains(allowed, key) {
				faults = append(faults, fmt.Sprintf("sv: %s says %q", key, word[2]))
			}
		}
	}
	return faults
}

// english are words that are common in English and are no Swedish words.
var english = regexp.MustCompile(`(?i)(^|[^\p{L}])(the|and|you|your|with|this|that|from|have|not|please|are|of|we|when|which|committee|request|answer|decision)($|[^\p{L}])`)

// CheckEnglish returns the English texts that look as if they had been left in Swedish.
func (c *Catalog) CheckEnglish(allowed ...string) []string {
	var faults []string
	for key := range c.texts["en"] {
		for _, text := range c.Texts("en", key) {
			text = argument.ReplaceAllString(text, "")
			if m := swedish.FindStringSubmatch(text); m != nil && !slices.Contains(allowed, key) {
				faults = append(faults, fmt.Sprintf("en: %s says %q", key, m[2]))
			}
		}
	}
	slices.Sort(faults)
	return faults
}

// swedish are words that are common in Swedish and are no English words.
var swedish = regexp.MustCompile(`(?i)(^|[^\p{L}])(och|att|det|som|på|är|av|för|med|till|inte|om|vi|ett|eller|kan|ska|har|svar|beslut|nämnd)($|[^\p{L}])`)
