package deadline

import (
	"fmt"
	"strings"
)

// english is the sentence of a step in English. A kind it does not know, from a later version, is its date.
func english(p prose, s Step) string {
	switch s.Kind {
	case StepByPost:
		return "The request came by post or was taken from the letterbox on " + p.long(s.From) +
			". It then counts as received on the working day before (section\u00a022 of the Administrative Procedure Act)."
	case StepReceived:
		return "The request was received on " + p.long(s.Date) + ". That day is not counted."
	case StepSentSimplified:
		return "The decision was sent on " + p.long(s.Date) + " by simplified service. It counts as received two weeks later."
	case StepServed:
		if !s.From.IsZero() {
			return "The decision counts as received on " + p.long(s.Date) + ". That day is not counted."
		}
		return "The decision was received on " + p.long(s.Date) + ". That day is not counted."
	case StepExtendBy:
		return joinSentences("Notice of an extension must be sent by "+p.medium(s.Date)+".", englishPassed(p, s.Passed))
	case StepPeriod:
		return englishPeriod(p, s)
	case StepUnpaused:
		return joinSentences("Without a pause the last day is "+p.medium(s.Date)+".", englishPassed(p, s.Passed))
	case StepPause:
		return englishPause(p, s)
	case StepPauses:
		return fmt.Sprintf("The last day moves forward by %s, to %s.", englishDays(s.Days), p.medium(s.Date))
	case StepMoved:
		return englishPassed(p, s.Passed)
	case StepDue:
		return englishDue(p, s)
	default:
		return p.long(s.Date) + "."
	}
}

func englishPeriod(p prose, s Step) string {
	var rule string
	switch s.Rule {
	case RuleExtended:
		rule = "With an extension, the answer is due within three months of the day the request was received (Article\u00a012.3)."
	case RuleAppeal:
		rule = "An appeal must arrive within three weeks (section\u00a044 of the Administrative Procedure Act)."
	default:
		rule = "The answer is due within one month (Article\u00a012.3)."
	}
	if s.Clamped {
		return fmt.Sprintf("%s There is no %s, so the last day of the month applies: %s.", rule, p.missing(s), p.medium(s.Date))
	}
	return fmt.Sprintf("%s That is %s.", rule, p.medium(s.Date))
}

func englishPause(p prose, s Step) string {
	if s.To.IsZero() {
		return joinSentences(fmt.Sprintf("Paused since %s while waiting for a reply, so far %s.", p.short(s.From),
			englishDays(s.Days)), englishOverlap(s))
	}
	return joinSentences(fmt.Sprintf("Paused from %s to %s while waiting for a reply, %s.", p.short(s.From), p.short(s.To),
		englishDays(s.Days)), englishOverlap(s))
}

func englishOverlap(s Step) string {
	switch already := s.Days - s.Counted; already {
	case 0:
		return ""
	case 1:
		return "Of these, one day already counts in an earlier pause."
	default:
		return fmt.Sprintf("Of these, %s already count in an earlier pause.", englishDays(already))
	}
}

func englishDue(p prose, s Step) string {
	last := "the last day for the answer"
	if s.Rule == RuleAppeal {
		last = "the last day to appeal"
	}
	if s.moved() {
		return fmt.Sprintf("The next working day is %s. It is %s.", p.long(s.Date), last)
	}
	return fmt.Sprintf("%s is %s.", capitalize(last), p.long(s.Date))
}

// englishPassed is one sentence for each day the date was moved past.
func englishPassed(p prose, days []FreeDay) string {
	sentences := make([]string, 0, len(days))
	for _, day := range days {
		what := "at the weekend"
		switch {
		case isEve(day.Holiday):
			what = day.Holiday.Name(p.lang) + ", which counts as a holiday here"
		case day.Holiday != "":
			what = "a public holiday (" + day.Holiday.Name(p.lang) + ")"
		}
		sentences = append(sentences, p.medium(day.Date)+" is "+what+".")
	}
	return strings.Join(sentences, " ")
}

func englishDays(n int) string {
	words := [...]string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	return countDays(n, words[:], "day", "days")
}
