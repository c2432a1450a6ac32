package workflows_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"insyn/internal/calendar"
	"insyn/internal/pdf"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// onPaper sends a request whose answers are to come on paper, or not.
func onPaper(w *workflowtest.World, who models.Actor, answer, address string, prefixes ...string) string {
	w.T.Helper()
	ctx := context.Background()
	fail := func(err error) {
		if err != nil {
			w.T.Helper()
			w.T.Fatal(err)
		}
	}
	id, err := w.NewDraft(ctx, who, models.Access, "sv")
	fail(err)
	fail(w.SaveDraft(ctx, who, id, 1, func(f *workflows.DraftForm) {
		f.Answer, f.Address = answer, address
		for _, p := range prefixes {
			f.Controllers = append(f.Controllers, workflows.DraftAddressee{Controller: w.Controllers[p].ID, Confirmed: true})
		}
	}))
	number, err := w.Submit(ctx, who, id, workflowtest.Person())
	fail(err)
	w.Work()
	return number
}

const home = "Björkvägen 4\n999 91 Exempelby"

// printed makes a batch of a controller's letters and takes its file.
func printed(t *testing.T, w *workflowtest.World, role, prefix string) (models.ID[models.PrintBatch], []byte, workflows.PrintFile) {
	t.Helper()
	ctx := context.Background()
	id, err := w.MakeBatch(ctx, w.As(role), w.Controllers[prefix].ID)
	if err != nil {
		t.Fatal(err)
	}
	f, err := w.PrintBatch(ctx, w.As(role), id)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(b.Bytes()); hex.EncodeToString(sum[:]) != f.SHA256 || int64(b.Len()) != f.Size {
		t.Errorf("the file is another than the one that was recorded")
	}
	return id, b.Bytes(), f
}

// pagesOf are the words of each page, as pdftotext reads them.
func pagesOf(t *testing.T, file []byte) []string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "f.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", name).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
	out, err := exec.Command("pdftotext", "-layout", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

// inWindow holds a letter's first page to its envelope: in the window, and five millimetres round it, there is the receiver's
// name and address and nothing else.
func inWindow(t *testing.T, file []byte, page int) {
	t.Helper()
	const slack = 5 // millimetres that the sheet may move in the envelope
	name := filepath.Join(t.TempDir(), "f.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-bbox", "-f", strconv.Itoa(page), "-l", strconv.Itoa(page), name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, m := range regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>`).FindAllStringSubmatch(string(out), -1) {
		mm := func(i int) float64 {
			pt, err := strconv.ParseFloat(m[i], 64)
			if err != nil {
				t.Fatal(err)
			}
			return pt * 25.4 / 72
		}
		if mm(3) > pdf.WindowLeft-slack && mm(1) < pdf.WindowLeft+pdf.WindowWidth+slack && mm(4) > pdf.WindowTop-slack && mm(2) < pdf.WindowTop+pdf.WindowHeight+slack {
			seen = append(seen, m[5])
		}
	}
	if got := strings.Join(seen, " "); got != "Maja Lindqvist "+strings.ReplaceAll(home, "\n", " ") {
		t.Errorf("page %d shows in the window: %q", page, got)
	}
}

// TestTheDaysLettersArePrintedAsOneFile: in order, each on a sheet of its own, with the extract behind it, and nobody else's.
func TestTheDaysLettersArePrintedAsOneFile(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	portal := onPaper(w, maja, "portal", "", "SN")
	one := onPaper(w, maja, "post", home, "SN", "BUN")
	two := onPaper(w, maja, "post", home, "SN")
	w.Answer("SN", two+"-SN", models.OutcomeNeutral)
	w.Answer("SN", one+"-SN", models.OutcomeGranted)
	w.Answer("BUN", one+"-BUN", models.OutcomeNothingFound)
	w.Answer("SN", portal+"-SN", models.OutcomeNeutral)

	day, err := w.PrintDay(ctx, w.As("registrator SN"), w.Controllers["SN"].ID)
	if err != nil || len(day.Parts) != 1 || len(day.Parts[0].Letters) != 2 || len(day.Parts[0].Apart) != 0 {
		t.Fatalf("%+v, %v", day, err)
	}
	id, file, taken := printed(t, w, "registrator SN", "SN")
	pages := pagesOf(t, file)
	v, err := w.BatchPage(ctx, w.As("registrator SN"), id)
	if err != nil || len(v.Letters) != 2 || v.Unsent != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	at := 0
	for i, want := range []string{one + "-SN", two + "-SN"} {
		l := v.Letters[i]
		if l.Number != want || l.Name != "Maja Lindqvist" || l.Kind != models.FileLetter || l.Blocked != "" {
			t.Errorf("letter %d is %+v", i, l)
		}
		if !strings.Contains(pages[at], want) || !strings.Contains(pages[at], "Maja Lindqvist") {
			t.Errorf("page %d does not begin %s:\n%s", at+1, want, pages[at])
		}
		at += l.LetterCount() + l.LetterCount()%2
		if l.ExtractCount() > 0 {
			at += l.ExtractCount() + l.ExtractCount()%2
		}
	}
	if at != len(pages) && at-1 != len(pages) {
		t.Errorf("%d pages, of the control list %d", len(pages), at)
	}
	inWindow(t, file, 1)
	if all := strings.Join(pages, ""); strings.Contains(all, portal) || strings.Contains(all, "-BUN") {
		t.Error("somebody else's letter is in the file")
	}
	if len(v.Printings) != 1 || v.Printings[0].SHA256 != taken.SHA256 || v.Printings[0].Letters != 2 {
		t.Errorf("recorded: %+v", v.Printings)
	}
	if strings.ContainsAny(taken.Name, "SB") || strings.Contains(taken.Name, "INS") {
		t.Errorf("the file is called %s", taken.Name)
	}
	// Again: the same batch, the same bytes, and seen as such.
	again, file2, _ := printed(t, w, "ombud SN", "SN")
	if again != id || !bytes.Equal(file, file2) {
		t.Error("printed again it is another")
	}
	if v, err = w.BatchPage(ctx, w.As("registrator SN"), id); err != nil || len(v.Printings) != 2 {
		t.Errorf("printed twice: %+v, %v", v.Printings, err)
	}
}

// TestWhoPrintsWhat: a controller's letters are its own registrator's and ombud's, whatever anybody asks for.
func TestWhoPrintsWhat(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	number := onPaper(w, w.Resident("197701172392"), "post", home, "SN")
	w.Answer("SN", number+"-SN", models.OutcomeNeutral)
	id, _, _ := printed(t, w, "ombud SN", "SN")
	sn := w.Controllers["SN"].ID
	for _, who := range []string{"registrator BUN", "ombud KS", "decider SN", "dso SN", "servicecenter", "logreviewer", "admin"} {
		a := w.As(who)
		a.Grants = slices.DeleteFunc(slices.Clone(a.Grants), func(g models.Grant) bool {
			return g.Controller == sn && (g.Role == models.RoleOmbud || g.Role == models.RoleRegistrator)
		})
		if _, err := w.MakeBatch(ctx, a, sn); !errors.Is(err, workflows.ErrForbidden) {
			t.Errorf("%s makes a batch: %v", who, err)
		}
		if _, err := w.BatchPage(ctx, a, id); !errors.Is(err, workflows.ErrNotFound) {
			t.Errorf("%s sees the batch: %v", who, err)
		}
		if _, err := w.PrintBatch(ctx, a, id); !errors.Is(err, workflows.ErrNotFound) {
			t.Errorf("%s prints: %v", who, err)
		}
		if d, err := w.PrintDay(ctx, a, models.ControllerID{}); err == nil {
			for _, p := range d.Parts {
				for _, l := range slices.Concat(p.Letters, p.Apart) {
					t.Errorf("%s sees %s", who, l.Number)
				}
			}
		}
	}
}

// TestTwoPrintAtOnce: both get the same batch, and each taking is recorded.
func TestTwoPrintAtOnce(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	number := onPaper(w, w.Resident("197701172392"), "post", home, "SN")
	w.Answer("SN", number+"-SN", models.OutcomeNeutral)
	var wait sync.WaitGroup
	ids := make([]models.ID[models.PrintBatch], 8)
	for i := range ids {
		wait.Go(func() {
			var err error
			if ids[i], err = w.MakeBatch(ctx, w.As([]string{"registrator SN", "ombud SN"}[i%2]), w.Controllers["SN"].ID); err != nil {
				t.Error(err)
				return
			}
			if _, err := w.PrintBatch(ctx, w.As("registrator SN"), ids[i]); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := len(slices.Compact(slices.Clone(ids))); n != 1 {
		t.Errorf("%d batches", n)
	}
	v, err := w.BatchPage(ctx, w.As("ombud SN"), ids[0])
	if err != nil || len(v.Letters) != 1 || len(v.Printings) != len(ids) {
		t.Errorf("%d letters, %d printings, %v", len(v.Letters), len(v.Printings), err)
	}
}

// TestPostingIsNoService: it is recorded with its day, told to the person, done once, and does not start the appeal period.
func TestPostingIsNoService(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	number := onPaper(w, maja, "post", home, "SN")
	w.Answer("SN", number+"-SN", models.OutcomeNeutral)
	registrator := w.As("registrator SN")
	id, _, _ := printed(t, w, "registrator SN", "SN")
	v, err := w.BatchPage(ctx, registrator, id)
	if err != nil {
		t.Fatal(err)
	}
	letters := []models.ID[models.Posting]{v.Letters[0].ID}
	today := calendar.DateOf(w.Clock.Now())
	for name, in := range map[string]workflows.SendForm{
		"none ticked": {On: today}, "no day": {Letters: letters}, "tomorrow": {On: today.AddDays(1), Letters: letters},
		"before the decision": {On: today.AddDays(-1), Letters: letters},
	} {
		var invalid workflows.Invalid
		if err := w.SendBatch(ctx, registrator, id, in); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 2 {
		if err := w.SendBatch(ctx, registrator, id, workflows.SendForm{On: today, Letters: letters}); err != nil {
			t.Fatal(err)
		}
	}
	if v, err = w.BatchPage(ctx, registrator, id); err != nil || v.Unsent != 0 || v.Letters[0].How() != models.SentByPost || v.Letters[0].SentOn != today {
		t.Errorf("%+v, %v", v, err)
	}
	if c := w.Case(number + "-SN"); !c.AppealUntil.IsZero() {
		t.Errorf("the appeal period runs until %s", c.AppealUntil)
	}
	mine, err := w.MyRequest(ctx, maja, number)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range mine.Timeline {
		if e.Key == "letter-sent" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the person is told %d times", n)
	}
	if _, err := w.MakeBatch(ctx, registrator, w.Controllers["SN"].ID); err != nil {
		t.Errorf("the day's batch is there still: %v", err)
	}
}

// TestAnUnopenedAnswerIsPrintedAfterAFortnight, unless it has been opened meanwhile.
func TestAnUnopenedAnswerIsPrintedAfterAFortnight(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	number := onPaper(w, maja, "portal", home, "SN", "KS")
	w.Answer("SN", number+"-SN", models.OutcomeNeutral)
	w.Answer("KS", number+"-KS", models.OutcomeNothingFound)
	waiting := func(prefix string) (n, apart int) {
		t.Helper()
		d, err := w.PrintDay(ctx, w.As("registrator "+prefix), w.Controllers[prefix].ID)
		if err != nil {
			t.Fatal(err)
		}
		return len(d.Parts[0].Letters), len(d.Parts[0].Apart)
	}
	day(t, w, "2026-09-23")
	watch(t, w)
	if n, apart := waiting("SN"); n+apart != 0 {
		t.Errorf("%d letters after 13 days", n+apart)
	}
	day(t, w, "2026-09-25")
	watch(t, w)
	for _, prefix := range []string{"SN", "KS"} {
		if n, apart := waiting(prefix); n+apart != 1 {
			t.Errorf("%d letters of %s after 14 days", n+apart, prefix)
		}
	}
	mine, err := w.MyRequest(ctx, maja, number)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range mine.Cases {
		if c.Controller.Prefix == "KS" {
			w.Read(w.OpenAnswer(ctx, maja, c.Letter.ID))
		}
	}
	if n, apart := waiting("KS"); n+apart != 0 {
		t.Error("what is opened is to be printed still")
	}
	var refusal workflows.Refusal
	if _, err := w.MakeBatch(ctx, w.As("registrator KS"), w.Controllers["KS"].ID); !errors.As(err, &refusal) {
		t.Errorf("a batch of nothing: %v", err)
	}
}

// TestProtectedPeoplesLettersAreInNoBatch: they are listed for cleared staff, who say how they were handed over; who becomes
// protected later is taken out of what is printed.
func TestProtectedPeoplesLettersAreInNoBatch(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	sn := w.Controllers["SN"].ID
	maja := w.Resident("197701172392")
	number := onPaper(w, maja, "post", home, "SN")
	w.Answer("SN", number+"-SN", models.OutcomeNeutral)
	id, _, _ := printed(t, w, "registrator SN", "SN")
	w.Clear("ombud SN", "decider SN", "dso SN")
	if err := w.ProtectCase(ctx, w.As("ombud SN"), number+"-SN"); err != nil {
		t.Fatal(err)
	}
	var refusal workflows.Refusal
	for _, who := range []string{"registrator SN", "ombud SN"} {
		if _, err := w.PrintBatch(ctx, w.As(who), id); !errors.As(err, &refusal) {
			t.Errorf("%s prints a protected person's letter: %v", who, err)
		}
	}
	v, err := w.BatchPage(ctx, w.As("ombud SN"), id)
	if err != nil || len(v.Letters) != 0 || v.Hidden != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	// One whose protection is known when the letter is made.
	second := onPaper(w, maja, "post", home, "SN")
	w.Answer("SN", second+"-SN", models.OutcomeNeutral)
	d, err := w.PrintDay(ctx, w.As("ombud SN"), sn)
	if err != nil || len(d.Parts[0].Letters) != 0 || len(d.Parts[0].Apart) != 1 || d.Parts[0].Apart[0].Blocked != workflows.BlockedProtected {
		t.Fatalf("%+v, %v", d, err)
	}
	if d, err := w.PrintDay(ctx, w.As("registrator SN"), sn); err != nil || len(d.Parts[0].Letters)+len(d.Parts[0].Apart) != 0 {
		t.Errorf("who is not cleared sees %+v, %v", d, err)
	}
	if _, err := w.MakeBatch(ctx, w.As("ombud SN"), sn); err == nil {
		if v, err := w.BatchPage(ctx, w.As("ombud SN"), id); err != nil || len(v.Letters) != 0 {
			t.Errorf("%+v, %v", v, err)
		}
	}
	in := workflows.SendLetter{Posting: d.Parts[0].Apart[0].ID, How: models.SentByPost, On: d.Today}
	var invalid workflows.Invalid
	if err := w.SendApart(ctx, w.As("ombud SN"), in); !errors.As(err, &invalid) {
		t.Errorf("posted to a protected person: %v", err)
	}
	in.How = models.SentTaxAgency
	if err := w.SendApart(ctx, w.As("registrator SN"), in); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("who is not cleared records it: %v", err)
	}
	if err := w.SendApart(ctx, w.As("ombud SN"), in); err != nil {
		t.Error(err)
	}
	if d, err := w.PrintDay(ctx, w.As("ombud SN"), sn); err != nil || len(d.Parts[0].Apart) != 0 {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestASealedEnvelopeIsPrintedAndLeft: who fetches the answer has the letter printed too, and leaving the envelope at the
// servicecenter is how it is sent.
func TestASealedEnvelopeIsPrintedAndLeft(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	in := byLetter(w, calendar.New(2026, 9, 10))
	in.Identity, in.Answer, in.Address = models.IdentityKnown, "desk", "Storgatan 1\n999 91 Exempelby"
	_, number := register(t, w, in)
	w.Answer("SN", number, models.OutcomeNeutral)
	id, _, _ := printed(t, w, "registrator SN", "SN")
	registrator := w.As("registrator SN")
	v, err := w.BatchPage(ctx, registrator, id)
	if err != nil || v.Letters[0].Way != models.WayDesk {
		t.Fatalf("%+v, %v", v, err)
	}
	if err := w.SendBatch(ctx, registrator, id, workflows.SendForm{On: v.Today, Letters: []models.ID[models.Posting]{v.Letters[0].ID}}); err != nil {
		t.Fatal(err)
	}
	if v, err = w.BatchPage(ctx, registrator, id); err != nil || v.Letters[0].How() != models.SentServicecenter {
		t.Errorf("%+v, %v", v, err)
	}
	if rows, err := w.Envelopes(ctx, w.As("servicecenter")); err != nil || len(rows) != 1 || rows[0].Number != number {
		t.Errorf("%+v, %v", rows, err)
	}
	if _, err := w.CoverSheets(ctx, registrator); !errors.Is(err, workflows.ErrForbidden) {
		t.Errorf("the registrator prints the servicecenter's sheets: %v", err)
	}
	sheet, err := w.CoverSheets(ctx, w.As("servicecenter"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := sheet.Write(&b); err != nil {
		t.Fatal(err)
	}
	pages := pagesOf(t, b.Bytes())
	if got := strings.Join(strings.Fields(pages[0]), " "); len(pages) != 1 || got != "Exempelby kommun Anna Ek Storgatan 1 999 91 Exempelby" {
		t.Errorf("%d sheets; the first says %q", len(pages), got)
	}
}

// TestALetterThatIsGivenAtOnceIsPrintedToo: a notice goes on paper to who asked for paper, and to nobody else.
func TestALetterThatIsGivenAtOnceIsPrintedToo(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	for answer, want := range map[string]int{"post": 1, "portal": 0} {
		number := onPaper(w, maja, answer, home, "SN") + "-SN"
		c := w.Case(number)
		if err := w.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
			f := models.File{ID: models.NewID[models.File](), CaseID: c.ID, ControllerID: c.ControllerID, SubjectID: c.SubjectID, Purpose: models.FileLetter,
				MediaType: "application/pdf", Size: 1, SHA256: make([]byte, 32), NameText: "mer-tid.pdf", ReleasedAt: &tx.Now}
			if err := tx.InsertFile(&f); err != nil {
				return err
			}
			got, err := tx.PostingsOf(c.ID)
			if len(got) != want || (want == 1 && (got[0].LetterID != f.ID.UUID() || got[0].Way != models.WayPost || got[0].RequestID != c.RequestID)) {
				t.Errorf("%s: %+v", answer, got)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAChangedLetterIsNotPrinted: what is printed is what was sealed, or nothing.
func TestAChangedLetterIsNotPrinted(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	number := onPaper(w, w.Resident("197701172392"), "post", home, "SN")
	w.Answer("SN", number+"-SN", models.OutcomeNeutral)
	id, _, _ := printed(t, w, "registrator SN", "SN")
	if err := w.DB.Owner.Exec("update files set sha256 = decode(repeat('ab', 32), 'hex') where purpose = 'letter'").Error; err != nil {
		t.Fatal(err)
	}
	var refusal workflows.Refusal
	if _, err := w.PrintBatch(ctx, w.As("registrator SN"), id); !errors.As(err, &refusal) || refusal.Key != "guard.print-broken" {
		t.Errorf("printed: %v", err)
	}
	v, err := w.BatchPage(ctx, w.As("registrator SN"), id)
	if err != nil || len(v.Printings) != 1 {
		t.Errorf("%d printings are recorded, %v", len(v.Printings), err)
	}
}

// TestPrintingIsInTheReadLogFirst: whose letters were taken, before their first byte.
func TestPrintingIsInTheReadLogFirst(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	number := onPaper(w, w.Resident("197701172392"), "post", home, "SN")
	w.Answer("SN", number+"-SN", models.OutcomeNeutral)
	registrator := w.As("registrator SN")
	id, err := w.MakeBatch(ctx, registrator, w.Controllers["SN"].ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.PrintBatch(ctx, registrator, id); err != nil { // and not one byte of it is asked for
		t.Fatal(err)
	}
	c := w.Case(number + "-SN")
	var pages []string
	if err := w.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		readings, err := tx.Readings(c.ID.UUID(), 50)
		for _, r := range readings {
			if r.StaffID == registrator.Staff {
				pages = append(pages, r.Page)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(pages, "print-file") {
		t.Errorf("the read log knows of %v", pages)
	}
}
