package main

import (
	"net/url"
	"strconv"

	"insyn/internal/calendar"
	"insyn/internal/visitor"
)

func itoa(n int) string { return strconv.Itoa(n) }

// intake is the address of a request at the servicecenter.
func intake(number string) string { return "/arbete/begaran/" + number }

// servicecenterCoordinates: sees who, to whom and when; asks; never sees what.
func (t *tour) servicecenterCoordinates() {
	anna, maja := t.servicecenter(), t.resident(nameMaja)
	anna.open("/arbete").sees(nameMaja, t.maja.number, "4 pågår, 0 klara").follow(t.maja.number)
	anna.sees(nameMaja, "Kommunstyrelsen", "Socialnämnden", "Barn- och utbildningsnämnden", "Exempelby Bostäder AB", "Pågår", longDate(t.due()),
		"Du ser inte vad ärendena innehåller eller hur det gick.")
	t.tell("Servicecenter ser namnet, fyra mottagare, ”Pågår” och %s. Sidan säger: ”Du ser inte vad ärendena innehåller”", longDate(t.due()))
	for _, at := range prefixes() {
		t.roleShut(anna, deskCase(t.maja.caseNo(at)), deskCase("INS-2027-09999-"+at))
	}
	t.tell("Ett ärendenummer ger servicecenter samma sida som ett påhittat nummer")
	t.askTheWholeRequest(anna, maja)
	t.answerTheWholeRequest(maja)
}

// roleShut: an address that a role has nothing to do at answers the same whether or not there is anything behind it.
func (t *tour) roleShut(p *person, address, madeUp string) {
	t.probes++
	p.open(address)
	got := p.page
	p.open(madeUp)
	t.check(got.Status == 404 || got.Status == 403, "%s: expected %s to be shut, but got %d “%s”", p.name, address, got.Status, got.Heading())
	a, b := anonymous(got, address), anonymous(p.page, madeUp)
	t.check(got.Status == p.page.Status && a == b, "%s: expected %s to answer as a made-up number does, but it does not: %s", p.name, address, firstDifference(a, b))
}

// askTheWholeRequest stops every case's clock with one question.
func (t *tour) askTheWholeRequest(anna, maja *person) {
	question := t.wrote("servicecenters fråga", "Är det Lärksångsvägen eller Humlegränd som gäller?", anna.name, maja.name)
	anna.open(intake(t.maja.number)).send(anna.form(visitor.ActionEnds("/fraga")).Fill("text", question), "")
	anna.sees("Frågan är skickad. Alla ärenden vilar.", "Väntar på sökanden")
	t.expect("question", t.maja.number, mailMaja)
	t.settle()
	for _, at := range prefixes() {
		t.ombud(at).open(deskCase(t.maja.caseNo(at))).sees("Väntar på sökanden").misses(question)
	}
	t.tell("Servicecenter frågar, och alla fyra ärenden gör uppehåll. Ombuden ser uppehållet men inte frågan")
	t.turnTo(calendar.New(2027, 2, 3))
}

// answerTheWholeRequest: the person answers, the cases go on, and both dates are shown.
func (t *tour) answerTheWholeRequest(maja *person) {
	answer := t.wrote("svaret till servicecenter", "Lärksångsvägen. Humlegränd har jag lämnat.", "Anna-Karin Lindqvist", maja.name)
	maja.open("/mina").sees("Väntar på dig").follow(t.maja.number)
	maja.sees("Är det Lärksångsvägen eller Humlegränd som gäller?")
	stale := maja.page
	maja.send(maja.form(visitor.ActionEnds("/fraga")), "").status(422).reads("Skriv något i fältet")
	maja.send(maja.form(visitor.ActionEnds("/fraga")).Fill("text", answer), "").sees("Svaret är skickat. Arbetet går vidare.")
	maja.at(stale.Send(t.ctx, stale.URL.Path+"/fraga", url.Values{"version": {"1"}, "text": {answer}})).status(409)
	for _, at := range prefixes() {
		t.expectRole("resumed", t.maja.caseNo(at), ombudsAt(at)...)
	}
	t.settle()
	moved, hard := calendar.New(2027, 3, 3), calendar.New(2027, 3, 1)
	t.ombud("KS").open(deskCase(t.maja.caseNo("KS"))).sees(longDate(moved), longDate(hard), "Ett uppehåll").misses(answer)
	maja.open("/mina/" + t.maja.number).sees(longDate(moved))
	t.servicecenter().open(intake(t.maja.number)).sees(answer, longDate(moved))
	t.tell("Maja svarar. Två dagars uppehåll: sista dag %s, utan uppehåll %s, båda står på sidan", longDate(moved), longDate(hard))
}
