package history

import (
	"context"
	"fmt"
	"slices"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

// working is one case and those who work with it.
type working struct {
	*planned
	plan
}

func (c *working) caseNumber() string { return c.number + "-" + c.prefix }

// as loads the case page as somebody with a role at the controller.
func (c *working) as(ctx context.Context, role models.Role) (models.Actor, workflows.CaseView, error) {
	pick := 0
	if role == models.RoleOmbud {
		pick = c.pick
	}
	who, err := c.lane.cast.staff(ctx, role, c.prefix, pick)
	if err != nil {
		return who, workflows.CaseView{}, err
	}
	v, err := c.lane.CasePage(ctx, who, c.caseNumber())
	return who, v, err
}

// on is the case as it stands and somebody with a role, who has the page open already.
func (c *working) on(ctx context.Context, role models.Role) (models.Actor, workflows.On, error) {
	pick := 0
	if role == models.RoleOmbud {
		pick = c.pick
	}
	who, err := c.lane.cast.staff(ctx, role, c.prefix, pick)
	if err != nil {
		return who, workflows.On{}, err
	}
	var row models.Case
	err = c.lane.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		row, err = tx.CaseByNumber(c.caseNumber())
		return err
	})
	return who, workflows.On{Case: row.ID, Version: row.Version}, err
}

// apply takes a transition as somebody with a role; record makes a write.
func (c *working) apply(ctx context.Context, role models.Role, in workflows.Input) error {
	who, on, err := c.on(ctx, role)
	if err != nil {
		return err
	}
	return c.lane.Apply(ctx, who, on, in)
}

func (c *working) record(ctx context.Context, role models.Role, in workflows.Input) error {
	who, on, err := c.on(ctx, role)
	if err != nil {
		return err
	}
	return c.lane.Record(ctx, who, on, in)
}

func (c *working) begin(ctx context.Context) error {
	return c.apply(ctx, models.RoleOmbud, workflows.Take{})
}

func (c *working) note(ctx context.Context) error {
	return c.record(ctx, models.RoleOmbud, workflows.Note{Text: textNote})
}

func (c *working) write(ctx context.Context) error {
	return c.record(ctx, models.RoleOmbud, workflows.Message{Text: textMessage})
}

func (c *working) register(ctx context.Context) error {
	return c.record(ctx, models.RoleRegistrator, workflows.Diary{Number: c.h.nextDiary(c.prefix, calendar.DateOf(c.lane.Clock.Now()).Year)})
}

func (c *working) ask(ctx context.Context) error {
	reason := "specification"
	if c.rnd.IntN(3) == 0 {
		reason = "identity"
	}
	return c.apply(ctx, models.RoleOmbud, workflows.Ask{Reason: reason, Text: voiceOf(c.prefix).question})
}

func (c *working) extend(ctx context.Context) error {
	return c.apply(ctx, models.RoleOmbud, workflows.Extend{Ground: "complexity", Reason: textExtension})
}

// mine finds the case among the person's own.
func (c *working) mine(ctx context.Context) (models.Actor, workflows.MyCase, error) {
	who, err := c.person(ctx)
	if err != nil {
		return who, workflows.MyCase{}, err
	}
	r, err := c.lane.MyRequest(ctx, who, c.number)
	for _, m := range r.Cases {
		if m.Number == c.caseNumber() {
			return who, m, err
		}
	}
	return who, workflows.MyCase{}, err
}

func (c *working) answer(ctx context.Context) error {
	who, m, err := c.mine(ctx)
	if err != nil {
		return err
	}
	return c.lane.Apply(ctx, who, workflows.On{Case: m.ID, Version: m.Version}, workflows.Answer{Text: voiceOf(c.prefix).answer})
}

func (c *working) reply(ctx context.Context) error {
	who, m, err := c.mine(ctx)
	if err != nil {
		return err
	}
	return c.lane.Record(ctx, who, workflows.On{Case: m.ID, Version: m.Version}, workflows.Reply{Text: textThanks})
}

// find searches the systems, adds what is found and marks it.
func (c *working) find(ctx context.Context) error {
	_, v, err := c.as(ctx, models.RoleOmbud)
	if err != nil {
		return err
	}
	if v.Case.State != models.CaseSearching {
		return workflows.ErrConflict
	}
	var records []record
	if !c.half && c.right == models.Access {
		records = c.records()
	}
	found := map[string]int{}
	for i := range records {
		records[i].system = inUse(v.Searches, records[i].system)
		found[records[i].system]++
	}
	var without []models.SearchID
	by := map[string]models.SearchID{}
	for i, s := range v.Searches {
		by[s.System] = s.ID
		if found[s.System] == 0 && (!c.half || 2*i < len(v.Searches)) {
			without = append(without, s.ID)
		}
	}
	if len(without) > 0 {
		if err := c.record(ctx, models.RoleOmbud, workflows.Attest{Searches: without, Result: models.Nothing}); err != nil {
			return err
		}
	}
	if c.right != models.Access {
		return c.measures(ctx, v)
	}
	for _, r := range records {
		if n := found[r.system]; n > 0 {
			if err := c.record(ctx, models.RoleOmbud, workflows.Attest{Searches: []models.SearchID{by[r.system]}, Result: models.Found, Hits: n}); err != nil {
				return err
			}
			found[r.system] = 0
		}
		if err := c.add(ctx, by[r.system], r); err != nil {
			return err
		}
	}
	return nil
}

// inUse is the system, or the first of those that were in use when the request came.
func inUse(searches []models.Search, system string) string {
	if slices.ContainsFunc(searches, func(s models.Search) bool { return s.System == system }) {
		return system
	}
	return searches[0].System
}

// records are what is found: one or two pieces that are released, and a secret one.
func (c *working) records() []record {
	v := voiceOf(c.prefix)
	var out []record
	if c.outcome == wantsAll || c.outcome == wantsPart {
		out = append(out, v.finds[c.plan.find%len(v.finds)])
		if c.plan.find%2 == 1 && len(v.finds) > 1 {
			out = append(out, v.finds[(c.plan.find+1)%len(v.finds)])
		}
	}
	if c.outcome == wantsPart || c.outcome == wantsSecret {
		out = append(out, v.secrets[c.secret%len(v.secrets)])
	}
	return out
}

// add adds a text and marks it.
func (c *working) add(ctx context.Context, search models.SearchID, r record) error {
	if err := c.record(ctx, models.RoleOmbud, workflows.AddItem{Search: search, Title: r.title, Text: r.text}); err != nil {
		return err
	}
	who, v, err := c.as(ctx, models.RoleOmbud)
	if err != nil {
		return err
	}
	d := workflows.Dispose{Item: v.Items[len(v.Items)-1].ID, Disposition: models.Release}
	if r.ground != "" {
		d.Disposition, d.Ground, d.Explanation = models.Withhold, r.ground, r.explanation
	}
	return c.lane.Record(ctx, who, workflows.On{Case: v.Case.ID, Version: v.Case.Version}, d)
}

// propose proposes what fits the material.
func (c *working) propose(ctx context.Context) error {
	who, v, err := c.as(ctx, models.RoleOmbud)
	if err != nil {
		return err
	}
	if v.Case.State != models.CaseSearching {
		return workflows.ErrConflict
	}
	fitting := workflows.FittingOutcomes(v)
	if len(fitting) == 0 {
		return fmt.Errorf("%s: no outcome fits the material", c.prefix)
	}
	in := workflows.Propose{Outcome: fitting[0]}
	if workflows.RightOf(c.right).Outcome(in.Outcome).Reasons {
		in.Reasons = reasons(c.right)
	}
	return c.lane.Apply(ctx, who, workflows.On{Case: v.Case.ID, Version: v.Case.Version}, in)
}

// review is the DSO's answer without remarks, where the extract is offered; remark is one with remarks.
func (c *working) review(ctx context.Context) error {
	return c.reviewed(ctx, models.ReviewNoRemarks, "")
}

func (c *working) remark(ctx context.Context) error {
	return c.reviewed(ctx, models.ReviewRemarks, textRemarks)
}

func (c *working) reviewed(ctx context.Context, outcome, remarks string) error {
	who, v, err := c.as(ctx, models.RoleDSO)
	if err != nil {
		return err
	}
	if v.Case.State != models.CaseInReview {
		return workflows.ErrConflict
	}
	return c.lane.Apply(ctx, who, workflows.On{Case: v.Case.ID, Version: v.Case.Version}, workflows.ReviewAnswer{Outcome: outcome, Remarks: remarks})
}

// mend answers the remarks and proposes again.
func (c *working) mend(ctx context.Context) error {
	_, v, err := c.as(ctx, models.RoleOmbud)
	if err != nil {
		return err
	}
	if v.Case.State != models.CaseSearching {
		return workflows.ErrConflict
	}
	if err := c.record(ctx, models.RoleOmbud, workflows.ReplyReview{Text: textReply}); err != nil {
		return err
	}
	return c.propose(ctx)
}

func (c *working) sendBack(ctx context.Context) error {
	return c.apply(ctx, models.RoleDecider, workflows.SendBack{Why: textSendBack})
}

// decide decides as proposed: under a delegation, or where there is none as the controller itself did at a meeting.
func (c *working) decide(ctx context.Context) error {
	who, v, err := c.as(ctx, models.RoleDecider)
	if err != nil {
		return err
	}
	if v.Case.State != models.CaseReady {
		return workflows.ErrConflict
	}
	in := workflows.Decide{Unbiased: true}
	if len(v.Delegations) > 0 {
		in.Delegation = v.Delegations[0].ID
	} else {
		in.MeetingOn, in.MeetingParagraph = calendar.DateOf(c.lane.Clock.Now()), fmt.Sprint(10+c.rnd.IntN(60))
	}
	return c.lane.Apply(ctx, who, workflows.On{Case: v.Case.ID, Version: v.Case.Version}, in)
}

// open has the person open the letter, which serves the decision, and what is released.
func (c *working) open(ctx context.Context) error {
	who, m, err := c.mine(ctx)
	if err != nil || m.Letter == nil {
		return err
	}
	body, _, err := c.lane.OpenAnswer(ctx, who, m.Letter.ID)
	if err != nil {
		return err
	}
	return body.Close()
}

// appeal has the person appeal in the portal.
func (c *working) appeal(ctx context.Context) error {
	who, m, err := c.mine(ctx)
	if err != nil {
		return err
	}
	return c.lane.Record(ctx, who, workflows.On{Case: m.ID, Version: m.Version},
		workflows.Appeal{ID: models.NewID[models.Appeal](), Wanted: "Jag vill få ut det som ni har hållit inne.", Why: "Det handlar om mig och om ingen annan."})
}

// appealByLetter has the registrator write down an appeal that has come by post.
func (c *working) appealByLetter(ctx context.Context) error {
	return c.record(ctx, models.RoleRegistrator, workflows.RegisterAppeal{Channel: models.AppealLetter, ArrivedOn: calendar.DateOf(c.lane.Clock.Now()),
		Text: "Sökanden vill ha ut det som har hållits inne."})
}

// post has the registrator note that the decision has arrived by post.
func (c *working) post(ctx context.Context) error {
	return c.record(ctx, models.RoleRegistrator, workflows.Serve{Method: "post", ServedOn: calendar.DateOf(c.lane.Clock.Now()),
		Evidence: fmt.Sprintf("Mottagningsbevis, rekommenderat brev RR 999 %03d SE.", c.rnd.IntN(1000))})
}
