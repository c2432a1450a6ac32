package workflows_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/pdf/pdfcheck"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// given are the letters of a case that its person has, by kind, as text read aloud.
func (s staged) given() map[string]string {
	s.T.Helper()
	out := map[string]string{}
	for _, n := range s.mine(s.number).Notices {
		doc := []byte(s.Read(s.OpenAnswer(context.Background(), s.maja, n.ID)))
		pdfcheck.Report(s.T, n.Purpose, doc)
		out[n.Purpose] = aloud(s.T, doc)
		s.bound("case", n)
	}
	return out
}

// bound wants the newest event of the chain that names the letter to name it by its hash.
func (s staged) bound(stream string, n workflows.AnswerFile) {
	s.T.Helper()
	id := s.Case(s.number).ID.UUID()
	if stream == "request" {
		id = s.requestRow().ID.UUID()
	}
	s.must(s.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
		events, err := tx.Events(stream, id, 200)
		if err != nil {
			return err
		}
		for _, e := range events {
			var data struct {
				Letters map[string]string `json:"letters"`
			}
			if err := json.Unmarshal(e.Data, &data); err != nil {
				return err
			}
			if data.Letters[n.ID.String()] == n.SHA256 {
				return nil
			}
		}
		s.T.Errorf("no event binds %s %s", n.Purpose, n.ID)
		return nil
	}))
}

// noticeDeeds are the actions of a case that give a letter: where they begin from, who takes them, and what the letter says.
func noticeDeeds() map[string]struct {
	at   stage
	role string
	in   workflows.Input
	says []string
} {
	today := calendar.DateOf(workflowtest.Start())
	return map[string]struct {
		at   stage
		role string
		in   workflows.Input
		says []string
	}{
		models.FileExtension: {stage(models.CaseSearching), "decider SN", workflows.Extend{Ground: "complexity", Reason: "Vi fann 900 sidor."},
			[]string{"senast torsdag 10 december 2026", "artikel 12.3", "delegation", "går inte att överklaga", "imy.se", "vare sig vi har uppgifter eller inte"}},
		models.FileCompletion: {stage(models.CaseAssigned), "ombud SN", workflows.Ask{Reason: "specification", Text: "Vilka år gäller det?"},
			[]string{"Vilka år gäller det?", "Svara senast torsdag 24 september 2026", "Om du inte svarar", "20 § förvaltningslagen"}},
		models.FileForwarding: {stage(models.CaseAssigned), "ombud SN", workflows.Forward{Kind: models.ForwardJournal, What: "Min journal från 2019.", To: "Region Exempel",
			Address: "Box 1\n999 90 Exempelstad", On: today}, []string{"Min journal från 2019.", "Region Exempel", "999 90 Exempelstad", "Vårt eget svar påverkas inte"}},
		models.FileService: {stage(models.CaseReleased), "registrator SN", workflows.Serve{Method: "post", ServedOn: today, Evidence: "Mottagningsbevis."},
			[]string{"med post", "torsdag 10 september 2026", "senast torsdag 1 oktober 2026", "44 § förvaltningslagen"}},
	}
}

func (d deed) run(svc *workflows.Service, a models.Actor, on workflows.On, in workflows.Input) error {
	return d.do(svc, a, on, in)
}

func deedOf(a workflows.Action) deed {
	for _, d := range deeds() {
		if d.action == a {
			return d
		}
	}
	return deed{}
}

// TestEachNoticeIsGivenWithItsAction: sealed, bound by the event, told by mail and opened without serving anything.
func TestEachNoticeIsGivenWithItsAction(t *testing.T) {
	t.Parallel()
	for kind, n := range noticeDeeds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			s := reach(w, w.Resident("197701172392"), n.at)
			w.Work()
			mails := len(w.Mails.All())
			d, on := deedOf(workflows.ActionOf(n.in)), w.On(s.number)
			s.must(d.run(w.Service, w.As(n.role), on, n.in))
			if err := d.run(w.Service, w.As(n.role), on, n.in); !errors.Is(err, workflows.ErrConflict) && !same(err, workflows.Refusal{Key: "guard.already-extended"}) {
				t.Errorf("the same form twice: %v", err)
			}
			before := w.Case(s.number).AppealUntil
			given := s.given()
			if len(given) != 1 || given[kind] == "" {
				t.Fatalf("given %v", given)
			}
			for _, want := range n.says {
				if !strings.Contains(given[kind], want) {
					t.Errorf("it does not say %q: %s", want, given[kind])
				}
			}
			if strings.Contains(given[kind], "900") {
				t.Error("it tells what was found")
			}
			if after := w.Case(s.number).AppealUntil; after != before {
				t.Errorf("opening it moved the last day to appeal from %s to %s", before, after)
			}
			if v := w.View("registrator SN", s.number); len(v.Notices) != 1 || v.Notices[0].Purpose != kind {
				t.Errorf("the registrator sees %v", v.Notices)
			}
			w.Work()
			if got := len(w.Mails.All()) - mails; got < 1 {
				t.Errorf("%d mails", got)
			}
		})
	}
}

// TestANoticeThatWasSealedButNotGivenIsNothing: the process dies between the store and the transaction.
func TestANoticeThatWasSealedButNotGivenIsNothing(t *testing.T) {
	t.Parallel()
	for kind, n := range noticeDeeds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			s := reach(w, w.Resident("197701172392"), n.at)
			w.Work()
			before := traceOf(t, w.DB.Runtime, s.number)
			dies := w.Another(w.DB, func(d *workflows.Deps) {
				d.Failpoint = func(name string) {
					if name == "notice-stored" {
						panic("killed")
					}
				}
			})
			func() {
				defer func() {
					if recover() == nil {
						t.Error("nothing was stored before the transaction")
					}
				}()
				_ = deedOf(workflows.ActionOf(n.in)).run(dies, w.As(n.role), w.On(s.number), n.in)
			}()
			if after := traceOf(t, w.DB.Runtime, s.number); after != before || len(s.mine(s.number).Notices) > 0 {
				t.Error("it left a trace")
			}
			w.Clock.Set(time.Now().Add(48 * time.Hour)) // the store dates its bytes by the real clock
			if swept, err := w.SweepFiles(context.Background(), 24*time.Hour); err != nil || swept != 1 {
				t.Errorf("swept %d: %v", swept, err)
			}
		})
	}
}

// TestTheReceiptIsOne: the job makes it, however many ask at once, and the person opens it.
func TestTheReceiptIsOne(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := reach(w, w.Resident("197701172392"), stage(models.CaseAssigned))
	ctx := context.Background()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if _, _, err := w.ReceiptFile(ctx, w.As("servicecenter"), s.request); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	mine, err := w.MyRequest(ctx, s.maja, s.request)
	s.must(err)
	if len(mine.Notices) != 1 || mine.Notices[0].Purpose != models.NoticeReceipt {
		t.Fatalf("%d letters", len(mine.Notices))
	}
	s.bound("request", mine.Notices[0])
	text := aloud(t, []byte(w.Read(w.OpenNotice(ctx, s.maja, s.request, mine.Notices[0].ID))))
	for _, want := range []string{s.request, "Socialnämnden", "måndag 12 oktober 2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q: %s", want, text)
		}
	}
	if _, _, err := w.OpenNotice(ctx, w.Resident("198404012380"), s.request, mine.Notices[0].ID); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("another person: %v", err)
	}
	if _, _, err := w.ReceiptFile(ctx, w.As("ombud SN"), s.request); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("an ombud: %v", err)
	}
}

// TestTheServicecenterAsksAndForwards for the request as a whole: the person gets the letters, and no controller's staff do.
func TestTheServicecenterAsksAndForwards(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := reach(w, w.Resident("197701172392"), stage(models.CaseAssigned))
	ctx, desk, today := context.Background(), w.As("servicecenter"), calendar.DateOf(workflowtest.Start())
	if err := w.AskPerson(ctx, desk, s.request, s.requestVersion(), "Vilket namn hade du?", today.AddDays(2)); !field(err, "answer-by") {
		t.Errorf("no time to answer: %v", err)
	}
	s.must(w.AskPerson(ctx, desk, s.request, s.requestVersion(), "Vilket namn hade du?", today.AddDays(10)))
	version := s.requestVersion()
	in := workflows.Forward{Kind: models.ForwardDocuments, What: "Ritningar.", To: "Byggnadsnämnden", Address: "999 99 Exempelby", On: today}
	for name, change := range map[string]func(f *workflows.Forward){
		"kind":            func(f *workflows.Forward) { f.Kind = "gossip" },
		"what":            func(f *workflows.Forward) { f.What = " " },
		"forward-to":      func(f *workflows.Forward) { f.To = "" },
		"forward-address": func(f *workflows.Forward) { f.Address = "" },
		"forwarded-on":    func(f *workflows.Forward) { f.On = today.AddDays(1) },
	} {
		bad := in
		change(&bad)
		if err := w.ForwardRequest(ctx, desk, s.request, version, bad); !field(err, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.must(w.ForwardRequest(ctx, desk, s.request, version, in))
	if err := w.ForwardRequest(ctx, desk, s.request, version, in); !errors.Is(err, workflows.ErrConflict) {
		t.Errorf("twice: %v", err)
	}
	if err := w.ForwardRequest(ctx, w.As("ombud SN"), s.request, s.requestVersion(), in); !errors.Is(err, workflows.ErrNotFound) && !errors.Is(err, workflows.ErrForbidden) {
		t.Errorf("an ombud: %v", err)
	}
	mine, err := w.MyRequest(ctx, s.maja, s.request)
	s.must(err)
	kinds := map[string]bool{}
	for _, n := range mine.Notices {
		kinds[n.Purpose] = true
		s.bound("request", n)
	}
	if len(mine.Notices) != 3 || !kinds[models.FileCompletion] || !kinds[models.FileForwarding] || len(mine.Forwardings) != 1 || mine.Question.AnswerBy != today.AddDays(10) {
		t.Errorf("the person has %v", kinds)
	}
	if v := w.View("ombud SN", s.number); len(v.Notices) > 0 || len(v.Forwardings) > 0 {
		t.Error("the controller sees the servicecenter's letters")
	}
}

// TestAProtectedPersonIsAskedBeforeAnythingIsSentOn.
func TestAProtectedPersonIsAskedBeforeAnythingIsSentOn(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := reach(w, w.Resident("197701172392"), stage(models.CaseAssigned))
	s.must(w.ProtectRequest(context.Background(), s.maja, s.request))
	w.Clear("ombud SN")
	in := workflows.Forward{Kind: models.ForwardJournal, What: "Min journal.", To: "Region Exempel", Address: "Box 1", On: calendar.DateOf(workflowtest.Start())}
	if err := w.Record(context.Background(), w.As("ombud SN"), w.On(s.number), in); !field(err, "agreed") {
		t.Errorf("not asked: %v", err)
	}
	in.Agreed = true
	w.Write("ombud SN", s.number, in)
	if text := s.given()[models.FileForwarding]; text == "" || strings.Contains(text, "Storgatan") {
		t.Errorf("the letter: %s", text)
	}
}
