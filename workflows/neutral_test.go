package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// uuids are the only thing in which two municipalities that do the same may differ.
func uuids() *regexp.Regexp {
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
}

// outside is all that anyone outside the social committee can see of a request, as text.
func outside(s staged) string {
	s.T.Helper()
	ctx := context.Background()
	var b strings.Builder
	say := func(what string, v any) {
		j, err := json.MarshalIndent(v, "", " ")
		s.must(err)
		fmt.Fprintf(&b, "== %s\n%s\n", what, j)
	}
	list, err := s.MyRequests(ctx, s.maja)
	s.must(err)
	say("my requests", list)
	mine, err := s.MyRequest(ctx, s.maja, s.request)
	s.must(err)
	for i := range mine.Cases {
		if e := mine.Cases[i].Extension; e != nil {
			e.Reason = nil // ciphertext; its text is beside it
		}
	}
	if mine.Question != nil {
		mine.Question.Question, mine.Question.Answer = nil, nil
	}
	say("my request", mine)
	for _, c := range mine.Cases {
		if c.Controller.Prefix != "SN" || c.Letter == nil {
			continue
		}
		fmt.Fprintf(&b, "== letter\n%s\n", s.Read(s.OpenAnswer(ctx, s.maja, c.Letter.ID)))
		for _, f := range c.Extract {
			fmt.Fprintf(&b, "== %s\n%s\n", f.Name, s.Read(s.OpenAnswer(ctx, s.maja, f.ID)))
		}
	}
	queue, more, err := s.Intake(ctx, s.As("servicecenter"), workflows.IntakeCursor{})
	s.must(err)
	say("intake", []any{queue, more})
	v, err := s.IntakePage(ctx, s.As("servicecenter"), s.request)
	s.must(err)
	v.Request.Person = nil // ciphertext
	for i := range v.Questions {
		v.Questions[i].Question, v.Questions[i].Answer = nil, nil
	}
	say("request at the servicecenter", v)
	other, err := s.CasePage(ctx, s.As("ombud BUN"), s.request+"-BUN")
	s.must(err)
	other.Case.Person = nil
	say("case at another controller", other)
	q, err := s.Queue(ctx, s.As("ombud BUN"), workflows.QueueFilter{})
	s.must(err)
	say("queue at another controller", q)
	if _, err := s.CasePage(ctx, s.As("ombud BUN"), s.number); err == nil {
		s.T.Error("another controller sees the case")
	}
	for _, m := range s.Mails.All() {
		if !socialStaff(s, m.To) {
			say("mail", m)
		}
	}
	return uuids().ReplaceAllString(b.String(), "<id>")
}

// socialStaff tells whether an address belongs to someone at the social committee.
func socialStaff(s staged, to string) bool {
	key, _, _ := strings.Cut(to, "@")
	a, ok := s.Staff[key]
	return ok && a.Has(models.RoleOmbud, s.Controllers["SN"].ID) || ok && a.Has(models.RoleDecider, s.Controllers["SN"].ID) ||
		ok && a.Has(models.RoleDSO, s.Controllers["SN"].ID) || ok && a.Has(models.RoleRegistrator, s.Controllers["SN"].ID)
}

// TestNothingFoundAndEverythingSecretLookTheSame lets two municipalities do the same at the same times. In one the social
// committee finds nothing, in the other only what is secret. Nobody outside the committee can tell which is which (P3).
func TestNothingFoundAndEverythingSecretLookTheSame(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"sv", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			nothing, secret := neutralWorld(t, lang), neutralWorld(t, lang)
			for _, step := range neutralSteps() {
				step.do(nothing, false)
				step.do(secret, true)
				if diff := cmp.Diff(outside(nothing), outside(secret)); diff != "" {
					t.Errorf("after %s (- nothing found, + everything secret):\n%s", step.name, diff)
				}
				for _, s := range []staged{nothing, secret} {
					s.Clock.Advance(oneDay)
				}
			}
			if got := nothing.Case(nothing.number).State; got != models.CaseReleased {
				t.Errorf("the case ended as %s", got)
			}
		})
	}
}

func neutralWorld(t *testing.T, lang string) staged {
	t.Helper()
	w := workflowtest.New(t)
	s := staged{World: w, maja: w.Resident("197701172392")}
	ctx := context.Background()
	id, err := w.NewDraft(ctx, s.maja, models.Access, lang)
	s.must(err)
	s.must(w.SaveDraft(ctx, s.maja, id, 1, func(f *workflows.DraftForm) {
		f.Email = "maja.lindqvist@post.example"
		f.Controllers = []workflows.DraftAddressee{{Controller: w.Controllers["SN"].ID, About: models.About{Text: "Allt"}}, {Controller: w.Controllers["BUN"].ID}}
	}))
	_, err = w.Attach(ctx, s.maja, id, w.Controllers["SN"].ID, *workflowtest.File("brev.txt", "Ett brev som jag fick."))
	s.must(err)
	s.request, err = w.Submit(ctx, s.maja, id, workflowtest.Person())
	s.must(err)
	s.number = s.request + "-SN"
	return s
}

type neutralStep struct {
	name string
	do   func(s staged, secret bool)
}

func neutralSteps() []neutralStep {
	both := func(name string, f func(s staged)) neutralStep {
		return neutralStep{name, func(s staged, _ bool) { f(s); s.Work() }}
	}
	return []neutralStep{
		both("fan-out", func(staged) {}),
		both("take", func(s staged) { s.Do("ombud SN", s.number, workflows.Take{}) }),
		both("question", func(s staged) {
			s.Do("ombud SN", s.number, workflows.Ask{Reason: "specification", Text: "Vilka år?"})
		}),
		both("answer", func(s staged) {
			s.must(s.Apply(context.Background(), s.maja, s.asSeen(), workflows.Answer{Text: "Alla år."}))
		}),
		{"searches", func(s staged, secret bool) {
			if !secret {
				s.SearchNothing("SN", s.number)
				return
			}
			s.SearchOne("SN", s.number, models.Withhold, s.Ground("SN"))
			for range 5 {
				s.AddText("SN", s.number, "Journalanteckning", strings.Repeat("En lång text. ", 50), models.Withhold, s.Ground("SN"))
			}
			v := s.View("ombud SN", s.number)
			s.Write("ombud SN", s.number, workflows.AddItem{Search: v.Searches[0].ID, Title: "Bild", File: workflowtest.File("bild.txt", strings.Repeat("x", 40_000))})
			v = s.View("ombud SN", s.number)
			s.Write("ombud SN", s.number, workflows.Dispose{Item: v.Items[len(v.Items)-1].ID, Disposition: models.Withhold, Ground: s.Ground("SN"), Explanation: "Skyddar en annan."})
		}},
		both("message", func(s staged) { s.Write("ombud SN", s.number, workflows.Message{Text: "Vi arbetar med det."}) }),
		both("extension", func(s staged) {
			s.Do("ombud SN", s.number, workflows.Extend{Ground: "number", Reason: "Vi har många att svara."})
		}),
		both("diary number", func(s staged) { s.Write("registrator SN", s.number, workflows.Diary{Number: "SN-2026-00118"}) }),
		{"proposal", func(s staged, secret bool) {
			in := workflows.Propose{Outcome: models.OutcomeNeutral}
			if secret {
				in.Reasons = "Allt är hemligt för att skydda en annan person."
			}
			s.Do("ombud SN", s.number, in)
			s.Work()
		}},
		both("review", func(s staged) { s.Do("dso SN", s.number, workflows.ReviewAnswer{Outcome: models.ReviewNoRemarks}) }),
		both("decision and release", func(s staged) { s.Decide("SN", s.number) }),
		both("the letter read", func(staged) {}),
		both("the day after", func(staged) {}),
	}
}

// TestInnerRoundsDoNotShow: the committee's inner rounds, however many, do not show outside.
func TestInnerRoundsDoNotShow(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := reach(w, w.Resident("197701172392"), stage(models.CaseSearching))
	see := func() string {
		mine, err := s.MyRequest(context.Background(), s.maja, s.request)
		s.must(err)
		list, err := s.MyRequests(context.Background(), s.maja)
		s.must(err)
		j, err := json.Marshal([]any{mine, list})
		s.must(err)
		return string(j)
	}
	before := see()
	s.Clock.Advance(oneDay)
	s.Do("ombud SN", s.number, s.propose())
	s.Work()
	if diff := cmp.Diff(before, see()); diff != "" {
		t.Errorf("a proposal shows:\n%s", diff)
	}
	s.Do("decider SN", s.number, workflows.SendBack{Why: "Titta igen."})
	s.Work()
	if diff := cmp.Diff(before, see()); diff != "" {
		t.Errorf("a return shows:\n%s", diff)
	}
	s.AddText("SN", s.number, "Mer", "En text till.", models.Withhold, s.Ground("SN"))
	s.Propose("SN", s.number, models.OutcomeNeutral)
	if diff := cmp.Diff(before, see()); diff != "" {
		t.Errorf("a case that is ready shows:\n%s", diff)
	}
}
