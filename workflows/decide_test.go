package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// field is whether an error says that a form field is wrong.
func field(err error, name string) bool {
	var in workflows.Invalid
	if !errors.As(err, &in) {
		return false
	}
	for _, f := range in.Fields {
		if f.Field == name {
			return true
		}
	}
	return false
}

// delegations lists every delegation of a controller by its number and holder's role there.
func (s staged) delegation(sql string, args ...any) models.DelegationID {
	s.T.Helper()
	var id string
	s.must(s.DB.Owner.Raw("select d.id::text from delegations d join controllers c on c.id = d.controller_id where "+sql+" limit 1", args...).Scan(&id).Error)
	u, err := uuid.Parse(id)
	if err != nil {
		s.T.Fatalf("no delegation where %s", sql)
	}
	return models.IDFrom[models.Delegation](u)
}

func TestADecisionNeedsADelegationOfThatDayKindControllerAndPerson(t *testing.T) {
	t.Parallel()
	s := decidedCase(t, false) // a grant at the school committee
	ctx := context.Background()
	decider := s.As("decider BUN")
	right := s.View("decider BUN", s.number).Delegations[0].ID
	elsewhere := s.delegation("c.prefix = 'KS' and 'access-grant' = any (d.decision_kinds)")
	otherKind := s.delegation("c.prefix = 'BUN' and d.staff_id = ? and 'access-refuse' = any (d.decision_kinds)", decider.Staff.String())
	another := s.delegation("c.prefix = 'BUN' and d.staff_id <> ? and 'access-grant' = any (d.decision_kinds)", decider.Staff.String())
	expired := models.NewID[models.Delegation]()
	coming := models.NewID[models.Delegation]()
	for id, dates := range map[models.DelegationID]string{expired: "'2025-01-01', '2026-09-09'", coming: "'2026-09-11', null"} {
		s.must(s.DB.Owner.Exec(`insert into delegations (id, controller_id, number, text, decision_kinds, staff_id, position_title, adopted_on, paragraph, valid_from, valid_to)
			select ?, controller_id, '9.' || ?, text, decision_kinds, staff_id, position_title, adopted_on, paragraph, `+dates+` from delegations where id = ?`,
			id.String(), id.String(), right.String()).Error)
	}
	nobody := models.NewID[models.Delegation]()
	before := traceOf(t, s.DB.Runtime, s.number)
	decide := func(a models.Actor, d models.DelegationID) error {
		return s.Apply(ctx, a, s.On(s.number), workflows.Decide{Delegation: d, Unbiased: true})
	}
	for name, d := range map[string]models.DelegationID{"another controller's": elsewhere, "another kind's": otherKind, "somebody else's": another,
		"one that has expired": expired, "one that has not begun": coming, "none that exists": nobody} {
		if err := decide(decider, d); !same(err, workflows.Refusal{Key: "guard.no-delegation"}) {
			t.Errorf("decided under %s delegation: %v", name, err)
		}
	}
	for _, role := range []models.Role{models.RoleDSO, models.RoleRegistrator, models.RoleServicecenter, models.RoleAdmin, models.RoleLogReviewer} {
		grant := models.Grant{Role: role}
		if role == models.RoleDSO || role == models.RoleRegistrator {
			grant.Controller = s.Controllers["BUN"].ID
		}
		// The very person who may decide, in another role only.
		if err := decide(models.StaffActor(decider.Staff, grant), right); !errors.Is(err, workflows.ErrForbidden) && !errors.Is(err, workflows.ErrNotFound) {
			t.Errorf("the %s decided: %v", role, err)
		}
	}
	if after := traceOf(t, s.DB.Runtime, s.number); after != before {
		t.Error("the refusals left a trace")
	}
	s.must(decide(decider, right))
	d, err := s.decision()
	if err != nil || d.DelegationID != right || d.Delegation == nil || !strings.Contains(*d.Delegation, "6.2") || d.DecidedBy != decider.Staff {
		t.Errorf("the decision carries %+v, %v", d, err)
	}
}

func (s staged) decision() (d models.Decision, err error) {
	err = s.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
		d, err = tx.Decision(s.Case(s.number).ID)
		return err
	})
	return d, err
}

func TestTheDelegationMustBeValidTheDayOfTheDecision(t *testing.T) {
	t.Parallel()
	s := decidedCase(t, false)
	right := s.View("decider BUN", s.number).Delegations[0].ID
	s.must(s.DB.Owner.Exec("update delegations set valid_to = '2026-09-10' where id = ?", right.String()).Error)
	undone(t, s.World, 0, func(svc *workflows.Service, _ *gormDB) {
		if err := svc.Apply(context.Background(), s.As("decider BUN"), s.On(s.number), workflows.Decide{Delegation: right, Unbiased: true}); err != nil {
			t.Errorf("on its last day: %v", err)
		}
	})
	s.Clock.Advance(oneDay)
	err := s.Apply(context.Background(), s.As("decider BUN"), s.On(s.number), workflows.Decide{Delegation: right, Unbiased: true})
	if !same(err, workflows.Refusal{Key: "guard.no-delegation"}) {
		t.Errorf("the day after: %v", err)
	}
}

func TestADecisionByTheBodyItselfNeedsDateAndParagraph(t *testing.T) {
	t.Parallel()
	s := decidedCase(t, false)
	ctx := context.Background()
	today := calendar.DateOf(s.Clock.Now())
	decide := func(role string, in workflows.Decide) error { return s.Apply(ctx, s.As(role), s.On(s.number), in) }
	for name, c := range map[string]struct {
		in    workflows.Decide
		field string
	}{
		"no answer about bias":    {workflows.Decide{MeetingOn: today, MeetingParagraph: "18"}, "unbiased"},
		"neither":                 {workflows.Decide{Unbiased: true}, "delegation"},
		"no date":                 {workflows.Decide{Unbiased: true, MeetingParagraph: "18"}, "meeting-on"},
		"no paragraph":            {workflows.Decide{Unbiased: true, MeetingOn: today}, "meeting-paragraph"},
		"tomorrow":                {workflows.Decide{Unbiased: true, MeetingOn: today.AddDays(1), MeetingParagraph: "18"}, "meeting-on"},
		"before the request came": {workflows.Decide{Unbiased: true, MeetingOn: today.AddDays(-1), MeetingParagraph: "18"}, "meeting-on"},
		"a paragraph of signs":    {workflows.Decide{Unbiased: true, MeetingOn: today, MeetingParagraph: " § "}, "meeting-paragraph"},
	} {
		if err := decide("decider BUN", c.in); !field(err, c.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ok := workflows.Decide{Unbiased: true, MeetingOn: today, MeetingParagraph: "§ 18"}
	if err := decide("ombud BUN", ok); !errors.Is(err, workflows.ErrForbidden) {
		t.Errorf("the ombud entered a decision of the body: %v", err)
	}
	s.must(decide("decider BUN", ok))
	d, err := s.decision()
	if err != nil || d.MeetingOn != today || d.MeetingParagraph == nil || *d.MeetingParagraph != "18" || d.Delegation != nil {
		t.Errorf("the decision carries %+v, %v", d, err)
	}
}

// TestADecisionIsNeverChanged: not by the service's own role, whoever the actor is.
func TestADecisionIsNeverChanged(t *testing.T) {
	t.Parallel()
	s := decidedCase(t, true)
	for _, sql := range []string{"update decisions set outcome = 'refused'", "delete from decisions", "update events set kind = 'x'", "delete from events"} {
		if err := s.DB.Runtime.Exec(sql).Error; err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestARefusalWithoutReasonsIsImpossible(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for prefix, o := range map[string]models.Outcome{"KS": models.OutcomeRefused, "BUN": models.OutcomePartial} {
		t.Run(string(o), func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			s := staged{World: w, maja: w.Resident("197701172392")}
			s.request = w.Request(s.maja, prefix)
			s.number = s.request + "-" + prefix
			w.SearchOne(prefix, s.number, models.Withhold, w.Ground(prefix))
			if o == models.OutcomePartial {
				w.AddText(prefix, s.number, "Ett brev", "Text.", models.Release, "")
			}
			for _, reasons := range []string{"", "   ", "\r\n\t"} {
				err := w.Apply(ctx, w.As("ombud "+prefix), w.On(s.number), workflows.Propose{Outcome: o, Reasons: reasons})
				if !field(err, "reasons") {
					t.Errorf("%q as reasons: %v", reasons, err)
				}
			}
			w.Propose(prefix, s.number, o)
			w.Decide(prefix, s.number)
			for sql, constraint := range map[string]string{
				"update decisions set reasons = null where case_id = ?":                                       "null value",
				"update decisions set remedy = 'none', appealable = false where case_id = ?":                  "decisions_remedy_when_refused",
				"update decisions set delegation_id = null, delegation = null where case_id = ?":              "decisions_authority",
				"update decisions set meeting_on = '2026-09-10' where case_id = ?":                            "decisions_authority",
				"update items set ground = null, explanation = null where case_id = ? and ground is not null": "items_ground",
				"update items set explanation = null where case_id = ? and ground is not null":                "items_explained",
				"update cases set decided_at = null where id = ?":                                             "cases_decided_fact",
				"update cases set released_at = now() where id = ?":                                           "cases_released_fact",
			} {
				if err := s.DB.Owner.Exec(sql, s.Case(s.number).ID).Error; err == nil || !strings.Contains(err.Error(), constraint) {
					t.Errorf("%s: %v", sql, err)
				}
			}
		})
	}
}

// TestTheOutcomeSaysWhatTheMaterialSays: no other outcome can be proposed.
func TestTheOutcomeSaysWhatTheMaterialSays(t *testing.T) {
	t.Parallel()
	all := []models.Outcome{models.OutcomeGranted, models.OutcomePartial, models.OutcomeNothingFound, models.OutcomeNeutral, models.OutcomeRefused}
	for _, c := range []struct {
		prefix            string
		release, withhold bool
		fits              models.Outcome
	}{
		{"BUN", true, false, models.OutcomeGranted}, {"BUN", true, true, models.OutcomePartial}, {"BUN", false, true, models.OutcomeRefused},
		{"BUN", false, false, models.OutcomeNothingFound}, {"SN", true, false, models.OutcomeGranted}, {"SN", true, true, models.OutcomePartial},
		{"SN", false, true, models.OutcomeNeutral}, {"SN", false, false, models.OutcomeNeutral},
	} {
		t.Run(fmt.Sprint(c.prefix, " ", c.fits, " released ", c.release, " withheld ", c.withhold), func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			number := w.Request(w.Resident("197701172392"), c.prefix) + "-" + c.prefix
			w.SearchNothing(c.prefix, number)
			if c.release {
				w.AddText(c.prefix, number, "Ett brev", "Text.", models.Release, "")
			}
			if c.withhold {
				w.AddText(c.prefix, number, "En skrivelse", "Text.", models.Withhold, w.Ground(c.prefix))
			}
			if got := workflows.FittingOutcomes(w.View("ombud "+c.prefix, number)); len(got) != 1 || got[0] != c.fits {
				t.Errorf("the page offers %v", got)
			}
			for _, o := range all {
				undone(t, w, 0, func(svc *workflows.Service, _ *gormDB) {
					err := svc.Apply(context.Background(), w.As("ombud "+c.prefix), w.On(number), workflows.Propose{Outcome: o, Reasons: "Skäl."})
					if (err == nil) != (o == c.fits) || (err != nil && !field(err, "outcome")) {
						t.Errorf("%s: %v", o, err)
					}
				})
			}
		})
	}
}
