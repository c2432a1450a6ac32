package desk

import (
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// TestTextsAreThere: every key that is put together in code has a text; those written in templates are checked at start.
func TestTextsAreThere(t *testing.T) {
	t.Parallel()
	set := newTemplates(t)
	for _, key := range composedKeys() {
		if !set.Texts().Has(key) {
			t.Errorf("no text %q", key)
		}
	}
	for _, f := range set.Texts().Check() {
		if strings.Contains(f, "desk.") {
			t.Errorf("the languages differ: %s", f)
		}
	}
}

// newTemplates is the templates without the residents' pages, which have tests of their own. They are read once.
func newTemplates(t *testing.T) *templates.Set {
	t.Helper()
	set, err := loadTemplates()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

var loadTemplates = sync.OnceValues(func() (*templates.Set, error) {
	own := fstest.MapFS{}
	err := fs.WalkDir(templates.Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, "portal/") {
			return err
		}
		b, err := fs.ReadFile(templates.Files(), path)
		own[path] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		return nil, err
	}
	return templates.Load(own, templates.DefaultLook("Exempelby kommun"))
})

// composedKeys lists the keys that code and templates put together from states, actions, roles, outcomes and pages.
func composedKeys() []string {
	keys := []string{"desk.everywhere"}
	for _, r := range workflows.Rights() {
		keys = append(keys, "desk.right."+string(r.Right))
		for _, o := range r.Outcomes {
			keys = append(keys, "desk.outcome."+string(r.Right)+"."+string(o.Outcome))
		}
		for _, m := range append(r.Measures, models.MeasureKeep) {
			keys = append(keys, "desk.measure.kind."+m, "status.measure."+m)
		}
		for _, q := range r.Asks {
			keys = append(keys, "ask."+string(r.Right)+"."+q.Field)
			for _, c := range q.Choices {
				keys = append(keys, "ask."+string(r.Right)+"."+q.Field+"."+c)
			}
		}
	}
	for _, s := range models.CaseStates() {
		keys = append(keys, "desk.next."+string(s), "status.staff."+string(s))
	}
	for _, s := range []models.CaseState{models.CaseAssigned, models.CaseSearching, models.CaseInReview, models.CaseReady, models.CaseExecuting} {
		keys = append(keys, "desk.next."+string(s)+"-mine")
	}
	for _, s := range []string{"search", "material", "mark", "remarks", "propose", "in-review-until", "measures", "carry-out"} {
		keys = append(keys, "desk.next."+s, "desk.next."+s+"-mine")
	}
	keys = append(keys, "desk.next.awaiting-subject-since", "desk.next.diary-mine", "desk.next.post-mine", "desk.next.diary-post-mine")
	for _, r := range append(workflows.RelationCodes(), "other", "parent", "resident") {
		keys = append(keys, "portal.relation."+r)
	}
	for _, k := range workflows.DecisionKinds() {
		keys = append(keys, "desk.admin.kinds."+k)
	}
	for _, k := range []string{"no-ombud", "no-decider", "no-registrator", "no-dso", "no-cleared", "delegation-ends", "assignment-ends"} {
		keys = append(keys, "desk.admin.warning."+k)
	}
	for _, k := range []models.ControllerKind{models.KindNamnd, models.KindStyrelse, models.KindRevision, models.KindBolag, models.KindStiftelse} {
		keys = append(keys, "desk.admin.kind."+string(k))
	}
	for _, d := range templates.DocumentParts() {
		keys = append(keys, "own.document."+d.Name)
		for _, p := range d.Parts {
			if p.Slot == "" {
				keys = append(keys, "own.part."+p.Name, "own.part."+p.Name+".says")
			}
		}
	}
	for _, s := range templates.Slots() {
		keys = append(keys, "own.slot."+string(s), "own.slot."+string(s)+".text")
	}
	keys = append(keys, "own.title", "own.compare", "own.notice.saved", "own.notice.restored", "own.show.sv", "own.show.en", "own.show-pdf.sv", "own.show-pdf.en", "desk.nav.letters")
	for _, g := range groups() {
		keys = append(keys, "desk.group."+g, "desk.group."+g+".sub")
	}
	for _, r := range models.Roles() {
		keys = append(keys, "desk.role."+string(r))
	}
	for _, g := range workflows.Grounds() {
		keys = append(keys, "ground."+g.Code+".name", "ground."+g.Code+".help")
	}
	for _, f := range caseForms() {
		keys = append(keys, f.notice)
	}
	for _, x := range workflows.Transitions() {
		keys = append(keys, "timeline.staff."+x.Event)
		for _, w := range x.Who {
			if w != workflows.WhoPerson && w != workflows.WhoSystem {
				keys = append(keys, "desk.action."+string(x.Action))
			}
		}
	}
	for _, x := range workflows.Records() {
		keys = append(keys, "timeline.staff."+x.Event)
	}
	for _, k := range []string{"search", "material", "mark", "remarks", "propose", "review", "decide", "message", "answer", "diary", "serve", "measures", "carry-out"} {
		keys = append(keys, "desk.task."+k, "desk.task."+k+".button")
	}
	for _, k := range []string{"failed", "denied", "state", "level", "unknown", "no-role", "unavailable", "out"} {
		keys = append(keys, "desk.login."+k+".title", "desk.login."+k+".text")
	}
	for _, k := range []string{"portal", "post", "handed-over", "simplified"} {
		keys = append(keys, "desk.serve.method."+k)
	}
	keys = append(keys, "desk.notice.added", "desk.notice.decided", "desk.notice.request-asked", "desk.notice.request-answered",
		"desk.notice.controller-added", "desk.notice.controller-removed", "desk.today.title", "desk.done.title", "desk.found.title",
		"desk.log.title", "desk.log.own-title", "desk.expired.title", "desk.case.title", "desk.decision.title", "desk.intake.title",
		"desk.nav.done", "desk.nav.log", "desk.nav.own-log", "guard.biased", "error.date-wrong", "error.number-form",
		"error.authority-missing", "error.unbiased-missing", "error.file-too-large")
	return keys
}
