package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

const ownPage = "/mina/INS-2027-00042"

// withRequest gives Maja a request to all three.
func (w *world) withRequest(b *browser) *workflows.MyRequest {
	w.t.Helper()
	b.login("maja")
	r := sampleRequest(w.u.controllers)
	w.u.requests[r.Number], w.u.owners[r.Number] = &r, w.u.subjects[majaNumber]
	return &r
}

func TestTheRequestPageSaysWhereItStandsAndWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	r := w.withRequest(b)
	company := &r.Cases[2]
	company.Extension = &models.Extension{DueBefore: company.Due, DueAfter: calendar.Date{Year: 2027, Month: time.July, Day: 1}, Text: "Det är mycket."}
	company.Due = company.Extension.DueAfter
	social := &r.Cases[1]
	social.Status, social.Paused, social.Question = "waiting", true, "Vilket år gäller det?"
	social.Due = calendar.Date{Year: 2027, Month: time.May, Day: 7}
	social.Messages = []workflows.MessageView{{Direction: models.ToSubject, Author: "Johan Ekström", At: now, Text: social.Question}}

	p := b.get(ownPage).want(http.StatusOK, ownPage)
	for _, words := range []string{
		"Registerutdrag från två nämnder och ett bolag", "1 av 3 klar, övriga senast måndag 3 maj 2027",
		"Sista dagen var måndag 3 maj 2027. Nu är den torsdag 1 juli 2027.", "Det är mycket.",
		"Sista dagen är nu fredag 7 maj 2027. Utan frågan hade den varit måndag 3 maj 2027.",
		"Socialnämnden har ställt en fråga till dig", "Johan Ekström, Socialnämnden", "Vilket år gäller det?",
		"Det läses bara av Socialnämnden.", "Klart", "Väntar på dig",
	} {
		if !p.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	for _, v := range p.fields()["version"] {
		if v != "7" {
			t.Errorf("the page tells a case's version, %s: how much was done there", v)
		}
	}
	if strings.Contains(p.title(), "nämnd") || strings.Contains(p.title(), "Maja") {
		t.Errorf("the title, which ends up in histories, says too much: %q", p.title())
	}
	if !b.get("/mina").says("Väntar på dig") {
		t.Error("the list does not tell that somebody waits")
	}
}

func TestNotTheirsAndNotThereLookTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	maja, olof := w.browser(), w.browser()
	r := w.withRequest(maja)
	olof.login("olof")
	letter := r.Cases[0].Letter.ID.String()
	for _, pair := range [][2]string{
		{ownPage, "/mina/INS-2027-00043"},
		{ownPage + "/ta-tillbaka", "/mina/INS-2027-00043/ta-tillbaka"},
		{ownPage + "/fil/" + letter, ownPage + "/fil/" + models.NewID[models.File]().String()},
		{"/kvitto/INS-2027-00042", "/kvitto/INS-2027-99999"},
		{ownPage, "/finns-inte"},
	} {
		theirs, nothing := olof.get(pair[0]), olof.get(pair[1])
		if theirs.status != http.StatusNotFound || nothing.status != http.StatusNotFound {
			t.Errorf("%s gives %d, %s gives %d", pair[0], theirs.status, pair[1], nothing.status)
		}
		// The language link is the one thing that differs: it is the page's own address.
		a := strings.ReplaceAll(theirs.body, theirs.url.Path, "")
		b := strings.ReplaceAll(nothing.body, nothing.url.Path, "")
		if a != b && pair[1] != "/finns-inte" {
			t.Errorf("%s and %s give different pages", pair[0], pair[1])
		}
		if !theirs.says("Sidan finns inte, eller så är den inte din.") {
			t.Error("the page does not say what it is")
		}
	}
	if p := olof.post(ownPage+"/meddelande", url.Values{"case": {r.Cases[1].ID.String()}, "text": {"Hej"}}); p.status != http.StatusNotFound {
		t.Errorf("a message to another person's case gives %d", p.status)
	}
	if len(w.u.recorded) != 0 {
		t.Error("the message was recorded")
	}
}

func TestAMessageReachesOneControllerAndIsNeverLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	r := w.withRequest(b)
	form := url.Values{"case": {r.Cases[1].ID.String()}, "text": {"  "}}

	p := b.post(ownPage+"/meddelande", form).want(http.StatusUnprocessableEntity, ownPage+"/meddelande")
	if p.summaryLink() != "#text-SN" || p.find("textarea", "id", "text-SN") == nil {
		t.Errorf("the summary links to %q", p.summaryLink())
	}
	form.Set("text", "Jag fick hjälp 2016.")
	w.u.next = workflows.ErrConflict
	p = b.post(ownPage+"/meddelande", form).want(http.StatusConflict, ownPage+"/meddelande")
	if got := text(p.find("textarea", "id", "text-SN")); got != "Jag fick hjälp 2016." || !p.says("Någon annan hann före") {
		t.Errorf("after a conflict the field holds %q", got)
	}
	if other := text(p.find("textarea", "id", "text-EBO")); other != "" {
		t.Errorf("another controller's field holds %q", other)
	}
	p = b.post(ownPage+"/meddelande", form).want(http.StatusOK, ownPage)
	if !p.says("Meddelandet är skickat.") || len(w.u.recorded) != 1 || w.u.recorded[0] != (workflows.Reply{Text: "Jag fick hjälp 2016."}) {
		t.Errorf("recorded: %v", w.u.recorded)
	}
	w.u.next = workflows.Refusal{Key: "guard.already-sent"}
	p = b.post(ownPage+"/meddelande", form).want(http.StatusConflict, ownPage+"/meddelande")
	if !p.says("Begäran är redan skickad.") || p.find("a", "href", ownPage) == nil {
		t.Error("a refusal does not say why, or not the way back")
	}
}

func TestQuestionsAreAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	r := w.withRequest(b)
	r.Question = &models.RequestPause{QuestionText: "Är det du som bor på Storgatan?", FromDate: r.ReceivedOn}
	r.Cases[1].Question, r.Cases[1].Status, r.Cases[1].Paused = "Vilket år?", "waiting", true
	p := b.get(ownPage)
	if p.find("form", "action", ownPage+"/fraga") == nil || p.find("form", "action", ownPage+"/svara") == nil {
		t.Fatal("the forms are missing")
	}
	b.post(ownPage+"/fraga", url.Values{"version": {"7"}, "text": {"Ja"}}).want(http.StatusOK, ownPage)
	b.post(ownPage+"/svara", url.Values{"case": {r.Cases[1].ID.String()}, "text": {"2016"}}).want(http.StatusOK, ownPage)
	want := []workflows.Input{workflows.Answer{Text: "Ja"}, workflows.Answer{Text: "2016"}}
	if len(w.u.applied) != 2 || w.u.applied[0] != want[0] || w.u.applied[1] != want[1] || w.u.seen[0] != 7 || w.u.seen[1] != 0 {
		t.Errorf("applied %v at versions %v", w.u.applied, w.u.seen)
	}
}

func TestWithdrawingAsksFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	r := w.withRequest(b)
	at := ownPage + "/ta-tillbaka"
	p := b.get(at).want(http.StatusOK, at)
	if p.says("Bara Kommunstyrelsen") || !p.says("Bara Socialnämnden") {
		t.Error("the choices are not those that can be taken back")
	}
	p = b.post(at, p.fields()).want(http.StatusUnprocessableEntity, at)
	w.u.next = workflows.ErrConflict
	p = b.post(at, with(p, "vad", "alla")).want(http.StatusConflict, at)
	if attr(p.find("input", "value", "alla"), "type") != "radio" || p.fields().Get("vad") != "alla" {
		t.Error("the choice is lost")
	}
	b.post(at, with(p, "vad", "alla")).want(http.StatusOK, ownPage)
	b.post(at, with(p, "vad", r.Cases[1].ID.String())).want(http.StatusOK, ownPage)
	if len(w.u.withdrawn) != 1 || len(w.u.applied) != 1 || w.u.applied[0] != (workflows.Withdraw{}) {
		t.Errorf("withdrawn %v, applied %v", w.u.withdrawn, w.u.applied)
	}
}

func TestADecisionOpensAfterAFreshLoginOnceAndForNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	r := w.withRequest(b)
	letter := ownPage + "/fil/" + r.Cases[0].Letter.ID.String()

	// Being logged in is not enough: the POST leads to the provider.
	p := b.post(letter, nil)
	if p.find("button", "value", "maja") == nil || len(w.u.opened) != 0 {
		t.Fatalf("opened without a fresh login: %d %s", p.status, p.url)
	}
	if q := p.url.Query(); q.Get("prompt") != "login" || q.Get("max_age") == "" {
		t.Errorf("the provider is not asked for a fresh login: %s", p.url.RawQuery)
	}
	p = b.choose(p, "maja").want(http.StatusOK, letter+"/klar")
	if !p.says("Från den dagen räknas tiden för att överklaga.") {
		t.Error("nothing is said about what opening means")
	}
	p = b.postAs(p, letter, nil)
	if p.body != letterBytes || len(w.u.opened) != 1 {
		t.Fatalf("got %d %q", p.status, p.body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"Content-Disposition": `inline; filename="Beslut INS-2027-00042-SN.pdf"`,
	} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	// In a sandbox some browsers show no PDF.
	if csp := p.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "sandbox") {
		t.Errorf("the letter is shown under %q", csp)
	}
	// Pressed again, by a double click, it is the same opening; when that has passed the ticket is spent.
	if p = b.post(letter, nil).want(http.StatusOK, letter+"/hamta"); p.body != letterBytes || len(w.u.opened) != 1 {
		t.Errorf("pressed again: %d, %d openings", p.status, len(w.u.opened))
	}
	w.clock.Advance(30 * time.Minute)
	if p = b.post(letter, nil); p.find("button", "value", "maja") == nil || len(w.u.opened) != 1 {
		t.Error("the letter opened twice on one login")
	}
	// Too late, too.
	p = b.choose(p, "maja")
	w.clock.Advance(6 * time.Minute)
	if p = b.postAs(p, letter, nil); p.find("button", "value", "maja") == nil || len(w.u.opened) != 1 {
		t.Error("the letter opened after five minutes")
	}
	// Somebody else at the same computer becomes themselves, and sees nothing.
	if p = b.choose(p, "olof"); p.status != http.StatusNotFound || len(w.u.opened) != 1 {
		t.Errorf("another person's login gives %d", p.status)
	}
}
