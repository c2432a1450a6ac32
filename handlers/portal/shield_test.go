package portal_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"insyn/models"
	"insyn/workflows"
)

func (u *useCases) ProtectRequest(_ context.Context, a models.Actor, number string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.owners[number] != a.Subject {
		return workflows.ErrNotFound
	}
	u.requests[number].Protected = true
	return nil
}

// TestAProtectedPersonIsAskedForNothingThatLeadsToThem: the question comes first, the address is not asked for, “alla” is not
// offered, and each controller is confirmed.
func TestAProtectedPersonIsAskedForNothingThatLeadsToThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.login("maja")
	p := b.postAs(b.get("/ny"), "/ny/registerutdrag/skydd", url.Values{})
	if !strings.HasSuffix(p.url.Path, "/skydd") {
		t.Fatalf("led to %s", p.url.Path)
	}
	at := strings.TrimSuffix(p.url.Path, "/skydd")
	if !strings.Contains(p.body, "0980") {
		t.Error("the page does not say where to call")
	}
	p = b.postAs(p, at+"/skydd", p.fields())
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Svara ja eller nej") {
		t.Errorf("no answer: %d", p.status)
	}
	p = b.postAs(p, at+"/skydd", with(p, "skydd", "ja"))
	if !strings.HasSuffix(p.url.Path, "/namnder") || strings.Contains(p.body, `value="alla"`) {
		t.Errorf("%s offers all of them at once: %v", p.url.Path, strings.Contains(p.body, `value="alla"`))
	}
	wide := with(p, "namnd", "alla")
	if p = b.postAs(p, at+"/namnder", wide); p.status != http.StatusUnprocessableEntity {
		t.Errorf("all of them at once: %d %s", p.status, p.url.Path)
	}
	p = b.postAs(p, at+"/namnder", with(p, "namnd", "SN"))
	if !strings.HasSuffix(p.url.Path, "/om/SN") || !strings.Contains(p.body, "Ska Socialnämnden få din begäran?") {
		t.Fatalf("at %s it is not asked who gets it", p.url.Path)
	}
	left := b.upload(at+"/om/SN", with(p, "text", "Allt om mig"), "", nil)
	if left.status != http.StatusUnprocessableEntity || !strings.Contains(left.body, "Allt om mig") || !strings.Contains(left.body, "bekrafta-error") {
		t.Errorf("a controller that was not confirmed: %d", left.status)
	}
	p = b.upload(at+"/om/SN", with(left, "bekrafta", "ja"), "", nil)
	if !strings.HasSuffix(p.url.Path, "/svar") {
		t.Fatalf("led to %s", p.url.Path)
	}
	for _, field := range []string{`name="address"`, `name="email"`, `name="phone"`} {
		if strings.Contains(p.body, field) {
			t.Errorf("the page asks for %s", field)
		}
	}
	form := with(p, "answer", "post", "address", "Hemliga gatan 1", "email", "maja@post.example", "phone", "070")
	p = b.postAs(p, at+"/svar", form)
	if p.status != http.StatusOK || !strings.HasSuffix(p.url.Path, "/kontrollera") || strings.Contains(p.body, "Hemliga") || strings.Contains(p.body, "maja@") {
		t.Errorf("%d %s keeps what leads to the person", p.status, p.url.Path)
	}
	for _, d := range w.u.drafts {
		if f := d.view.Form; !f.Protected || f.Email+f.Phone+f.Address != "" || !f.Controllers[0].Confirmed {
			t.Errorf("the draft holds %+v", f)
		}
	}
	sent := b.postAs(p, at+"/skicka", url.Values{})
	if sent.status != http.StatusOK || !strings.HasPrefix(sent.url.Path, "/kvitto/") {
		t.Errorf("sent: %d %s", sent.status, sent.url.Path)
	}
}

// TestAPersonFlagsThemselvesLater from the page of a request; then it is not offered again.
func TestAPersonFlagsThemselvesLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	r := w.withRequest(b)
	p := b.get("/mina/" + r.Number)
	if !strings.Contains(p.body, "Hantera mina begäranden som skyddade") {
		t.Fatal("it is not offered")
	}
	p = b.postAs(p, "/mina/"+r.Number+"/skydd", url.Values{"skydd": {"ja"}})
	if p.status != http.StatusOK || !strings.Contains(p.body, "Dina begäranden hanteras nu som skyddade") || strings.Contains(p.body, "Hantera mina begäranden som skyddade") {
		t.Errorf("afterwards: %d", p.status)
	}
}
