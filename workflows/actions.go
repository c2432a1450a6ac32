package workflows

import (
	"io"

	"insyn/internal/calendar"
	"insyn/models"
)

// Action names a transition or a record.
type Action string

// The actions on a case that change its state (transitions.go).
const (
	ActionTake          Action = "take"
	ActionAsk           Action = "ask"
	ActionAnswer        Action = "answer"
	ActionExtend        Action = "extend"
	ActionPropose       Action = "propose"
	ActionReview        Action = "review"
	ActionReviewTimeout Action = "review-timeout"
	ActionSendBack      Action = "send-back"
	ActionDecide        Action = "decide"
	ActionRelease       Action = "release"
	ActionClose         Action = "close"
	ActionWithdraw      Action = "withdraw"
	ActionPauseRequest  Action = "pause-for-request"
	ActionResumeRequest Action = "resume-for-request"
	ActionCarryOut      Action = "carry-out"
)

// The actions on a case that change no state (records.go).
const (
	ActionAttest      Action = "attest"
	ActionAddItem     Action = "add-item"
	ActionDispose     Action = "dispose"
	ActionRemoveItem  Action = "remove-item"
	ActionMessage     Action = "message"
	ActionReply       Action = "reply"
	ActionNote        Action = "note"
	ActionReplyReview Action = "reply-review"
	ActionDiary       Action = "diary"
	ActionServe       Action = "serve"
	ActionHandOver    Action = "hand-over"
	// An appeal comes in (appeals.go).
	ActionAppeal         Action = "appeal"
	ActionRegisterAppeal Action = "register-appeal"
	ActionPassOn         Action = "pass-on"

	ActionAddMeasure    Action = "add-measure"
	ActionRemoveMeasure Action = "remove-measure"
)

// Input is what an action needs beside the case.
type Input interface{ action() Action }

// Take has an ombud take the case and begin to search.
type Take struct{}

// Ask has the ombud ask the person, and the clock stops (EDPB §159). Only within some days of receipt.
type Ask struct {
	Reason string        // identity or specification
	Text   string        // what the person reads
	Until  calendar.Date // until when the person may answer; zero: AnswerBy the day
}

// Answer has the person answer the question that stopped the clock, or the ombud record an answer given by phone or post.
type Answer struct{ Text string }

// Extend gives two further months (art 12.3), with the reason the person is told. Impossible after the first month.
type Extend struct {
	Ground string // complexity or number
	Reason string
}

// Propose has the ombud propose a decision on what is searched and marked. The extract's manifest is fixed.
type Propose struct {
	Outcome   models.Outcome
	Reasons   string // free text for the letter; demanded for everything but granted, nothing-found and neutral
	AskReview bool   // offer the DSO the extract also where it would not be offered by itself
}

// ReviewAnswer is the DSO's answer to the offer: no-remarks, remarks or declined.
type ReviewAnswer struct {
	Outcome string
	Remarks string
}

// SendBack has ombud or decision maker send the case back to searching.
type SendBack struct{ Why string }

// Decide makes the decision as proposed: under a delegation, or as the nämnd decided at a meeting.
type Decide struct {
	Delegation       models.DelegationID
	MeetingOn        calendar.Date // of the nämnd itself, instead of a delegation
	MeetingParagraph string
	Unbiased         bool // “Jag är inte jävig” (KL 6:28–32)
	// Mask leaves officials' names out of what the person gets, when they risk threats or violence (FL 33 § fourth paragraph).
	// The record keeps them. MaskReason is for the desk only.
	Mask       bool
	MaskReason string
}

// Withdraw has the person take the request back from this controller.
type Withdraw struct{}

// Attest is the result of searching one or more systems.
type Attest struct {
	Searches []models.SearchID
	Result   string // found, nothing or not-searched
	Hits     int    // when found
	Why      string // when not searched
}

// AddItem adds a piece of material from one system: a text, or a file.
type AddItem struct {
	Search models.SearchID
	Title  string
	Text   string
	File   *IncomingFile // nil for a text
}

// IncomingFile is a file on its way in. The stream is read once.
type IncomingFile struct {
	Name string
	Body io.Reader
}

// Dispose says that an item is to be released, or withheld on a ground.
type Dispose struct {
	Item        models.ItemID
	Disposition string        // release or withhold
	Ground      string        // a code of Grounds()
	Explanation string        // what the letter says about it, without revealing it
	DraftSince  calendar.Date // for unfinished text (5 kap. 2 § dataskyddslagen)
}

// RemoveItem takes away an item added by mistake.
type RemoveItem struct{ Item models.ItemID }

// AddMeasure says what is to be done, or not, with some data in one system (art 16 and 17).
type AddMeasure struct {
	Search      models.SearchID
	Kind        string // one of the right's measures, or keep
	What        string // which data, and what becomes of them
	Ground      string // of keep: a code of Grounds()
	Explanation string // of keep: what the letter says about it
}

// RemoveMeasure takes away a measure added by mistake.
type RemoveMeasure struct{ Measure models.MeasureID }

// CarryOut is the proof that a measure was carried out, and who was told of it (art 19).
type CarryOut struct {
	Measure  models.MeasureID
	How      string
	Notified string // none, told or impossible
	Names    string // who was told, or why it was impossible
}

// Message has the ombud write to the person; the clock goes on.
type Message struct{ Text string }

// Reply has the person write to the controller.
type Reply struct{ Text string }

// Note is an internal note.
type Note struct{ Text string }

// ReplyReview says what the ombud did about the DSO's remarks, or why not.
type ReplyReview struct{ Text string }

// Diary enters the number that the nämnd's own diary gave the case.
type Diary struct{ Number string }

// Serve records how the decision reached the person outside the portal.
type Serve struct {
	Method   string // post, simplified or handed-over
	ServedOn calendar.Date
	Evidence string
}

// HandOver has another ombud of the same controller take over.
type HandOver struct{ To models.StaffID }

type (
	reviewTimeout    struct{}
	releaseCase      struct{}
	closeCase        struct{}
	pauseForRequest  struct{ on calendar.Date }
	resumeForRequest struct{ on calendar.Date }
)

func (Take) action() Action             { return ActionTake }
func (Ask) action() Action              { return ActionAsk }
func (Answer) action() Action           { return ActionAnswer }
func (Extend) action() Action           { return ActionExtend }
func (Propose) action() Action          { return ActionPropose }
func (ReviewAnswer) action() Action     { return ActionReview }
func (reviewTimeout) action() Action    { return ActionReviewTimeout }
func (SendBack) action() Action         { return ActionSendBack }
func (Decide) action() Action           { return ActionDecide }
func (releaseCase) action() Action      { return ActionRelease }
func (closeCase) action() Action        { return ActionClose }
func (Withdraw) action() Action         { return ActionWithdraw }
func (pauseForRequest) action() Action  { return ActionPauseRequest }
func (resumeForRequest) action() Action { return ActionResumeRequest }
func (Attest) action() Action           { return ActionAttest }
func (AddItem) action() Action          { return ActionAddItem }
func (Dispose) action() Action          { return ActionDispose }
func (RemoveItem) action() Action       { return ActionRemoveItem }
func (AddMeasure) action() Action       { return ActionAddMeasure }
func (RemoveMeasure) action() Action    { return ActionRemoveMeasure }
func (CarryOut) action() Action         { return ActionCarryOut }
func (Message) action() Action          { return ActionMessage }
func (Reply) action() Action            { return ActionReply }
func (Note) action() Action             { return ActionNote }
func (ReplyReview) action() Action      { return ActionReplyReview }
func (Diary) action() Action            { return ActionDiary }
func (Serve) action() Action            { return ActionServe }
func (HandOver) action() Action         { return ActionHandOver }

// On names the case an action is for and the version of it that the form was drawn from (the lost-race token).
type On struct {
	Case    models.CaseID
	Version int
}
