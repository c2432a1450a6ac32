package desk

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"insyn/models"
	"insyn/workflows"
)

func row(state models.CaseState, next string, args map[string]any) workflows.QueueItem {
	return workflows.QueueItem{ID: models.NewID[models.Case](), Number: number, Person: person, Right: models.Access, State: state, Due: day(2027, 5, 3),
		ReceivedOn: day(2027, 4, 2), DaysLeft: 12, Group: "mine", Next: next, NextArgs: args, Controller: "Socialnämnden", Mine: true}
}

// TestTilesCountTheWholeQueue: the numbers are the use cases', and a heading says when not all its rows are here.
func TestTilesCountTheWholeQueue(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	b.service.queue = workflows.Queue{Items: []workflows.QueueItem{row(models.CaseSearching, "next.search-mine", map[string]any{"n": 3})},
		Counts: map[string]int{"late": 2, "mine": 71}, More: true, NextDue: day(2027, 5, 3), NextID: models.NewID[models.Case]()}
	must(t, b.get(root), http.StatusOK, `<span class="tile__n">71</span>`, `<div class="tile"><span class="tile__n">2</span>`, "1 av 71 ·", "Sök i tre system.")
}

// TestNextStepHasItsWords: what the use cases say is next is said in words, with its numbers and dates.
func TestNextStepHasItsWords(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	for _, c := range []struct {
		item workflows.QueueItem
		want string
	}{
		{row(models.CaseSearching, "next.search-mine", count(1)), "Sök i ett system."},
		{row(models.CaseSearching, "next.mark-mine", count(14)), "Bedöm 14 poster."},
		{row(models.CaseSearching, "next.propose-mine", nil), "Föreslå beslut."},
		{row(models.CaseInReview, "next.in-review-until", map[string]any{"date": day(2027, 4, 29)}), "senast torsdag 29 april."},
		{row(models.CaseAwaiting, "next.awaiting-subject-since", map[string]any{"date": day(2027, 4, 12)}), "står still sedan måndag 12 april."},
	} {
		b.service.queue = workflows.Queue{Items: []workflows.QueueItem{c.item}, Counts: map[string]int{"mine": 1}}
		must(t, b.get(root), http.StatusOK, c.want)
	}
}

// TestRegistry: what is to be registered stands first, of all the registrator's controllers whichever is worked for, page by
// page; a registrator alone has no numbers of work that is not theirs.
func TestRegistry(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleRegistrator)
	b.service.at = append(b.service.at, b.school)
	b.service.actor.Grants = append(b.service.actor.Grants, models.Grant{Role: models.RoleRegistrator, Controller: b.school.ID},
		models.Grant{Role: models.RoleServicecenter})
	b.service.register = workflows.Queue{Items: []workflows.QueueItem{row(models.CaseAssigned, "next.diary-mine", nil), row(models.CaseReleased, "next.diary-post-mine", nil)},
		More: true, NextAt: time.Date(2027, 4, 2, 8, 0, 0, 123000, time.UTC), NextID: models.NewID[models.Case]()}
	body := must(t, b.get(root), http.StatusOK, "Att registrera", "Skriv in diarienumret.", "Skriv in diarienumret. Posta svaret och skriv in delgivningen.", "Kom in", `href="/arbete?lage="`)
	mustNot(t, body, `class="tile"`, "Alla öppna ärenden</h2>")
	if slices.Contains(b.service.calls, "queue") {
		t.Error("all open cases are shown without being asked for")
	}
	mustNot(t, must(t, b.get(root+"?lage="), http.StatusOK, "Inga öppna ärenden just nu."), "Att registrera", `class="tile"`)
	i := slices.Index(b.service.calls, "register")
	if i < 0 || len(b.service.actors[i].Grants) != 2 || !b.service.asked.Controller.IsZero() {
		t.Fatalf("asked %+v as %+v", b.service.asked, b.service.actors)
	}
	next := root + "?registrera=" + instantCursor(b.service.register.NextAt, b.service.register.NextID)
	if !strings.Contains(body, `href="`+next+`"`) {
		t.Errorf("no link to %s", next)
	}
	b.service.register.More = false
	must(t, b.get(next), http.StatusOK, "Till början")
	if f := b.service.asked; !f.AfterAt.Equal(b.service.register.NextAt) || f.AfterID != b.service.register.NextID {
		t.Errorf("the next page begins after %v %v", f.AfterAt, f.AfterID)
	}
	b.service.register = workflows.Queue{}
	must(t, b.get(root), http.StatusOK, "Inget att registrera just nu.")
	both := newBench(t, models.RoleRegistrator, models.RoleOmbud)
	both.service.register = workflows.Queue{Items: []workflows.QueueItem{row(models.CaseReady, "next.diary-mine", nil)}}
	body = must(t, both.get(root), http.StatusOK, "Att registrera", "Alla öppna ärenden</h2>", `class="tile"`, "Hos beslutsfattaren")
	if strings.Index(body, "Att registrera") > strings.Index(body, "Alla öppna ärenden</h2>") {
		t.Error("what is to be registered stands last")
	}
	b = newBench(t, models.RoleOmbud)
	mustNot(t, must(t, b.get(root), http.StatusOK), "Att registrera")
	if slices.Contains(b.service.calls, "register") {
		t.Error("an ombud asks for what is to be registered")
	}
}

// TestReadLogNamesWhatWasShown: one number stands in its row; several are folded.
func TestReadLogNamesWhatWasShown(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleLogReviewer)
	b.service.log = []workflows.TimelineEntry{{Key: "read.case", Staff: "Johan Ekström", Numbers: []string{number}, Args: map[string]any{"id": int64(3)}},
		{Key: "read.queue", Staff: "Johan Ekström", Numbers: []string{"INS-2027-00001-SN", "INS-2027-00002-SN"}}, {Key: "read.intake"}}
	for _, at := range []string{logPath, ownLogPath} {
		must(t, b.get(at), http.StatusOK, `<span class="nowrap">`+number+"</span>", "Två nummer", "INS-2027-00002-SN")
	}
}

// TestHeaderSaysOnlyWhatIsKnown: no count of cases that nobody counted, and no menu for nobody.
func TestHeaderSaysOnlyWhatIsKnown(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	b.service.at = append(b.service.at, b.school)
	mustNot(t, must(t, b.get(root), http.StatusOK, `value="BUN">Barn- och utbildningsnämnden</button>`, `class="menu"`, "Logga ut"), "ärenden</button>")
	b.session.login = nil
	mustNot(t, must(t, b.get(loggedOutPath), http.StatusOK, `class="desk-lang" href="?lang=en"`), `class="menu"`, "Logga ut")
}

// TestRelationHasItsWords: what the person was to the controller is kept as a code, and read in words.
func TestRelationHasItsWords(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	mustNot(t, must(t, b.get(casePageAt), http.StatusOK, "Som någon som har fått stöd, vård eller hjälp"), "<dd>client</dd>")
}
