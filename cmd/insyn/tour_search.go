package main

import (
	"strings"

	"insyn/internal/visitor"
)

// ombudsSearch: each of the four finds its own case and nothing else, takes it, attests, adds, withholds, proposes.
func (t *tour) ombudsSearch() {
	for _, at := range prefixes() {
		t.ownCaseOnly(at)
	}
	t.tell("Var och en ser sitt ärende och ingen annans. Ett grannummer svarar som ett påhittat, byte för byte")
	t.ksFindsNothing()
	t.snFindsSecrets()
	t.bunFindsAndTalks()
	t.ebabWithholds()
}

// ownCaseOnly opens the own case, and tries those of the others.
func (t *tour) ownCaseOnly(at string) {
	p := t.ombud(at)
	p.open("/arbete").sees(nameMaja, t.maja.caseNo(at))
	for _, other := range prefixes() {
		if other == at {
			continue
		}
		p.misses(t.maja.caseNo(other))
		p.absent(deskCase(t.maja.caseNo(other)), deskCase("INS-2027-09999-"+other))
		p.absent(deskCase(t.maja.caseNo(other)+"/beslut"), deskCase("INS-2027-09999-"+other+"/beslut"))
		p.absent(deskCase(t.maja.caseNo(other)+"/brev"), deskCase("INS-2027-09999-"+other+"/brev"))
	}
	p.open(deskCase(t.maja.caseNo(at))).sees(nameMaja, t.majaWords(at), "Läs vad begäran gäller och börja.")
	if at != "BUN" {
		p.misses("skjutsintyg")
	}
	p.send(p.form(visitor.ActionEnds("/borja")), "").sees("Ärendet är ditt. Börja söka.")
}

// majaWords is what Maja wrote to a controller.
func (t *tour) majaWords(at string) string {
	for _, w := range t.words {
		if w.what == "det Maja skrev till "+at {
			return w.text
		}
	}
	t.fail("expected words of Maja's to %s", at)
	return ""
}

// attest writes in the result of searching one system.
func (t *tour) attest(p *person, system, result, hits, why string) {
	p.follow("Skriv in " + system)
	p.send(p.form(visitor.ActionEnds("/intyga"), visitor.HasField("result")).Choose("result", result).Fill("hits", hits).Fill("why", why), "Spara")
	p.sees("Sökningen är intygad.")
}

// nothingIn attests at one go that systems were searched without a hit; those in except are unticked.
func (t *tour) nothingIn(p *person, except ...string) {
	f := p.form(visitor.ActionEnds("/intyga"), visitor.HasField("searches"))
	for _, e := range except {
		f.Untick("searches", e)
	}
	p.send(f, "").sees("Sökningen är intygad.")
}

// addText adds a text to the material; addFile a file.
func (t *tour) addText(p *person, system, title, text string) {
	p.send(p.form(visitor.ActionEnds("/underlag")).Choose("search", system).Fill("title", title).Fill("text", text), "").sees("Posten är tillagd")
}

func (t *tour) addFile(p *person, system, title string, f visitor.File) {
	p.send(p.form(visitor.ActionEnds("/underlag")).Choose("search", system).Fill("title", title).Attach("file", f), "").sees("Posten är tillagd", title)
	p.follow("Bedöm " + title).sees(f.Name).open(p.page.URL.Path)
}

// releases marks an item to be released; withholds marks it not to be, with its ground and what the letter says.
func (t *tour) releases(p *person, title string) {
	p.follow("Bedöm " + title)
	p.send(p.form(visitor.ActionEnds("/bedom")).Choose("disposition", "release"), "Spara").sees("Posten är bedömd.")
}

func (t *tour) withholds(p *person, title, ground, explanation string) {
	p.follow("Bedöm " + title)
	p.send(p.form(visitor.ActionEnds("/bedom")).Choose("disposition", "withhold"), "Spara").status(422).reads("Välj varför posten hålls inne")
	p.send(p.form(visitor.ActionEnds("/bedom")).Choose("disposition", "withhold").Choose("ground", ground).Fill("explanation", explanation), "Spara")
	p.sees("Posten är bedömd.")
}

// propose proposes the only outcome that fits.
func (t *tour) propose(p *person, outcome, reasons string) {
	f := p.form(visitor.ActionEnds("/foresla"))
	choices := f.Choices("outcome")
	t.check(len(choices) == 1 && choices[0] == outcome, "%s: expected the material to fit only %s, but the page offers %s", p.name, outcome, strings.Join(choices, ", "))
	p.send(f.Choose("outcome", outcome).Fill("reasons", reasons), "").sees("Förslaget är skickat vidare.")
}

// ksFindsNothing: all systems but one searched in one go, one not searched and why; nothing found.
func (t *tour) ksFindsNothing() {
	johan := t.ombud("KS")
	johan.open(deskCase(t.maja.caseNo("KS"))).notOffered("to propose before every search is attested", visitor.ActionEnds("/foresla"))
	johan.sees("3 system är kvar"[2:])
	t.nothingIn(johan, "E-postlådan kommunstyrelsen")
	why := t.wrote("varför KS inte sökte", "Lådan byttes i höstas och den gamla är tömd.", letterReaders("KS", nameMaja)...)
	t.attest(johan, "E-postlådan kommunstyrelsen", "not-searched", "", why)
	note := t.wrote("KS:s anteckning", "Ringde kvarnen, ingen minns ladan.", johan.name, officers()["KS"].decider)
	johan.send(johan.form(visitor.ActionEnds("/anteckning")).Fill("text", note), "").sees(note)
	t.propose(johan, "nothing-found", "")
	t.expectRole("ready-to-decide", t.maja.caseNo("KS"), "Margareta Öhman")
	t.tell("Kommunstyrelsen: ett system inte sökt och varför, alla andra utan träff. Förslag: ”Inga uppgifter finns.”")
}

// snFindsSecrets: everything found is secret; the only outcome is the neutral one.
func (t *tour) snFindsSecrets() {
	leyla := t.ombud("SN")
	leyla.open(deskCase(t.maja.caseNo("SN")))
	t.attest(leyla, "Vivera", "found", "2", "")
	t.nothingIn(leyla)
	for _, i := range []struct{ title, text, ground, explanation string }{
		{"Anteckning från oktober 2024", "Grannen Rut hörde rop från Ekgården natten till söndagen.", "osl-26-5", "Den innehåller vad en anmälare har berättat."},
		{"Samtal med en anhörig", "Anhörig uppger att brevbäraren är inblandad.", "osl-26-1", "Den innehåller uppgifter om en annan persons liv och hemligheter."},
	} {
		t.wrote("SN: hemlig uppgift", i.text, handlers("SN")...)
		t.wrote("SN: vad som är hemligt", i.title, handlers("SN")...)
		t.wrote("SN: varför det är hemligt", i.explanation, handlers("SN")...)
		t.addText(leyla, "Vivera", i.title, i.text)
		t.withholds(leyla, i.title, i.ground, i.explanation)
	}
	t.propose(leyla, "neutral", "")
	t.expectRole("review-offered", t.maja.caseNo("SN"), "Niklas Rautio")
	t.tell("Socialnämnden: allt som finns är hemligt. Bara den neutrala utgången går att välja: ”Inga uppgifter utöver ärendet som kan lämnas ut.”")
}

// bunFindsAndTalks: text and file, all released; a message and its reply.
func (t *tour) bunFindsAndTalks() {
	fatima, maja := t.ombud("BUN"), t.resident(nameMaja)
	fatima.open(deskCase(t.maja.caseNo("BUN"))).sees("skjutsintyg-blåmes.pdf").follow("skjutsintyg-blåmes.pdf").status(200)
	t.check(strings.Contains(string(fatima.page.Body), "BLÅMESAR"), "%s: expected the attachment's own bytes, but got others", fatima.name)
	fatima.open(deskCase(t.maja.caseNo("BUN")))
	t.nothingIn(fatima, "Elevregistret Skolsikt")
	t.attest(fatima, "Elevregistret Skolsikt", "found", "2", "")
	title := t.wrote("BUN: namn på en post", "Beslut om skjuts till Norrbyn", handlers("BUN", nameMaja)...)
	t.addText(fatima, "Elevregistret Skolsikt", title, t.wrote("BUN: utlämnad text", "Skjuts beviljas från hållplats Granliden klockan 7.35.", handlers("BUN", nameMaja)...))
	file := t.wrote("BUN: utlämnad fil", "läsår;frånvaro\r\n2024/25;elva tillfällen av ogiltig snöyra\r\n", handlers("BUN", nameMaja)...)
	name := t.wrote("BUN: filens namn", "frånvaro-snöyra.csv", handlers("BUN", nameMaja)...)
	t.addFile(fatima, "Elevregistret Skolsikt", "Frånvaro läsåret 2024/25", visitor.File{Name: name, Type: "text/csv", Body: strings.NewReader(file)})
	t.releases(fatima, title)
	t.releases(fatima, "Frånvaro läsåret 2024/25")
	question := t.wrote("BUN:s meddelande", "Menar du även fritids i Norrbyn?", handlers("BUN", nameMaja)...)
	fatima.send(fatima.form(visitor.ActionEnds("/meddelande")).Fill("text", question), "").sees("Meddelandet är skickat.", question)
	t.expect("message", t.maja.number, mailMaja)
	reply := t.wrote("Majas svar till BUN", "Ja, även fritids, fast bara onsdagar.", handlers("BUN", nameMaja)...)
	maja.open("/mina/" + t.maja.number).sees(question)
	maja.send(maja.form(visitor.ActionEnds("/meddelande"), visitor.HasButton("Skicka till Barn- och utbildningsnämnden")).Fill("text", reply), "")
	maja.sees("Meddelandet är skickat.", reply)
	t.expectRole("new-message", t.maja.caseNo("BUN"), fatima.name)
	fatima.open(deskCase(t.maja.caseNo("BUN"))).sees(reply)
	t.propose(fatima, "granted", "")
	t.expectRole("review-offered", t.maja.caseNo("BUN"), "Niklas Rautio")
	t.settle()
	t.tell("Barn- och utbildningsnämnden: en text och en fil, ett meddelande och ett svar. Förslag: ”Bifall. Allt lämnas ut.”")
}

// ebabWithholds: the company withholds one item on the ground that is its own.
func (t *tour) ebabWithholds() {
	piotr := t.ombud("EBAB")
	piotr.open(deskCase(t.maja.caseNo("EBAB")))
	t.attest(piotr, "Hyressystemet Hemvist", "found", "2", "")
	t.attest(piotr, "Felanmälan Fixa", "found", "1", "")
	t.nothingIn(piotr)
	t.addText(piotr, "Hyressystemet Hemvist", "Hyresavtalet", t.wrote("EBAB: utlämnad text", "Avtal om tre rum och kök med utsikt mot gasverket.", handlers("EBAB", nameMaja)...))
	title := t.wrote("EBAB: vad som hålls inne", "Ett brev från en annan hyresgäst", letterReaders("EBAB", nameMaja)...)
	t.addText(piotr, "Hyressystemet Hemvist", title, t.wrote("EBAB: hemlig uppgift", "Hyresgästen i 1102 är rädd för hämnd från trapphuset.", handlers("EBAB")...))
	file := t.wrote("EBAB: utlämnad fil", "Arbetsorder 8841: byte av packning, doft av svavel.\n", handlers("EBAB", nameMaja)...)
	t.addFile(piotr, "Felanmälan Fixa", "Arbetsorder", visitor.File{Name: t.wrote("EBAB: filens namn", "packning-svavel.txt", handlers("EBAB", nameMaja)...),
		Type: "text/plain", Body: strings.NewReader(file)})
	t.releases(piotr, "Hyresavtalet")
	t.releases(piotr, "Arbetsorder")
	piotr.follow("Bedöm " + title)
	for _, g := range piotr.form(visitor.ActionEnds("/bedom")).Choices("ground") {
		t.check(!strings.HasPrefix(g, "osl-"), "%s: expected a company to be offered no ground of the secrecy act, but saw %s", piotr.name, g)
	}
	piotr.open(deskCase(t.maja.caseNo("EBAB")))
	t.withholds(piotr, title, "dsl-5-1-company", "Den är känslig.")
	piotr.notOffered("a grant", visitor.ActionEnds("/foresla"), visitor.HasValue("outcome", "granted"))
	f := piotr.form(visitor.ActionEnds("/foresla")).Choose("outcome", "partial")
	piotr.send(f, "").status(422).reads("Skriv skälen. De står i brevet.")
	t.propose(piotr, "partial", t.ebabReasons())
	t.expectRole("review-offered", t.maja.caseNo("EBAB"), "Niklas Rautio")
	t.settle()
	t.tell("Bolaget: ett brev hålls inne på bolagets egen grund. Utan skäl går det inte: ”Skriv skälen. De står i brevet.”")
}

// ebabReasons are the reasons of the company's partial refusal.
func (t *tour) ebabReasons() string {
	const reasons = "Brevet skrevs i förtroende av någon som bor nära svavellukten."
	for _, w := range t.words {
		if w.text == reasons {
			return reasons
		}
	}
	return t.wrote("EBAB:s skäl", reasons, letterReaders("EBAB", nameMaja)...)
}
