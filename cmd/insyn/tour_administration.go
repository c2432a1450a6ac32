package main

import (
	"fmt"
	"strings"

	"insyn/internal/visitor"
)

// The administrator's addresses.
const (
	tourAdmin   = "/arbete/administration"
	tourPeople  = tourAdmin + "/personal"
	tourImport  = tourAdmin + "/import"
	tourChanges = "/arbete/andringar"
)

// administratorWorks: a deputy for a time, a role that ends while its holder is logged in, a changed spreadsheet, and doors
// that are shut for everybody else.
func (t *tour) administratorWorks() {
	davit := t.administrator()
	emre := t.person("Emre Aydin", "servicecenter och ersättare")
	davit.open(tourAdmin).sees("Administration", "Personal", "Senaste inläsning").misses(nameMaja, nameOmar, t.maja.number, t.omar.kept)
	emre.open("/arbete/klara").status(403)

	t.emreStandsIn(davit, emre)
	t.emresRoleEnds(davit, emre)
	t.titleIsReadIn(davit, emre)
	t.onlyTheAdministratorGetsIn(davit)
}

// personOf finds somebody's page by a search.
func (t *tour) personOf(davit *person, name string) *person {
	davit.open(tourPeople)
	davit.send(davit.form(visitor.ActionEnds("/personal/sok")).Fill("ord", name), "Sök").sees(name)
	return davit.follow(name)
}

// emreStandsIn: Emre gets the ombud's role at kommunstyrelsen for a week.
func (t *tour) emreStandsIn(davit, emre *person) {
	id := lastPart(t.personOf(davit, emre.name).page.URL)
	johan := officers()["KS"].ombud
	t.personOf(davit, johan)
	f := davit.form(visitor.ActionEnds("/ersattare"))
	davit.send(onDay(f.Choose("deputy", id), "from", t.today()), "Spara ersättaren").status(422).reads("En ersättare har en sista dag")
	f = davit.form(visitor.ActionEnds("/ersattare"))
	davit.send(onDay(onDay(f.Choose("deputy", id), "from", t.today()), "to", t.today().AddDays(7)), "Spara ersättaren")
	davit.sees("Ersättaren är sparad.", emre.name+" är ersättare från")
	emre.open("/arbete/klara").sees("Kommunstyrelsen")
	t.tell("%s sätter in %s som ersättare för %s till och med %s", davit.name, emre.name, johan, longDate(t.today().AddDays(7)))
}

// emresRoleEnds at once, while he is logged in: his next click is refused.
func (t *tour) emresRoleEnds(davit, emre *person) {
	t.personOf(davit, emre.name).sees("Ersätter " + officers()["KS"].ombud)
	f := davit.page.Forms(visitor.ActionEnds("/avsluta")) // the roles of today, the newest first
	t.check(len(f) == 2, "%s: expected two roles that can be ended, but found %d", davit.name, len(f))
	davit.send(f[0], "Avsluta rollen nu").sees("Rollen är avslutad.")
	emre.at(emre.browser.Get(t.ctx, "/arbete/klara"))
	emre.status(403)
	emre.open("/arbete").sees("Öppna begäranden") // what he was before, he still is
	t.tell("Rollen avslutas genast. Nästa klick av %s, som är inloggad, nekas", emre.name)
}

// titleIsReadIn: a broken sheet is told of, a whole one is tried and then read in.
func (t *tour) titleIsReadIn(davit, emre *person) {
	const title = "Kommunvägledare i entrén"
	upload := func(rows ...string) {
		body := "E-post;Namn;Titel\n" + strings.Join(rows, "\n") + "\n"
		davit.open(tourImport)
		davit.send(davit.form(visitor.HasButton("Prova")).Attach("files", visitor.File{Name: "personal.csv", Type: "text/csv", Body: strings.NewReader(body)}), "Prova")
	}
	upload("emre.aydin;Emre Aydin;" + title)
	davit.sees("1 fel i kalkylbladen", "rad 2", "kolumn A", "Inget är inläst")
	upload(fmt.Sprintf("%s;%s;%s", address(emre.name), emre.name, title))
	davit.sees("Så här skulle det bli", title)
	davit.send(davit.form(visitor.HasButton("Läs in")), "Läs in").sees("Kalkylbladen är inlästa.")
	t.personOf(davit, emre.name).sees(title)
	t.tell("Ett kalkylblad med fel tas inte emot. Det rättade provas först och läses sedan in")
}

// onlyTheAdministratorGetsIn: the wrong doors, and who may see what was changed.
func (t *tour) onlyTheAdministratorGetsIn(davit *person) {
	for _, p := range []*person{t.servicecenter(), t.ombud("SN"), t.decider("SN"), t.registrator("SN"), t.dso(), t.reviewer()} {
		for _, door := range []string{tourAdmin, tourPeople, tourImport} {
			t.probes++
			p.open(door).status(403)
		}
	}
	for _, p := range []*person{davit, t.dso()} {
		p.open(tourChanges).sees("Emre Aydin ersätter "+officers()["KS"].ombud, "Rollen avslutades genast", "Kalkylblad lästes in").misses(nameMaja, nameOmar)
	}
	for _, at := range prefixes() {
		t.roleShut(davit, deskCase(t.maja.caseNo(at)), deskCase("INS-2027-09999-"+at))
	}
	t.tell("Bara administratören når administrationen, och hen ser inga ärenden. Dataskyddsombudet ser vad som har ändrats")
}
