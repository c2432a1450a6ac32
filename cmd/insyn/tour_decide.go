package main

import (
	"net/url"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/visitor"
)

// dsoReviews: no remarks, remarks and declined, and one offer left to time out.
func (t *tour) dsoReviews() {
	niklas := t.dso()
	niklas.open("/arbete").sees(t.maja.caseNo("SN"), t.maja.caseNo("BUN"), t.maja.caseNo("EBAB"), "Hos dataskyddsombudet")
	niklas.open(deskCase(t.maja.caseNo("BUN"))).sees("Det här erbjuds du att kontrollera", "Beslut om skjuts till Norrbyn", "Du beslutar inte och stoppar inte")
	niklas.notOffered("to decide", visitor.ActionEnds("/beslut")).notOffered("to mark items", visitor.ActionEnds("/bedom"))
	t.answerReview(niklas, "BUN", "no-remarks", "")
	t.expectRole("ready-to-decide", t.maja.caseNo("BUN"), "Mikael Lundholm")
	t.tell("Dataskyddsombudet läser det som erbjuds. Barn- och utbildningsnämnden: ”Inga synpunkter”")
	remarks := t.wrote("dataskyddsombudets synpunkter", "Säg på ett begripligt sätt varför, utan att peka ut trapphuset.", handlers("EBAB")...)
	niklas.open(deskCase(t.maja.caseNo("EBAB"))).send(niklas.form(visitor.ActionEnds("/kontroll")).Choose("outcome", "remarks"), "").status(422)
	t.answerReview(niklas, "EBAB", "remarks", remarks)
	t.expectRole("sent-back", t.maja.caseNo("EBAB"), "Piotr Kowalski")
	t.mendAndOfferAgain(remarks)
	t.answerReview(niklas, "EBAB", "declined", "")
	t.expectRole("ready-to-decide", t.maja.caseNo("EBAB"), "Carina Hägg")
	niklas.open(deskCase(t.maja.caseNo("EBAB"))).sees("Omgång 1", "Omgång 2", "Avstår")
	t.tell("Bolaget: synpunkter. Ombudet ändrar, svarar och skickar igen; andra gången avstår dataskyddsombudet")
	t.settle()
	niklas.open(deskCase(t.maja.caseNo("SN"))).sees("Svar senast")
	t.tell("Socialnämndens underlag får ligga tills tiden är ute")
}

func (t *tour) answerReview(p *person, at, outcome, remarks string) {
	p.open(deskCase(t.maja.caseNo(at)))
	p.send(p.form(visitor.ActionEnds("/kontroll")).Choose("outcome", outcome).Fill("remarks", remarks), "").sees("Ditt svar är skickat till ombudet.")
}

// mendAndOfferAgain: a proposal needs an answer to the remarks; a changed extract is offered again.
func (t *tour) mendAndOfferAgain(remarks string) {
	piotr := t.ombud("EBAB")
	piotr.open(deskCase(t.maja.caseNo("EBAB"))).sees(remarks, "Svara på dataskyddsombudets synpunkter").notOffered("to propose before the answer", visitor.ActionEnds("/foresla"))
	reply := t.wrote("ombudets svar på synpunkterna", "Jag har skrivit om förklaringen så att den går att förstå.", handlers("EBAB")...)
	piotr.send(piotr.form(visitor.ActionEnds("/kontrollsvar")).Fill("reply", reply), "").sees("Svaret på synpunkterna är sparat.", reply)
	better := t.wrote("EBAB: förklaringen i brevet", "Hos en myndighet hade brevet varit hemligt, även för dig.", letterReaders("EBAB", nameMaja)...)
	piotr.follow("Ändra Ett brev från en annan hyresgäst")
	piotr.send(piotr.form(visitor.ActionEnds("/bedom")).Fill("explanation", better), "Spara").sees(better)
	t.propose(piotr, "partial", t.ebabReasons())
	t.expectRole("review-offered", t.maja.caseNo("EBAB"), "Niklas Rautio")
	t.settle()
}

// decisionsAreMade: under a delegation, by the nämnd at its meeting, and by nobody else.
func (t *tour) decisionsAreMade() {
	t.maja.letters = map[string]string{}
	t.ksDecides()
	t.bunDecidesAtMeeting()
	t.ebabDecides()
	t.snDecides()
}

// ksDecides: the ombud has no delegation; the head of office has, and is asked about bias.
func (t *tour) ksDecides() {
	number := t.maja.caseNo("KS")
	johan, margareta := t.ombud("KS"), t.decider("KS")
	johan.open(deskCase(number) + "/beslut").sees("Du har ingen delegation som gäller det här beslutet i dag.")
	margareta.open(deskCase(number)+"/beslut").sees("Punkt 4.2", "Gäller i dag", "Inga uppgifter finns.", "Är du jävig?", "Beslutet går inte emot sökanden")
	form := margareta.form(visitor.ActionEnds("/beslut"), visitor.HasField("unbiased"))
	stolen := url.Values{"case": {form.Value("case")}, "version": {form.Value("version")}, "delegation": {form.Value("delegation")}, "unbiased": {"yes"}}
	johan.post(deskCase(number)+"/beslut", stolen).status(409).reads("Du har ingen delegation")
	t.dso().open(deskCase(number))
	t.dso().post(deskCase(number)+"/beslut", stolen)
	t.check(t.dso().page.Status == 403 || t.dso().page.Status == 404, "dataskyddsombud: expected no way to decide, but got %d", t.dso().page.Status)
	t.tell("Ombudet ser ”Du har ingen delegation …” och når inget med formuläret; dataskyddsombudet inte heller")
	margareta.open(deskCase(number)+"/beslut").follow("Läs brevet").sees(nameMaja, "Margareta Öhman", "punkt 4.2")
	margareta.open(deskCase(number) + "/beslut").follow("Se brevet som PDF").status(200)
	preview := string(margareta.page.Body)
	margareta.open(deskCase(number) + "/beslut")
	margareta.send(margareta.form(visitor.ActionEnds("/beslut"), visitor.HasField("unbiased")), "").status(422).reads("Svara på om du är jävig.")
	margareta.send(margareta.form(visitor.ActionEnds("/beslut"), visitor.HasField("unbiased")).Choose("unbiased", "no"), "")
	margareta.reads("Någon annan måste besluta")
	t.decides(margareta, "KS", "")
	t.check(t.maja.letters["KS"] == preview, "Margareta Öhman: expected the sealed letter to be the one that was shown, byte for byte, but it is not")
	t.tell("Kanslichefen läser brevet, svarar på om hon är jävig och beslutar på delegation 4.2. Brevet som låstes är det hon läste")
	t.resident(nameMaja).open("/mina/"+t.maja.number).sees("Klart", "1 av 4 klar").misses("Allt är klart")
	t.tell("Maja ser ”Klart” för kommunstyrelsen samma dag, medan de tre andra arbetar vidare: ”1 av 4 klar”")
}

// decides takes the decision on the page, waits for the release, and keeps the letter as the desk has it.
func (t *tour) decides(p *person, at, how string) {
	p.open(deskCase(t.maja.caseNo(at)) + "/beslut")
	f := p.form(visitor.ActionEnds("/beslut"), visitor.HasField("unbiased"))
	if how != "" {
		f.Choose("delegation", how)
	}
	stale := p.page
	p.send(f.Choose("unbiased", "yes"), "").sees("Beslutet är fattat. Svaret lämnas ut nu.")
	p.at(stale.Form(visitor.ActionEnds("/beslut"), visitor.HasField("unbiased")).Choose("unbiased", "yes").Submit(t.ctx, "")).status(409)
	t.expect("answer-available", t.maja.number, mailMaja)
	t.expectRole("letter-to-register", t.maja.caseNo(at), officers()[at].registrator)
	t.settle()
	t.maja.release = append(t.maja.release, at)
	p.open(deskCase(t.maja.caseNo(at))).sees("Utlämnat").follow("Hämta brevet").status(200)
	t.maja.letters[at] = string(p.page.Body)
	t.save("letters", "Beslut "+t.maja.caseNo(at)+".pdf", p.page.Body)
}

// bunDecidesAtMeeting: the nämnd itself decided, on a day and a paragraph.
func (t *tour) bunDecidesAtMeeting() {
	mikael, gunilla := t.decider("BUN"), t.registrator("BUN")
	number := t.maja.caseNo("BUN")
	t.diary(gunilla, "BUN", "BUN-2027-00031")
	mikael.open(deskCase(number) + "/beslut")
	f := mikael.form(visitor.ActionEnds("/beslut"), visitor.HasField("unbiased")).Choose("delegation", "meeting").Choose("unbiased", "yes")
	mikael.send(f, "").status(422)
	f = mikael.form(visitor.ActionEnds("/beslut"), visitor.HasField("unbiased")).Choose("delegation", "meeting").
		Fill("meeting-paragraph", "18").Choose("unbiased", "yes")
	mikael.send(onDay(f, "meeting-on", t.today().AddDays(1)), "").status(422).reads("Datumet får inte ligga i framtiden")
	f = mikael.form(visitor.ActionEnds("/beslut"), visitor.HasField("unbiased")).Choose("delegation", "meeting").
		Fill("meeting-paragraph", "18").Choose("unbiased", "yes")
	mikael.send(onDay(f, "meeting-on", t.today()), "").sees("Beslutet är fattat.", "§ 18")
	t.released("BUN", mikael)
	t.letterSays("BUN", "på mötet torsdag "+longDate(t.today()), "§ 18", "BUN-2027-00031")
	t.tell("Barn- och utbildningsnämnden beslutade själv: ”på mötet %s, § 18” står i brevet, och nämndens diarienummer", longDate(t.today()))
}

// onDay fills in a day in its three fields.
func onDay(f *visitor.Form, field string, d calendar.Date) *visitor.Form {
	return f.Fill(field+"-day", itoa(d.Day)).Fill(field+"-month", itoa(int(d.Month))).Fill(field+"-year", itoa(d.Year))
}

// released notes that a case was decided and keeps its letter.
func (t *tour) released(at string, p *person) {
	t.expect("answer-available", t.maja.number, mailMaja)
	t.expectRole("letter-to-register", t.maja.caseNo(at), officers()[at].registrator)
	t.settle()
	t.maja.release = append(t.maja.release, at)
	p.open(deskCase(t.maja.caseNo(at))).sees("Utlämnat").follow("Hämta brevet").status(200)
	t.maja.letters[at] = string(p.page.Body)
	t.save("letters", "Beslut "+t.maja.caseNo(at)+".pdf", p.page.Body)
}

// letterText is what a letter says, as it is read.
func (t *tour) letterText(at string) string {
	return t.aloud([]byte(t.maja.letters[at]))
}

func (t *tour) letterSays(at string, texts ...string) {
	body := t.letterText(at)
	for _, text := range texts {
		t.check(strings.Contains(body, text), "letter of %s: expected “%s”, but it says: %s", at, text, body)
	}
}

func (t *tour) letterLacks(at string, texts ...string) {
	body := t.letterText(at)
	for _, text := range texts {
		t.check(!strings.Contains(strings.ToLower(body), strings.ToLower(text)), "letter of %s: expected “%s” not to be there, but it says: %s", at, text, body)
	}
}

// ebabDecides: a company's letter knows the company's remedies and none of the authorities' laws.
func (t *tour) ebabDecides() {
	t.decides(t.decider("EBAB"), "EBAB", "")
	t.letterSays("EBAB", "Exempelby Bostäder AB är inte en myndighet", "Integritetsskyddsmyndigheten", "allmän domstol", "artikel 77", "artikel 79",
		t.ebabReasons(), "Ett brev från en annan hyresgäst", "5 kap. 1 § andra stycket dataskyddslagen")
	t.letterLacks("EBAB", "förvaltningslagen", "kommunallagen", "förvaltningsrätt", "delegation", "överklaga till", "offentlighets- och sekretesslagen", "Exempelby kommun")
	t.tell("Bolaget bifaller till del. Brevet pekar på IMY och allmän domstol och nämner varken förvaltningslagen, delegation eller kommunen")
}

// snDecides: once the review's time is out; the neutral letter.
func (t *tour) snDecides() {
	birgitta := t.decider("SN")
	number := t.maja.caseNo("SN")
	birgitta.open(deskCase(number)).notOffered("to decide while the DSO has the extract", visitor.ActionEnds("/beslut"))
	t.expectRole("ready-to-decide", number, birgitta.name)
	t.turnTo(calendar.New(2027, 2, 10))
	birgitta.open(deskCase(number)+"/beslut").sees("Tiden ute", "Punkt 4.3")
	t.tell("Tre arbetsdagar utan svar från dataskyddsombudet: ”Tiden ute”, och ärendet går vidare av sig självt")
	t.decides(birgitta, "SN", "")
	t.letterSays("SN", "Utöver uppgifterna i detta ärende har vi inga uppgifter som vi kan lämna ut till dig.", "Förvaltningsrätten i Exempelstad", "tre veckor")
	t.letterLacks("SN", "Vivera", "anmälare", "anhörig", "Dataskyddsombudet har fått", "handlingar lämnar vi inte")
	t.tell("Socialnämndens brev: ”Utöver uppgifterna i detta ärende har vi inga uppgifter som vi kan lämna ut till dig.”, med överklagandehänvisning")
}
