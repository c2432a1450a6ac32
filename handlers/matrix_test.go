// Package handlers_test walks through every route of the whole site, on a real database, as every kind of user.
package handlers_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"insyn/handlers/desk"
	"insyn/handlers/portal"
	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/internal/oidc"
	"insyn/internal/session"
	"insyn/internal/testkit"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const base = "http://insyn.exempelby.example"

// provider stands where the identity providers are. Logging in itself is tested with real ones, in the doors and by the tour;
// here everybody is logged in through the real sessions.
type provider struct{}

func (provider) Begin(context.Context, string, oidc.Options) (string, oidc.Flow, error) {
	return "https://login.exempelby.example/authorize", oidc.Flow{}, nil
}
func (provider) Finish(context.Context, oidc.Flow, url.Values) (oidc.Identity, error) {
	return oidc.Identity{}, context.Canceled
}
func (provider) EndSessionURL(context.Context, string) (string, error) { return "", nil }

// place is the site over a municipality with one released case and one that is ready, both at the social committee.
type place struct {
	*workflowtest.World
	site     *web.Site
	handler  http.Handler
	sessions map[string]*session.Manager // by door
	maja     models.Actor
	released string // number of the request
	ready    string
	letter   models.FileID
	inquiry  models.Inquiry               // the person's, with the servicecenter
	batch    models.ID[models.PrintBatch] // of the social committee's letters
}

func open(t *testing.T) *place {
	t.Helper()
	w := workflowtest.New(t)
	p := &place{World: w, maja: w.Resident("197701172392"), sessions: map[string]*session.Manager{}}
	p.released, p.ready = w.Request(p.maja, "SN"), w.Request(p.maja, "SN")
	w.Answer("SN", p.released+"-SN", models.OutcomeNeutral)
	w.SearchNothing("SN", p.ready+"-SN")
	w.Propose("SN", p.ready+"-SN", models.OutcomeNeutral)
	mine, err := w.MyRequest(t.Context(), p.maja, p.released)
	must(t, err)
	p.letter = mine.Cases[0].Letter.ID

	must(t, w.Store.InTx(t.Context(), w.As("registrator SN"), func(tx *models.Tx) error {
		b, err := tx.InsertPrintBatch(w.Controllers["SN"].ID, calendar.DateOf(tx.Now))
		p.batch = b.ID
		return err
	}))
	who := workflowtest.Person()
	number, err := w.Ask(t.Context(), p.maja, workflows.AskForm{Form: "form-0000000000000001", Text: "Hur länge sparas det?", Language: "sv", Who: &who})
	must(t, err)
	must(t, w.Store.InTx(t.Context(), models.SystemActor(), func(tx *models.Tx) (err error) {
		p.inquiry, err = tx.InquiryByNumber(number)
		return err
	}))

	texts, err := templates.New(templates.DefaultLook("Exempelby kommun"))
	must(t, err)
	quiet := slog.New(slog.DiscardHandler)
	p.site, err = web.New(web.Options{BaseURL: base, Pages: texts, Log: quiet})
	must(t, err)
	db, err := w.DB.Runtime.DB()
	must(t, err)
	for door, cookie := range map[string]string{"portal": session.ResidentCookie, "desk": session.StaffCookie} {
		p.sessions[door], err = session.New(db, session.Options{CookieName: cookie, IdleTimeout: session.StaffIdle, Log: quiet})
		must(t, err)
	}
	p.site.Mount("/assets/", texts.Assets())
	must(t, portal.Register(p.site, portal.Deps{Service: w.Service, Sessions: p.sessions["portal"], Login: provider{}, Texts: texts, Clock: w.Clock,
		Log: quiet, UploadMax: w.Settings.UploadMax}))
	must(t, desk.Register(p.site, desk.Deps{Service: w.Service, Login: provider{}, Sessions: p.sessions["desk"], Texts: texts, Clock: w.Clock,
		Log: quiet, UploadMax: w.Settings.UploadMax}))
	p.handler, err = p.site.Handler()
	must(t, err)
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// user is somebody who asks: their session's cookie and what they are.
type user struct {
	name   string
	actor  models.Actor
	cookie *http.Cookie
}

// login makes a session as the doors do after a login.
func (p *place) login(t *testing.T, door, id string) *http.Cookie {
	t.Helper()
	m := p.sessions[door]
	rec := httptest.NewRecorder()
	m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		must(t, m.Login(r.Context(), session.Login{UserID: id, At: p.Clock.Now(), AuthTime: p.Clock.Now()}))
		w.WriteHeader(http.StatusNoContent)
	})).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, base+"/", nil))
	cookies := rec.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies after a login", len(cookies))
	}
	return cookies[0]
}

func (p *place) resident(t *testing.T, name string, who workflows.Identity) user {
	t.Helper()
	a := p.Resident(who.Number)
	sealed, err := p.SealIdentity(t.Context(), who)
	must(t, err)
	// The portal's sessions hold the subject and the sealed identity.
	return user{name, a, p.login(t, "portal", a.Subject.String()+" "+base64.RawURLEncoding.EncodeToString(sealed))}
}

// users is everyone: nobody, two residents, and every member of staff of the demo.
func (p *place) users(t *testing.T) []user {
	t.Helper()
	out := []user{{name: "nobody"},
		p.resident(t, "the person", workflowtest.Person()),
		p.resident(t, "another person", workflows.Identity{Name: "Omar Haddad", Number: "198404012380"})}
	for name, a := range p.Staff {
		if i := slices.IndexFunc(out, func(u user) bool { return u.actor.Staff == a.Staff && a.Kind == u.actor.Kind }); i < 0 {
			out = append(out, user{name, a, p.login(t, "desk", a.Staff.String())})
		}
	}
	return out
}

// things are what the parameters of an address are filled with.
type things map[string]string

// own fills an address with what is there; foreign parts of it are replaced by what is not.
func (p *place) own(t *testing.T, r web.RouteInfo) things {
	t.Helper()
	out := things{"file": p.letter.String(), "prefix": "SN", "page": "uppgifter", "right": "radering", "slot": "help", "document": "decision"}
	number := p.released
	if strings.HasSuffix(r.Pattern, "/brev") || strings.HasSuffix(r.Pattern, "/utdrag") {
		number = p.ready
	}
	if strings.Contains(r.Pattern, "/arende/") {
		number += "-SN"
	}
	out["number"] = number
	switch {
	case strings.Contains(r.Pattern, "/fragor/"):
		out["number"], out["inquiry"] = p.inquiry.Number, p.inquiry.ID.String()
	case strings.HasPrefix(r.Pattern, "/fraga/:id"):
		out["id"] = p.inquiry.ID.String()
		return out
	}
	out["case"] = p.Case(strings.TrimSuffix(number, "-SN") + "-SN").ID.String()
	if strings.Contains(r.Pattern, "/begaran/:number/brev/") {
		must(t, p.Store.InTx(t.Context(), models.SystemActor(), func(tx *models.Tx) error {
			r, err := tx.RequestByNumber(number)
			if err != nil {
				return err
			}
			receipt, err := tx.RequestReceipt(r.ID)
			out["file"] = receipt.ID.String()
			return err
		}))
	}
	if strings.Contains(r.Pattern, ":batch") {
		out["batch"] = p.batch.String()
	}
	if strings.Contains(r.Pattern, ":person") {
		p.newcomer(t, out)
	}
	if strings.Contains(r.Pattern, ":trial") {
		trial, err := p.StartImport(t.Context(), p.As("admin"), []models.ImportedFile{{Name: "personal.csv", Body: []byte("E-post;Namn;Titel\n")}})
		must(t, err)
		out["trial"] = trial.String()
	}
	if strings.Contains(r.Pattern, ":id") {
		id, err := p.NewDraft(t.Context(), p.maja, models.Access, "sv")
		must(t, err)
		must(t, p.SaveDraft(t.Context(), p.maja, id, 1, func(f *workflows.DraftForm) {
			f.Controllers = []workflows.DraftAddressee{{Controller: p.Controllers["SN"].ID}}
		}))
		out["id"] = id.String()
	}
	return out
}

// newcomer is somebody new with a role, for the forms that end it.
func (p *place) newcomer(t *testing.T, out things) {
	t.Helper()
	who, err := p.AddStaff(t.Context(), p.As("admin"), workflows.NewStaff{Email: models.NewID[models.Staff]().String() + "@exempelby.example", Name: "Nils Ny"})
	must(t, err)
	must(t, p.AddAssignment(t.Context(), p.As("admin"), workflows.NewAssignment{Staff: who, Role: models.RoleLogReviewer}))
	v, err := p.StaffPerson(t.Context(), p.As("admin"), who)
	must(t, err)
	out["person"], out["assignment"] = who.String(), v.Assignments[0].ID.String()
}

// missing is the same address to what does not exist.
func missing(have things) things {
	out := things{}
	for k, v := range have {
		out[k] = v
	}
	out["case"] = models.NewID[models.Case]().String()
	if have["inquiry"] != "" {
		out["inquiry"] = models.NewID[models.Inquiry]().String()
	}
	if have["batch"] != "" {
		out["batch"] = models.NewID[models.PrintBatch]().String()
	}
	out["id"], out["file"] = models.NewID[models.Request]().String(), models.NewID[models.File]().String()
	out["number"] = regexp.MustCompile(`-\d{5}`).ReplaceAllString(have["number"], "-99999")
	return out
}

func (th things) path(pattern string) string {
	parts := strings.Split(pattern, "/")
	for i, part := range parts {
		switch {
		case strings.HasPrefix(part, ":"):
			parts[i] = th[part[1:]]
		case strings.HasPrefix(part, "*"):
			parts[i] = "app.css"
		}
	}
	return strings.Join(parts, "/")
}

// ask sends one request and returns its answer with what tells addresses apart taken out.
func (p *place) ask(r web.RouteInfo, u user, th things, header ...string) (*http.Response, string) {
	req := httptest.NewRequest(r.Method, base+th.path(r.Pattern), nil)
	if r.Method == http.MethodPost {
		req = httptest.NewRequest(r.Method, base+th.path(r.Pattern), strings.NewReader("version=1&case="+th["case"]+"&inquiry="+th["inquiry"]+"&assignment="+th["assignment"]))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if u.cookie != nil {
		req.AddCookie(u.cookie)
	}
	rec := httptest.NewRecorder()
	p.handler.ServeHTTP(rec, req)
	res := rec.Result()
	body := rec.Body.String()
	if id := res.Header.Get("X-Request-Id"); id != "" {
		body = strings.ReplaceAll(body, id, "<request>")
	}
	for k, v := range th {
		if k != "prefix" && k != "page" && k != "right" && v != "" {
			body = strings.ReplaceAll(body, v, "<"+k+">")
		}
	}
	return res, body
}

// admits is the rule, worked out anew from what the route says of itself.
func admits(r web.RouteInfo, u user) (in, known bool) {
	switch r.Rule.Kind {
	case models.AnonymousKind:
		return true, true
	case models.ResidentKind:
		return u.actor.Kind == models.ResidentKind, u.actor.Kind == models.ResidentKind
	case models.InquirerKind:
		return false, false // nobody here has shown a code
	default:
		in = len(r.Rule.Roles) == 0
		for _, role := range r.Rule.Roles {
			in = in || u.actor.HasRole(role)
		}
		known = u.actor.Kind == models.StaffKind
		return in && known, known
	}
}

// theirs tells whether what the address names is the user's to see.
func (p *place) theirs(r web.RouteInfo, u user) bool {
	sn := p.Controllers["SN"].ID
	switch {
	case strings.Contains(r.Pattern, ":batch"):
		return u.actor.Has(models.RoleRegistrator, sn) || u.actor.Has(models.RoleOmbud, sn)
	case !strings.Contains(r.Pattern, ":number") && !strings.Contains(r.Pattern, ":id"):
		return true
	case strings.HasPrefix(r.Pattern, "/fraga/"):
		return true // the same for every id: it leads to the page that sends the code
	case strings.Contains(r.Pattern, "/arbete/fragor/"):
		return u.actor.HasRole(models.RoleServicecenter)
	case u.actor.Kind == models.ResidentKind:
		return u.actor.Subject == p.maja.Subject
	case strings.Contains(r.Pattern, "/begaran/"):
		return u.actor.HasRole(models.RoleServicecenter)
	case strings.HasSuffix(r.Pattern, "/brev"), strings.HasSuffix(r.Pattern, "/utdrag"), strings.HasSuffix(r.Pattern, "/beslut"):
		return u.actor.Has(models.RoleOmbud, sn) || u.actor.Has(models.RoleDecider, sn) || u.actor.Has(models.RoleDSO, sn)
	default:
		return len(u.actor.At(sn).Controllers(models.RoleOmbud, models.RoleDecider, models.RoleDSO, models.RoleRegistrator)) > 0
	}
}

func TestEveryRouteForEveryone(t *testing.T) {
	t.Parallel()
	p := open(t)
	users := p.users(t)
	if n := len(p.site.Routes()); n < 50 {
		t.Fatalf("only %d routes", n)
	}
	for _, r := range p.site.Routes() {
		if strings.HasSuffix(r.Pattern, "/logga-ut") {
			continue // ends the session that the others need: TestLogoutIsARoute
		}
		for _, u := range users {
			p.probe(t, r, u)
		}
	}
}

func (p *place) probe(t *testing.T, r web.RouteInfo, u user) {
	t.Helper()
	what := fmt.Sprintf("%s %s by %s", r.Method, r.Pattern, u.name)
	th := p.own(t, r)
	res, body := p.ask(r, u, th)
	noPersonalData(t, what, res)
	if res.StatusCode >= 500 {
		t.Errorf("%s: %s", what, res.Status)
		return
	}
	in, known := admits(r, u)
	switch {
	case !known:
		door := map[string]string{"portal": "/", "desk": "/arbete/"}[r.Door]
		to := res.Header.Get("Location")
		if r.Rule.Kind == models.InquirerKind {
			if res.StatusCode != http.StatusSeeOther || to != "/fraga/"+th["id"] {
				t.Errorf("%s, without the code: %s to %q", what, res.Status, to)
			}
			break
		}
		if r.Door == "desk" && r.Method == http.MethodPost && res.StatusCode == http.StatusUnauthorized {
			break // a page that says so, and keeps what was typed
		}
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, door+"logga-in") && !strings.HasPrefix(to, door+"utloggad") {
			t.Errorf("%s, who is not logged in: %s to %q", what, res.Status, to)
		}
	case !in:
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s, whose it is not: %s", what, res.Status)
		}
	case r.Rule.Kind == models.AnonymousKind:
		if res.StatusCode == http.StatusForbidden || res.StatusCode == http.StatusUnauthorized {
			t.Errorf("%s, a public page: %s", what, res.Status)
		}
	case p.theirs(r, u):
		if res.StatusCode == http.StatusNotFound && !strings.HasSuffix(r.Pattern, "/namnd") { // which needs to be told which
			t.Errorf("%s, whose it is: %s", what, res.Status)
		}
		if r.Method == http.MethodGet && res.StatusCode == http.StatusForbidden {
			t.Errorf("%s, whose it is: %s", what, res.Status)
		}
	default:
		gone, emptiness := p.ask(r, u, missing(th))
		if res.StatusCode != gone.StatusCode || body != emptiness || res.Header.Get("Content-Type") != gone.Header.Get("Content-Type") {
			t.Errorf("%s: not theirs is %s, not there is %s; bodies equal: %v", what, res.Status, gone.Status, body == emptiness)
		}
		if r.Method == http.MethodGet && res.StatusCode != http.StatusNotFound {
			t.Errorf("%s, whose it is not: %s", what, res.Status)
		}
	}
}

// noPersonalData looks where browsers and proxies keep addresses.
func noPersonalData(t *testing.T, what string, res *http.Response) {
	t.Helper()
	for _, h := range []string{"Location", "Content-Location", "Link"} {
		for _, secret := range []string{"Lindqvist", "Maja", "Haddad", "Omar", "197701172392", "198404012380", "post.example"} {
			if strings.Contains(res.Header.Get(h), secret) {
				t.Errorf("%s: %s says %s", what, h, secret)
			}
		}
	}
}

// TestFormsFromOtherSitesAreRefused sends every form as a page of somebody else's would, for everyone who may use it.
func TestFormsFromOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	p := open(t)
	users := p.users(t)
	for _, r := range p.site.Routes() {
		if r.Method != http.MethodPost {
			continue
		}
		for _, u := range users {
			for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site", "Origin", "https://ond.example"}, {"Sec-Fetch-Site", "", "Origin", "https://ond.example"}} {
				res, _ := p.ask(r, u, p.own(t, r), header...)
				if res.StatusCode != http.StatusForbidden {
					t.Errorf("%s by %s from another site: %s", r.Pattern, u.name, res.Status)
				}
			}
		}
	}
}

// TestLogoutIsARoute: it ends the session, and asks for nothing.
func TestLogoutIsARoute(t *testing.T) {
	t.Parallel()
	p := open(t)
	for _, c := range []struct {
		out, page web.RouteInfo
		user      user
	}{
		{route(t, p, "/logga-ut"), route(t, p, "/mina"), p.resident(t, "the person", workflowtest.Person())},
		{route(t, p, "/arbete/logga-ut"), route(t, p, "/arbete"), user{"ombud", p.As("ombud SN"), p.login(t, "desk", p.As("ombud SN").Staff.String())}},
	} {
		if res, _ := p.ask(c.page, c.user, things{}); res.StatusCode != http.StatusOK {
			t.Errorf("before: %s", res.Status)
		}
		if res, _ := p.ask(c.out, c.user, things{}); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %s", c.out.Pattern, res.Status)
		}
		if res, _ := p.ask(c.page, c.user, things{}); res.StatusCode != http.StatusSeeOther {
			t.Errorf("after: %s", res.Status)
		}
	}
}

func route(t *testing.T, p *place, pattern string) web.RouteInfo {
	t.Helper()
	all := p.site.Routes()
	i := slices.IndexFunc(all, func(r web.RouteInfo) bool { return r.Pattern == pattern })
	if i < 0 {
		t.Fatalf("no route %s", pattern)
	}
	return all[i]
}
