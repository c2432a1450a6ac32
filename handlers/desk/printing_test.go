package desk

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

// fakePrinting is a day of letters at the border of the use cases.
type fakePrinting struct {
	printService
	day   workflows.PrintDay
	batch workflows.BatchView
	sent  []workflows.SendForm
	apart []workflows.SendLetter
	err   error
}

func (f *fakePrinting) PrintDay(context.Context, models.Actor, models.ControllerID) (workflows.PrintDay, error) {
	return f.day, nil
}

func (f *fakePrinting) MakeBatch(context.Context, models.Actor, models.ControllerID) (models.ID[models.PrintBatch], error) {
	return f.batch.ID, f.err
}

func (f *fakePrinting) BatchPage(_ context.Context, _ models.Actor, id models.ID[models.PrintBatch]) (workflows.BatchView, error) {
	if id != f.batch.ID {
		return workflows.BatchView{}, workflows.ErrNotFound
	}
	return f.batch, nil
}

func (f *fakePrinting) PrintBatch(context.Context, models.Actor, models.ID[models.PrintBatch]) (workflows.PrintFile, error) {
	return workflows.PrintFile{Name: "utskrift-2027-05-03-1.pdf", Size: 5, SHA256: "ab", Write: func(w io.Writer) error {
		_, err := io.WriteString(w, "%PDF-")
		return err
	}}, f.err
}

func (f *fakePrinting) SendBatch(_ context.Context, _ models.Actor, _ models.ID[models.PrintBatch], in workflows.SendForm) error {
	f.sent = append(f.sent, in)
	return f.err
}

func (f *fakePrinting) SendApart(_ context.Context, _ models.Actor, in workflows.SendLetter) error {
	f.apart = append(f.apart, in)
	return f.err
}

// paper is a day with so many letters, one that goes another way, and a batch of some of them.
func paper(k models.Controller, n int) *fakePrinting {
	at := time.Date(2027, 5, 3, 7, 0, 0, 0, time.UTC)
	letter := func(i int) workflows.PaperLetter {
		two, five, place := 2, 5, i
		return workflows.PaperLetter{Posting: models.Posting{ID: models.NewID[models.Posting](), CaseID: models.NewID[models.Case](), ControllerID: k.ID, Way: models.WayPost,
			WaitsSince: at, Place: &place, LetterPages: &two, ExtractPages: &five}, Number: fmt.Sprintf("INS-2027-%05d-SN", i), Kind: models.FileLetter, Name: "Åsa Öberg",
			Controller: k.Name, Sheets: 4, Grams: 27, Class: 50}
	}
	f := &fakePrinting{day: workflows.PrintDay{Today: calendar.New(2027, 5, 3), Parts: []workflows.PrintPart{{Controller: k}}}}
	f.batch = workflows.BatchView{PrintBatch: models.PrintBatch{ID: models.NewID[models.PrintBatch](), ControllerID: k.ID, Day: f.day.Today, Number: 1},
		Controller: k, Today: f.day.Today, Pages: 7 * n, Sheets: 4 * n, Unsent: n}
	for i := range n {
		f.day.Parts[0].Letters = append(f.day.Parts[0].Letters, letter(i+1))
		f.batch.Letters = append(f.batch.Letters, letter(i+1))
	}
	apart := letter(n + 1)
	apart.Blocked, apart.Protected, apart.Name = workflows.BlockedProtected, true, "Ester Norberg"
	f.day.Parts[0].Apart = []workflows.PaperLetter{apart}
	f.day.Parts[0].Batches = []models.BatchCount{{PrintBatch: f.batch.PrintBatch, Letters: n, Unsent: n}}
	if n > 2 {
		f.batch.Letters[1].Enclosures, f.batch.Letters[1].Large = 2, true
		how := models.SentByPost
		f.batch.Letters[2].SentHow, f.batch.Letters[2].SentOn, f.batch.Letters[2].SentByName = &how, f.day.Today, "Gunilla Westerberg"
		f.batch.Printings = []workflows.PrintingView{{Name: "Gunilla Westerberg", At: at, SHA256: strings.Repeat("ab", 32), Letters: n, Pages: 8 * n}}
	}
	return f
}

func TestPrinting(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleRegistrator)
	f := paper(b.social, 3)
	b.service.printService = f
	must(t, b.get(printPath), http.StatusOK, "Brev att skriva ut", "Tre brev väntar", "Åsa Öberg", "INS-2027-00001-SN", "Ester Norberg", "Skatteverkets förmedling", "Omgång 1, måndag 3 maj 2027", "Inte utskriven")
	if to := b.post(printPath, "controller", b.social.ID.String()).Header().Get("Location"); to != batchPath(f.batch.ID) {
		t.Errorf("the batch leads to %q", to)
	}
	at := batchPath(f.batch.ID)
	must(t, b.get(at), http.StatusOK, "Kontrollista", "Hämta PDF igen", "Lägg till två filer", "Stort brev.", "Postat", "Gunilla Westerberg", "Beslut, 2 sidor", "Registerutdrag, 5 sidor", "Högst 50 gram", `value="2027"`)
	w := b.post(at + "/pdf")
	must(t, w, http.StatusOK, "%PDF-")
	if h := w.Header(); h.Get("Content-Disposition") != `attachment; filename="utskrift-2027-05-03-1.pdf"` || h.Get("Content-Type") != "application/pdf" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", h)
	}
	ids := []string{f.batch.Letters[0].ID.String(), f.batch.Letters[1].ID.String()}
	must(t, b.post(at+"/postat", "letters", ids[0], "letters", ids[1], "sent-on-day", "3", "sent-on-month", "5", "sent-on-year", "2027"), http.StatusSeeOther)
	if len(f.sent) != 1 || len(f.sent[0].Letters) != 2 || f.sent[0].On != calendar.New(2027, 5, 3) {
		t.Errorf("sent: %+v", f.sent)
	}
	f.err = workflows.Invalid{Fields: []workflows.FieldError{{Field: "letters", Key: "error.choose-some"}, {Field: "sent-on", Key: "error.date-future"}}}
	body := must(t, b.post(at+"/postat", "letters", ids[1], "sent-on-day", "9", "sent-on-month", "5", "sent-on-year", "2027"), http.StatusUnprocessableEntity,
		"Kryssa för minst ett brev.", `value="9"`)
	if n := strings.Count(body, "checked"); n != 1 {
		t.Errorf("%d boxes are ticked, want the one that was", n)
	}
	must(t, b.post(printPath+"/lamnat", "posting", f.day.Parts[0].Apart[0].ID.String(), "how", "tax-agency", "sent-on-day", "3", "sent-on-month", "5", "sent-on-year", "2027"), http.StatusUnprocessableEntity, " checked", "open")
	f.err = workflows.Refusal{Key: "guard.nothing-to-print"}
	must(t, b.post(printPath, "controller", b.social.ID.String()), http.StatusConflict, "Det finns inga brev att skriva ut.")
	must(t, b.get(batchPath(models.NewID[models.PrintBatch]())), http.StatusNotFound)
	must(t, b.get(printPath+"/1"), http.StatusNotFound)
}

// TestNothingToPrint: the empty day says so.
func TestNothingToPrint(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	f := paper(b.social, 0)
	f.day.Parts[0].Apart, f.day.Parts[0].Batches = nil, nil
	b.service.printService = f
	mustNot(t, must(t, b.get(printPath), http.StatusOK, "Det finns inga brev att skriva ut."), "Skriv ut dagens brev", "Omgångar")
}
