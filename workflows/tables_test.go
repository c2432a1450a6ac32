package workflows_test

import (
	"context"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"insyn/internal/i18n"
	"insyn/internal/postgres"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

func TestTheDiagramIsFresh(t *testing.T) {
	t.Parallel()
	is, err := os.ReadFile("../docs/state-machine.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(is) != workflows.StateMachines() {
		t.Error("docs/state-machine.md is not what the tables say; run go generate ./workflows")
	}
}

func TestEveryStateIsReachedAndLeadsToAnEnd(t *testing.T) {
	t.Parallel()
	steps := map[string][]string{}
	for _, tr := range workflows.Transitions() {
		for _, from := range tr.From {
			if !slices.Contains(models.CaseStates(), from) {
				t.Errorf("%s begins in %s, which is no state", tr.Action, from)
			}
			for _, to := range tr.Ends(from) {
				if !slices.Contains(models.CaseStates(), to) {
					t.Errorf("%s leads to %s, which is no state", tr.Action, to)
				}
				steps[string(from)] = append(steps[string(from)], string(to))
			}
		}
	}
	walk(t, steps, string(models.CaseAssigned), names(models.CaseStates()), []string{"closed", "withdrawn"})
	requests := map[string][]string{}
	var all []string
	for _, tr := range workflows.RequestTransitions() {
		for _, from := range tr.From {
			requests[string(from)] = append(requests[string(from)], string(tr.To))
			all = append(all, string(from), string(tr.To))
		}
	}
	walk(t, requests, string(models.RequestSubmitted), all, []string{"closed", "withdrawn"})
}

func names[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = string(x)
	}
	return out
}

// walk checks that every state is reached from the first, that the ends lead nowhere, and that all others lead to an end.
func walk(t *testing.T, steps map[string][]string, first string, all, ends []string) {
	t.Helper()
	reach := func(from string) []string {
		seen := []string{from}
		for i := 0; i < len(seen); i++ {
			for _, to := range steps[seen[i]] {
				if !slices.Contains(seen, to) {
					seen = append(seen, to)
				}
			}
		}
		return seen
	}
	for _, s := range all {
		if !slices.Contains(reach(first), s) {
			t.Errorf("%s cannot be reached", s)
		}
		if slices.Contains(ends, s) != (len(steps[s]) == 0) {
			t.Errorf("%s is an end: %v, leads on to %v", s, slices.Contains(ends, s), steps[s])
		}
		if !slices.ContainsFunc(reach(s), func(r string) bool { return slices.Contains(ends, r) }) {
			t.Errorf("%s has no way to an end", s)
		}
	}
}

// TestTheDatabaseKnowsTheSameStates compares the CHECKs with the code.
func TestTheDatabaseKnowsTheSameStates(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	var requests []string
	for _, tr := range workflows.RequestTransitions() {
		requests = append(requests, string(tr.To))
		requests = append(requests, names(tr.From)...)
	}
	var kinds, in []string
	for _, k := range workflows.JobKinds() {
		kinds = append(kinds, string(k))
	}
	for _, tr := range workflows.Transitions() {
		in = append(in, names(tr.Promises)...)
	}
	for _, k := range in {
		if !slices.Contains(kinds, k) {
			t.Errorf("%s is promised and is no kind of job", k)
		}
	}
	for constraint, want := range map[string][]string{"cases_state_known": names(models.CaseStates()), "requests_state_known": requests} {
		var def string
		if err := w.DB.Owner.Raw("select pg_get_constraintdef(oid) from pg_constraint where conname = ?", constraint).Scan(&def).Error; err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range regexp.MustCompile(`'([a-z-]+)'`).FindAllStringSubmatch(def, -1) {
			got = append(got, m[1])
		}
		slices.Sort(got)
		slices.Sort(want)
		if want = slices.Compact(want); !slices.Equal(got, want) {
			t.Errorf("%s: the database knows %v, the code %v", constraint, got, want)
		}
	}
}

func TestAnUnknownStateIsAnInternalError(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := reach(w, w.Resident("197701172392"), stage(models.CaseAssigned))
	s.must(w.DB.Owner.Exec("alter table cases drop constraint cases_state_known").Error)
	s.must(w.DB.Owner.Exec("update cases set state = 'lost'").Error)
	if err := w.Record(context.Background(), w.As("ombud SN"), w.On(s.number), workflows.Note{Text: "x"}); err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Errorf("a record in an unknown state: %v", err)
	}
	if err := w.Apply(context.Background(), s.maja, workflows.On{Case: w.Case(s.number).ID}, workflows.Withdraw{}); err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Errorf("a transition from an unknown state: %v", err)
	}
}

// TestWhatIsPromisedIsWhatTheTablesSay takes every action from everywhere and gathers the jobs: all that are declared are
// promised by some path. That nothing else is, the service itself sees to.
func TestWhatIsPromisedIsWhatTheTablesSay(t *testing.T) {
	t.Parallel()
	got := make(chan [2]string, 10_000)
	t.Run("stages", func(t *testing.T) {
		for from, all := range lanes() {
			t.Run(string(from), func(t *testing.T) {
				t.Parallel()
				w := workflowtest.New(t)
				s := reach(w, w.Resident("197701172392"), from)
				for _, l := range all {
					actor, in := s.actorOf(l.who), s.input(l.action)
					on := s.on(actor)
					undone(t, w, later(l.action), func(svc *workflows.Service, db *gorm.DB) {
						if l.action == workflows.ActionPauseRequest {
							s.askPerson(svc)
						}
						before := jobKinds(t, db)
						s.must(l.do(svc, actor, on, in))
						for kind, n := range jobKinds(t, db) {
							if n > before[kind] {
								got <- [2]string{string(l.action), kind}
							}
						}
					})
				}
			})
		}
	})
	close(got)
	promised := map[string][]string{}
	for p := range got {
		if !slices.Contains(promised[p[0]], p[1]) {
			promised[p[0]] = append(promised[p[0]], p[1])
		}
	}
	declared := map[string][]string{}
	for _, tr := range workflows.Transitions() {
		declared[string(tr.Action)] = append(declared[string(tr.Action)], names(tr.Promises)...)
	}
	for _, r := range workflows.Records() {
		declared[string(r.Action)] = append(declared[string(r.Action)], names(r.Promises)...)
	}
	for action, want := range declared {
		slices.Sort(want)
		slices.Sort(promised[action])
		if !slices.Equal(slices.Compact(want), promised[action]) {
			t.Errorf("%s promises %v, the table says %v", action, promised[action], want)
		}
	}
}

// TestAnActionWhoseJobCannotBeStoredIsNotTaken: what is promised and what is done commit together. Every action that promises
// something is tried while no job can be stored, and leaves nothing.
func TestAnActionWhoseJobCannotBeStoredIsNotTaken(t *testing.T) {
	t.Parallel()
	refused := make(chan string, 10_000)
	t.Run("stages", func(t *testing.T) {
		for from, all := range lanes() {
			t.Run(string(from), func(t *testing.T) {
				t.Parallel()
				w := workflowtest.New(t)
				s := reach(w, w.Resident("197701172392"), from)
				s.must(w.DB.Owner.Exec(`create function no_job() returns trigger language plpgsql as $$ begin raise exception 'full' using errcode = '53100'; end $$`).Error)
				for _, l := range all {
					if l.action == workflows.ActionPauseRequest {
						continue // what it follows on is a job itself
					}
					actor, in := s.actorOf(l.who), s.input(l.action)
					on := s.on(actor)
					promises := false
					undone(t, w, later(l.action), func(svc *workflows.Service, db *gorm.DB) {
						before := traceOf(t, db, s.number)
						s.must(l.do(svc, actor, on, in))
						promises = traceOf(t, db, s.number).Jobs > before.Jobs
					})
					if !promises {
						continue
					}
					s.must(w.DB.Owner.Exec("create trigger no_job before insert on jobs for each row execute function no_job()").Error)
					before := traceOf(t, w.DB.Runtime, s.number)
					err := l.do(at(w, later(l.action)), actor, on, in)
					if code, _ := postgres.ErrorCode(err); code != "53100" {
						t.Errorf("%s by %s without its job: %v", l.action, l.who, err)
					}
					if after := traceOf(t, w.DB.Runtime, s.number); after != before {
						t.Errorf("%s by %s left something without its job", l.action, l.who)
					}
					s.must(w.DB.Owner.Exec("drop trigger no_job on jobs").Error)
					refused <- string(l.action)
				}
			})
		}
	})
	close(refused)
	seen := map[string]bool{}
	for action := range refused {
		seen[action] = true
	}
	for _, tr := range workflows.Transitions() {
		if len(tr.Promises) > 0 && !seen[string(tr.Action)] && tr.Action != workflows.ActionPauseRequest {
			t.Errorf("%s was not tried without its job", tr.Action)
		}
	}
}

func jobKinds(t *testing.T, db *gorm.DB) map[string]int {
	t.Helper()
	var rows []struct {
		Kind string
		N    int
	}
	if err := db.Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec("select set_config('insyn.kind', 'system', true)").Error; err != nil {
			return err
		}
		return tx.Raw("select kind, count(*) as n from jobs group by kind").Scan(&rows).Error
	}); err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, r := range rows {
		out[r.Kind] = r.N
	}
	return out
}

// TestEveryActionHasWords: events on the timeline of both sides, grounds of refusal and faults of forms, in both languages.
func TestEveryActionHasWords(t *testing.T) {
	t.Parallel()
	c, err := i18n.Load(templates.Files())
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range c.Check() {
		t.Error(fault)
	}
	has := func(key string) {
		if !c.Has(key) {
			t.Errorf("no text %s", key)
		}
	}
	for _, tr := range workflows.Transitions() {
		has("timeline." + tr.Event)
		has("timeline.staff." + tr.Event)
	}
	for _, r := range workflows.Records() {
		has("timeline." + r.Event)
		has("timeline.staff." + r.Event)
	}
	for _, tr := range workflows.RequestTransitions() {
		has("timeline." + tr.Event)
	}
	for _, s := range models.CaseStates() {
		has("status.staff." + string(s))
	}
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`"((?:guard|error)\.[a-z0-9-]+)"`)
	n := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(src), -1) {
			n++
			has(m[1])
		}
	}
	if n < 40 {
		t.Errorf("only %d keys were found in the source", n)
	}
}
