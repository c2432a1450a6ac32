package main

import (
	"net/url"
	"strings"

	"insyn/internal/visitor"
)

// nameEster is who has protected personal data. She gives no mail address, and no mail may name her request to anybody who
// is not cleared.
const nameEster = "Ester Norberg"

// esterIsProtected: a protected person asks; nobody who is not cleared sees a trace of it; no mail is sent to her; somebody
// cleared answers; the log reviewer sees numbers and no name.
func (t *tour) esterIsProtected() {
	ester := t.resident(nameEster)
	number := t.esterAsks(ester)
	t.settle()
	t.nobodySeesEster(number)
	t.davitClears()
	t.clearedAnswer(number)
	t.esterReads(ester, number)
	t.helenaReviews(number)
}

// esterAsks: the question about protection comes first; then one controller, confirmed, and nothing that leads to her.
func (t *tour) esterAsks(ester *person) string {
	ester.open("/ny").sees("Har du skyddade personuppgifter?", "Säkrast är att du ringer eller besöker oss")
	ester.send(ester.form(visitor.ActionEnds("/ny/registerutdrag/skydd")), "").sees("Skyddade personuppgifter", "Vi skickar inga mejl till dig.")
	ester.send(ester.form(visitor.ActionEnds("/skydd"), visitor.HasField("skydd")), "").status(422).reads("Svara ja eller nej.")
	ester.send(ester.form(visitor.ActionEnds("/skydd"), visitor.HasField("skydd")).Choose("skydd", "ja"), "")
	ester.sees("Din begäran hanteras som skyddad.").lacks(`input[value=alla]`)
	ester.send(ester.form(visitor.HasField("namnd")).Tick("namnd", "KS"), "Fortsätt").sees("Ska Kommunstyrelsen få din begäran?")
	said := t.wrote("det Ester skrev till KS", "Brevet om flaggstången vid prästgården.", officers()["KS"].ombud, officers()["KS"].decider, ester.name)
	ester.send(ester.form(visitor.HasField("text")).Fill("text", said), "Fortsätt").status(422).reads("Kryssa i rutan om Kommunstyrelsen ska få din begäran.", said)
	ester.send(ester.form(visitor.HasField("text")).Tick("bekrafta", "ja"), "Fortsätt").sees("Vi frågar inte efter adress, mejl eller telefon.")
	ester.lacks("#address", "#email", "#phone")
	ester.send(ester.form(visitor.HasField("answer")).Choose("answer", "portal").Choose("language", "sv"), "Fortsätt").sees("Kontrollera", said)
	ester.send(ester.form(visitor.ActionEnds("/skicka")), "").sees("Din begäran har kommit in")
	number := requestNumber.FindString(ester.page.Text())
	t.check(number != "", "%s: expected a number on the receipt, but there is none", ester.name)
	t.tell("Ester har skyddade personuppgifter. Hon lämnar varken adress eller mejl och bekräftar den enda som ska få frågan. Inget mejl går ut")
	return number
}

// nobodySeesEster tries each wrong door: her request is not there, not even for those who see everybody else's.
func (t *tour) nobodySeesEster(number string) {
	const made = "INS-2027-09999"
	anna, before := t.servicecenter(), t.probes
	anna.open("/arbete").misses(nameEster, number)
	anna.absent(intake(number), intake(made))
	for _, form := range []string{"/fraga", "/svar", "/lagg-till", "/ta-bort", "/skydd"} {
		anna.absentPost(intake(number)+form, intake(made)+form, url.Values{"version": {"1"}, "text": {"Hej"}, "reason": {"Hej"}, "gor": {"markera"}})
	}
	for _, p := range []*person{t.ombud("KS"), t.decider("KS"), t.registrator("KS"), t.dso()} {
		p.open("/arbete").misses(nameEster, number)
		p.open("/arbete/klara").misses(nameEster, number)
		p.absent(deskCase(number+"-KS"), deskCase(made+"-KS"))
		for _, words := range []string{"Ester Norberg", "norberg", numberEster, number + "-KS"} {
			p.open("/arbete")
			if p.page.Offers(visitor.ActionEnds("/sok")) {
				p.send(p.form(visitor.ActionEnds("/sok")).Fill("q", words), "").misses(nameEster)
			}
		}
	}
	johan := t.ombud("KS")
	johan.open("/arbete")
	for _, form := range []string{"/borja", "/anteckning", "/meddelande", "/skydd"} {
		johan.absentPost(deskCase(number+"-KS")+form, deskCase(made+"-KS")+form, url.Values{"case": {madeUpID()}, "version": {"1"}, "text": {"Hej"}, "gor": {"markera"}})
	}
	t.tell("Servicecenter, ombud, beslutsfattare, registrator och dataskyddsombud utan behörighet ser inget: %d försök", t.probes-before)
}

// davitClears: the administrator sees a number, and gives two people clearance; it counts in their running sessions.
func (t *tour) davitClears() {
	davit := t.administrator()
	davit.open("/arbete").sees("Ett ärende saknar behörig handläggare").misses(nameEster)
	for _, name := range []string{officers()["KS"].ombud, officers()["KS"].decider} {
		davit.open("/arbete/administration/personal")
		davit.send(davit.form(visitor.ActionEnds("/sok"), visitor.HasField("ord")).Fill("ord", name), "").follow(name)
		forms := davit.page.Forms(visitor.ActionEnds("/skydd"), visitor.HasValue("cleared", "yes"))
		t.check(len(forms) > 0, "%s: expected to be able to clear %s", davit.name, name)
		davit.send(forms[0], "").status(200)
	}
	davit.open("/arbete").misses("saknar behörig handläggare")
	t.tell("Administratören ser ”Ett ärende saknar behörig handläggare” och inget mer, och ger två personer behörighet")
}

// clearedAnswer: the same people, now cleared, take the case, find nothing and decide.
func (t *tour) clearedAnswer(number string) {
	johan, margareta, at := t.ombud("KS"), t.decider("KS"), deskCase(number+"-KS")
	johan.open("/arbete").sees(nameEster, number)
	johan.open(at).sees(nameEster, "Kontrollera sekretessen före varje utlämnande", "Skatteverkets förmedlingsuppdrag")
	johan.send(johan.form(visitor.ActionEnds("/borja")), "").sees("Ärendet är ditt. Börja söka.")
	t.nothingIn(johan)
	t.propose(johan, "nothing-found", "")
	t.expectRole("ready-to-decide", number+"-KS", margareta.name)
	t.settle()
	margareta.open(at + "/beslut")
	margareta.send(margareta.form(visitor.ActionEnds("/beslut"), visitor.HasField("unbiased")).Choose("unbiased", "yes"), "").sees("Beslutet är fattat.")
	t.settle()
	t.registrator("KS").absent(at, deskCase("INS-2027-09999-KS"))
	t.tell("Det behöriga ombudet söker, den behöriga beslutsfattaren beslutar. Registratorn utan behörighet får varken ärende eller mejl")
}

// esterReads finds the answer by logging in: no mail told her of it.
func (t *tour) esterReads(ester *person, number string) {
	ester.open("/mina/"+number).sees("Din begäran hanteras som skyddad.", "Klart")
	links := ester.page.Find("#hamta-KS a[href]")
	t.check(len(links) > 0, "%s: expected an answer, but found none", ester.name)
	letter := t.fetch(ester, "KS", links[0].Attr("href"), false)
	t.check(contains(t.aloud(letter.body), nameEster), "%s: expected her name in the letter", ester.name)
	for _, m := range t.stack.Catcher.Messages() {
		t.check(!strings.Contains(strings.Join(m.To, ","), "norberg"), "expected no mail to %s, but there is one", nameEster)
	}
	t.tell("Ester loggar in och hämtar svaret. Inget mejl har gått till henne")
}

// helenaReviews: who has read is in the log, by number.
func (t *tour) helenaReviews(number string) {
	t.reviewer().open("/arbete/laslogg").sees(officers()["KS"].ombud, number+"-KS").misses(nameEster, numberEster)
	t.tell("Logggranskaren ser vem som läst %s-KS, och inget namn", number)
}
