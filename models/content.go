package models

import (
	"time"

	"gorm.io/gorm"
)

// Concern is what a request says to one controller.
type Concern struct {
	CaseID       CaseID
	ControllerID ControllerID
	SubjectID    SubjectID
	About        Sealed
	CreatedAt    time.Time
}

// About is the content of a concern.
type About struct {
	Relation string `json:"relation,omitempty"` // what the person was to the controller, as a code
	Text     string `json:"text,omitempty"`
	From     string `json:"from,omitempty"` // period, as the person wrote it
	To       string `json:"to,omitempty"`
	Wrong    string `json:"wrong,omitempty"`   // rectification: what is wrong, or missing
	Correct  string `json:"correct,omitempty"` // rectification: what is right
	Proof    string `json:"proof,omitempty"`   // rectification: what shows it
	Ground   string `json:"ground,omitempty"`  // erasure: why, as a code of art 17.1
}

// The fields of About that a person may be asked to fill in (workflows.Question).
const (
	AboutText    = "text"
	AboutWrong   = "wrong"
	AboutCorrect = "correct"
	AboutProof   = "proof"
	AboutGround  = "ground"
)

// Answer is what a person answered in a field, or "".
func (a About) Answer(field string) string {
	if p := a.field(field); p != nil {
		return *p
	}
	return ""
}

// SetAnswer puts an answer into a field; a field that is not known is let be.
func (a *About) SetAnswer(field, answer string) {
	if p := a.field(field); p != nil {
		*p = answer
	}
}

func (a *About) field(name string) *string {
	switch name {
	case AboutText:
		return &a.Text
	case AboutWrong:
		return &a.Wrong
	case AboutCorrect:
		return &a.Correct
	case AboutProof:
		return &a.Proof
	case AboutGround:
		return &a.Ground
	default:
		return nil
	}
}

// Message is a message between a controller and the person.
type Message struct {
	ID           ID[Message]
	CaseID       CaseID
	ControllerID ControllerID
	SubjectID    SubjectID
	Direction    string // to-subject or from-subject
	StaffID      StaffID
	Body         Sealed
	CreatedAt    time.Time
	ReadAt       *time.Time

	Text string `gorm:"-"`
}

// Directions of a message.
const (
	ToSubject   = "to-subject"
	FromSubject = "from-subject"
)

// Note is an internal note of a case's officers.
type Note struct {
	ID           ID[Note]
	CaseID       CaseID
	ControllerID ControllerID
	StaffID      StaffID
	Body         Sealed
	CreatedAt    time.Time

	Text string `gorm:"-"`
}

// Search is one system searched for one case. Result is nil until someone attests.
type Search struct {
	ID           SearchID
	CaseID       CaseID
	ControllerID ControllerID
	SystemID     SystemID
	Result       *string // found, nothing or not-searched
	Hits         int
	Reason       Sealed
	AttestedBy   StaffID
	AttestedAt   *time.Time

	Text   string `gorm:"-"` // why not searched
	System string `gorm:"->;column:system;-:migration"`
}

// TableName names the table (GORM would say "searches" too; stated because the word is irregular).
func (Search) TableName() string { return "searches" }

// Results of a search.
const (
	Found       = "found"
	Nothing     = "nothing"
	NotSearched = "not-searched"
)

// File is the record of a sealed file; its bytes lie in the file store under its id.
type File struct {
	ID           FileID
	CaseID       CaseID
	ControllerID ControllerID
	SubjectID    SubjectID
	DraftID      RequestID
	Purpose      string
	Name         Sealed
	MediaType    string
	Size         int64
	SHA256       []byte `gorm:"column:sha256"`
	// CRC32 and Parts (the SHA-256 of each MiB, one after the other) are what a package needs to know before it is read;
	// files stored before these were kept have neither, and are read through once when they are needed.
	CRC32      *int64 `gorm:"column:crc32"`
	Parts      []byte
	CreatedAt  time.Time
	ReleasedAt *time.Time
	AppealID   AppealID // of what was sent with an appeal; until that is sent it is zero
	Number     *int     // of a released piece of material: its place among the files of the package, from 1
	// PackageSize is how large the package of a manifest is, in bytes; nil of every other file.
	PackageSize *int64

	NameText string `gorm:"-"`
}

// Purposes of a file.
const (
	FileAttachment  = "attachment"
	FileItem        = "item"
	FileLetter      = "letter"
	FileExtractHTML = "extract-html" // of extracts made before there was a PDF
	FileExtractPDF  = "extract-pdf"
	FileExtractJSON = "extract-json"
	FileExtractCSV  = "extract-csv"
	FileManifest    = "manifest"  // of the package; the package is known by it
	FileSignature   = "signature" // of the manifest
	FileReadme      = "readme"    // the note in the package
	FileAppeal      = "appeal"
)

// InsertConcern stores what the request says to a controller, sealed under the key of the case to be.
func (tx *Tx) InsertConcern(c *Concern, about About) (err error) {
	if c.About, err = tx.sealJSON(c.CaseID.UUID(), "concerns", "about", c.CaseID.UUID(), about); err != nil {
		return err
	}
	c.CreatedAt = tx.Now
	return gorm.G[Concern](tx.db).Create(tx.Context(), c)
}

// Concern opens what the request says to the case's controller; a case without one has nothing to say.
func (tx *Tx) Concern(id CaseID) (about About, err error) {
	rows, err := raw[Concern](tx, "select * from concerns where case_id = ?", id)
	if err != nil || len(rows) == 0 {
		return about, err
	}
	return about, tx.openJSON(id.UUID(), "concerns", "about", id.UUID(), rows[0].About, &about)
}

// InsertMessage stores a message with its text sealed.
func (tx *Tx) InsertMessage(m *Message) (err error) {
	if m.Body, err = tx.Seal(m.CaseID.UUID(), "messages", "body", m.ID.UUID(), m.Text); err != nil {
		return err
	}
	m.CreatedAt = tx.Now
	return gorm.G[Message](tx.db).Create(tx.Context(), m)
}

// Messages lists a case's messages, opened, oldest first.
func (tx *Tx) Messages(id CaseID) ([]Message, error) {
	rows, err := raw[Message](tx, "select * from messages where case_id = ? order by created_at, id", id)
	for i := range rows {
		if err == nil {
			rows[i].Text, err = tx.Open(id.UUID(), "messages", "body", rows[i].ID.UUID(), rows[i].Body)
		}
	}
	return rows, err
}

// MarkRead notes that the messages in one direction of a case have been read.
func (tx *Tx) MarkRead(id CaseID, direction string) error {
	return tx.db.Exec("update messages set read_at = ? where case_id = ? and direction = ? and read_at is null", tx.Now, id, direction).Error
}

// InsertNote stores an internal note with its text sealed.
func (tx *Tx) InsertNote(n *Note) (err error) {
	if n.Body, err = tx.Seal(n.CaseID.UUID(), "notes", "body", n.ID.UUID(), n.Text); err != nil {
		return err
	}
	n.CreatedAt = tx.Now
	return gorm.G[Note](tx.db).Create(tx.Context(), n)
}

// Notes lists a case's notes, opened, newest first.
func (tx *Tx) Notes(id CaseID) ([]Note, error) {
	rows, err := raw[Note](tx, "select * from notes where case_id = ? order by created_at desc, id desc", id)
	for i := range rows {
		if err == nil {
			rows[i].Text, err = tx.Open(id.UUID(), "notes", "body", rows[i].ID.UUID(), rows[i].Body)
		}
	}
	return rows, err
}

// InsertSearch adds a system to a case's search list.
func (tx *Tx) InsertSearch(s *Search) error {
	return tx.db.Exec("insert into searches (id, case_id, controller_id, system_id) values (?, ?, ?, ?)", s.ID, s.CaseID, s.ControllerID, s.SystemID).Error
}

// Searches lists a case's search list with the systems' names, opened.
func (tx *Tx) Searches(id CaseID) ([]Search, error) {
	rows, err := raw[Search](tx, `select s.*, y.name as system from searches s join systems y on y.id = s.system_id
		where s.case_id = ? order by y.position, y.name`, id)
	for i := range rows {
		if err == nil {
			rows[i].Text, err = tx.Open(id.UUID(), "searches", "reason", rows[i].ID.UUID(), rows[i].Reason)
		}
	}
	return rows, err
}

// Attest stores the result of a search.
func (tx *Tx) Attest(s *Search) error {
	reason, err := tx.Seal(s.CaseID.UUID(), "searches", "reason", s.ID.UUID(), s.Text)
	if err != nil {
		return err
	}
	res := tx.db.Exec(`update searches set result = ?, hits = ?, reason = ?, attested_by = ?, attested_at = ? where id = ? and case_id = ?`,
		s.Result, s.Hits, reason, s.AttestedBy, tx.Now, s.ID, s.CaseID)
	return changed(res.RowsAffected, res.Error)
}

// InsertFile stores the record of a sealed file with its name sealed. One that is released as it is stored is a letter, and
// goes on paper to who asked for that.
func (tx *Tx) InsertFile(f *File) (err error) {
	if f.Name, err = tx.Seal(f.CaseID.UUID(), "files", "name", f.ID.UUID(), f.NameText); err != nil {
		return err
	}
	f.CreatedAt = tx.Now
	if err := gorm.G[File](tx.db).Create(tx.Context(), f); err != nil || f.ReleasedAt == nil {
		return err
	}
	return tx.postAtOnce(*f)
}

// File loads the record of a file that the actor may see, opened.
func (tx *Tx) File(id FileID) (File, error) {
	f, err := one(gorm.G[File](tx.db).Where("id = ?", id).First(tx.Context()))
	if err != nil {
		return f, err
	}
	f.NameText, err = tx.Open(f.CaseID.UUID(), "files", "name", f.ID.UUID(), f.Name)
	return f, err
}

// Files lists the records of a case's files of some purposes that the actor may see, opened. Material there can be thousands
// of: see ItemPage and ReleasedFiles.
func (tx *Tx) Files(id CaseID, purpose string, more ...string) ([]File, error) {
	purposes := append([]string{purpose}, more...)
	rows, err := raw[File](tx, "select * from files where case_id = ? and purpose in ? order by created_at, id", id, purposes)
	for i := range rows {
		if err == nil {
			rows[i].NameText, err = tx.Open(id.UUID(), "files", "name", rows[i].ID.UUID(), rows[i].Name)
		}
	}
	return rows, err
}

// FilesOfDraft lists the attachments of a draft that has not been sent.
func (tx *Tx) FilesOfDraft(id RequestID) ([]File, error) {
	rows, err := raw[File](tx, "select * from files where draft_id = ? order by created_at, id", id)
	for i := range rows {
		if err == nil {
			rows[i].NameText, err = tx.Open(rows[i].CaseID.UUID(), "files", "name", rows[i].ID.UUID(), rows[i].Name)
		}
	}
	return rows, err
}

// KeepFiles makes a sent draft's attachments the cases' own; those of controllers that were not asked after all are removed.
func (tx *Tx) KeepFiles(draft RequestID, cases []CaseID) error {
	if err := tx.db.Exec("delete from files where draft_id = ? and case_id not in ?", draft, cases).Error; err != nil {
		return err
	}
	return tx.db.Exec("update files set draft_id = null where draft_id = ?", draft).Error
}

// DeleteFile removes the record of a file; the bytes are removed by the caller after commit.
func (tx *Tx) DeleteFile(id FileID) error {
	res := tx.db.Exec("delete from files where id = ?", id)
	return changed(res.RowsAffected, res.Error)
}

// FileExists tells whether a file has a record, for the sweep of orphaned bytes.
func (tx *Tx) FileExists(id FileID) (bool, error) {
	rows, err := raw[struct{ N int }](tx, `select 1 as n from files where id = ? union all select 1 from mandates where id = ?
		union all select 1 from request_notices where id = ?`, id, id, id)
	return len(rows) > 0, err
}

// ReleaseFiles opens a case's answer to the person: the documents, and the material in the order of its numbers.
func (tx *Tx) ReleaseFiles(documents, material []FileID) error {
	if err := tx.db.Exec("update files set released_at = ? where id = any (?::uuid[]) and released_at is null", tx.Now, idArray(documents)).Error; err != nil {
		return err
	}
	return tx.db.Exec(`update files f set released_at = ?, number = n.number from unnest(?::uuid[]) with ordinality n (id, number)
		where f.id = n.id and f.released_at is null`, tx.Now, idArray(material)).Error
}

func idArray[T any](ids []ID[T]) UUIDArray {
	out := make(UUIDArray, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}

// ReleasedFiles lists the material that is released in a case by its numbers, from the one after a number on, opened.
func (tx *Tx) ReleasedFiles(id CaseID, after, limit int) ([]File, error) {
	rows, err := raw[File](tx, "select * from files where case_id = ? and number > ? order by number limit ?", id, after, limit)
	for i := range rows {
		if err == nil {
			rows[i].NameText, err = tx.Open(id.UUID(), "files", "name", rows[i].ID.UUID(), rows[i].Name)
		}
	}
	return rows, err
}

// CountReleased tells how many files of material are released in a case.
func (tx *Tx) CountReleased(id CaseID) (int, error) {
	rows, err := raw[struct{ N int }](tx, "select count(*) as n from files where case_id = ? and number is not null", id)
	if err != nil {
		return 0, err
	}
	return rows[0].N, nil
}
