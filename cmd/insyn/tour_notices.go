package main

import (
	"strings"

	"insyn/internal/visitor"
)

// lettersBesideDecisions: the letters that are no decisions, each opened as whoever it is to. Opening one starts no clock.
func (t *tour) lettersBesideDecisions() {
	omar, maja := t.resident(nameOmar), t.resident(nameMaja)
	t.readsNotices(omar, t.omar.kept, map[string][]string{
		"Mer tid": {"Vi behöver mer tid", "artikel 12.3", "Det går inte att överklaga", "imy.se"},
		"Fråga":   {"Vi behöver veta mer", "Älvgatan 2", "Svara senast", "Om du inte svarar", "Skicka ingen kopia av din legitimation"},
		"Kvitto":  {"Vi har fått din begäran", t.omar.kept},
	})
	t.tell("Omar öppnar tre brev som inte är beslut: kvittot, frågan och beskedet om mer tid")
	t.journalIsSentOn()
	t.readsNotices(maja, t.maja.number, map[string][]string{
		"Delgivning":     {"med post", "10 februari 2027", "Vad du kan göra står i beslutet."},
		"Skickat vidare": {"Region Exempel, arkivet", "Box 1", "Vårt eget svar påverkas inte"},
		"Kvitto":         {t.maja.number, "De här svarar dig"},
	})
	t.tell("Maja öppnar beskedet om delgivning, kvittot och brevet om det som skickades vidare")
}

// journalIsSentOn: what was meant for somebody else is sent on, and the person is told; what is missing is said beside its field.
func (t *tour) journalIsSentOn() {
	leyla := t.ombud("SN")
	number := t.maja.caseNo("SN")
	what := t.wrote("SN: det som skickades vidare", "En kopia av journalen från mottagningen på Kvarngatan.", letterReaders("SN", nameMaja)...)
	form := func() *visitor.Form {
		return leyla.form(visitor.ActionEnds("/skicka-vidare")).Fill("what", what).Fill("forward-address", "Box 1\n999 90 Exempelstad")
	}
	leyla.open(deskCase(number)).send(form().Choose("kind", "journal"), "").status(422).reads("Skriv vem du skickade till.", what)
	leyla.send(form().Choose("kind", "journal").Fill("forward-to", "Region Exempel, arkivet"), "")
	leyla.sees("Sparat. Personen får ett brev om det.", "Region Exempel, arkivet", "Vi har skickat något vidare")
	t.expect("letter", t.maja.number, mailMaja)
	t.settle()
	t.ombud("KS").open(deskCase(t.maja.caseNo("KS"))).misses(what)
	t.tell("Socialnämndens ombud skickar en begäran om journal vidare samma dag. Svaret på själva begäran står kvar")
}

// readsNotices opens every letter of a request that is no decision, keeps it, and looks for what each kind must say.
func (t *tour) readsNotices(p *person, request string, says map[string][]string) {
	p.open("/mina/" + request)
	var links []string
	for _, l := range p.page.Find("#brev a[href]") {
		links = append(links, l.Attr("href"))
	}
	seen := map[string]bool{}
	for i, href := range links {
		a := t.fetch(p, "brev", href, i == 0)
		t.save("letters", a.name, a.body)
		body := t.aloud(a.body)
		for kind, texts := range says {
			if !strings.HasPrefix(a.name, kind) {
				continue
			}
			seen[kind] = true
			for _, text := range texts {
				t.check(strings.Contains(body, text), "letter %s: expected “%s”, but it says: %s", a.name, text, body)
			}
		}
	}
	t.check(len(seen) == len(says), "%s: expected %d kinds of letters in %s, but found %d in %d files", p.name, len(says), request, len(seen), len(links))
}
