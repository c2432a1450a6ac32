package workflows_test

import (
	"context"
	"slices"
	"testing"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// registerOf gives the small municipality a register with relations and periods.
func registerOf(w *workflowtest.World) {
	w.T.Helper()
	for _, sql := range []string{
		"update activities set relations = '{}'",
		`update activities a set relations = '{pupil,guardian}' from systems y join controllers c on c.id = y.controller_id where y.id = a.system_id and c.prefix = 'BUN'`,
		`update activities a set relations = '{client}' from systems y join controllers c on c.id = y.controller_id where y.id = a.system_id and c.prefix = 'SN'`,
	} {
		if err := w.DB.Owner.Exec(sql).Error; err != nil {
			w.T.Fatal(err)
		}
	}
}

func TestSuggestionsComeFromTheRegister(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	registerOf(w)
	ctx := context.Background()
	for name, actor := range map[string]models.Actor{"nobody": {}, "resident": w.Resident("197701172392"), "servicecenter": w.As("servicecenter"), "system": models.SystemActor()} {
		got, err := w.Suggest(ctx, actor, []string{"client", "pupil", "king", "tenant"})
		if err != nil {
			t.Fatal(err)
		}
		var at []string
		for _, g := range got {
			at = append(at, g.Controller.Prefix)
			if len(g.Why) != 1 || len(g.Why[0].Activities) == 0 {
				t.Errorf("%s: %+v", g.Controller.Prefix, g.Why)
			}
		}
		slices.Sort(at)
		if !slices.Equal(at, []string{"BUN", "SN"}) {
			t.Errorf("%s is told to ask %v", name, at)
		}
	}
	if got, err := w.Suggest(ctx, w.Resident("197701172392"), nil); err != nil || len(got) != 0 {
		t.Errorf("without an answer: %v, %v", got, err)
	}
	// What has ended is not suggested.
	if err := w.DB.Owner.Exec("update activities set valid_to = '2026-09-09' where 'client' = any (relations)").Error; err != nil {
		t.Fatal(err)
	}
	if got, err := w.Suggest(ctx, models.Actor{}, []string{"client"}); err != nil || len(got) != 0 {
		t.Errorf("of what has ended: %v, %v", got, err)
	}
}

// TestTheSearchListIsOfTheDayTheRequestCame: a system that ended before, or began after, is not on it, and a later change to the
// register does not move it.
func TestTheSearchListIsOfTheDayTheRequestCame(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	maja := w.Resident("197701172392")
	of := func(number string) []string {
		var names []string
		for _, s := range w.View("ombud SN", number).Searches {
			names = append(names, s.System)
		}
		return names
	}
	first := w.Request(maja, "SN") + "-SN"
	all := of(first)
	exec := func(sql string, args ...any) {
		t.Helper()
		if err := w.DB.Owner.Exec(sql, args...).Error; err != nil {
			t.Fatal(err)
		}
	}
	sn := w.Controllers["SN"].ID
	exec("update systems set valid_to = '2026-09-09' where controller_id = ? and name = ?", sn, all[0])
	if got := of(first); !slices.Equal(got, all) {
		t.Errorf("the list of the case that is there became %v", got)
	}
	second := w.Request(maja, "SN") + "-SN"
	if got := of(second); !slices.Equal(got, all[1:]) {
		t.Fatalf("the list is %v, want %v", got, all[1:])
	}
	v := w.View("ombud SN", second)
	if n := v.SearchNotes[v.Searches[0].SystemID]; len(n.Activities) == 0 {
		t.Errorf("the register says nothing of %s: %+v", v.Searches[0].System, n)
	}
	exec("update systems set valid_from = '2026-09-11' where controller_id = ? and name = ?", sn, all[1])
	if got := of(w.Request(maja, "SN") + "-SN"); !slices.Equal(got, all[2:]) {
		t.Errorf("the list is %v, want %v", got, all[2:])
	}
}

func TestTheRegisterIsForThoseWhoWorkWithIt(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	count := func(role string, f workflows.RegisterFilter) (controllers, systems int) {
		t.Helper()
		got, err := w.ProcessingRegister(ctx, w.As(role), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range got {
			systems += len(v.Systems)
		}
		return len(got), systems
	}
	if c, n := count("ombud SN", workflows.RegisterFilter{}); c != 1 || n == 0 {
		t.Errorf("the ombud sees %d systems of %d", n, c)
	}
	if c, _ := count("admin", workflows.RegisterFilter{}); c != len(w.Controllers) {
		t.Errorf("the administrator sees %d", c)
	}
	for _, role := range []string{"servicecenter", "registrator SN", "logreviewer"} {
		if c, _ := count(role, workflows.RegisterFilter{}); c != 0 {
			t.Errorf("%s sees the register", role)
		}
	}
	if c, _ := count("ombud SN", workflows.RegisterFilter{Controller: w.Controllers["BUN"].ID}); c != 0 {
		t.Error("the ombud sees another controller's register")
	}
	name := w.View("ombud SN", w.Request(w.Resident("197701172392"), "SN")+"-SN").Searches[0].System
	if _, n := count("ombud SN", workflows.RegisterFilter{Query: name}); n == 0 {
		t.Errorf("%s is not found", name)
	}
	if _, n := count("ombud SN", workflows.RegisterFilter{Query: name + " finnsinte"}); n != 0 {
		t.Error("what is not there is found")
	}
	_, before := count("ombud SN", workflows.RegisterFilter{})
	if err := w.DB.Owner.Exec("update systems set valid_to = ? where name = ?", calendar.New(2026, 1, 1), name).Error; err != nil {
		t.Fatal(err)
	}
	if _, n := count("ombud SN", workflows.RegisterFilter{}); n != before-1 {
		t.Errorf("%d systems in use, want %d", n, before-1)
	}
	if _, n := count("ombud SN", workflows.RegisterFilter{Ended: true}); n != before {
		t.Errorf("%d systems in all, want %d", n, before)
	}
}
