package deadline

import (
	"fmt"
	"strings"
)

// swedish is the sentence of a step in Swedish. A kind it does not know, from a later version, is its date.
func swedish(p prose, s Step) string {
	switch s.Kind {
	case StepByPost:
		return "Begäran kom med post eller togs ur brevlådan " + p.long(s.From) +
			". Då räknas den som inkommen arbetsdagen före (22\u00a0§ förvaltningslagen)."
	case StepReceived:
		return "Begäran kom in " + p.long(s.Date) + ". Den dagen räknas inte."
	case StepSentSimplified:
		return "Beslutet skickades " + p.long(s.Date) + " med förenklad delgivning. Det räknas som mottaget två veckor senare."
	case StepServed:
		if !s.From.IsZero() {
			return "Beslutet räknas som mottaget " + p.long(s.Date) + ". Den dagen räknas inte."
		}
		return "Beslutet togs emot " + p.long(s.Date) + ". Den dagen räknas inte."
	case StepExtendBy:
		return joinSentences("Besked om förlängning ska skickas senast "+p.medium(s.Date)+".", swedishPassed(p, s.Passed))
	case StepPeriod:
		return swedishPeriod(p, s)
	case StepUnpaused:
		return joinSentences("Utan uppehåll är sista dagen "+p.medium(s.Date)+".", swedishPassed(p, s.Passed))
	case StepPause:
		return swedishPause(p, s)
	case StepPauses:
		return fmt.Sprintf("Sista dagen flyttas fram %s, till %s.", swedishDays(s.Days), p.medium(s.Date))
	case StepMoved:
		return swedishPassed(p, s.Passed)
	case StepDue:
		return swedishDue(p, s)
	default:
		return capitalize(p.long(s.Date)) + "."
	}
}

func swedishPeriod(p prose, s Step) string {
	var rule string
	switch s.Rule {
	case RuleExtended:
		rule = "Med förlängning ska svaret komma inom tre månader från den dag begäran kom in (artikel\u00a012.3)."
	case RuleAppeal:
		rule = "Ett överklagande ska ha kommit in inom tre veckor (44\u00a0§ förvaltningslagen)."
	default:
		rule = "Svaret ska komma inom en månad (artikel\u00a012.3)."
	}
	if s.Clamped {
		return fmt.Sprintf("%s %s finns inte, så månadens sista dag gäller: %s.", rule, p.missing(s), p.medium(s.Date))
	}
	return fmt.Sprintf("%s Det blir %s.", rule, p.medium(s.Date))
}

func swedishPause(p prose, s Step) string {
	if s.To.IsZero() {
		return joinSentences(fmt.Sprintf("Uppehåll sedan %s i väntan på svar, hittills %s.", p.short(s.From),
			swedishDays(s.Days)), swedishOverlap(s))
	}
	return joinSentences(fmt.Sprintf("Uppehåll från %s till %s i väntan på svar, %s.", p.short(s.From), p.short(s.To),
		swedishDays(s.Days)), swedishOverlap(s))
}

func swedishOverlap(s Step) string {
	if s.Counted == s.Days {
		return ""
	}
	return fmt.Sprintf("Av dem räknas %s redan i ett tidigare uppehåll.", swedishDays(s.Days-s.Counted))
}

func swedishDue(p prose, s Step) string {
	last := "sista dagen för svar"
	if s.Rule == RuleAppeal {
		last = "sista dagen att överklaga"
	}
	if s.moved() {
		return fmt.Sprintf("Nästa vardag är %s. Det är %s.", p.long(s.Date), last)
	}
	return fmt.Sprintf("%s är %s.", capitalize(last), p.long(s.Date))
}

// swedishPassed is one sentence for each day the date was moved past.
func swedishPassed(p prose, days []FreeDay) string {
	sentences := make([]string, 0, len(days))
	for _, day := range days {
		what := "helg"
		switch {
		case isEve(day.Holiday):
			what = day.Holiday.Name(p.lang) + ", som räknas som helgdag här"
		case day.Holiday != "":
			what = "helgdag (" + day.Holiday.Name(p.lang) + ")"
		}
		sentences = append(sentences, capitalize(p.medium(day.Date))+" är "+what+".")
	}
	return strings.Join(sentences, " ")
}

func swedishDays(n int) string {
	words := [...]string{"noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"}
	return countDays(n, words[:], "dag", "dagar")
}

// countDays writes numbers up to twelve as words.
func countDays(n int, words []string, one, many string) string {
	noun := many
	if n == 1 {
		noun = one
	}
	if n >= 0 && n < len(words) {
		return words[n] + " " + noun
	}
	return fmt.Sprintf("%d\u00a0%s", n, noun)
}

func joinSentences(first, rest string) string {
	return strings.TrimSuffix(first+" "+rest, " ")
}
