package main

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/visitor"
)

// majaRequest is what the later scenes need to know of Maja's request.
type majaRequest struct {
	number, draft string
	release       []string // prefixes, in the order the answers came
	letters       map[string]string
	refused       string // number of the request for erasure that was refused
}

// caseNo is the number of Maja's case at a controller.
func (m majaRequest) caseNo(at string) string { return m.number + "-" + at }

// deskCase is the address of a case on the desk.
func deskCase(number string) string { return "/arbete/arende/" + number }

// asking is what a person says to each controller, and how the person can be reached.
type asking struct {
	said           map[string]string // by prefix
	relation       map[string]string
	file           *visitor.File // to fileTo only
	fileTo         string
	address, email string
	phone          string
}

var requestNumber = regexp.MustCompile(`INS-\d{4}-\d{5,}`)

// majaSays is what Maja writes to each.
func (t *tour) majaSays() asking {
	a := asking{
		said: map[string]string{
			"KS":   "Jag skrev till er om gula ladan vid kvarnen. Jag vill se vad som blev av det.",
			"SN":   "Det gäller stödsamtalen på Ekgården hösten 2024.",
			"BUN":  "Mitt barn gick i fyran på Åsskolan. Jag vill se allt om skolskjutsen till Norrbyn.",
			"EBAB": "Jag hyr på Tallvägen 3 och har klagat på vattenläckan i tvättstugan.",
		},
		relation: map[string]string{"KS": "resident", "SN": "client", "BUN": "guardian", "EBAB": "tenant"},
		fileTo:   "BUN",
		address:  "Lärksångsvägen 14\n999 21 Exempelby", email: mailMaja, phone: "070-174 06 35",
	}
	for at, text := range a.said {
		t.wrote("det Maja skrev till "+at, text, handlers(at, nameMaja)...)
	}
	body := t.wrote("bilagans innehåll", "BLÅMESAR BOR I INTYGET", handlers("BUN")...)
	a.file = &visitor.File{Name: t.wrote("bilagans namn", "skjutsintyg-blåmes.pdf", handlers("BUN", nameMaja)...), Type: "application/pdf",
		Body: strings.NewReader("%PDF-1.4\n1 0 obj\n<< /Title (" + body + ") >>\nendobj\ntrailer\n<< >>\n%%EOF\n")}
	return a
}

// majaAsks: login, four controllers, what each is to know, check, sent; and what must not happen on the way.
func (t *tour) majaAsks() {
	maja := t.resident(nameMaja)
	a := t.majaSays()
	maja.open("/").sees("personuppgifter").follow("Logga in")
	maja.open("/ny").sees("skyddade personuppgifter").send(maja.form(visitor.ActionEnds("/ny")), "")
	t.maja.draft = strings.Split(strings.Trim(maja.page.URL.Path, "/"), "/")[1]
	t.tell("Maja loggar in med e-legitimation och börjar. Sidan frågar: ”%s”", maja.page.Heading())
	maja.send(maja.form(visitor.HasField("namnd")), "Fortsätt").status(422).reads("Kryssa för minst ett val. Är du osäker, välj alla.")
	choice := maja.form(visitor.HasField("namnd"))
	for _, at := range prefixes() {
		choice.Tick("namnd", at)
	}
	maja.send(choice, "Fortsätt")
	t.concerns(maja, a, prefixes())
	t.staleTab(maja, a)
	t.reach(maja, a)
	t.draftIsNoRequest(maja)
	t.maja.number = t.sendTwice(maja, prefixes())
	t.expect("receipt", t.maja.number, mailMaja)
	for _, at := range prefixes() {
		t.expectRole("new-case", t.maja.caseNo(at), ombudsAt(at)...)
	}
	t.settle()
	t.mailSaysNothing(mailMaja)
}

// concerns answers the question for each controller in turn.
func (t *tour) concerns(p *person, a asking, to []string) {
	for _, at := range to {
		t.check(strings.HasSuffix(p.page.URL.Path, "/om/"+at), "%s: expected the question about %s, but came to %s", p.name, at, p.page.URL.Path)
		f := p.form(visitor.HasField("text")).Choose("relation", a.relation[at]).Fill("text", a.said[at])
		if a.file != nil && at == a.fileTo {
			f.Attach("file", *a.file)
		}
		p.send(f, "Fortsätt").status(200)
	}
	t.tell("%s skriver olika till %s", p.name, strings.Join(to, ", "))
}

// staleTab shows that a second tab with an older draft is told so, with what was typed there kept.
func (t *tour) staleTab(p *person, a asking) {
	question := path.Join("/utkast", t.maja.draft, "om", "KS")
	old, err := p.browser.Get(t.ctx, question)
	t.must(err)
	p.open(question).send(p.form(visitor.HasField("text")), "Fortsätt")
	after := p.page
	p.at(old.Form(visitor.HasField("text")).Fill("text", "Skrivet i en gammal flik.").Submit(t.ctx, "Fortsätt"))
	p.status(409).reads("En annan flik hann före", a.said["KS"], "Skrivet i en gammal flik.")
	t.tell("En gammal flik får veta ”En annan flik hann före”, och det skrivna står kvar")
	p.page = after
	p.open(path.Join("/utkast", t.maja.draft, "kontrollera")).sees(a.said["KS"]).misses("gammal flik")
}

// reach says how the answer is wanted.
func (t *tour) reach(p *person, a asking) {
	p.open(strings.Replace(p.page.URL.Path, "/kontrollera", "/svar", 1))
	p.send(p.form(visitor.HasField("answer")).Choose("answer", "portal").Fill("address", a.address).Fill("email", a.email).
		Fill("phone", a.phone).Choose("language", "sv"), "Fortsätt")
	p.sees("Kontrollera", p.name)
	for _, said := range a.said {
		p.reads(said)
	}
	t.tell("Sista sidan visar allt som skickas, och vem som får läsa vad")
}

// draftIsNoRequest: before it is sent nobody has received anything.
func (t *tour) draftIsNoRequest(p *person) {
	check := p.page
	p.open("/mina").sees("Ett utkast är ingen begäran", "Du har inte skickat någon begäran")
	t.servicecenter().open("/arbete").sees("Inga öppna begäranden just nu").misses(p.name)
	t.tell("Utkastet är inte mottaget: servicecenter ser ”Inga öppna begäranden just nu”")
	p.page = check
}

// sendTwice presses the button twice, as impatient people do: one request, one receipt.
func (t *tour) sendTwice(p *person, to []string) string {
	check := p.page
	p.send(p.form(visitor.ActionEnds("/skicka")), "").sees("Din begäran har kommit in")
	number := requestNumber.FindString(p.page.Text())
	t.check(number != "", "%s: expected a number on the receipt, but there is none", p.name)
	first := p.page.URL.Path
	p.at(check.Form(visitor.ActionEnds("/skicka")).Submit(t.ctx, "")).sees(number)
	t.check(p.page.URL.Path == first, "%s: expected the same receipt twice, but got %s and %s", p.name, first, p.page.URL.Path)
	p.open(path.Join("/utkast", lastPart(check.URL), "..", strings.Split(strings.Trim(check.URL.Path, "/"), "/")[1], "kontrollera")).sees(number)
	t.settle()
	p.open(first).sees(longDate(t.today()), longDate(t.due()))
	t.tell("Kvittot: %s, kom in %s, svar senast %s. Ett andra tryck ger samma kvitto (%d mottagare)", number, longDate(t.today()), longDate(t.due()), len(to))
	p.open("/mina").sees(number)
	t.check(strings.Count(p.page.Text(), "INS-") == len(slices.Compact(requestNumber.FindAllString(p.page.Text(), -1))),
		"%s: expected each request once on the list", p.name)
	return number
}

// due is the last day for an answer to a request of today, worked out by the rule alone: the same day of the next month.
func (t *tour) due() calendar.Date { return t.today().AddMonths(1) }

// longDate writes a day as the Swedish pages do: 1 mars 2027.
func longDate(d calendar.Date) string {
	months := []string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"}
	return strings.Join([]string{itoa(d.Day), months[d.Month-1], itoa(d.Year)}, " ")
}
