package workflows_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

const oneDay = 24 * time.Hour

// stage is a place in the case machine that tests begin from. There are two that wait: for the controller's own question, and
// for the servicecenter's. What is done with measures begins from an erasure's stages; all others are an access request's.
type stage string

const (
	awaitingRequest stage = "awaiting-subject (the servicecenter asked)"
	erasureSearched stage = "searching (erasure)"
	erasureReady    stage = "ready (erasure)"
	erasureDecided  stage = "executing (erasure)"
)

// stages lists every state of a case, both ways to wait, and the stages of an erasure.
func stages() []stage {
	var out []stage
	for _, s := range models.CaseStates() {
		if s != models.CaseExecuting {
			out = append(out, stage(s))
		}
	}
	return append(out, awaitingRequest, erasureSearched, erasureReady, erasureDecided)
}

// state is the state of a stage.
func (s stage) state() models.CaseState {
	state, _, _ := strings.Cut(string(s), " (")
	return models.CaseState(state)
}

// right is the right of the case at a stage.
func (s stage) right() models.Right {
	if strings.HasSuffix(string(s), "(erasure)") {
		return models.Erasure
	}
	return models.Access
}

// staged is a case at the social committee that real transitions have brought to a stage, in which every action has what
// it needs: a search with a hit, an item, remarks that are answered.
type staged struct {
	*workflowtest.World
	maja    models.Actor
	request string
	number  string
}

// reach brings a new request of the person to a stage.
func reach(w *workflowtest.World, maja models.Actor, to stage) staged {
	w.T.Helper()
	s := staged{World: w, maja: maja, request: w.RequestFor(maja, to.right(), "SN")}
	s.number = s.request + "-SN"
	if to.right() == models.Erasure {
		return s.reachErasure(to)
	}
	switch to {
	case stage(models.CaseAssigned):
		return s
	case stage(models.CaseAwaiting):
		w.Do("ombud SN", s.number, workflows.Ask{Reason: "specification", Text: "Vilka år gäller det?"})
		return s
	case awaitingRequest:
		s.askPerson(w.Service)
		w.Work()
		return s
	case stage(models.CaseWithdrawn):
		s.must(w.Apply(context.Background(), maja, s.asSeen(), workflows.Withdraw{}))
		return s
	}
	w.SearchOne("SN", s.number, models.Withhold, w.Ground("SN"))
	w.Do("ombud SN", s.number, s.propose())
	w.Do("dso SN", s.number, workflows.ReviewAnswer{Outcome: models.ReviewRemarks, Remarks: "Titta en gång till."})
	w.Write("ombud SN", s.number, workflows.ReplyReview{Text: "Vi har tittat."})
	for _, step := range []func(){
		func() {},
		func() {
			w.AddText("SN", s.number, "Ny anteckning", "Ett samtal i juni.", models.Withhold, w.Ground("SN"))
			w.Do("ombud SN", s.number, s.propose())
		},
		func() { w.Do("dso SN", s.number, workflows.ReviewAnswer{Outcome: models.ReviewNoRemarks}) },
		func() { w.Decide("SN", s.number) },
		func() { w.Work(); s.open() },
		func() {
			s.must(at(w, 60*oneDay).Apply(context.Background(), models.SystemActor(), w.On(s.number), workflows.SystemInput(workflows.ActionClose)))
		},
	} {
		step()
		if w.Case(s.number).State == to.state() {
			return s
		}
	}
	w.T.Fatalf("no way to %s", to)
	return s
}

// reachErasure brings an erasure to where one of its two measures is to be carried out, or still to be said; remarks are
// answered, and one system is left to keep on a ground.
func (s staged) reachErasure(to stage) staged {
	s.T.Helper()
	s.SearchNothing("SN", s.number)
	s.AddMeasure("SN", s.number, 0, models.MeasureErase, "")
	s.AddMeasure("SN", s.number, 0, models.MeasureKeep, "art-17-3-d")
	propose := workflows.Propose{Outcome: models.OutcomePartial, Reasons: "Skälen står här.", AskReview: true}
	s.Do("ombud SN", s.number, propose)
	s.Do("dso SN", s.number, workflows.ReviewAnswer{Outcome: models.ReviewRemarks, Remarks: "Titta en gång till."})
	s.Write("ombud SN", s.number, workflows.ReplyReview{Text: "Vi har tittat."})
	propose.AskReview = false
	if to != erasureSearched {
		s.Do("ombud SN", s.number, propose)
	}
	if to == erasureDecided {
		s.Decide("SN", s.number)
	}
	if is := s.Case(s.number).State; is != to.state() {
		s.T.Fatalf("the erasure is %s", is)
	}
	return s
}

func (s staged) must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

func (s staged) propose() workflows.Propose {
	if s.Case(s.number).Right == models.Erasure {
		return workflows.Propose{Outcome: models.OutcomePartial, Reasons: "Skälen står här.", AskReview: true}
	}
	return workflows.Propose{Outcome: models.OutcomeNeutral, Reasons: "Skälen står här."}
}

func (s staged) askPerson(svc *workflows.Service) {
	s.T.Helper()
	v, err := svc.IntakePage(context.Background(), s.As("servicecenter"), s.request)
	s.must(err)
	s.must(svc.AskPerson(context.Background(), s.As("servicecenter"), s.request, v.Request.Version, "Vilket namn hade du då?", calendar.Date{}))
}

// open opens the letter, which serves the decision.
func (s staged) open() {
	s.T.Helper()
	s.Read(s.OpenAnswer(context.Background(), s.maja, s.mine(s.number).Letter.ID))
}

// mine is a case as its person sees it.
func (s staged) mine(number string) workflows.MyCase {
	s.T.Helper()
	mine, err := s.MyRequest(context.Background(), s.maja, s.request)
	s.must(err)
	for _, c := range mine.Cases {
		if c.Number == number {
			return c
		}
	}
	s.T.Fatalf("the person has no case %s", number)
	return workflows.MyCase{}
}

// asSeen names the case at the version that the person's page shows.
func (s staged) asSeen() workflows.On {
	s.T.Helper()
	c := s.mine(s.number)
	return workflows.On{Case: c.ID, Version: c.Version}
}

// on names the case at the version the actor's form would carry.
func (s staged) on(a models.Actor) workflows.On {
	s.T.Helper()
	switch {
	case a.Kind == models.SystemKind:
		return workflows.On{Case: s.Case(s.number).ID}
	case a.Kind == models.ResidentKind && a.Subject == s.maja.Subject:
		return s.asSeen()
	default:
		return s.On(s.number)
	}
}

// input is a valid input for the action on the case.
func (s staged) input(a workflows.Action) workflows.Input {
	s.T.Helper()
	v := s.View("ombud SN", s.number)
	today := calendar.DateOf(s.Clock.Now())
	item := models.NewID[models.Item]()
	if len(v.Items) > 0 {
		item = v.Items[0].ID
	}
	measure := models.NewID[models.Measure]()
	if len(v.Measures) > 0 {
		measure = v.Measures[0].ID
	}
	switch a {
	case workflows.ActionAddMeasure:
		return workflows.AddMeasure{Search: v.Searches[0].ID, Kind: models.MeasureErase, What: "Bilden på webben."}
	case workflows.ActionRemoveMeasure:
		return workflows.RemoveMeasure{Measure: measure}
	case workflows.ActionCarryOut:
		return workflows.CarryOut{Measure: measure, How: "Raderad.", Notified: models.NotifiedNone}
	case workflows.ActionTake:
		return workflows.Take{}
	case workflows.ActionAsk:
		return workflows.Ask{Reason: "identity", Text: "Vem är du?"}
	case workflows.ActionAnswer:
		return workflows.Answer{Text: "Det är jag."}
	case workflows.ActionExtend:
		return workflows.Extend{Ground: "complexity", Reason: "Det är mycket att gå igenom."}
	case workflows.ActionPropose:
		return s.propose()
	case workflows.ActionReview:
		return workflows.ReviewAnswer{Outcome: models.ReviewDeclined}
	case workflows.ActionSendBack:
		return workflows.SendBack{Why: "En fil saknas."}
	case workflows.ActionDecide:
		in := workflows.Decide{Unbiased: true}
		if ds := s.View("decider SN", s.number).Delegations; len(ds) > 0 {
			in.Delegation = ds[0].ID
		}
		return in
	case workflows.ActionWithdraw:
		return workflows.Withdraw{}
	case workflows.ActionAttest:
		return workflows.Attest{Searches: []models.SearchID{v.Searches[1].ID}, Result: models.Nothing}
	case workflows.ActionAddItem:
		return workflows.AddItem{Search: v.Searches[0].ID, Title: "Ett papper", Text: "Text."}
	case workflows.ActionDispose:
		return workflows.Dispose{Item: item, Disposition: models.Release}
	case workflows.ActionRemoveItem:
		return workflows.RemoveItem{Item: item}
	case workflows.ActionMessage:
		return workflows.Message{Text: "Vi arbetar med det."}
	case workflows.ActionReply:
		return workflows.Reply{Text: "Tack."}
	case workflows.ActionNote:
		return workflows.Note{Text: "Ring arkivet."}
	case workflows.ActionReplyReview:
		return workflows.ReplyReview{Text: "Åtgärdat."}
	case workflows.ActionDiary:
		return workflows.Diary{Number: "SN-2026-00118"}
	case workflows.ActionServe:
		return workflows.Serve{Method: "post", ServedOn: today, Evidence: "Mottagningsbevis."}
	case workflows.ActionAppeal:
		return workflows.Appeal{ID: models.NewID[models.Appeal](), Wanted: "Jag vill ha allt.", Why: "Det är om mig."}
	case workflows.ActionRegisterAppeal:
		return workflows.RegisterAppeal{Channel: models.AppealLetter, ArrivedOn: today}
	case workflows.ActionPassOn:
		return workflows.PassOn(s.As("servicecenter").Staff, today)
	case workflows.ActionSend:
		return workflows.SendLetter{Posting: s.posting(), How: models.SentByPost, On: today}
	case workflows.ActionForward:
		return workflows.Forward{Kind: models.ForwardJournal, What: "En kopia av journalen.", To: "Regionen", Address: "Box 1, 999 90 Exempelstad", On: today}
	case workflows.ActionSealEnvelope:
		return workflows.SealEnvelope{}
	case workflows.ActionHandOver:
		in := workflows.HandOver{}
		if len(v.Colleagues) > 0 {
			in.To = v.Colleagues[0].ID
		}
		return in
	}
	if in := workflows.SystemInput(a); in != nil {
		return in
	}
	s.T.Fatalf("no input for %s", a)
	return nil
}

// posting is a letter of the case that goes on paper, of whatever kind.
func (s staged) posting() models.ID[models.Posting] {
	s.T.Helper()
	var all []models.Posting
	s.must(s.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
		c, err := tx.CaseByNumber(s.number)
		if err != nil {
			return err
		}
		f := models.File{ID: models.NewID[models.File](), CaseID: c.ID, ControllerID: c.ControllerID, SubjectID: c.SubjectID, Purpose: models.FileLetter,
			MediaType: "application/pdf", Size: 1, SHA256: make([]byte, 32), NameText: "brev.pdf"}
		if err := tx.InsertFile(&f); err != nil {
			return err
		}
		if err := tx.InsertPosting(models.Posting{RequestID: c.RequestID, SubjectID: c.SubjectID, CaseID: c.ID, ControllerID: c.ControllerID, LetterID: f.ID.UUID(), Way: models.WayPost}); err != nil {
			return err
		}
		all, err = tx.PostingsOf(c.ID)
		return err
	}))
	return all[len(all)-1].ID
}

// later is how long after the world's start an action's time has come.
func later(a workflows.Action) time.Duration {
	switch a {
	case workflows.ActionReviewTimeout:
		return 10 * oneDay
	case workflows.ActionClose:
		return 60 * oneDay
	default:
		return 0
	}
}

// at is the world's service at another time, without moving the world's own clock.
func at(w *workflowtest.World, later time.Duration) *workflows.Service {
	return over(w, w.DB.Runtime, later)
}

// over is the world's service on another connection and at another time.
func over(w *workflowtest.World, db *gorm.DB, later time.Duration) *workflows.Service {
	svc := *w.Service
	svc.Clock = clock.NewSettable(w.Clock.Now().Add(later))
	svc.Store = models.NewStore(db, w.Sealer, svc.Clock)
	return &svc
}

// undone gives fn the service inside a transaction that is rolled back afterwards, and the transaction itself.
func undone(t testing.TB, w *workflowtest.World, later time.Duration, fn func(svc *workflows.Service, db *gorm.DB)) {
	t.Helper()
	tx := w.DB.Runtime.Begin()
	if tx.Error != nil {
		t.Fatal(tx.Error)
	}
	defer tx.Rollback()
	fn(over(w, tx, later), tx)
}

// trace is what must not change when an action is refused: every row of the case, its request, events and jobs.
type trace struct {
	Row     string
	Events  int
	Jobs    int
	Content string
}

// traceOf reads a case's trace as the system. db may be a transaction.
func traceOf(t testing.TB, db *gorm.DB, number string) trace {
	t.Helper()
	var out trace
	err := db.Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec("select set_config('insyn.kind', 'system', true)").Error; err != nil {
			return err
		}
		return tx.Raw(`select md5(c::text || r::text || coalesce(p::text, '')) as row,
			(select count(*) from events where stream_id in (c.id, r.id)) as events,
			(select count(*) from jobs where request_id = r.id) as jobs,
			(select md5(coalesce(string_agg(x, '' order by x), '')) from (
				select i::text as x from items i where i.case_id = c.id union all select t::text from measures t where t.case_id = c.id union all select s::text from searches s where s.case_id = c.id
				union all select m::text from messages m where m.case_id = c.id union all select q::text from pauses q where q.case_id = c.id
				union all select v::text from reviews v where v.case_id = c.id union all select d::text from decisions d where d.case_id = c.id
				union all select f::text from files f where f.case_id = c.id union all select e::text from extensions e where e.case_id = c.id
				union all select z::text from services z where z.case_id = c.id union all select g::text from forwardings g where g.case_id = c.id union all select l::text from appeals l where l.case_id = c.id) all_of_it) as content
			from cases c join requests r on r.id = c.request_id left join case_public p on p.case_id = c.id where c.number = ?`, number).Scan(&out).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.Row == "" {
		t.Fatalf("no case %s", number)
	}
	return out
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func sha(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hexOf(sum[:])
}

type gormDB = gorm.DB
