package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/mail"
)

// sentMail is a mail that is there or should be: which text, about which number, to whom.
type sentMail struct{ kind, number, to string }

func (m sentMail) String() string { return fmt.Sprintf("%s about %s to %s", m.kind, m.number, m.to) }

// expect notes a mail that must be sent.
func (t *tour) expect(kind, number, to string) {
	t.expected = append(t.expected, sentMail{kind, number, to})
}

// expectRole notes a mail to each of some members of staff.
func (t *tour) expectRole(kind, number string, names ...string) {
	for _, n := range names {
		t.expect(kind, number, address(n))
	}
}

// ombudsAt are all the ombud of a controller: the social committee has two.
func ombudsAt(at string) []string {
	if at == "SN" {
		return []string{"Leyla Demir", "Erik Sandin"}
	}
	return []string{officers()[at].ombud}
}

var mailNumber = regexp.MustCompile(`(INS|FRG|DSO)-\d{4}-\d{5,}(-[A-ZÅÄÖ]+)?`)

// classify finds out which of the service's mails a caught one is, by its words.
func (t *tour) classify(m mail.Caught) sentMail {
	out := sentMail{kind: "unknown", number: mailNumber.FindString(m.Subject), to: strings.Join(m.To, ",")}
	args := map[string]any{"number": out.number, "due": calendar.New(2027, 3, 1), "code": ""}
	for _, key := range t.stack.texts.Texts().Keys() {
		kind, ok := strings.CutPrefix(key, "mail.")
		if kind, ok = cutLast(kind, ".subject", ok); !ok {
			continue
		}
		// The body up to its number; where dates come first, up to the first digit.
		body, _, _ := strings.Cut(t.stack.texts.T("sv", "mail."+kind+".body", args), out.number)
		if t.stack.texts.T("sv", key, args) == m.Subject && strings.Contains(joined(m.Text), joined(body)) {
			out.kind = kind
			return out
		}
	}
	return out
}

func cutLast(s, suffix string, ok bool) (string, bool) {
	rest, found := strings.CutSuffix(s, suffix)
	return rest, ok && found
}

// joined is a text on one line with plain spaces.
func joined(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u00a0", " ")), " ")
}

// mailsAreThoseExpected: each promised mail exists exactly once, and none else; all are kept.
func (t *tour) mailsAreThoseExpected() {
	balance := map[sentMail]int{}
	for _, m := range t.expected {
		balance[m]++
	}
	caught := t.stack.Catcher.Messages()
	for _, m := range caught {
		is := t.classify(m)
		balance[is]--
		t.check(m.Count == 1, "mail %s: expected to arrive once, but came %d times", is, m.Count)
		t.save("mails", fmt.Sprintf("%03d-%s.eml", m.Seq, is.kind), m.Raw)
	}
	wrong := slices.SortedFunc(maps.Keys(balance), func(a, b sentMail) int { return strings.Compare(a.String(), b.String()) })
	var lines []string
	for _, m := range wrong {
		if n := balance[m]; n != 0 {
			lines = append(lines, fmt.Sprintf("%s: %+d", m, -n))
		}
	}
	sort.Strings(lines)
	t.check(len(lines) == 0, "expected %d mails, one of each kind and recipient, but too many (+) or too few (-): %s", len(t.expected), strings.Join(lines, "; "))
	t.tell("%d mejl, vart och ett en gång, till dem de var till", len(caught))
}

// mailSaysNothing: a mail to a person says that something is there, and neither to whom nor about what.
func (t *tour) mailSaysNothing(to string) {
	n, text := 0, ""
	for _, m := range t.stack.Catcher.Messages() {
		if !slices.Contains(m.To, to) {
			continue
		}
		n, text = n+1, joined(m.Text)
		for _, name := range []string{"Kommunstyrelsen", "Socialnämnden", "Barn- och utbildningsnämnden", "Bostäder", nameMaja, nameOmar} {
			t.check(!strings.Contains(m.Subject+m.Text+m.HTML, name), "mail “%s”: expected it to say only that something is there, but it says “%s”", m.Subject, name)
		}
	}
	t.check(n > 0, "expected a mail to the person, but there is none")
	if n == 1 {
		t.tell("Mejlet säger: ”%s”", text)
	}
}
