package portal_test

import (
	"net/http"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

const appealAt = ownPage + "/overklaga/KS"

// appealed is Maja's request with a decision of the first controller that can be appealed.
func (w *world) appealed(b *browser) *workflows.MyCase {
	w.t.Helper()
	k := &w.withRequest(b).Cases[0]
	k.CanAppeal, k.Remedy, k.Controller.Court = true, models.RemedyForvaltningsratt, "Förvaltningsrätten i Exempelstad"
	k.DecidedOn, k.AppealUntil = calendar.New(2027, time.April, 14), calendar.New(2027, time.May, 6)
	return k
}

func TestAnAppealIsSentWithItsFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	k := w.appealed(b)
	if p := b.get(ownPage); !p.says("Överklaga beslutet") || !p.says("Du kan överklaga senast torsdag 6 maj 2027") {
		t.Error("the request's page does not lead to the appeal")
	}
	p := b.get(appealAt).want(http.StatusOK, appealAt)
	for _, words := range []string{"Överklaga beslutet från Kommunstyrelsen", "Du behöver inte skriva rättens namn", "senast torsdag 6 maj 2027", "Hur vill du att beslutet ska ändras?"} {
		if !p.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	// A file is added: what was typed stays, and so does the file.
	p = b.upload(appealAt, with(p, "wanted", "Jag vill se allt.", "lagg-till", "1"), "intyg.pdf", []byte("%PDF-1.7")).want(http.StatusOK, appealAt)
	f := p.fields()
	if f.Get("wanted") != "Jag vill se allt." || !p.says("intyg.pdf") || len(w.u.recorded) != 0 {
		t.Fatalf("after adding a file: %v", f)
	}
	// An empty answer is said at its field, and nothing is lost.
	w.u.next = workflows.Invalid{Fields: []workflows.FieldError{{Field: "wanted", Key: "error.wanted-missing"}}}
	empty := with(p, "wanted", "", "why", "Det är mina uppgifter.")
	empty.Del("lagg-till")
	p = b.upload(appealAt, empty, "", nil).want(http.StatusUnprocessableEntity, appealAt)
	if p.fields().Get("why") != "Det är mina uppgifter." || !p.says("Skriv hur du vill att beslutet ska ändras.") || !p.says("intyg.pdf") {
		t.Error("what was typed is lost")
	}
	id := p.fields().Get("overklagande")
	p = b.upload(appealAt, with(p, "wanted", "Jag vill se allt."), "", nil).want(http.StatusOK, ownPage)
	in, ok := w.u.recorded[len(w.u.recorded)-1].(workflows.Appeal)
	if !ok || in.Wanted != "Jag vill se allt." || in.Why != "Det är mina uppgifter." || in.ID.String() != id || id == "" {
		t.Errorf("recorded %+v", in)
	}
	if !p.says("Ditt överklagande har kommit in") {
		t.Error("no receipt")
	}
	k.Appeals = []workflows.AppealView{{Appeal: models.Appeal{Channel: models.AppealPortal, ArrivedOn: calendar.New(2027, time.April, 21), HandOverBy: calendar.New(2027, time.April, 28),
		WantedText: "Jag vill se allt."}}}
	if p := b.get(ownPage); !p.says("Ditt överklagande kom in onsdag 21 april 2027") || !p.says("till Förvaltningsrätten i Exempelstad senast onsdag 28 april 2027") || !p.says("Skicka ett överklagande till") {
		t.Error("the request's page does not tell of the appeal")
	}
}

func TestWhatCannotBeAppealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	k := w.appealed(b)
	k.AppealUntil = calendar.New(2027, time.April, 1)
	if p := b.get(appealAt); !p.says("Sista dagen var torsdag 1 april 2027. Du kan ändå skicka ditt överklagande.") {
		t.Error("a late appeal is not taken")
	}
	k.CanAppeal, k.Remedy = false, models.RemedyIMYAndCourt
	if p := b.get(appealAt); !p.says("Beslutet går inte att överklaga") || !p.says("Integritetsskyddsmyndigheten") || p.find("form", "enctype", "multipart/form-data") != nil {
		t.Error("a company's decision")
	}
	k.Remedy = models.RemedyNone
	if p := b.get(appealAt); !p.says("Beslutet gick inte emot dig") {
		t.Error("a granted request")
	}
	k.Remedy = ""
	b.get(appealAt).want(http.StatusConflict, appealAt)
	b.get(ownPage+"/overklaga/XX").want(http.StatusNotFound, ownPage+"/overklaga/XX")
}
