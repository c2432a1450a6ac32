package workflows

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/models"
)

// PrintDay is what is to be printed and posted: a part for each controller whose letters the actor prints, and the
// servicecenter's own.
type PrintDay struct {
	Today calendar.Date
	Parts []PrintPart
}

// PrintPart is the letters of one controller, or with the zero Controller the servicecenter's own.
type PrintPart struct {
	Controller models.Controller
	Letters    []PaperLetter // to be printed
	Apart      []PaperLetter // that go another way, or cannot be printed: Blocked says why
	Batches    []models.BatchCount
}

// CanPrint tells whether there is something to print: letters, or some that could not be read and may be again.
func (p PrintPart) CanPrint() bool {
	return len(p.Letters) > 0 || slices.ContainsFunc(p.Apart, func(l PaperLetter) bool { return l.Blocked == BlockedBroken })
}

// Why a letter is not printed with the others.
const (
	BlockedProtected = "protected" // handed over, or through Skatteverket; seen by cleared staff only
	BlockedMandate   = "mandate"   // whoever acts for the person has no right to any more
	BlockedAddress   = "address"   // nowhere to post it
	BlockedFormat    = "format"    // an older letter that is no PDF
	BlockedBroken    = "broken"    // its file could not be read back as it was sealed
)

// PaperLetter is one letter on paper as those who print it see it.
type PaperLetter struct {
	models.Posting
	Number     string // of the case or of the request
	Kind       string // the letter's purpose
	Name       string // as in the window
	Controller string
	Blocked    string
	Sheets     int // printed on both sides, once it is in a batch
	Grams      int // with its envelope
	Class      int // the post's weight class in grams; 0: a parcel
	Large      bool
	SentByName string
}

// about is whose letter it is in the read log: its case, or its request.
func (l PaperLetter) about() uuid.UUID {
	if l.CaseID.IsZero() {
		return l.RequestID.UUID()
	}
	return l.CaseID.UUID()
}

// LetterCount is how many pages the letter has, once they are counted.
func (l PaperLetter) LetterCount() int { return known(l.LetterPages) }

// ExtractCount is how many pages the extract behind it has.
func (l PaperLetter) ExtractCount() int { return known(l.ExtractPages) }

// Pages is how many pages both have.
func (l PaperLetter) Pages() int { return l.LetterCount() + l.ExtractCount() }

func known(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// How is how the letter was sent; empty until it is.
func (l PaperLetter) How() string {
	if l.SentHow == nil {
		return ""
	}
	return *l.SentHow
}

// Sent tells whether the letter is sent.
func (l PaperLetter) Sent() bool { return !l.SentOn.IsZero() }

// BatchView is a day's batch with its control list.
type BatchView struct {
	models.PrintBatch
	Controller models.Controller // zero: the servicecenter
	Letters    []PaperLetter
	Broken     []PaperLetter // left out of what is printed, of the batch or waiting: they cannot be read
	Printings  []PrintingView
	Pages      int // of the letters, without the empty backs
	Sheets     int
	Unsent     int
	Hidden     int // letters that are not printed with the others any more
	Today      calendar.Date
}

// PrintingView is one taking of the batch's file.
type PrintingView struct {
	Name    string
	At      time.Time
	SHA256  string
	Letters int
	Pages   int
}

// SendForm says which letters of a batch were sent on a day.
type SendForm struct {
	On      calendar.Date
	Letters []models.ID[models.Posting]
}

const (
	largeSheets  = 50 // from here on a letter is said to be large
	foldedSheets = 10 // more do not fold into a C5 envelope
	sheetGrams   = 5  // A4, 80 g/m²
	c5Grams      = 7
	c4Grams      = 20
)

// weigh fills in sheets and weight. A letter and its extract each begin on a sheet of their own.
func (l *PaperLetter) weigh() {
	l.Sheets = (l.LetterCount()+1)/2 + (l.ExtractCount()+1)/2
	envelope := c5Grams
	if l.Sheets > foldedSheets {
		envelope = c4Grams
	}
	l.Grams, l.Large = l.Sheets*sheetGrams+envelope, l.Sheets >= largeSheets
	for _, class := range []int{50, 100, 250, 500, 1000, 2000} { // of PostNord's letters
		if l.Grams <= class {
			l.Class = class
			return
		}
	}
}
