package main

import (
	"bytes"
	"strconv"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/visitor"
)

// appealsCome: the refused erasure is appealed in the portal, by letter and over the counter; and before that a person who does
// not know whom to ask is told by the register.
func (t *tour) appealsCome() {
	t.majaGetsSuggestions()
	t.majaAppeals()
	t.appealByLetter()
	t.paperAtTheCounter()
	t.whoMustAct()
}

// majaGetsSuggestions: what she ticks is answered from the register, chooses nothing, and is kept nowhere.
func (t *tour) majaGetsSuggestions() {
	maja := t.resident(nameMaja)
	maja.open("/ny").send(maja.form(visitor.ActionEnds("/ny")), "")
	draft := strings.Split(strings.Trim(maja.page.URL.Path, "/"), "/")[1]
	page := "/utkast/" + draft + "/namnder"
	maja.open(page).send(maja.form(visitor.HasField("namnd")).Tick("koppling", "guardian").Tick("koppling", "tenant"), "Visa förslag")
	maja.sees("Förslag till dig", "Som förälder eller vårdnadshavare (", "Som hyresgäst (", "Ändra det du kryssade")
	maja.lacks("input[name=namnd][checked]")
	t.tell("Maja kryssar ”förälder” och ”hyresgäst”. Registret föreslår vilka hon kan fråga, och varför. Ingen är vald åt henne")
	maja.open(page).lacks("input[name=koppling][checked]")
	maja.open("/utkast/"+draft+"/slang").send(maja.form(visitor.ActionEnds("/slang")), "")
}

// appealedCase is the case whose decision is appealed.
func (t *tour) appealedCase() string { return t.maja.refused + "-SN" }

func (t *tour) majaAppeals() {
	maja := t.resident(nameMaja)
	wanted := t.wrote("SN: överklagandet", "Jag vill att ansökan om cykelhjälmen tas bort ur arkivet.", letterReaders("SN", nameMaja)...)
	why := t.wrote("SN: varför hon överklagar", "Hjälmen blev aldrig köpt, så den röda blanketten fyller ingen funktion.", letterReaders("SN", nameMaja)...)
	name := t.wrote("SN: överklagandets bilaga", "kvitto-hjälmbutiken.pdf", letterReaders("SN", nameMaja)...)
	maja.open("/mina/"+t.maja.refused).sees("Är du inte nöjd med beslutet?", longDate(lastToAppeal(t.today()))).follow("Överklaga beslutet")
	maja.sees("Överklaga beslutet från Socialnämnden", "Förvaltningsrätten i Exempelstad", "Du behöver inte skriva rättens namn", longDate(lastToAppeal(t.today())))
	first := maja.page
	f := maja.form(visitor.HasField("wanted")).Fill("why", why)
	maja.send(f, "Skicka överklagandet till Socialnämnden").status(422).reads("Skriv hur du vill att beslutet ska ändras.", why)
	f = maja.form(visitor.HasField("wanted")).Fill("wanted", wanted).
		Attach("file", visitor.File{Name: name, Type: "application/pdf", Body: bytes.NewReader([]byte("%PDF-1.4\n%%EOF\n"))})
	maja.send(f, "Lägg till filen").sees(name, "Överklagandet är inte skickat än").reads(wanted, why)
	maja.send(maja.form(visitor.HasField("wanted")), "Skicka överklagandet till Socialnämnden")
	maja.sees("Ditt överklagande har kommit in.", "Ditt överklagande kom in", longDate(t.today().AddDays(7)), "Du överklagade beslutet")
	t.arrives("Leyla Demir", "Birgitta Nyström", "Amira Yusuf")
	// The form that was drawn first, sent once more, is the same appeal.
	maja.at(first.Form(visitor.HasField("wanted")).Fill("wanted", wanted).Fill("why", why).Submit(t.ctx, "Skicka överklagandet till Socialnämnden")).status(200)
	t.tell("Maja överklagar i e-tjänsten: vad som saknas sägs vid fältet, inget hon skrev försvinner, och två tryck är ett överklagande")
}

// lastToAppeal is three weeks after service, which here is an ordinary day.
func lastToAppeal(served calendar.Date) calendar.Date { return served.AddDays(21) }

// arrives notes the mails of an appeal that has come in.
func (t *tour) arrives(told ...string) {
	t.expect("appeal-receipt", t.maja.refused, mailMaja)
	t.expectRole("appeal-arrived", t.appealedCase(), told...)
	t.settle()
}

// appealByLetter: the registrator enters a letter with the day it came in; the case page says who must act, and until when.
func (t *tour) appealByLetter() {
	amira := t.registrator("SN")
	amira.open(deskCase(t.appealedCase())).sees("Överklagande", "I rätt tid")
	form := func(day calendar.Date) *visitor.Form {
		return amira.form(visitor.ActionEnds("/overklagande")).Choose("channel", "letter").Fill("arrived-on-day", strconv.Itoa(day.Day)).
			Fill("arrived-on-month", strconv.Itoa(int(day.Month))).Fill("arrived-on-year", strconv.Itoa(day.Year))
	}
	said := t.wrote("SN: brevet i korthet", "Ett handskrivet blad utan rättens namn", letterReaders("SN", nameMaja)...)
	amira.send(form(t.today().AddDays(1)).Fill("text", said), "").status(422).reads("Datumet får inte ligga i framtiden.", said)
	amira.send(form(t.today()).Fill("text", said), "").sees("Överklagandet är inskrivet.", "med posten", said, "Det behöver inte vänta på ett sammanträde", longDate(t.today().AddDays(7)))
	t.arrives("Leyla Demir", "Birgitta Nyström")
	t.tell("Registratorn skriver in ett brev med ankomstdag. Ärendet säger vem som ska göra vad, senast %s", longDate(t.today().AddDays(7)))
}

// paperAtTheCounter: the servicecenter takes in a paper on the case's number, and sees neither what it says nor the outcome.
func (t *tour) paperAtTheCounter() {
	center := t.servicecenter()
	center.open("/arbete/begaran/"+t.maja.refused).sees("Ta emot ett papper till en nämnd", "Läs det inte").misses("Radering vägras", "överklagade")
	options := center.page.Find("select[name=case] option")
	t.check(len(options) == 2, "expected one controller to choose, but there are %d", len(options)-1)
	today := t.today()
	f := center.form(visitor.ActionEnds("/papper")).Choose("case", options[1].Attr("value")).Choose("channel", "desk").
		Fill("arrived-on-day", strconv.Itoa(today.Day)).Fill("arrived-on-month", strconv.Itoa(int(today.Month))).Fill("arrived-on-year", strconv.Itoa(today.Year))
	center.send(f, "").sees("Pappret är mottaget")
	t.arrives("Leyla Demir", "Birgitta Nyström", "Amira Yusuf")
	t.ombud("SN").open(deskCase(t.appealedCase())).sees("Överklagande 3", "Handlingen är inte inskannad här")
	t.tell("Servicecenter tar emot ett papper och skickar det vidare oläst")
}

// whoMustAct: the list of appeals on the first page of those who must act, and of nobody else.
func (t *tour) whoMustAct() {
	for _, p := range []*person{t.ombud("SN"), t.decider("SN"), t.registrator("SN")} {
		p.open("/arbete").sees("Överklaganden att pröva", t.appealedCase())
	}
	t.ombud("BUN").open("/arbete").misses("Överklaganden att pröva", t.appealedCase())
	t.ombud("SN").open("/arbete/register?sok=Vivera").sees("Register över behandlingar", "Vivera")
	t.tell("Överklagandena ligger överst hos dem som ska pröva dem")
}
