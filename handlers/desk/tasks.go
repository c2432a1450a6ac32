package desk

import (
	"slices"

	"insyn/models"
	"insyn/workflows"
)

// task is one line of “Gör nu”: what the reader may do, in the order it should be done.
type task struct {
	Key  string         // of the words
	Args map[string]any // counts
	Href string
	Icon string
}

// later is something that cannot be done yet: text with the reason, never a disabled button.
type later struct {
	Key string // what it is
	Why *workflows.Refusal
	// Past: the time for it is over, so it does not come later either.
	Past bool
}

// may tells whether the reader may do an action now.
func may(v workflows.CaseView, a workflows.Action) bool {
	for _, x := range v.Actions {
		if x.Action == a {
			return true
		}
	}
	return false
}

// tasks turns what the reader may do into what should be done now. What is already done — a diary number entered, a
// service recorded — may be done again but is no task.
func tasks(v workflows.CaseView) []task {
	var out []task
	add := func(ok bool, t task) {
		if ok {
			out = append(out, t)
		}
	}
	pending, unmarked, missing := leftToDo(v)
	add(may(v, workflows.ActionAttest) && pending > 0, task{"desk.task.search", count(pending), "#eftersokning", "search"})
	add(may(v, workflows.ActionAddItem) && missing > 0, task{"desk.task.material", count(missing), "#underlag", "file"})
	add(may(v, workflows.ActionAddMeasure) && missing > 0, task{"desk.task.measures", count(missing), "#atgarder", "pen"})
	add(may(v, workflows.ActionDispose) && unmarked > 0, task{"desk.task.mark", count(unmarked), firstUnmarked(v), "pen"})
	add(may(v, workflows.ActionReplyReview) && unanswered(v), task{"desk.task.remarks", nil, "#kontroll", "pen"})
	add(may(v, workflows.ActionPropose), task{"desk.task.propose", nil, "#forslag", "tick"})
	add(may(v, workflows.ActionReview), task{"desk.task.review", nil, "#kontroll", "tick"})
	add(may(v, workflows.ActionDecide), task{"desk.task.decide", nil, decisionPath(v.Case.Number), "tick"})
	add(may(v, workflows.ActionCarryOut), task{"desk.task.carry-out", count(undone(v)), "#atgarder", "tick"})
	add(may(v, workflows.ActionMessage) && waitsForReply(v), task{"desk.task.message", nil, "#meddelanden", "message"})
	add(may(v, workflows.ActionAnswer), task{"desk.task.answer", nil, "#svar-form", "message"})
	add(len(v.Appeals) > 0 && may(v, workflows.ActionRegisterAppeal), task{"desk.task.appeal", count(len(v.Appeals)), "#overklagande", "pen"})
	add(may(v, workflows.ActionDiary) && v.Case.DiaryNumber == nil, task{"desk.task.diary", nil, "#registrator", "pen"})
	add(may(v, workflows.ActionServe) && len(v.Services) == 0, task{"desk.task.serve", nil, "#registrator", "pen"})
	return out
}

func count(n int) map[string]any { return map[string]any{"n": n} }

// leftToDo counts the searches nobody has attested, the items nobody has marked, and the searches with hits that have
// neither item nor measure.
func leftToDo(v workflows.CaseView) (pending, unmarked, missing int) {
	with := map[models.SearchID]bool{}
	for _, i := range v.ItemCounts {
		with[i.SearchID] = true
		if i.Disposition == nil {
			unmarked += i.N
		}
	}
	for _, m := range v.Measures {
		with[m.SearchID] = true
	}
	for _, s := range v.Searches {
		switch {
		case s.Result == nil:
			pending++
		case *s.Result == models.Found && !with[s.ID]:
			missing++
		}
	}
	return pending, unmarked, missing
}

// undone counts the measures that are decided and not carried out.
func undone(v workflows.CaseView) int {
	n := 0
	for _, m := range v.Measures {
		if m.Kind != models.MeasureKeep && m.DoneAt == nil {
			n++
		}
	}
	return n
}

// firstUnmarked is the address that opens the first item nobody has marked.
func firstUnmarked(v workflows.CaseView) string {
	if v.NextItem.IsZero() {
		return "#underlag"
	}
	return casePath(v.Case.Number) + "?andra=" + v.NextItem.String() + "#underlag"
}

// unanswered tells whether the last round of review left remarks that nobody has replied to.
func unanswered(v workflows.CaseView) bool {
	if len(v.Reviews) == 0 {
		return false
	}
	last := v.Reviews[len(v.Reviews)-1]
	return last.Outcome != nil && *last.Outcome == models.ReviewRemarks && last.ReplyText == ""
}

// waitsForReply tells whether the person wrote last.
func waitsForReply(v workflows.CaseView) bool {
	return len(v.Messages) > 0 && v.Messages[len(v.Messages)-1].Direction == models.FromSubject
}

// comesLater lists what cannot be done now, with why: first what will be possible, then what no longer is.
func comesLater(v workflows.CaseView) []later {
	var out, past []later
	for _, b := range v.Blocked {
		l := later{Key: "desk.action." + string(b.Action), Why: b.Why}
		if b.Why != nil {
			l.Past = slices.Contains([]string{"guard.too-late-to-ask", "guard.too-late-to-extend", "guard.already-extended"}, b.Why.Key)
		}
		switch {
		case l.Past:
			past = append(past, l)
		case b.Why == nil || b.Why.Key != "guard.other-pause": // somebody else's pause is not ours to end
			out = append(out, l)
		}
	}
	return append(out, past...)
}
