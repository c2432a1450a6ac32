package main

import (
	"regexp"
	"strings"

	"insyn/internal/visitor"
)

// The people who ask without logging in. One of them is nobody in particular.
const (
	nameKarin = "Karin Berg"
	mailKarin = "karin.berg@post.example"
	nameStig  = "Stig Olofsson"
	mailStig  = "stig.olofsson@post.example"
)

func (t *tour) stranger(name string) *person { return t.person(name, "utan inloggning") }

var (
	inquiryNumber = regexp.MustCompile(`(FRG|DSO)-\d{4}-\d{5,}`)
	oneTimeCode   = regexp.MustCompile(`\b\d{8}\b`)
	answerLink    = regexp.MustCompile(`/fraga/[0-9a-f-]{36}`)
)

// questionsAreAsked: through all three tiers, straight to the DSO, with a one-time code, and one that is a request.
func (t *tour) questionsAreAsked() {
	t.questionThroughTiers()
	t.questionToDSO()
	t.questionWithCode()
	t.questionIsRequest()
}

// asks sends a question from the public page and returns its number.
func (t *tour) asks(p *person, text, email, to string) string {
	p.open("/fraga/ny").sees("Ställ en fråga", "Jag vill kontakta dataskyddsombudet")
	p.send(p.form(visitor.HasField("till")).Choose("till", to).Fill("text", ""), "").status(422).reads("Skriv något i fältet")
	p.send(p.form(visitor.HasField("till")).Choose("till", to).Fill("text", text).Fill("email", email), "").sees("Vi har fått din fråga")
	number := inquiryNumber.FindString(p.page.Text())
	t.check(number != "", "%s: expected a number, but there is none", p.name)
	return number
}

// questionThroughTiers: servicecenter, ombud, DSO, and back to the person, who has logged in.
func (t *tour) questionThroughTiers() {
	maja, anna, leyla, niklas := t.resident(nameMaja), t.servicecenter(), t.ombud("SN"), t.dso()
	text := t.wrote("Majas fråga", "Får hemtjänsten spara bilder av mitt kök i Fjällbo?", maja.name, anna.name, leyla.name, niklas.name)
	maja.open("/mina")
	number := t.asks(maja, text, mailMaja, "kommunen")
	anna.open("/arbete/fragor").sees(number).follow(number)
	anna.sees(text, "Inloggad med e-legitimation")
	comment := t.wrote("servicecenters ord till ombudet", "Gäller väl hemtjänstens dokumentation?", anna.name, leyla.name, niklas.name)
	anna.send(anna.form(visitor.ActionEnds("/ombud")).Choose("controller", "Socialnämnden"), "").status(422)
	anna.send(anna.form(visitor.ActionEnds("/ombud")).Choose("controller", "Socialnämnden").Fill("comment", comment), "").sees("skickad vidare")
	t.expectRole("inquiry-passed", number, ombudsAt("SN")...)
	t.settle()
	leyla.open("/arbete/fragor/"+number).sees(text, comment)
	further := t.wrote("ombudets ord till dataskyddsombudet", "Jag ser ingen rättslig grund, gör du?", leyla.name, niklas.name)
	leyla.send(leyla.form(visitor.ActionEnds("/dso")).Fill("comment", further), "").sees("skickad vidare")
	t.expectRole("inquiry-passed", number, niklas.name)
	t.settle()
	niklas.open("/arbete/fragor/"+number).sees(text, comment, further)
	// A ready text is put after what is typed; nothing is sent.
	niklas.send(niklas.form(visitor.HasField("lagg-in")).Fill("text", "Hej Maja!").Choose("block", "Varför kommunen får använda uppgifter"), "Lägg in texten").sees("Texten är inlagd")
	t.check(strings.HasPrefix(niklas.form(visitor.HasField("lagg-in")).Value("text"), "Hej Maja!"), "expected what was typed to be kept before the ready text")
	answer := t.wrote("dataskyddsombudets svar till Maja", "Nej, bilder av köket behövs inte för insatsen.", maja.name, niklas.name)
	niklas.send(niklas.form(visitor.HasField("lagg-in")).Fill("text", answer), "Skicka svaret").sees("Svaret är skickat")
	t.expect("inquiry-answered", "", mailMaja)
	t.settle()
	maja.open("/mina").sees(number).open("/mina/fragor/"+number).sees(text, answer, "Dataskyddsombudet").misses(comment, further, niklas.name, leyla.name)
	anna.open("/arbete/fragor/"+number).sees(text, comment, "Frågan ligger hos någon annan").misses(further, answer)
	t.tell("En fråga går från servicecenter till ombud till dataskyddsombud med sin tråd. Servicecenter ser att den är besvarad men inte svaret")
}

// questionToDSO: nothing of it reaches tiers 1 and 2, not even a gap between numbers.
func (t *tour) questionToDSO() {
	stig, anna, niklas := t.stranger(nameStig), t.servicecenter(), t.dso()
	before := t.asks(stig, t.wrote("Stigs första fråga", "Vem städar i arkivet på Torggatan?", stig.name, anna.name), mailStig, "kommunen")
	text := t.wrote("Stigs fråga till dataskyddsombudet", "Min chef läser mina sjukintyg i fikarummet.", stig.name, niklas.name)
	number := t.asks(stig, text, mailStig, "dso")
	stig.sees("Bara dataskyddsombudet kan läsa")
	t.expectRole("inquiry-direct", number, niklas.name)
	t.settle()
	after := t.asks(stig, t.wrote("Stigs tredje fråga", "Hur länge ligger mötesbilderna kvar?", stig.name, anna.name), mailStig, "kommunen")
	t.check(before[len(before)-5:] < after[len(after)-5:] && nextNumber(before) == after, "expected no gap between %s and %s", before, after)
	anna.open("/arbete/fragor/" + before).sees("Vem städar i arkivet på Torggatan?")
	anna.open("/arbete/fragor/" + after).sees("Hur länge ligger mötesbilderna kvar?")
	for _, p := range []*person{anna, t.ombud("KS"), t.ombud("SN")} {
		p.open("/arbete/fragor").sees("Frågor").misses(number, "Direkt till dig")
		t.roleShut(p, "/arbete/fragor/"+number, "/arbete/fragor/DSO-2027-09999")
	}
	niklas.open("/arbete/fragor").sees(number, "Direkt till dig").follow(number)
	niklas.sees(text, "Servicecenter och ombuden kan inte se den").notOffered("to pass it on", visitor.ActionEnds("/tillbaka"))
	reply := t.wrote("dataskyddsombudets svar till Stig", "Det får chefen inte. Jag tar upp det.", stig.name, niklas.name)
	niklas.send(niklas.form(visitor.HasField("lagg-in")).Fill("text", reply), "Skicka svaret").sees("Svaret är skickat")
	t.expect("inquiry-answered", "", mailStig)
	t.settle()
	stig.open(answerLink.FindString(t.mailTo(mailStig)) + "/svar")
	stig.send(stig.form(visitor.ActionEnds("/kod")), "")
	t.expect("inquiry-code", "", mailStig)
	t.settle()
	stig.send(stig.form(visitor.HasField("code")).Fill("code", oneTimeCode.FindString(t.mailTo(mailStig))), "").sees(reply)
	t.tell("%s gick direkt till dataskyddsombudet. Servicecenter och ombud får samma sida som för ett påhittat nummer, och %s följs av %s", number, before, after)
}

// nextNumber is the number after a number.
func nextNumber(number string) string {
	head, tail := number[:len(number)-5], number[len(number)-5:]
	n := 0
	for _, r := range tail {
		n = 10*n + int(r-'0')
	}
	tail = "0000" + itoa(n+1)
	return head + tail[len(tail)-5:]
}

// mailTo is the text of the newest mail to an address.
func (t *tour) mailTo(to string) string {
	text := ""
	for _, m := range t.stack.Catcher.Messages() {
		if len(m.To) == 1 && m.To[0] == to {
			text = m.Text
		}
	}
	t.check(text != "", "expected a mail to %s", to)
	return text
}

// questionWithCode: the link and the code come apart, and the code works once.
func (t *tour) questionWithCode() {
	karin, anna := t.stranger(nameKarin), t.servicecenter()
	text := t.wrote("Karins fråga", "Hur länge sparar skolan mina gamla frånvarolappar?", karin.name, anna.name)
	number := t.asks(karin, text, mailKarin, "kommunen")
	anna.open("/arbete/fragor/"+number).sees(text, "Inte inloggad")
	answer := t.wrote("svaret till Karin", "I två läsår, sedan gallras lapparna.", karin.name, anna.name)
	anna.send(anna.form(visitor.HasField("lagg-in")).Fill("text", answer), "Skicka svaret").sees("Svaret är skickat")
	t.expect("inquiry-answered", "", mailKarin)
	t.settle()
	link := answerLink.FindString(t.mailTo(mailKarin))
	t.check(link != "" && !oneTimeCode.MatchString(t.mailTo(mailKarin)), "expected a link and no code in the mail")
	karin.open(link + "/svar").sees("Skicka en kod").misses(answer)
	karin.send(karin.form(visitor.ActionEnds("/kod")), "").sees("Skriv koden")
	t.expect("inquiry-code", "", mailKarin)
	t.settle()
	code := oneTimeCode.FindString(t.mailTo(mailKarin))
	t.check(code != "" && !strings.Contains(t.mailTo(mailKarin), "/fraga/"), "expected a code and no link in the mail")
	wrong := "00000000"
	if code == wrong {
		wrong = "11111111"
	}
	karin.send(karin.form(visitor.HasField("code")).Fill("code", wrong), "").status(422).reads("Koden stämmer inte")
	karin.send(karin.form(visitor.HasField("code")).Fill("code", code), "").sees(answer, number)
	again := t.stranger("någon annan med Karins kod")
	again.open(link+"/kod").send(again.form(visitor.HasField("code")).Fill("code", code), "").status(422).reads("Koden stämmer inte").misses(answer)
	unknown := t.stranger("någon som gissar")
	unknown.open("/fraga/01900000-0000-7000-8000-000000000000").send(unknown.form(visitor.ActionEnds("/kod")), "").sees("Skriv koden", "Om adressen till sidan stämmer")
	t.settle()
	t.tell("Karin läser svaret med länken ur ett mejl och koden ur ett annat. Koden går en gång, och en påhittad länk ser likadan ut")
}

// questionIsRequest: the servicecenter makes it one with the person's own words; the clock began when the question came.
func (t *tour) questionIsRequest() {
	maja, anna := t.resident(nameMaja), t.servicecenter()
	text := t.wrote("Majas fråga som var en begäran", "Vilka uppgifter har bolaget om min gamla lägenhet på Rönnstigen?", maja.name, anna.name,
		"Piotr Kowalski", "Carina Hägg", "Niklas Rautio")
	asked := t.today()
	number := t.asks(maja, text, mailMaja, "kommunen")
	t.turnTo(asked.AddDays(2))
	anna.open("/arbete/fragor/"+number).send(anna.form(visitor.HasField("right")), "").status(422)
	anna.send(anna.form(visitor.HasField("right")).Choose("right", "access").Tick("controllers", "Exempelby Bostäder AB"), "").sees("Frågan är nu en begäran")
	t.settle()
	maja.open("/mina/fragor/" + number).sees("Din fråga har blivit en begäran").follow("Se begäran")
	request := requestNumber.FindString(maja.page.Text())
	t.check(request != "", "expected the number of the request")
	t.expect("receipt", request, mailMaja)
	t.expectRole("new-case", request+"-EBAB", ombudsAt("EBAB")...)
	t.settle()
	t.ombud("EBAB").open(deskCase(request+"-EBAB")).sees(text, longDate(asked))
	anna.open(intake(request)).sees(longDate(asked)).misses(text)
	t.tell("En fråga som var en begäran blir %s utan att någon skriver om den, och räknas från %s då den kom", request, longDate(asked))
}
