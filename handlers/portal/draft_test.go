package portal_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"insyn/models"
)

// begin logs in and makes a draft; it returns the first question.
func (b *browser) begin() page {
	b.w.t.Helper()
	b.login("maja")
	p := b.postAs(b.get("/ny"), "/ny", url.Values{})
	if p.status != http.StatusOK || !strings.HasSuffix(p.url.Path, "/namnder") {
		b.w.t.Fatalf("a new draft ended at %d %s", p.status, p.url)
	}
	return p
}

func (b *browser) upload(path string, form url.Values, name string, content []byte) page {
	b.w.t.Helper()
	var body bytes.Buffer
	mw := multipart.NewWriter(&body)
	for k, v := range form {
		for _, s := range v {
			_ = mw.WriteField(k, s)
		}
	}
	if name != "" {
		part, err := mw.CreateFormFile("file", name)
		if err != nil {
			b.w.t.Fatal(err)
		}
		_, _ = part.Write(content)
	}
	_ = mw.Close()
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, b.w.url+path, &body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", mw.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(req)
}

func with(p page, pairs ...string) url.Values {
	v := p.fields()
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func TestARequestFromTheStartPageToItsReceipt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()

	start := b.get("/").want(http.StatusOK, "/")
	begin := attr(start.find("a", "class", "govuk-button"), "href")
	// Login comes back to where one was going.
	p := b.choose(b.get(begin), "maja").want(http.StatusOK, "/ny")
	p = b.postAs(p, "/ny", url.Values{})
	base := strings.TrimSuffix(p.url.Path, "/namnder")

	p = b.post(p.url.Path, url.Values{"version": p.fields()["version"], "namnd": {"KS", "SN"}}).want(http.StatusOK, base+"/om/KS")
	p = b.upload(p.url.Path, with(p, "relation", "resident", "text", "Fakturor för vatten", "from", "2016"), "faktura.pdf", []byte("%PDF-1.7"))
	p.want(http.StatusOK, base+"/om/SN")
	p = b.upload(p.url.Path, with(p, "text", ""), "", nil).want(http.StatusOK, base+"/svar")
	p = b.post(p.url.Path, with(p, "email", "maja@post.example")).want(http.StatusOK, base+"/kontrollera")
	for _, words := range []string{majaName, "Fakturor för vatten", "faktura.pdf", "maja@post.example", "18900609-9817"} {
		if !p.says(words) {
			t.Errorf("the last page before sending does not say %q", words)
		}
	}
	p = b.post(base+"/skicka", url.Values{}).want(http.StatusOK, "/kvitto/INS-2027-00042")
	for _, words := range []string{"INS-2027-00042", "torsdag 1 april 2027", "måndag 3 maj 2027"} {
		if !p.says(words) {
			t.Errorf("the receipt does not say %q", words)
		}
	}
	// A second press, “back” and a second tab end at the same receipt.
	b.post(base+"/skicka", url.Values{}).want(http.StatusOK, "/kvitto/INS-2027-00042")
	b.get(base+"/om/KS").want(http.StatusOK, "/kvitto/INS-2027-00042")
	b.post(base+"/namnder", url.Values{"version": {"1"}, "namnd": {"SN"}}).want(http.StatusOK, "/kvitto/INS-2027-00042")
	if n := len(w.u.requests); n != 1 {
		t.Errorf("%d requests were made", n)
	}
	w.nothingPersonal(b)
}

// nothingPersonal looks for what was typed and who typed it in addresses and in the log.
func (w *world) nothingPersonal(b *browser) {
	w.t.Helper()
	for _, secret := range []string{majaNumber, "Maja", "Lindqvist", "Fakturor", "faktura", "maja%40", "maja@"} {
		for _, u := range b.seen {
			if strings.HasPrefix(u, w.url) && strings.Contains(u, secret) {
				w.t.Errorf("%q is in the address %s", secret, u)
			}
		}
		if strings.Contains(w.log.String(), secret) {
			w.t.Errorf("%q is in the log", secret)
		}
	}
	if strings.Contains(w.log.String(), "/utkast/0") || strings.Contains(w.log.String(), "INS-2027") {
		w.t.Error("the log has raw paths")
	}
}

func TestAFormThatIsWrongComesBackWithEverythingTyped(t *testing.T) {
	t.Parallel()
	b := newWorld(t).browser()
	p := b.begin()
	base := strings.TrimSuffix(p.url.Path, "/namnder")

	p = b.post(p.url.Path, url.Values{"version": p.fields()["version"]}).want(http.StatusUnprocessableEntity, p.url.Path)
	if !strings.HasPrefix(p.title(), "Fel: ") {
		t.Errorf("the title is %q", p.title())
	}
	link := p.summaryLink()
	if link != "#namnd" || p.find("input", "id", "namnd") == nil {
		t.Errorf("the summary links to %q", link)
	}
	b.post(base+"/namnder", url.Values{"version": p.fields()["version"], "namnd": {"alla"}}).want(http.StatusOK, base+"/om/KS")

	p = b.get(base + "/svar")
	p = b.post(base+"/svar", with(p, "answer", "post", "address", "", "email", "inte en adress", "phone", "070 174 06 00")).
		want(http.StatusUnprocessableEntity, base+"/svar")
	f := p.fields()
	if f.Get("answer") != "post" || f.Get("email") != "inte en adress" || f.Get("phone") != "070 174 06 00" {
		t.Errorf("typed text is lost: %v", f)
	}
	for _, id := range []string{"address-error", "email-error"} {
		if p.find("p", "id", id) == nil {
			t.Errorf("no error at %s", id)
		}
	}
}

func TestAnotherTabDoesNotOverwriteInSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	p := b.begin()
	base := strings.TrimSuffix(p.url.Path, "/namnder")
	b.post(p.url.Path, url.Values{"version": p.fields()["version"], "namnd": {"KS", "SN"}})

	one := b.get(base + "/om/SN")
	two := b.get(base + "/om/SN")
	b.upload(base+"/om/SN", with(one, "text", "Från ena fliken"), "", nil)
	p = b.upload(base+"/om/SN", with(two, "text", "Från andra fliken"), "", nil).want(http.StatusConflict, base+"/om/SN")
	if !p.says("Från ena fliken") || p.fields().Get("text") != "Från andra fliken" {
		t.Error("the page does not show both")
	}
	// The form carries the new version: pressing on is a choice now.
	b.upload(base+"/om/SN", p.fields(), "", nil).want(http.StatusOK, base+"/svar")

	// The same on the list and on the answer.
	list := b.get(base + "/namnder")
	b.post(base+"/namnder", url.Values{"version": list.fields()["version"], "namnd": {"KS"}})
	p = b.post(base+"/namnder", url.Values{"version": list.fields()["version"], "namnd": {"SN"}}).want(http.StatusConflict, base+"/namnder")
	if got := p.fields()["namnd"]; len(got) != 1 || got[0] != "SN" || !p.says("Där är de här valda: Kommunstyrelsen") {
		t.Errorf("the list shows %v", got)
	}
}

func TestFilesStreamInAndCanBeTakenOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	p := b.begin()
	base := strings.TrimSuffix(p.url.Path, "/namnder")
	b.post(p.url.Path, url.Values{"version": p.fields()["version"], "namnd": {"KS"}})
	at := base + "/om/KS"

	p = b.upload(at, with(b.get(at), "text", "Skrivet", "lagg-till", "1"), "brev.pdf", []byte("%PDF-1.7")).want(http.StatusOK, at)
	if !p.says("brev.pdf") || p.fields().Get("text") != "Skrivet" {
		t.Error("file or text is missing after adding")
	}
	// A file that cannot be taken does not cost what was written.
	p = b.upload(at, with(p, "text", "Skrivet igen"), "tom.pdf", nil).want(http.StatusUnprocessableEntity, at)
	if p.fields().Get("text") != "Skrivet igen" || p.find("p", "id", "file-error") == nil {
		t.Error("the page lost text or error")
	}
	// A form that is too large as a whole keeps the text, too.
	p = b.upload(at, with(p, "text", "Skrivet en tredje gång"), "stor.pdf", bytes.Repeat([]byte("x"), 5<<20)).want(http.StatusUnprocessableEntity, at)
	if p.fields().Get("text") != "Skrivet en tredje gång" {
		t.Error("the text is lost with a large file")
	}
	id := attr(p.find("button", "name", "ta-bort"), "value")
	p = b.upload(at, with(p, "ta-bort", id), "", nil).want(http.StatusOK, at)
	if p.says("brev.pdf") {
		t.Error("the file is still there")
	}
}

func TestAControllerThatIsNoLongerAskedTakesItsFilesWithIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	p := b.begin()
	base := strings.TrimSuffix(p.url.Path, "/namnder")
	b.post(p.url.Path, url.Values{"version": p.fields()["version"], "namnd": {"KS", "SN"}})
	b.upload(base+"/om/KS", b.get(base+"/om/KS").fields(), "brev.pdf", []byte("%PDF-1.7"))
	p = b.get(base + "/namnder")
	b.post(base+"/namnder", url.Values{"version": p.fields()["version"], "namnd": {"SN"}})
	id, err := models.ParseID[models.Request](strings.TrimPrefix(base, "/utkast/"))
	if err != nil {
		t.Fatal(err)
	}
	if d := w.u.drafts[id].view; len(d.Files) != 0 || len(d.Form.Controllers) != 1 {
		t.Errorf("left: %d files, %d controllers", len(d.Files), len(d.Form.Controllers))
	}
}

func TestSaveForLaterIsNotSending(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	p := b.begin()
	p = b.post(p.url.Path, url.Values{"version": p.fields()["version"], "namnd": {"KS"}, "spara": {"1"}}).want(http.StatusOK, "/mina")
	if !p.says("Det är inte skickat än.") || len(w.u.requests) != 0 {
		t.Error("saving is not told, or has sent")
	}
	if b.get("/mina").says("Det är sparat.") {
		t.Error("the notice is shown twice")
	}
}
