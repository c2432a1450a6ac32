package main

import (
	"net/url"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/visitor"
)

// omarRequests are the numbers of Omar's two requests.
type omarRequests struct{ withdrawn, kept string }

// omarAsks: one request that is taken back, one that is paused by an ombud and answered.
func (t *tour) omarAsks() {
	omar := t.resident(nameOmar)
	said := t.wrote("det Omar skrev till SN", "Det gäller min brors ansökan på Sjövägen.", handlers("SN", omar.name)...)
	t.omar.withdrawn = t.request(omar, asking{said: map[string]string{"SN": said}, relation: map[string]string{"SN": "client"},
		address: "Sälgstigen 8, 999 31 Exempelby", email: mailOmar, phone: "070-174 06 52"}, "SN")
	t.expect("receipt", t.omar.withdrawn, mailOmar)
	t.expectRole("new-case", t.omar.withdrawn+"-SN", ombudsAt("SN")...)
	t.settle()
	t.takeBack(omar)
	told := map[string]string{
		"KS":   t.wrote("det Omar skrev till KS", "Min anställning på Kostenheten 2019.", handlers("KS", omar.name)...),
		"EBAB": t.wrote("det Omar skrev till EBAB", "Bostadskön och andrahandskontraktet på Älvgatan.", handlers("EBAB", omar.name)...),
	}
	t.omar.kept = t.request(omar, asking{said: told, relation: map[string]string{"KS": "employee", "EBAB": "tenant"},
		address: "Sälgstigen 8, 999 31 Exempelby", email: mailOmar, phone: "070-174 06 52"}, "KS", "EBAB")
	t.expect("receipt", t.omar.kept, mailOmar)
	t.expectRole("new-case", t.omar.kept+"-KS", ombudsAt("KS")...)
	t.expectRole("new-case", t.omar.kept+"-EBAB", ombudsAt("EBAB")...)
	t.settle()
	t.ombudPauses(omar)
}

// request writes and sends a request to some controllers.
func (t *tour) request(p *person, a asking, to ...string) string {
	p.open("/ny").send(p.form(visitor.ActionEnds("/ny")), "")
	f := p.form(visitor.HasField("namnd"))
	for _, at := range to {
		f.Tick("namnd", at)
	}
	p.send(f, "Fortsätt")
	draft := strings.Split(strings.Trim(p.page.URL.Path, "/"), "/")[1]
	t.concerns(p, a, to)
	p.open("/utkast/" + draft + "/kontrollera")
	t.reach(p, a)
	return t.sendTwice(p, to)
}

// takeBack: the person withdraws the request; the ombud's case ends.
func (t *tour) takeBack(omar *person) {
	omar.open("/mina/" + t.omar.withdrawn).sees("Socialnämnden")
	omar.open("/mina/" + t.omar.withdrawn + "/ta-tillbaka")
	stale := omar.page
	omar.send(omar.form(visitor.HasField("vad")), "").status(422).reads("Välj vad du vill ta tillbaka")
	omar.send(omar.form(visitor.HasField("vad")).Choose("vad", "alla"), "").sees("Du har tagit tillbaka")
	t.expect("withdrawn", t.omar.withdrawn, mailOmar)
	t.settle()
	omar.at(stale.Form(visitor.HasField("vad")).Choose("vad", "alla").Submit(t.ctx, "")).status(409)
	omar.open("/mina").sees("Återtagen")
	t.ombud("SN").open(deskCase(t.omar.withdrawn+"-SN")).sees("Återkallat").notOffered("to begin", visitor.ActionEnds("/borja"))
	t.servicecenter().open("/arbete").sees(t.maja.number).misses(t.omar.withdrawn)
	t.tell("Omar tar tillbaka sin begäran. Ombudet ser ”Återkallat”, och en gammal flik kan inte ta tillbaka den igen")
}

// ombudPauses: the company's ombud asks who the person is; the clock stands until the person answers.
func (t *tour) ombudPauses(omar *person) {
	piotr := t.ombud("EBAB")
	number := t.omar.kept + "-EBAB"
	question := t.wrote("EBAB:s fråga till Omar", "Är du den Omar som stod i kontraktet på Älvgatan 2?", handlers("EBAB", omar.name)...)
	piotr.open(deskCase(number)).send(piotr.form(visitor.ActionEnds("/arende/"+number+"/fraga")).Fill("text", question), "").status(422)
	piotr.send(piotr.form(visitor.ActionEnds("/arende/"+number+"/fraga")).Choose("reason", "identity").Fill("text", question), "")
	piotr.sees("Frågan är skickad. Klockan står.", "Väntar på sökanden")
	t.expect("question", t.omar.kept, mailOmar)
	t.turnTo(calendar.New(2027, 2, 4))
	answer := t.wrote("Omars svar till EBAB", "Ja, jag stod i kontraktet från maj.", handlers("EBAB", omar.name)...)
	omar.open("/mina/"+t.omar.kept).sees(question, "Väntar på dig")
	omar.send(omar.form(visitor.ActionEnds("/svara")).Fill("text", answer), "").sees("Svaret är skickat. Arbetet går vidare.")
	t.expectRole("new-message", number, piotr.name)
	t.settle()
	piotr.open(deskCase(number)).sees(answer, longDate(calendar.New(2027, 3, 4)), "Ett uppehåll")
	t.ombud("KS").open(deskCase(t.omar.kept+"-KS")).sees(longDate(calendar.New(2027, 3, 3))).misses(question, answer, "uppehåll. Utan")
	t.tell("Bolagets ombud frågar vem Omar är. En dags uppehåll flyttar bolagets sista dag till %s, kommunstyrelsens står kvar",
		longDate(calendar.New(2027, 3, 4)))
}

// omarWaits: the time is extended once, in time; after the hard due date it is neither offered nor possible.
func (t *tour) omarWaits() {
	piotr, omar, johan := t.ombud("EBAB"), t.resident(nameOmar), t.ombud("KS")
	number := t.omar.kept + "-EBAB"
	before, after := calendar.New(2027, 3, 4), calendar.New(2027, 5, 4)
	reason := t.wrote("skälet till förlängningen", "Köhandlingarna ligger i tre arkiv och måste gås igenom blad för blad.", handlers("EBAB", omar.name)...)
	piotr.open(deskCase(number)).sees("Förläng tiden").send(piotr.form(visitor.ActionEnds("/forlang")).Choose("ground", "complexity"), "").status(422)
	piotr.send(piotr.form(visitor.ActionEnds("/forlang")).Choose("ground", "complexity").Fill("reason", reason), "")
	piotr.sees("Tiden är förlängd och sökanden får veta det.", longDate(before), longDate(after))
	piotr.notOffered("to extend again", visitor.ActionEnds("/forlang"))
	t.expect("extended", t.omar.kept, mailOmar)
	t.settle()
	omar.open("/mina/"+t.omar.kept).sees(reason, longDate(before), longDate(after))
	t.tell("Ombudet förlänger i tid. Omar ser skälet och båda dagarna: %s blev %s", longDate(before), longDate(after))
	t.tooLateToExtend(johan)
}

// tooLateToExtend: after the hard due date the form is gone, and a form made by hand is refused with the day.
func (t *tour) tooLateToExtend(johan *person) {
	number := t.omar.kept + "-KS"
	hard := calendar.New(2027, 3, 3)
	johan.open(deskCase(number)).offered("to extend", visitor.ActionEnds("/forlang"))
	values := url.Values{"case": {johan.form(visitor.ActionEnds("/borja")).Value("case")}, "version": {johan.form(visitor.ActionEnds("/borja")).Value("version")},
		"ground": {"number"}, "reason": {"Vi hann inte."}}
	t.expectRole("due-soon", number, "Johan Bergström")
	t.expectRole("overdue", number, "Johan Bergström", "Margareta Öhman")
	t.turnTo(hard.AddDays(1))
	johan.open("/arbete").sees("Försenat", number)
	johan.open(deskCase(number)).sees("Försenat").notOffered("to extend", visitor.ActionEnds("/forlang"))
	johan.post(deskCase(number)+"/forlang", values).status(409).reads("Det är för sent att förlänga. Sista dagen var onsdag " + longDate(hard))
	t.resident(nameOmar).open("/mina/" + t.omar.kept).sees("Försenat")
	t.tell("Efter %s går det inte att förlänga: knappen är borta, och den som skickar formuläret ändå läser ”Det är för sent att förlänga”", longDate(hard))
}
