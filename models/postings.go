package models

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// Ways that a letter on paper goes: the person asked for post, or to fetch it at the servicecenter, or left it unopened in
// the portal for a fortnight.
const (
	WayPost     = "post"
	WayDesk     = "desk"
	WayUnopened = "unopened"
)

// How a letter on paper was sent.
const (
	SentByPost         = "post"
	SentServicecenter  = "servicecenter" // in a sealed envelope, to be fetched there
	SentTaxAgency      = "tax-agency"    // through Skatteverket's förmedlingsuppdrag, to a protected person
	SentHanded         = "handed"
	postingColumnsOpen = "batch_id is null and sent_on is null and dropped_at is null"
)

// Posting is one released letter that goes on paper. Without a controller it is the servicecenter's own, about a request.
type Posting struct {
	ID           ID[Posting]
	RequestID    RequestID
	SubjectID    SubjectID
	CaseID       CaseID
	ControllerID ControllerID
	LetterID     uuid.UUID // a file of the case, or a letter about the request alone
	ExtractID    FileID    // printed behind the letter; zero if there is none
	Enclosures   int       // released files that are added by hand: printed for themselves, or copied to a medium
	Way          string
	WaitsSince   time.Time
	BatchID      ID[PrintBatch]
	Place        *int // in the batch, from 1
	LetterPages  *int
	ExtractPages *int
	SentHow      *string
	SentOn       calendar.Date
	SentBy       StaffID
	SentAt       *time.Time
	DroppedAt    *time.Time // opened in the portal before it was printed
	BrokenAt     *time.Time // its file could not be read when it was to be printed
	Protected    bool
}

// PrintBatch is what was printed together: the letters of one controller, or of the servicecenter, on one day.
type PrintBatch struct {
	ID           ID[PrintBatch]
	ControllerID ControllerID
	Day          calendar.Date
	Number       int // within the day, from 1
	MadeBy       StaffID
	MadeAt       time.Time
}

// Printing is one taking of a batch's file.
type Printing struct {
	ID           ID[Printing]
	BatchID      ID[PrintBatch]
	ControllerID ControllerID
	PrintedBy    StaffID
	PrintedAt    time.Time
	Letters      int
	Pages        int
	SHA256       []byte `gorm:"column:sha256"`
}

// InsertPosting stores that a letter is to go on paper, once: a letter that is known already is let be.
func (tx *Tx) InsertPosting(p Posting) error {
	return tx.db.Exec(`insert into postings (id, request_id, subject_id, case_id, controller_id, letter_id, extract_id, enclosures, way, waits_since)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (letter_id) do nothing`,
		NewID[Posting](), p.RequestID, p.SubjectID, p.CaseID, p.ControllerID, p.LetterID, p.ExtractID, p.Enclosures, p.Way, tx.Now).Error
}

// postAtOnce has a letter printed and posted that is the person's from the moment it is stored, where they asked for paper. A
// decision letter is released later, and then posted with what belongs to it.
func (tx *Tx) postAtOnce(f File) error {
	return tx.db.Exec(`insert into postings (id, request_id, subject_id, case_id, controller_id, letter_id, way, waits_since)
		select ?, c.request_id, c.subject_id, c.id, c.controller_id, ?, 'post', ? from cases c where c.id = ? and c.answer_by_post
		on conflict (letter_id) do nothing`, NewID[Posting](), f.ID, tx.Now, f.CaseID).Error
}

// WaitingPostings lists the letters of a controller, or with the zero id of the servicecenter, that nobody has printed or
// sent, the oldest first. What was opened in the portal meanwhile is left out.
func (tx *Tx) WaitingPostings(c ControllerID, limit int) ([]Posting, error) {
	return raw[Posting](tx, `select * from postings p where controller_id is not distinct from ?::uuid and `+postingColumnsOpen+`
		and not (way = 'unopened' and exists (select from services s where s.case_id = p.case_id))
		order by waits_since, id limit ?`, c, limit)
}

// DropOpened takes letters out that were to be posted because they lay unopened, and have been opened since.
func (tx *Tx) DropOpened(c ControllerID) error {
	return tx.db.Exec(`update postings p set dropped_at = ? where controller_id = ? and `+postingColumnsOpen+`
		and way = 'unopened' and exists (select from services s where s.case_id = p.case_id)`, tx.Now, c).Error
}

// Posting loads a letter that goes on paper.
func (tx *Tx) Posting(id ID[Posting]) (Posting, error) {
	return one(gorm.G[Posting](tx.db).Where("id = ?", id).First(tx.Context()))
}

// PostingsOf lists a case's letters on paper, oldest first.
func (tx *Tx) PostingsOf(id CaseID) ([]Posting, error) {
	return raw[Posting](tx, "select * from postings where case_id = ? order by waits_since, id", id)
}

// LockPrinting lets one transaction at a time make a batch of a controller's letters, or of the servicecenter's.
func (tx *Tx) LockPrinting(c ControllerID) error {
	return tx.db.Exec("select pg_advisory_xact_lock(hashtextextended('insyn.print.' || coalesce(?::text, ''), 0))", c.String()).Error
}

// InsertPrintBatch stores a batch with the next number of its day.
func (tx *Tx) InsertPrintBatch(c ControllerID, day calendar.Date) (PrintBatch, error) {
	rows, err := raw[struct{ N int }](tx, "select coalesce(max(number), 0) + 1 as n from print_batches where controller_id is not distinct from ?::uuid and day = ?", c, day)
	if err != nil {
		return PrintBatch{}, err
	}
	b := PrintBatch{ID: NewID[PrintBatch](), ControllerID: c, Day: day, Number: rows[0].N, MadeBy: tx.Actor.Staff, MadeAt: tx.Now}
	return b, gorm.G[PrintBatch](tx.db).Create(tx.Context(), &b)
}

// LastPrintBatch is the newest batch of a day, or ErrNotFound.
func (tx *Tx) LastPrintBatch(c ControllerID, day calendar.Date) (PrintBatch, error) {
	return one(gorm.G[PrintBatch](tx.db).Where("controller_id is not distinct from ?::uuid and day = ?", c, day).Order("number desc").First(tx.Context()))
}

// PrintBatch loads a batch.
func (tx *Tx) PrintBatch(id ID[PrintBatch]) (PrintBatch, error) {
	return one(gorm.G[PrintBatch](tx.db).Where("id = ?", id).First(tx.Context()))
}

// BatchCount is a batch with how many of its letters the actor sees, and how many of them are not sent.
type BatchCount struct {
	PrintBatch
	Letters int
	Unsent  int
	Printed int // how many times
}

// PrintBatches lists the newest batches with their counts, and before them those with letters that are not sent.
func (tx *Tx) PrintBatches(c ControllerID, limit int) ([]BatchCount, error) {
	return raw[BatchCount](tx, `select b.*, (select count(*) from postings p where p.batch_id = b.id) as letters,
			(select count(*) from postings p where p.batch_id = b.id and p.sent_on is null) as unsent,
			(select count(*) from printings g where g.batch_id = b.id) as printed
		from print_batches b where b.id in (
			(select id from print_batches where controller_id is not distinct from ?::uuid order by day desc, number desc limit ?)
			union
			(select batch_id from postings where controller_id is not distinct from ?::uuid and batch_id is not null and sent_on is null limit ?))
		order by b.day desc, b.number desc`, c, limit, c, 10*limit)
}

// PutInBatch puts a waiting letter into a batch; one that is there already, or is sent, is ErrConflict.
func (tx *Tx) PutInBatch(id ID[Posting], b ID[PrintBatch], place, letterPages, extractPages int) error {
	res := tx.db.Exec("update postings set batch_id = ?, place = ?, letter_pages = ?, extract_pages = ? where id = ? and "+postingColumnsOpen,
		b, place, letterPages, extractPages, id)
	return changed(res.RowsAffected, res.Error)
}

// PostingsIn lists a batch's letters in their order.
func (tx *Tx) PostingsIn(b ID[PrintBatch]) ([]Posting, error) {
	return raw[Posting](tx, "select * from postings where batch_id = ? order by place", b)
}

// InsertPrinting stores that a batch's file was taken.
func (tx *Tx) InsertPrinting(p Printing) error {
	p.ID, p.PrintedBy, p.PrintedAt = NewID[Printing](), tx.Actor.Staff, tx.Now
	return gorm.G[Printing](tx.db).Create(tx.Context(), &p)
}

// Printings lists when a batch's file was taken, oldest first.
func (tx *Tx) Printings(b ID[PrintBatch]) ([]Printing, error) {
	return raw[Printing](tx, "select * from printings where batch_id = ? order by printed_at, id", b)
}

// MarkBroken notes that a letter's file could not be read when it was to be printed, or that it can be again. What is known
// already is let be.
func (tx *Tx) MarkBroken(id ID[Posting], broken bool) error {
	var at *time.Time
	if broken {
		at = &tx.Now
	}
	return tx.db.Exec("update postings set broken_at = ?::timestamptz where id = ? and (broken_at is not null) <> ?::boolean", at, id, broken).Error
}

// SendPosting stores how and on which day a letter was sent, once: one that is sent already is ErrConflict.
func (tx *Tx) SendPosting(id ID[Posting], how string, on calendar.Date) error {
	res := tx.db.Exec("update postings set sent_how = ?, sent_on = ?, sent_by = ?, sent_at = ? where id = ? and sent_on is null and dropped_at is null",
		how, on, tx.Actor.Staff, tx.Now, id)
	return changed(res.RowsAffected, res.Error)
}
