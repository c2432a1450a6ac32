package main

import (
	"strings"

	"insyn/internal/visitor"
)

// rightsAreUsed: a rectification that is granted and carried out, and an erasure that is refused.
func (t *tour) rightsAreUsed() {
	t.omarIsCorrected()
	t.majaIsRefusedErasure()
}

// change writes and sends a request for a change at one controller: the right's own questions are answered there.
func (t *tour) change(p *person, slug, at, email string, answers, choices map[string]string) string {
	p.open("/ny/"+slug).send(p.form(visitor.ActionEnds("/ny/"+slug)), "")
	p.send(p.form(visitor.HasField("namnd")).Tick("namnd", at), "Fortsätt")
	p.send(p.form(visitor.HasField("from")), "Fortsätt").status(422) // the right's questions must be answered
	f := p.form(visitor.HasField("from"))
	for field, answer := range answers {
		f.Fill(field, t.wrote("det "+p.name+" skrev till "+at, answer, handlers(at, p.name)...))
	}
	for field, choice := range choices {
		f.Choose(field, choice)
	}
	p.send(f, "Fortsätt").status(200)
	p.send(p.form(visitor.HasField("answer")).Choose("answer", "portal").Fill("email", email).Choose("language", "sv"), "Fortsätt")
	for _, answer := range answers {
		p.sees(answer)
	}
	p.send(p.form(visitor.ActionEnds("/skicka")), "").sees("Din begäran har kommit in")
	number := requestNumber.FindString(p.page.Text())
	t.check(number != "", "%s: expected a number on the receipt, but there is none", p.name)
	t.expect("receipt", number, email)
	t.expectRole("new-case", number+"-"+at, ombudsAt(at)...)
	t.settle()
	return number
}

// begins takes a case and attests that one system has something, and the others nothing.
func (t *tour) begins(p *person, number, system string) {
	p.open(deskCase(number)).send(p.form(visitor.ActionEnds("/borja")), "").sees("Ärendet är ditt. Börja söka.")
	t.attest(p, system, "found", "1", "")
	t.nothingIn(p)
}

// measure says what is to be done with some data in a system.
func (t *tour) measure(p *person, system, kind, ground, what, explanation string) {
	f := p.form(visitor.ActionEnds("/atgard")).Choose("search", system).Choose("kind", kind).Fill("what", what)
	if ground != "" {
		f.Choose("ground", ground).Fill("explanation", explanation)
	}
	p.send(f, "").sees("Åtgärden är tillagd.", what)
}

// decidesChange decides under the one delegation there is.
func (t *tour) decidesChange(p *person, number string) {
	p.open(deskCase(number) + "/beslut")
	p.send(p.form(visitor.ActionEnds("/beslut"), visitor.HasField("unbiased")).Choose("unbiased", "yes"), "").sees("Beslutet är fattat.")
}

// omarIsCorrected: what is wrong and what is right; granted, carried out with its receipt, and only then told.
func (t *tour) omarIsCorrected() {
	omar, fatima, mikael := t.resident(nameOmar), t.ombud("BUN"), t.decider("BUN")
	request := t.change(omar, "rattelse", "BUN", mailOmar, map[string]string{
		"wrong": "I skolvalet står att vi flyttade till Kråkvägen i januari.", "correct": "Vi flyttade till Skatvägen i augusti."}, nil)
	number := request + "-BUN"
	fatima.open(deskCase(number)).sees("Rättelse", "Kråkvägen", "Skatvägen")
	t.begins(fatima, number, "Elevregistret Skolsikt")
	what := t.wrote("BUN: vad som rättas", "Adressen ändras från Kråkvägen 9 till Skatvägen 2", letterReaders("BUN", nameOmar)...)
	fatima.send(fatima.form(visitor.ActionEnds("/atgard")).Choose("kind", "correct"), "").status(422).reads("Skriv vilka uppgifter det gäller.")
	t.measure(fatima, "Elevregistret Skolsikt", "correct", "", what, "")
	t.propose(fatima, "granted", "")
	t.expectRole("ready-to-decide", number, mikael.name)
	t.settle()
	mikael.open(deskCase(number)+"/beslut").sees("Bifall. Uppgifterna rättas.", what)
	t.decidesChange(mikael, number)
	t.expectRole("carry-out", number, fatima.name)
	t.settle()
	omar.open("/mina/"+request).misses("Öppna beslutet", what)
	fatima.open("/arbete").sees(number)
	fatima.open(deskCase(number)).sees("Verkställs", "Att göra")
	form := fatima.form(visitor.ActionEnds("/genomford"))
	fatima.send(form.Choose("notified", "told"), "").status(422).reads("Skriv vad du har gjort.", "Skriv vilka som har fått veta")
	stale := fatima.page
	how := t.wrote("BUN: kvittot", "Ändrad i elevregistret och kontrollerad i utskriften på gult papper.", handlers("BUN")...)
	who := t.wrote("BUN: mottagaren", "Skolskjutsbolaget Hjulspår", handlers("BUN")...)
	fatima.send(fatima.form(visitor.ActionEnds("/genomford")).Fill("how", how).Choose("notified", "told").Fill("names", who), "").sees(how, who)
	fatima.at(stale.Form(visitor.ActionEnds("/genomford")).Fill("how", how).Choose("notified", "none").Submit(t.ctx, "")).status(409)
	t.expect("answer-available", request, mailOmar)
	t.expectRole("letter-to-register", number, officers()["BUN"].registrator)
	t.settle()
	t.readsLetter(omar, request, "BUN", "rattelse-BUN", "Vi rättar uppgifterna om dig.", what, "Det är gjort när du får det här brevet.", "artikel 19")
	t.tell("Omar får sin adress rättad: beslutet lämnas ut först när rättelsen är gjord och har sitt kvitto")
}

// majaIsRefusedErasure: what must be archived is not erased; the letter says why, and how to appeal.
func (t *tour) majaIsRefusedErasure() {
	maja, leyla, birgitta := t.resident(nameMaja), t.ombud("SN"), t.decider("SN")
	request := t.change(maja, "radering", "SN", mailMaja, map[string]string{"text": "Ta bort min ansökan om bidrag till cykelhjälmen."},
		map[string]string{"ground": "art-17-1-a"})
	number := request + "-SN"
	leyla.open(deskCase(number)).sees("Radering", "cykelhjälmen", "Ni behöver inte uppgifterna längre")
	t.begins(leyla, number, "Vivera")
	what := t.wrote("SN: vad som behålls", "Ansökan om bidrag från maj 2019", letterReaders("SN", nameMaja)...)
	why := t.wrote("SN: varför det behålls", "Ansökan är en allmän handling. Den får vi inte förstöra förrän 2032.", letterReaders("SN", nameMaja)...)
	t.measure(leyla, "Vivera", "keep", "art-17-3-d", what, why)
	t.propose(leyla, "refused", t.wrote("SN: skälen", "Vi har prövat om ansökan kan gallras tidigare. Det kan den inte.", letterReaders("SN", nameMaja)...))
	t.expectRole("ready-to-decide", number, birgitta.name)
	t.settle()
	t.decidesChange(birgitta, number)
	t.expect("answer-available", request, mailMaja)
	t.expectRole("letter-to-register", number, officers()["SN"].registrator)
	t.settle()
	t.readsLetter(maja, request, "SN", "radering-SN", "Vi raderar inte uppgifterna.", what, why, "arkivlagen", "Förvaltningsrätten i Exempelstad", "tre veckor")
	t.maja.refused = request
	t.tell("Maja får nej till radering: brevet säger varför, med lag, och hur hon överklagar")
}

// readsLetter opens the only letter of a request as its person, keeps it, and looks for what it must say.
func (t *tour) readsLetter(p *person, request, at, name string, texts ...string) {
	p.open("/mina/" + request)
	links := p.page.Find("#hamta-" + at + " a[href]")
	t.check(len(links) == 1, "%s: expected one letter in %s, but found %d files", p.name, request, len(links))
	a := t.fetch(p, at, links[0].Attr("href"), false)
	t.save("letters", "beslut-"+name+".pdf", a.body)
	body := t.aloud(a.body)
	for _, text := range texts {
		t.check(strings.Contains(body, text), "letter %s: expected “%s”, but it says: %s", name, text, body)
	}
}
