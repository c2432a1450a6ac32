package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"insyn/models"
)

// TestTheProtectedAreNotThere asks every address of the desk for a protected person's case and request, and for one that
// does not exist, as everybody on the staff while nobody is cleared: the answers are the same, byte for byte.
func TestTheProtectedAreNotThere(t *testing.T) {
	t.Parallel()
	p := open(t)
	p.Clear()
	must(t, p.ProtectRequest(t.Context(), p.maja, p.released))
	p.Work()
	asked := 0
	for _, u := range p.users(t) {
		if u.actor.Kind != models.StaffKind {
			continue
		}
		for _, r := range p.site.Routes() {
			if !strings.Contains(r.Pattern, ":number") || r.Door != "desk" {
				continue
			}
			th := p.own(t, r)
			res, body := p.ask(r, u, th)
			gone, emptiness := p.ask(r, u, missing(th))
			asked++
			if res.StatusCode != gone.StatusCode || body != emptiness || res.Header.Get("Location") != strings.ReplaceAll(gone.Header.Get("Location"), missing(th)["number"], th["number"]) {
				t.Errorf("%s %s by %s: %s, and of one that is not there %s; bodies equal: %v", r.Method, r.Pattern, u.name, res.Status, gone.Status, body == emptiness)
			}
			if in, _ := admits(r, u); in && r.Method == http.MethodGet && res.StatusCode != http.StatusNotFound {
				t.Errorf("%s by %s: %s", r.Pattern, u.name, res.Status)
			}
		}
		for _, path := range []string{"/arbete", "/arbete/klara", "/arbete?lage=ready"} {
			if page := p.desk(u, http.MethodGet, path, ""); strings.Contains(page, "Maja Lindqvist") || strings.Contains(page, p.ready) || strings.Contains(page, p.released) {
				t.Errorf("%s shows %s a protected person", path, u.name)
			}
		}
		for _, words := range []string{"lindqvist", "Maja", "197701172392", p.released, p.released + "-SN"} {
			if page := p.desk(u, http.MethodPost, "/arbete/sok", "q="+words); strings.Contains(page, "Maja Lindqvist") {
				t.Errorf("a search for %s shows %s a protected person", words, u.name)
			}
		}
	}
	if asked < 200 {
		t.Errorf("only %d addresses were asked", asked)
	}
	// Who is cleared opens it at the same address.
	p.Clear("ombud SN")
	if page := p.desk(user{actor: p.As("ombud SN"), cookie: p.login(t, "desk", p.As("ombud SN").Staff.String())}, http.MethodGet, "/arbete/arende/"+p.ready+"-SN", ""); !strings.Contains(page, "Maja Lindqvist") {
		t.Error("a cleared ombud does not see the case")
	}
}

// desk asks the desk for a page, or sends it a form.
func (p *place) desk(u user, method, path, form string) string {
	req := httptest.NewRequest(method, base+path, strings.NewReader(form))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	req.AddCookie(u.cookie)
	rec := httptest.NewRecorder()
	p.handler.ServeHTTP(rec, req)
	return rec.Body.String()
}
