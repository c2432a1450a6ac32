package workflows

import (
	"time"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/models"
)

// DraftForm is what a person has filled in so far. It is kept sealed in the draft.
type DraftForm struct {
	Right       models.Right     `json:"right,omitempty"`
	Controllers []DraftAddressee `json:"controllers,omitempty"`
	Answer      string           `json:"answer,omitempty"` // portal or post
	Email       string           `json:"email,omitempty"`
	Phone       string           `json:"phone,omitempty"`
	Address     string           `json:"address,omitempty"`
	Protected   bool             `json:"protected,omitempty"` // has protected personal data
	Language    string           `json:"language,omitempty"`  // sv or en: the language of mails and letters
	Behalf      *Behalf          `json:"behalf,omitempty"`    // whom it is for, when not for the one who writes it
}

// DraftAddressee is one controller of a draft, with what is said to it and to nobody else.
type DraftAddressee struct {
	Controller models.ControllerID `json:"controller"`
	Case       models.CaseID       `json:"case"` // given when the controller is chosen; its key seals text and files from then on
	About      models.About        `json:"about"`
	Confirmed  bool                `json:"confirmed,omitempty"` // a protected person has said that this controller is to know
}

// DraftView is a draft as its pages need it.
type DraftView struct {
	ID      models.RequestID
	Version int
	Form    DraftForm
	Files   []FileView // attachments; FileView.Controller says whose
	Mandate []FileView // powers of attorney, for the servicecenter alone
	Sent    bool       // already sent: show the receipt
	// Remembered: the person is flagged as protected since before, and so is the draft.
	Remembered bool
	Number     string // of the request, when sent
}

// FileView is a file as a page lists it.
type FileView struct {
	ID         models.FileID
	Controller models.ControllerID
	Purpose    string
	Name       string // what it is saved as; of released material a neutral one
	Own        string // the name it came with
	MediaType  string
	Size       int64
	SHA256     string    // hex
	At         time.Time // when it was stored
}

// MyRequest is one of the person's requests.
type MyRequest struct {
	ID          models.RequestID
	Number      string
	Right       models.Right
	State       models.RequestState
	Version     int
	ReceivedAt  time.Time
	ReceivedOn  calendar.Date
	Due         calendar.Date // the latest of the open cases' due dates; zero when all are done
	DueSteps    []deadline.Step
	Cases       []MyCase
	Question    *models.RequestPause // the servicecenter's open question, if any
	Timeline    []TimelineEntry
	CanWithdraw bool
	Protected   bool // seen by cleared staff only, and told of by no mail

	For    string                 // the name of the person it is about, when somebody else asks
	Acting *models.Representation // by what right; nil when the person asks
	Over   bool                   // the right to act has ended: nothing more is shown
	Filing *models.Filing         // how it came in, when not through the e-service

	Notices     []AnswerFile // the servicecenter's letters about the request: receipt, request to complete, what was sent on
	Forwardings []models.Forwarding
}

// MyCase is one case as its person sees it. At a sensitive controller the words and times are the same whatever was found.
type MyCase struct {
	ID         models.CaseID
	Number     string
	Controller models.Controller
	Status     string // key: received, searching, checking, deciding, done, waiting, withdrawn
	StatusOn   calendar.Date
	Late       bool
	Version    int
	Due        calendar.Date
	DueHard    calendar.Date
	Extension  *models.Extension
	Steps      []deadline.Step // how the due date came about
	Paused     bool
	Question   string // what the controller asked when it stopped the clock
	Unopened   bool   // an answer is there that has reached the person in no way yet
	Messages   []MessageView
	Unread     int
	Letter     *AnswerFile
	Package    *AnswerFile  // all of the answer as one file; nil where there is no extract
	Extract    []AnswerFile // the documents, and the first of the released files
	// MaterialCount is how many files are released, listed in Extract or not.
	MaterialCount int
	Notices       []AnswerFile  // letters that are no decisions, oldest first
	AnswerBy      calendar.Date // until when the open question may be answered; zero: not said
	AppealUntil   calendar.Date // zero until served, or when not appealable
	CanReply      bool
	CanWithdraw   bool
	CanAppeal     bool // the decision is here and carries a notice of appeal
	Remedy        models.Remedy
	DecidedOn     calendar.Date
	DiaryNumber   *string
	Appeals       []AppealView
	AppealSteps   []deadline.Step // how the last day came about
	AppealFiles   []FileView      // attached to an appeal that is not sent

}

// AnswerFile is a released file with its receipts.
type AnswerFile struct {
	FileView
	OpenedAt *time.Time // first download or opening
}

// MessageView is a message with its author's name.
type MessageView struct {
	Direction string
	Author    string // the member of staff; empty for the person
	At        time.Time
	Read      bool
	Text      string
}

// TimelineEntry is an event in the person's words: a key, the controller it concerns, and what fills it.
type TimelineEntry struct {
	At         time.Time
	Key        string // a key in templates/locales under "timeline."
	Controller string
	Staff      string // on the desk only
	Args       map[string]any
	Numbers    []string // in the read log: of the cases and requests shown, as far as the reader may know them
}

// QueueItem is a row of the desk's queue.
type QueueItem struct {
	ID         models.CaseID
	Number     string
	Person     string // name
	Right      models.Right
	State      models.CaseState
	Due        calendar.Date
	DaysLeft   int    // negative: late
	Group      string // late, soon, mine, others
	Next       string // key of the next step, "next." and so on; it ends in "-mine" when the step is the reader's
	NextArgs   map[string]any
	ReceivedOn calendar.Date
	Handler    string
	// HandlerGone: the handler is ombud at the controller no longer; somebody must take over.
	HandlerGone bool
	Controller  string
	Mine        bool
}

// Queue is a page of the desk's queue, the most urgent first; of what is to be registered, the oldest.
type Queue struct {
	Items      []QueueItem
	More       bool
	NextDue    calendar.Date // cursor of the next page
	NextAt     time.Time     // cursor of the next page of what is to be registered
	NextID     models.CaseID
	Counts     map[string]int // late, soon, mine, others: of all that is open, on this page or not. Nil for all other lists
	Unattended int            // open cases with neither a human nor a live job: zero
	Abandoned  int            // of those, the ones whose handler has left
}

// CaseView is the case page of the desk.
type CaseView struct {
	Case           models.Case
	Controller     models.Controller
	Person         *models.Person // nil for those who may not see content
	About          *models.About
	Filing         models.CaseFiling // how the request came in, and who acts in it
	Envelopes      []models.Envelope // the newest first
	Handler        string
	Today          calendar.Date
	DaysLeft       int
	Late           bool
	Steps          []deadline.Step
	HardSteps      []deadline.Step
	CanExtendUntil calendar.Date // the hard due date
	ExtendedDue    calendar.Date // what the due date would become
	Pauses         []models.Pause
	Extension      *models.Extension
	Searches       []models.Search
	SearchesBy     map[models.StaffID]string
	Items          []ItemView         // a page of the material
	ItemCounts     []models.ItemCount // of all of it
	ItemsAt        MaterialPage
	NextItem       models.ItemID // the first, other than the one that is open, that nobody has marked; zero when none is left
	Measures       []MeasureView
	Files          []FileView // attachments from the person
	Reviews        []ReviewView
	Decision       *DecisionView
	Proposal       *ProposalView
	Letter         *FileView
	Package        *FileView  // all of what was released as one file, by its manifest's record; for those who may read it
	Notices        []FileView // letters that are no decisions, oldest first
	Forwardings    []models.Forwarding
	Services       []models.Service
	Deliveries     int
	Messages       []MessageView
	Notes          []NoteView
	Events         []TimelineEntry
	Readers        []TimelineEntry // the read log of this case, for those who may see it
	// Actions are what the actor may do now; Blocked what comes next and why it cannot be done yet.
	Actions     []Allowed
	Blocked     []Allowed
	Delegations []models.Delegation // the actor's own, valid today for the proposed outcome
	Colleagues  []models.Staff
	HandlerGone bool                           // the handler is ombud at the controller no longer
	TakeOver    models.StaffID                 // the reader, who may take the case over; zero otherwise
	Content     bool                           // the actor may see content
	SearchNotes map[models.SystemID]SearchNote // what the register says of the systems on the search list
	Appeals     []AppealView
	Appealable  bool            // the decision carries a notice of appeal
	AppealSteps []deadline.Step // how the last day to appeal came about; nil while no service is known

	manifestSHA []byte // of the extract as it stands; nil where nobody asked
}

// Allowed is an action on the page: allowed, or blocked with the reason.
type Allowed struct {
	Action Action
	Why    *Refusal
}

// ItemView is a piece of material.
type ItemView struct {
	models.Item
	System     string
	File       *FileView // nil: a text
	GroundText string    // key of the ground's words
}

// MeasureView is what is done, or not, with data in a system.
type MeasureView struct {
	models.Measure
	System     string
	GroundText string // key of the ground's words
}

// ReviewView is a round of review with the reviewer's name.
type ReviewView struct {
	models.Review
	Reviewer string
	Same     bool // the extract is byte for byte the one that was offered
}

// DecisionView is the decision with the decision maker's name and title.
type DecisionView struct {
	models.Decision
	DecidedByName  string
	DecidedByTitle string
}

// ProposalView is the proposal with its author's name and counts.
type ProposalView struct {
	Outcome  models.Outcome
	Reasons  string
	By       string
	At       time.Time
	Released int
	Withheld int
}

// NoteView is an internal note with its author's name.
type NoteView struct {
	Author string
	At     time.Time
	Text   string
}

// IntakeItem is a row of the servicecenter's queue: pågår or klart, nothing more.
type IntakeItem struct {
	ID         models.RequestID
	Number     string
	Person     string
	Right      models.Right
	State      models.RequestState
	ReceivedAt time.Time // the cursor of the next page
	ReceivedOn calendar.Date
	Due        calendar.Date
	Open       int
	Done       int
}

// IntakeView is a request as the servicecenter sees it.
type IntakeView struct {
	Request   models.Request
	Person    models.Person
	Cases     []IntakeCase
	Questions []models.RequestPause
	Addable   []models.Controller
	Events    []TimelineEntry
	CanAsk    bool
	CanAnswer bool // an answer by phone can be recorded
	Today     calendar.Date

	Filing       *models.Filing // nil: it came through the e-service
	RegisteredBy string
	IdentityBy   string
	Acting       *models.Representation // nil: the person asks
	CheckedBy    string                 // of the mandate
	Mandate      []FileView             // powers of attorney that are not checked yet
	Notices      []FileView             // the letters about the request, oldest first
	Forwardings  []models.Forwarding
	Due          calendar.Date // of the request as it was registered
	DueSteps     []deadline.Step
}

// IntakeCase is CasePublic with the controller's name.
type IntakeCase struct {
	ID         models.CaseID
	Number     string // empty until fan-out has made the case
	Controller models.Controller
	Done       bool
	Due        calendar.Date
	AddedBy    string
}
