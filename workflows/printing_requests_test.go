package workflows_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// byPost registers a letter whose writer wants what we send by post.
func byPost(t *testing.T, w *workflowtest.World) string {
	t.Helper()
	in := byLetter(w, calendar.New(2026, 9, 10))
	in.Identity, in.Answer, in.Address = models.IdentityKnown, "post", "Storgatan 1\n999 91 Exempelby"
	number, _ := register(t, w, in)
	return number
}

// ask has the servicecenter put a question about the request as a whole.
func ask(t *testing.T, w *workflowtest.World, number string) {
	t.Helper()
	v := intakeOf(t, w, number)
	if err := w.AskPerson(context.Background(), w.As("servicecenter"), number, v.Request.Version, "Vilka år menar du?", calendar.Date{}); err != nil {
		t.Fatal(err)
	}
}

// TestTheServicecenterPrintsItsOwnLetters: the receipt and the question, no case's letter, by nobody else; posting is told once.
func TestTheServicecenterPrintsItsOwnLetters(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx, desk, none := context.Background(), w.As("servicecenter"), models.ControllerID{}
	number := byPost(t, w)
	ask(t, w, number)
	onPaper(w, w.Resident("197701172392"), "post", home, "SN") // has its receipt in the e-service
	day, err := w.PrintDay(ctx, desk, none)
	if err != nil || len(day.Parts) != 1 || len(day.Parts[0].Letters) != 2 || len(day.Parts[0].Apart) != 0 {
		t.Fatalf("%+v, %v", day, err)
	}
	id, err := w.MakeBatch(ctx, desk, none)
	if err != nil {
		t.Fatal(err)
	}
	f, err := w.PrintBatch(ctx, desk, id)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(pagesOf(t, []byte(b.String())), "\f")
	if !strings.Contains(all, "Vi har fått din begäran") || !strings.Contains(all, "Vilka år menar du?") || !strings.Contains(all, "Anna Ek") {
		t.Errorf("the file says\n%s", all)
	}
	v, err := w.BatchPage(ctx, desk, id)
	if err != nil || len(v.Letters) != 2 || v.Unsent != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	var letters []models.ID[models.Posting]
	kinds := map[string]bool{}
	for _, l := range v.Letters {
		letters, kinds[l.Kind] = append(letters, l.ID), true
		if l.Number != number || l.Name != "Anna Ek" || !l.CaseID.IsZero() {
			t.Errorf("on the list is %+v", l)
		}
	}
	if !kinds[models.NoticeReceipt] || !kinds[models.FileCompletion] {
		t.Errorf("the letters are %v", kinds)
	}
	for _, who := range []string{"registrator SN", "ombud SN", "decider SN", "dso SN", "logreviewer", "admin"} {
		a := w.As(who)
		a.Grants = slices.DeleteFunc(slices.Clone(a.Grants), func(g models.Grant) bool { return g.Role == models.RoleServicecenter })
		if _, err := w.MakeBatch(ctx, a, none); !errors.Is(err, workflows.ErrForbidden) {
			t.Errorf("%s makes a batch: %v", who, err)
		}
		if _, err := w.BatchPage(ctx, a, id); !errors.Is(err, workflows.ErrNotFound) {
			t.Errorf("%s sees the batch: %v", who, err)
		}
		if _, err := w.PrintBatch(ctx, a, id); !errors.Is(err, workflows.ErrNotFound) {
			t.Errorf("%s prints: %v", who, err)
		}
		if err := w.SendApart(ctx, a, workflows.SendLetter{Posting: letters[0], How: models.SentByPost, On: v.Today}); !errors.Is(err, workflows.ErrNotFound) {
			t.Errorf("%s says it is posted: %v", who, err)
		}
	}
	for range 2 {
		if err := w.SendBatch(ctx, desk, id, workflows.SendForm{On: v.Today, Letters: letters}); err != nil {
			t.Fatal(err)
		}
	}
	told := 0
	for _, e := range intakeOf(t, w, number).Events {
		if e.Key == "letter-sent" {
			told++
		}
	}
	if v, err = w.BatchPage(ctx, desk, id); err != nil || v.Unsent != 0 || told != 2 {
		t.Errorf("%d unsent, told %d times, %v", v.Unsent, told, err)
	}
}

// TestAProtectedPersonsReceiptIsInNoBatch: cleared staff see it apart; others see nothing.
func TestAProtectedPersonsReceiptIsInNoBatch(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx, none := context.Background(), models.ControllerID{}
	number := byPost(t, w)
	w.Clear("servicecenter")
	if err := w.ProtectRequest(ctx, w.As("servicecenter"), number); err != nil {
		t.Fatal(err)
	}
	day, err := w.PrintDay(ctx, w.As("servicecenter"), none)
	if err != nil || len(day.Parts[0].Letters) != 0 || len(day.Parts[0].Apart) != 1 || day.Parts[0].Apart[0].Blocked != workflows.BlockedProtected {
		t.Fatalf("%+v, %v", day, err)
	}
	var refusal workflows.Refusal
	if _, err := w.MakeBatch(ctx, w.As("servicecenter"), none); !errors.As(err, &refusal) {
		t.Errorf("a batch of a protected person's letter: %v", err)
	}
}

// TestABrokenLetterStopsNoOther: it is left out and named, before and after it is in a batch, and printed when it is whole again.
func TestABrokenLetterStopsNoOther(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx, registrator, sn := context.Background(), w.As("registrator SN"), w.Controllers["SN"].ID
	maja := w.Resident("197701172392")
	bad, good := onPaper(w, maja, "post", home, "SN")+"-SN", onPaper(w, maja, "post", home, "SN")+"-SN"
	w.Answer("SN", bad, models.OutcomeNeutral)
	w.Answer("SN", good, models.OutcomeNeutral)
	id, _, _ := printed(t, w, "registrator SN", "SN")
	flip := func() {
		t.Helper()
		if err := w.DB.Owner.Exec(`update files f set sha256 = decode(reverse(encode(f.sha256, 'hex')), 'hex') from cases c
			where c.id = f.case_id and c.number = ? and f.purpose = 'letter'`, bad).Error; err != nil {
			t.Fatal(err)
		}
	}
	flip()
	again, file, _ := printed(t, w, "registrator SN", "SN")
	if all := strings.Join(pagesOf(t, file), ""); again != id || strings.Contains(all, bad) || !strings.Contains(all, good) {
		t.Error("the broken letter is in the file, or the other is not")
	}
	v, err := w.BatchPage(ctx, registrator, id)
	if err != nil || len(v.Broken) != 1 || v.Broken[0].Number != bad || len(v.Letters) != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	flip()
	if _, file, _ = printed(t, w, "registrator SN", "SN"); !strings.Contains(strings.Join(pagesOf(t, file), ""), bad) {
		t.Error("what is whole again is not printed")
	}
	// One that is broken before it is in any batch.
	waits, other := onPaper(w, maja, "post", home, "SN")+"-SN", onPaper(w, maja, "post", home, "SN")+"-SN"
	w.Answer("SN", waits, models.OutcomeNeutral)
	w.Answer("SN", other, models.OutcomeNeutral)
	if err := w.DB.Owner.Exec("update files f set released_at = null from cases c where c.id = f.case_id and c.number = ? and f.purpose = 'letter'", waits).Error; err != nil {
		t.Fatal(err)
	}
	id, _, _ = printed(t, w, "registrator SN", "SN")
	if v, err = w.BatchPage(ctx, registrator, id); err != nil || len(v.Letters) != 1 || v.Letters[0].Number != other || len(v.Broken) != 1 || v.Broken[0].Number != waits {
		t.Errorf("%+v, %v", v, err)
	}
	if d, err := w.PrintDay(ctx, registrator, sn); err != nil || len(d.Parts[0].Apart) != 1 || d.Parts[0].Apart[0].Blocked != workflows.BlockedBroken || !d.Parts[0].CanPrint() {
		t.Errorf("%+v, %v", d, err)
	}
}
