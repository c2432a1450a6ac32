package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"insyn/internal/calendar"
	"insyn/internal/files"
	"insyn/models"
)

// CasePage shows a case to those who work on it: one transaction, and in the read log before anything is sent. at says which page
// of the material to show; without it the first.
func (s *Service) CasePage(ctx context.Context, actor models.Actor, number string, at ...MaterialAt) (CaseView, error) {
	var v CaseView
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		c, err := tx.CaseByNumber(number)
		if err != nil {
			return err
		}
		if actor.Kind != models.StaffKind {
			return ErrNotFound
		}
		if v, err = s.caseView(tx, c, firstOf(at)); err != nil {
			return err
		}
		return tx.LogReading("case", c.ControllerID, c.ID.UUID())
	})
	return seen(v, err)
}

// caseView gathers the page. Those who keep the diary see the letter and its service, and no content.
func (s *Service) caseView(tx *models.Tx, c models.Case, at MaterialAt) (CaseView, error) {
	ctl, err := tx.Controller(c.ControllerID)
	if err != nil {
		return CaseView{}, err
	}
	a := tx.Actor
	content := a.HasFor(models.RoleOmbud, c.ControllerID, c.Protected) || a.HasFor(models.RoleDecider, c.ControllerID, c.Protected) ||
		a.HasFor(models.RoleDSO, c.ControllerID, c.Protected)
	today := calendar.DateOf(tx.Now)
	v := CaseView{Case: c, Controller: ctl, Today: today, DaysLeft: c.DueOn.Sub(today), Late: !c.State.Done() && c.DueOn.Before(today),
		Steps: derivation(c), Content: content}
	p, err := tx.CasePerson(c)
	if err != nil {
		return v, err
	}
	v.Person = &p
	if v.Envelopes, err = tx.EnvelopesOf(c.ID); err != nil {
		return v, err
	}
	fill := []func(*models.Tx, *CaseView) error{s.fillClock, s.fillLetters, s.fillAppeals, s.fillEvents}
	if content {
		fill = append(fill, s.fillContent, s.fillMaterial(at), s.fillSearchNotes, s.fillReviews, s.fillDecision, s.fillColleagues)
	}
	fill = append(fill, s.fillActions)
	for _, f := range fill {
		if err := f(tx, &v); err != nil {
			return v, err
		}
	}
	if c.Outcome != nil {
		if _, appealable := remedyFor(c.Right, *c.Outcome, ctl.Kind); !appealable {
			v.Case.AppealUntil = calendar.Date{} // the day the case may close is no day to appeal by
		}
	}
	return v, nil
}

// fillClock shows both dates of what could move the due date.
func (s *Service) fillClock(tx *models.Tx, v *CaseView) (err error) {
	if v.Pauses, err = tx.Pauses(v.Case.ID); err != nil {
		return err
	}
	if v.Filing, err = tx.CaseFiling(v.Case.ID); err != nil {
		return err
	}
	paper := v.Filing.Paper(v.Case.ReceivedOn)
	v.HardSteps = s.reckonFiled(v.Case.ReceivedOn, paper, nil, false, v.Today).Steps
	v.CanExtendUntil = v.Case.DueHard
	v.ExtendedDue = s.reckonFiled(v.Case.ReceivedOn, paper, v.Pauses, true, v.Today).Extended
	if v.Case.Extended {
		e, err := tx.Extension(v.Case.ID)
		if err != nil {
			return err
		}
		v.Extension = &e
	}
	return nil
}

// fillContent loads what belongs to the case's officers and the DSO.
func (s *Service) fillContent(tx *models.Tx, v *CaseView) error {
	id := v.Case.ID
	about, err := tx.Concern(id)
	if err != nil {
		return err
	}
	v.About = &about
	if v.Searches, err = tx.Searches(id); err != nil {
		return err
	}
	all, err := tx.Files(id, models.FileAttachment)
	if err != nil {
		return err
	}
	for _, f := range all {
		v.Files = append(v.Files, fileView(f))
	}
	systems := map[models.SearchID]string{}
	for _, y := range v.Searches {
		systems[y.ID] = y.System
	}
	measures, err := tx.Measures(id)
	if err != nil {
		return err
	}
	for _, m := range measures {
		row := MeasureView{Measure: m, System: systems[m.SearchID]}
		if m.Ground != nil {
			row.GroundText = "ground." + *m.Ground
		}
		v.Measures = append(v.Measures, row)
	}
	messages, err := tx.Messages(id)
	if err != nil {
		return err
	}
	notes, err := s.notes(tx, id)
	if err != nil {
		return err
	}
	people := []models.StaffID{v.Case.HandlerID}
	for _, m := range messages {
		people = append(people, m.StaffID)
	}
	for _, n := range notes {
		people = append(people, n.StaffID)
	}
	for _, y := range v.Searches {
		people = append(people, y.AttestedBy)
	}
	for _, m := range measures {
		people = append(people, m.DoneBy)
	}
	if v.SearchesBy, err = tx.StaffNames(present(people)); err != nil {
		return err
	}
	v.Handler = v.SearchesBy[v.Case.HandlerID]
	v.Messages = messageViews(messages, v.SearchesBy)
	for _, n := range notes {
		v.Notes = append(v.Notes, NoteView{Author: v.SearchesBy[n.StaffID], At: n.CreatedAt, Text: n.Text})
	}
	if v.Case.HandlerID == tx.Actor.Staff {
		return tx.MarkRead(id, models.FromSubject)
	}
	return nil
}

// notes are the officers' own: the DSO reads what is offered, not what is jotted down.
func (s *Service) notes(tx *models.Tx, id models.CaseID) ([]models.Note, error) { return tx.Notes(id) }

func present(ids []models.StaffID) []models.StaffID {
	var out []models.StaffID
	for _, id := range ids {
		if !id.IsZero() {
			out = append(out, id)
		}
	}
	return out
}

func messageViews(rows []models.Message, names map[models.StaffID]string) []MessageView {
	out := make([]MessageView, 0, len(rows))
	for _, m := range rows {
		out = append(out, MessageView{Direction: m.Direction, Author: names[m.StaffID], At: m.CreatedAt, Read: m.ReadAt != nil, Text: m.Text})
	}
	return out
}

// fillReviews shows the rounds of the DSO's review, and whether the extract is still the one that was offered.
func (s *Service) fillReviews(tx *models.Tx, v *CaseView) error {
	reviews, err := tx.Reviews(v.Case.ID)
	if err != nil {
		return err
	}
	var people []models.StaffID
	for _, r := range reviews {
		people = append(people, r.ReviewerID)
	}
	names, err := tx.StaffNames(present(people))
	if err != nil {
		return err
	}
	if len(reviews) == 0 {
		return nil
	}
	w := &work{s: s, tx: tx, c: &v.Case, ctl: v.Controller, from: v.Case.State}
	if v.manifestSHA, err = w.manifestSHA(); err != nil {
		return err
	}
	for _, r := range reviews {
		v.Reviews = append(v.Reviews, ReviewView{Review: r, Reviewer: names[r.ReviewerID], Same: string(r.ManifestSHA) == string(v.manifestSHA)})
	}
	return nil
}

// fillDecision shows the proposal, and the decision once there is one.
func (s *Service) fillDecision(tx *models.Tx, v *CaseView) error {
	c := v.Case
	if len(c.Proposal) > 0 {
		p, err := openProposal(tx, c)
		if err != nil {
			return err
		}
		names, err := tx.StaffNames(present([]models.StaffID{c.ProposedBy}))
		if err != nil {
			return err
		}
		v.Proposal = &ProposalView{Outcome: *c.Outcome, Reasons: p.Reasons, By: names[c.ProposedBy], At: *c.ProposedAt}
		m := materialOf(*v)
		v.Proposal.Released, v.Proposal.Withheld = m.Released, m.Withheld
		if v.Delegations, err = ownDelegations(tx, c, *c.Outcome, v.Today); err != nil {
			return err
		}
	}
	d, err := tx.Decision(c.ID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	by, err := tx.StaffByID(d.DecidedBy)
	if err != nil {
		return err
	}
	v.Decision = &DecisionView{Decision: d, DecidedByName: by.Name, DecidedByTitle: by.Title}
	return nil
}

// ownDelegations lists the actor's delegations for an outcome that are valid on a day.
func ownDelegations(tx *models.Tx, c models.Case, o models.Outcome, day calendar.Date) ([]models.Delegation, error) {
	all, err := tx.DelegationsFor(c.ControllerID, decisionKind(c.Right, o), day)
	if err != nil {
		return nil, err
	}
	var own []models.Delegation
	for _, d := range all {
		if d.StaffID == tx.Actor.Staff {
			own = append(own, d)
		}
	}
	return own, nil
}

func openProposal(tx *models.Tx, c models.Case) (p proposal, err error) {
	text, err := tx.Open(c.ID.UUID(), "cases", "proposal", c.ID.UUID(), c.Proposal)
	if err != nil {
		return p, err
	}
	if json.Unmarshal([]byte(text), &p) != nil {
		return p, errors.New("decode proposal: malformed")
	}
	return p, nil
}

// fillLetters shows the sealed letter, and how it reached the person.
func (s *Service) fillLetters(tx *models.Tx, v *CaseView) error {
	notices, err := noticesOf(tx, v.Case.ID)
	if err != nil {
		return err
	}
	for _, f := range notices {
		v.Notices = append(v.Notices, fileView(f))
	}
	if v.Content {
		if v.Forwardings, err = tx.Forwardings(v.Case.ID); err != nil {
			return err
		}
	}
	if v.Case.DecidedAt == nil {
		return nil
	}
	all, err := tx.Files(v.Case.ID, models.FileLetter, models.FileManifest)
	if err != nil {
		return err
	}
	for _, f := range all {
		view := fileView(f)
		switch {
		case f.Purpose == models.FileLetter:
			v.Letter = &view
		case v.Content && f.ReleasedAt != nil:
			whole := packageView(v.Case.Number, f)
			v.Package = &whole
		}
	}
	if v.Services, err = tx.Services(v.Case.ID); err != nil {
		return err
	}
	receipts, err := tx.Deliveries(v.Case.ID)
	for _, r := range receipts {
		// That some other letter was opened says nothing of the decision.
		if !slices.ContainsFunc(v.Notices, func(n FileView) bool { return n.ID == r.FileID }) {
			v.Deliveries++
		}
	}
	return err
}

func (s *Service) fillColleagues(tx *models.Tx, v *CaseView) (err error) {
	gone, err := tx.Abandoned([]models.CaseID{v.Case.ID})
	if err != nil {
		return err
	}
	v.HandlerGone = gone[v.Case.ID]
	if !tx.Actor.Has(models.RoleOmbud, v.Case.ControllerID) {
		return nil
	}
	all, err := tx.StaffFor(models.RoleOmbud, v.Case.ControllerID, v.Today, v.Case.Protected)
	for _, p := range all {
		if p.ID != v.Case.HandlerID {
			v.Colleagues = append(v.Colleagues, p)
		}
		if p.ID == tx.Actor.Staff && v.HandlerGone {
			v.TakeOver = p.ID
		}
	}
	return err
}

// fillEvents shows the case's history, newest first, and who has read it.
func (s *Service) fillEvents(tx *models.Tx, v *CaseView) error {
	events, err := tx.Events("case", v.Case.ID.UUID(), 200)
	if err != nil {
		return err
	}
	people := []models.StaffID{v.Case.HandlerID}
	for _, e := range events {
		people = append(people, e.StaffID)
	}
	var readings []models.Reading
	if tx.Actor.HasRole(models.RoleDSO) || tx.Actor.HasRole(models.RoleLogReviewer) {
		if readings, err = tx.Readings(v.Case.ID.UUID(), 100); err != nil {
			return err
		}
		for _, r := range readings {
			people = append(people, r.StaffID)
		}
	}
	names, err := tx.StaffNames(present(people))
	if err != nil {
		return err
	}
	v.Handler = names[v.Case.HandlerID]
	for _, e := range events {
		if v.Content || !tellsOfContent(e.Kind) {
			v.Events = append(v.Events, timelineEntry(e, v.Controller.Name, names))
		}
	}
	for _, r := range readings {
		v.Readers = append(v.Readers, TimelineEntry{At: r.At, Key: "read." + r.Page, Staff: names[r.StaffID], Controller: v.Controller.Name})
	}
	return nil
}

// tellsOfContent tells whether an event lets on what there is in a case: at a sensitive controller that material was added
// at all is a secret, which the registrator's letter does not tell either.
func tellsOfContent(kind string) bool {
	switch kind {
	case "attested", "item-added", "item-disposed", "item-removed", "note-added", "proposed", "sent-back",
		"review-answered", "review-timed-out", "review-replied", "message-to-subject", "message-from-subject":
		return true
	}
	return false
}

func timelineEntry(e models.Event, controller string, names map[models.StaffID]string) TimelineEntry {
	args := map[string]any{}
	if json.Unmarshal(e.Data, &args) != nil {
		args = map[string]any{}
	}
	for k, a := range args {
		if text, ok := a.(string); ok {
			if d, err := calendar.Parse(text); err == nil {
				args[k] = d
			}
		}
	}
	return TimelineEntry{At: e.At, Key: e.Kind, Controller: controller, Staff: names[e.StaffID], Args: args}
}

// fillActions asks the tables what the actor may do now, and what comes later and why.
func (s *Service) fillActions(tx *models.Tx, v *CaseView) error {
	for _, t := range Transitions() {
		if !may(tx.Actor, v.Case, t.Who) || !contains(t.From, v.Case.State) {
			continue
		}
		c := v.Case
		w := &work{s: s, tx: tx, c: &c, ctl: v.Controller, from: c.State, event: map[string]any{}, loadedManifest: v.manifestSHA}
		refused, err := w.blocked(t.Guards)
		if err != nil {
			return err
		}
		if refused != nil {
			v.Blocked = append(v.Blocked, Allowed{t.Action, refused})
			continue
		}
		v.Actions = append(v.Actions, Allowed{Action: t.Action})
	}
	for _, r := range Records() {
		if may(tx.Actor, v.Case, r.Who) && r.fits(v.Case) && contains(r.In, v.Case.State) {
			v.Actions = append(v.Actions, Allowed{Action: r.Action})
		}
	}
	return nil
}

func contains(in []models.CaseState, s models.CaseState) bool {
	for _, x := range in {
		if x == s {
			return true
		}
	}
	return false
}

// blocked runs guards; the first that refuses is returned.
func (w *work) blocked(guards []Guard) (*Refusal, error) {
	for _, g := range guards {
		err := g.Check(w)
		var r Refusal
		switch {
		case err == nil:
		case errors.As(err, &r):
			return &r, nil
		case errors.Is(err, ErrConflict):
			return &Refusal{Key: "guard.not-now"}, nil
		default:
			return nil, err
		}
	}
	return nil, nil
}

// CaseFile opens a file of a case for staff; in the read log before a byte is sent. The registrator gets the letter only.
func (s *Service) CaseFile(ctx context.Context, actor models.Actor, number string, id models.FileID) (io.ReadSeekCloser, FileView, error) {
	var f models.File
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		c, err := tx.CaseByNumber(number)
		if err != nil {
			return err
		}
		if f, err = tx.File(id); err != nil {
			return err
		}
		if f.CaseID != c.ID || actor.Kind != models.StaffKind {
			return ErrNotFound
		}
		return tx.LogReading("file", c.ControllerID, c.ID.UUID(), id.UUID())
	})
	if err != nil {
		return nil, FileView{}, err
	}
	return s.openReleased(ctx, actor, f)
}

func (s *Service) openFile(ctx context.Context, f models.File) (*files.File, FileView, error) {
	body, err := s.Vault.Open(ctx, f.CaseID.UUID(), f.ID.UUID())
	return body, fileView(f), err
}
