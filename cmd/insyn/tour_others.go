package main

import (
	"net/url"
	"strings"

	"github.com/google/uuid"

	"insyn/internal/visitor"
)

// nobodyReachesOthers tries what is another's, as everybody: it is not there.
func (t *tour) nobodyReachesOthers() {
	before := t.probes
	t.omarTriesMajas()
	t.strangerTries()
	t.ombudsTryEachOthers()
	t.registratorsTryContent()
	t.othersHaveNoWay()
	t.tell("%d försök att nå det som är någon annans gav samma svar som något påhittat", t.probes-before)
}

func madeUpID() string { return uuid.Must(uuid.NewV7()).String() }

// omarTriesMajas: numbers, files, draft, receipt, forms.
func (t *tour) omarTriesMajas() {
	omar, maja := t.resident(nameOmar), t.resident(nameMaja)
	maja.open("/mina/" + t.maja.number)
	file := lastPart(maja.page.Resolve(maja.page.Find("#hamta-BUN a[href]")[0].Attr("href")))
	const made = "INS-2027-09999"
	hers, no := "/mina/"+t.maja.number, "/mina/"+made
	omar.open("/mina").misses(t.maja.number)
	omar.absent(hers, no)
	omar.absent(hers+"/ta-tillbaka", no+"/ta-tillbaka")
	omar.absent("/kvitto/"+t.maja.number, "/kvitto/"+made)
	omar.absent(hers+"/fil/"+file, no+"/fil/"+madeUpID())
	omar.absent(hers+"/fil/"+file+"/klar", no+"/fil/"+madeUpID()+"/klar")
	omar.absent("/mina/"+t.omar.kept+"/fil/"+file, "/mina/"+t.omar.kept+"/fil/"+madeUpID())
	for _, step := range []string{"", "/namnder", "/om/KS", "/svar", "/kontrollera", "/slang"} {
		omar.absent("/utkast/"+t.maja.draft+step, "/utkast/"+madeUpID()+step)
	}
	omar.open("/mina")
	text := url.Values{"text": {"Hej"}, "version": {"1"}, "case": {madeUpID()}, "vad": {"alla"}, "version-alla": {"1"}}
	for _, form := range []string{"/meddelande", "/svara", "/fraga", "/ta-tillbaka"} {
		omar.absentPost(hers+form, no+form, text)
	}
	omar.absentPost(hers+"/fil/"+file, no+"/fil/"+madeUpID(), nil)
	omar.absentPost("/utkast/"+t.maja.draft+"/skicka", "/utkast/"+madeUpID()+"/skicka", nil)
	t.tell("Omar når varken Majas begäran, kvitto, utkast, filer eller formulär")
}

// strangerTries: somebody who is not logged in is asked to log in, whatever is behind the address.
func (t *tour) strangerTries() {
	stranger := &person{t: t, name: "en obekant", role: "utloggad", browser: t.visit()}
	t.people[stranger.name] = stranger
	for _, a := range []string{"/mina/" + t.maja.number, "/mina/INS-2027-09999", deskCase(t.maja.caseNo("SN")), deskCase("INS-2027-09999-SN")} {
		t.probes++
		stranger.at(stranger.browser.Get(t.ctx, a))
		t.atProvider(stranger, "opening "+a)
	}
}

// ombudsTryEachOthers sends the desk's forms with the number and the id of another controller's case.
func (t *tour) ombudsTryEachOthers() {
	ids := map[string]string{}
	for _, at := range prefixes() {
		ids[at] = t.caseID(at)
	}
	for _, at := range prefixes() {
		p := t.ombud(at)
		for _, other := range prefixes() {
			if other == at {
				continue
			}
			p.open("/arbete")
			stolen := url.Values{"case": {ids[other]}, "version": {"3"}, "text": {"Hej"}, "why": {"Hej"}, "ground": {"number"}, "reason": {"Hej"}}
			for _, form := range []string{"anteckning", "meddelande", "forlang", "tillbaka", "borja"} {
				theirs, made := deskCase(t.maja.caseNo(other))+"/"+form, deskCase("INS-2027-09999-"+other)+"/"+form
				p.absentPost(theirs, made, stolen)
				// With one's own number in the address and the other's case in the form.
				p.absentPost(deskCase(t.maja.caseNo(at))+"/"+form, deskCase("INS-2027-09999-"+at)+"/"+form, stolen)
			}
		}
	}
	t.tell("Ombuden når inte varandras ärenden med stulna nummer och id:n i formulären heller")
}

// caseID is the id that forms of Maja's case at a controller carry.
func (t *tour) caseID(at string) string {
	p := t.ombud(at)
	p.open(deskCase(t.maja.caseNo(at)))
	return p.form(visitor.ActionEnds("/meddelande")).Value("case")
}

// registratorsTryContent: the files of the material are not theirs.
func (t *tour) registratorsTryContent() {
	for _, at := range []string{"BUN", "EBAB"} {
		fatima := t.ombud(at)
		fatima.open(deskCase(t.maja.caseNo(at)))
		own := map[string]bool{}
		for _, l := range fatima.page.Find("a[href]") {
			href := l.Attr("href")
			if strings.Contains(href, "/fil/") && !contains(l.Text(), "Hämta brevet") {
				own[href] = true
			}
			if strings.Contains(href, "andra=") && strings.Contains(href, "#underlag") {
				fatima.at(fatima.page.Open(t.ctx, href))
				for _, f := range fatima.page.Find("#underlag a[href]") {
					if strings.Contains(f.Attr("href"), "/fil/") {
						own[f.Attr("href")] = true
					}
				}
				fatima.open(deskCase(t.maja.caseNo(at)))
			}
		}
		t.check(len(own) > 0, "%s: expected files in the material, but found none", fatima.name)
		for href := range own {
			t.registrator(at).absent(href, deskCase(t.maja.caseNo(at))+"/fil/"+madeUpID())
		}
	}
	t.tell("Registratorn når inte underlagets filer")
}

func contains(text, part string) bool { return strings.Contains(text, part) }

// othersHaveNoWay: administrator and log reviewer see no case, and the log reviewer's log names nobody.
func (t *tour) othersHaveNoWay() {
	davit, helena := t.administrator(), t.reviewer()
	davit.open("/arbete").sees("Din roll har inga ärenden här.")
	for _, p := range []*person{davit, helena} {
		for _, at := range prefixes() {
			t.roleShut(p, deskCase(t.maja.caseNo(at)), deskCase("INS-2027-09999-"+at))
		}
		t.roleShut(p, intake(t.maja.number), intake("INS-2027-09999"))
	}
	helena.open("/arbete/laslogg").sees("Läslogg", "Piotr Kowalski").misses(nameMaja, numberMaja, nameOmar)
	t.roleShut(davit, "/arbete/laslogg", "/arbete/laslogg")
	t.tell("Administratören och logggranskaren ser inga ärenden. Läsloggen visar vem som läst, inte om vem")
}
