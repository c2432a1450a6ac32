package portal_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// expire ends every session, as half an hour of nothing does.
func (w *world) expire() {
	w.t.Helper()
	if err := w.db.Runtime.Exec("delete from sessions").Error; err != nil {
		w.t.Fatal(err)
	}
}

func TestWhatWasTypedSurvivesALogout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	p := b.begin()
	base := strings.TrimSuffix(p.url.Path, "/namnder")
	b.post(p.url.Path, url.Values{"version": p.fields()["version"], "namnd": {"SN"}})
	p = b.get(base + "/om/SN")
	w.expire()
	p = b.upload(base+"/om/SN", with(p, "text", "En lång berättelse", "relation", "client"), "brev.pdf", []byte("%PDF")).want(http.StatusOK, "/utloggad")
	if !p.says("Du blev utloggad. Det du skrev finns kvar.") {
		t.Error("the page does not tell that the text is kept")
	}
	var rows []string
	if err := w.db.Runtime.Raw("select encode(data, 'escape') from sessions").Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(rows, ""); all == "" || strings.Contains(all, "En l") || strings.Contains(all, "client") || strings.Contains(all, base64.RawURLEncoding.EncodeToString([]byte("from=&relation="))) {
		t.Errorf("the text stands open in the database: %s", all)
	}
	again := attr(p.find("a", "class", "govuk-button"), "href")
	p = b.choose(b.get(again), "maja").want(http.StatusOK, base+"/om/SN")
	if f := p.fields(); f.Get("text") != "En lång berättelse" || f.Get("relation") != "client" || !p.says("det du skrev finns kvar") {
		t.Errorf("after the login the form holds %v", f)
	}
	b.upload(base+"/om/SN", p.fields(), "", nil).want(http.StatusOK, base+"/svar")
	if got := b.get(base + "/om/SN").fields().Get("text"); got != "En lång berättelse" {
		t.Errorf("saved: %q", got)
	}
}

func TestWhatWasTypedIsGivenToNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	r := w.withRequest(b)
	w.expire()
	p := b.post(ownPage+"/meddelande", url.Values{"case": {r.Cases[1].ID.String()}, "text": {"Hemligt om mig"}}).want(http.StatusOK, "/utloggad")
	p = b.choose(b.get(attr(p.find("a", "class", "govuk-button"), "href")), "olof")
	if p.status != http.StatusNotFound || strings.Contains(p.body, "Hemligt") {
		t.Errorf("another person got %d", p.status)
	}
	// The right person, in the same browser, gets it.
	b.post("/logga-ut", nil)
}

func TestAKeptMessageComesBackInItsOwnField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	r := w.withRequest(b)
	w.expire()
	p := b.post(ownPage+"/meddelande", url.Values{"case": {r.Cases[1].ID.String()}, "text": {"Jag fick hjälp 2016."}})
	p = b.choose(b.get(attr(p.find("a", "class", "govuk-button"), "href")), "maja").want(http.StatusOK, ownPage)
	if got := text(p.find("textarea", "id", "text-SN")); got != "Jag fick hjälp 2016." {
		t.Errorf("the field holds %q", got)
	}
	if b.get(ownPage).says("Jag fick hjälp 2016.") {
		t.Error("it is given back twice")
	}
}

func TestLoginComesBackOnlyToOurOwnPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, to := range []string{"https://ond.example/", "//ond.example", `/\ond.example`, "/\tond"} {
		b := w.browser()
		p := b.choose(b.get("/logga-in?till="+url.QueryEscape(to)), "maja")
		if p.url.Host != strings.TrimPrefix(w.url, "http://") || p.url.Path != "/mina" {
			t.Errorf("%q led to %s", to, p.url)
		}
	}
}

func TestALoginThatFailsSaysWhyAndLetsOneTryAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	at := b.get("/logga-in?till=/ny")
	form := at.fields()
	form.Set("avbryt", "1")
	p := b.postAs(at, "", form)
	if p.status != http.StatusForbidden || !p.says("Inloggningen avbröts") || p.find("a", "href", "/logga-in?till=%2Fny") == nil {
		t.Errorf("got %d %q", p.status, p.h1())
	}
	if p = b.get("/logga-in/svar?state=okand&code=x"); p.status != http.StatusBadRequest || !p.says("Inloggningen gick inte att slutföra") {
		t.Errorf("an unknown state gives %d %q", p.status, p.h1())
	}
}

func TestLoginRenewsTheSessionAndLogoutEndsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	here, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	token := func() string {
		for _, c := range b.c.Jar.Cookies(here) {
			if c.Name == "insyn" {
				return c.Value
			}
		}
		return ""
	}
	at := b.get("/logga-in?till=/mina")
	before := token()
	p := b.choose(at, "maja").want(http.StatusOK, "/mina")
	if before == "" || token() == before {
		t.Error("the token from before the login is still good")
	}
	if p.header.Get("Cache-Control") != "no-store" || !p.says(majaName) {
		t.Error("a page with a name on it may be kept, or has no name")
	}
	var rows []string
	if err := w.db.Runtime.Raw("select encode(data, 'escape') from sessions").Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(rows, ""); strings.Contains(all, "Maja") || strings.Contains(all, majaNumber) {
		t.Error("name or number stand open in the session")
	}
	kept := token()
	b.post("/logga-ut", nil)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/mina", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "insyn", Value: kept})
	other := w.browser().stay()
	if p := other.do(req); p.status != http.StatusSeeOther {
		t.Errorf("the old token gives %d after logout", p.status)
	}
}

func TestEveryPageOfAPersonAsksForLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser().stay()
	for _, r := range w.site.Routes() {
		if r.Door != "portal" || r.Rule.Kind == "anonymous" {
			continue
		}
		path := strings.NewReplacer(":number", "INS-2027-00042", ":id", "0190", ":prefix", "KS", ":file", "0190").Replace(r.Pattern)
		var p page
		if r.Method == http.MethodGet {
			p = b.get(path)
		} else {
			p = b.post(path, url.Values{})
		}
		to := p.header.Get("Location")
		if r.Rule.Kind == "inquirer" {
			if p.status != http.StatusSeeOther || to != "/fraga/0190" { // where the code is sent
				t.Errorf("%s %s answers a stranger with %d %s", r.Method, r.Pattern, p.status, to)
			}
			continue
		}
		if p.status != http.StatusSeeOther || (!strings.HasPrefix(to, "/logga-in?till=") && !strings.HasPrefix(to, "/utloggad?till=")) {
			t.Errorf("%s %s answers a stranger with %d %s", r.Method, r.Pattern, p.status, to)
		}
	}
}

func TestAFormFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("maja")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+"/ny", strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if p := b.do(req); p.status != http.StatusForbidden || len(w.u.drafts) != 0 {
		t.Errorf("got %d and %d drafts", p.status, len(w.u.drafts))
	}
}
