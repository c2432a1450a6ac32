package main

import (
	"regexp"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/visitor"
)

// people of the scenes without an e-ID, and those whom somebody acts for.
const (
	nameBritta   = "Britta Vallgren"
	numberBritta = "196612193273"
	nameChild    = "Elsa Lindqvist"
	numberChild  = "200904122397" // eighteen on 12 April 2027
	nameAged     = "Tage Holmlund"
	numberAged   = "197110021834"
)

// peopleWithoutEID: a letter over a weekend, due over Easter, registered, receipted, answered in a sealed envelope; a guardian who may read until
// the child is eighteen; and a power of attorney that is not accepted.
func (t *tour) peopleWithoutEID() {
	number := t.letterIsRegistered()
	t.envelopeIsHanded(number)
	t.guardianAsks()
	t.mandateIsRejected()
}

// letterIsRegistered: found in the letterbox on a Monday, so that it counts from the Friday, and is due over Easter.
func (t *tour) letterIsRegistered() string {
	anna := t.servicecenter()
	said := t.wrote("det Britta skrev till KS", "Det gäller skrivelsen om bänken vid hamnplan.", handlers("KS", anna.name)...)
	anna.open("/arbete").follow("Registrera begäran").sees("Registrera en begäran", "Ta aldrig en kopia av en id-handling")
	form := func() *visitor.Form {
		f := anna.form(visitor.ActionEnds("/registrera")).Choose("channel", "letter").Choose("identity", "not-yet").Choose("answer", "desk").
			Fill("name", nameBritta).Fill("number", numberBritta).Fill("phone", "070-174 06 05").Tick("controllers", "KS").Fill("text-KS", said)
		return onDay(f, "arrived", calendar.New(2027, 3, 1))
	}
	anna.send(form(), "").status(422).reads("Kryssa för minst ett val.", said)
	t.check(anna.form(visitor.ActionEnds("/registrera")).Value("name") == nameBritta, "%s: expected what was typed to be there still", anna.name)
	t.tell("Ett fel i formuläret: felet står vid sitt fält och inget av det skrivna är borta")
	again := anna.page
	anna.send(form().Choose("rule", "fl-22"), "").sees("Begäran är registrerad.", "Kvitto på din begäran", nameBritta, "26 februari 2027", "måndag 1 mars 2027", "långfredagen", "annandag påsk", "30 mars 2027").misses(said)
	number := requestNumber.FindString(anna.page.Text())
	anna.follow("Hämta kvittot som brev").status(200)
	t.save("letters", "Kvitto "+number+".pdf", anna.page.Body)
	for _, text := range []string{number, nameBritta, "22 § förvaltningslagen", "30 mars 2027"} {
		t.check(strings.Contains(t.aloud(anna.page.Body), text), "the receipt: expected “%s”, but it says: %s", text, t.aloud(anna.page.Body))
	}
	anna.page = again
	anna.send(form().Choose("rule", "fl-22"), "").sees("Kvitto på din begäran", number)
	t.expectRole("new-case", number+"-KS", ombudsAt("KS")...)
	t.settle()
	anna.open(intake(number)).sees("Räknas som inkommen", "22 § förvaltningslagen", "Identiteten är inte kontrollerad").misses(said)
	t.tell("Brevet låg i brevlådan måndag 1 mars. Begäran räknas som inkommen fredag 26 februari, och svarsdagen flyttas över påsken till 30 mars. Två tryck blir en begäran: %s", number)
	t.tell("Servicecenter skrev ner vad Britta säger till kommunstyrelsen, och kan inte läsa det igen")
	return number
}

// envelopeIsHanded: nothing is decided before the identity is checked; the envelope is sealed, handed over, and serves the decision.
func (t *tour) envelopeIsHanded(number string) {
	anna, case1 := t.servicecenter(), number+"-KS"
	ombud, decider := t.ombud("KS"), t.decider("KS")
	ombud.open(deskCase(case1)).sees("bänken vid hamnplan", "Brev", "Inte kontrollerad än").send(ombud.form(visitor.ActionEnds("/borja")), "")
	t.nothingIn(ombud)
	ombud.send(ombud.form(visitor.ActionEnds("/foresla")).Choose("outcome", "nothing-found"), "")
	t.expectRole("ready-to-decide", case1, decider.name)
	t.settle()
	decider.open(deskCase(case1)).reads("Servicecenter har inte kontrollerat vem som frågar.")
	anna.open(intake(number)).send(anna.form(visitor.ActionEnds("/identitet")).Choose("identity", "id-shown"), "").sees("Kontrollen är sparad.", "Visade id-handling")
	t.decidesChange(decider, case1)
	t.expectRole("letter-to-register", case1, officers()["KS"].registrator)
	t.settle()
	t.tell("Beslutet kan inte fattas förrän det är kontrollerat vem Britta är")
	gunilla := t.registrator("KS")
	t.lettersArePrinted(case1)
	gunilla.open(deskCase(case1)).sees("Kuvertet ligger på servicecenter")
	anna.open("/arbete").follow("Kuvert").sees(nameBritta, case1, "Kommunstyrelsen").misses("bänken", "nothing-found", "Inga uppgifter")
	anna.send(anna.form(visitor.ActionEnds("/lamna-ut")), "").status(422)
	anna.send(anna.form(visitor.ActionEnds("/lamna-ut")).Choose("identity", "id-shown"), "").sees("Kuvertet är lämnat.", "Det finns inga kuvert att lämna ut.")
	t.settle()
	gunilla.open(deskCase(case1)).sees("Kuvertet lämnades ut", longDate(t.today()), "Visade id-handling")
	t.tell("Registratorn förseglar, servicecenter lämnar ut mot id-handling och ser bara numret och avsändaren. Delgivningen står i ärendet")
}

// behalf begins a request for somebody else at one controller, and sends it.
func (t *tour) behalf(p *person, who, kind, name, number string, paper *visitor.File, at, email string) string {
	p.open("/ny")
	p.send(p.form(visitor.HasField("vem")).Choose("vem", who), "").sees("Vem gäller begäran?")
	f := p.form(visitor.ActionEnds("/vem")).Choose("kind", kind).Fill("name", name).Fill("number", numberMaja)
	p.send(f, "Fortsätt").status(422).reads("Det är ditt eget personnummer.")
	f = p.form(visitor.ActionEnds("/vem")).Choose("kind", kind).Fill("name", name).Fill("number", number)
	if paper != nil {
		f.Attach("file", *paper)
	}
	p.send(f, "Fortsätt")
	p.send(p.form(visitor.HasField("namnd")).Tick("namnd", at), "Fortsätt")
	p.send(p.form(visitor.HasField("text")), "Fortsätt")
	p.send(p.form(visitor.HasField("answer")).Choose("answer", "portal").Fill("email", email).Choose("language", "sv"), "Fortsätt").sees(name)
	p.send(p.form(visitor.ActionEnds("/skicka")), "").sees("Din begäran har kommit in")
	request := requestNumber.FindString(p.page.Text())
	t.expect("receipt", request, email)
	t.expectRole("new-case", request+"-"+at, ombudsAt(at)...)
	t.settle()
	return request
}

// guardianAsks: Maja for her child, who is soon eighteen.
func (t *tour) guardianAsks() {
	maja, anna := t.resident(nameMaja), t.servicecenter()
	request := t.behalf(maja, "child", "guardian", nameChild, numberChild, nil, "BUN", mailMaja)
	t.ombud("BUN").open(deskCase(request+"-BUN")).sees(nameChild, nameMaja, "Vårdnadshavare", "Inte kontrollerad", "11 april 2027")
	anna.open(intake(request)).sees(nameChild, nameMaja).send(anna.form(visitor.ActionEnds("/godta")).Choose("how", "register"), "").sees("Rätten är godtagen.")
	maja.open("/mina/"+request).sees("Den gäller "+nameChild, "11 april 2027")
	t.tell("Maja frågar för sitt barn. Servicecenter kontrollerar vårdnaden. Hon kan läsa till och med 11 april, dagen före 18-årsdagen")
}

// mandateIsRejected: the paper is read by the servicecenter alone, and not accepted.
func (t *tour) mandateIsRejected() {
	maja, anna := t.resident(nameMaja), t.servicecenter()
	text := t.wrote("fullmakten", "Maja får sköta allt åt mig, skrivet på en servett.", anna.name)
	request := t.behalf(maja, "other", "agent", nameAged, numberAged,
		&visitor.File{Name: "fullmakt.txt", Type: "text/plain", Body: strings.NewReader(text)}, "KS", mailMaja)
	anna.open(intake(request)).sees("Fullmakt som skickats in")
	link := ""
	for _, l := range anna.page.Find("a[href]") {
		if regexp.MustCompile(`/fullmakt\?fil=`).MatchString(l.Attr("href")) {
			link = l.Attr("href")
		}
	}
	anna.open(link).status(200)
	t.check(strings.Contains(string(anna.page.Body), text), "%s: expected the power of attorney", anna.name)
	reason := t.wrote("skälet till att fullmakten inte godtas", "Det står inte vem som har skrivit fullmakten.", anna.name, nameMaja)
	anna.open(intake(request)).send(anna.form(visitor.ActionEnds("/godta-inte")).Fill("reason", reason), "").sees("Rätten är inte godtagen.", reason)
	maja.open("/mina/" + request).sees("är inte godtagen")
	t.ombud("KS").open(deskCase(request+"-KS")).sees(nameAged, "Inte godtagen").misses(text)
	t.tell("Majas fullmakt för %s godtas inte. Bara servicecenter läste den; kommunstyrelsen ser att den inte godtas", nameAged)
}
