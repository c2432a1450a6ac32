package models

import (
	"context"
	"time"

	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// Item is one piece of material: a text or a file, with what is to be done with it.
type Item struct {
	ID           ItemID
	CaseID       CaseID
	ControllerID ControllerID
	SearchID     SearchID
	Position     int
	Title        Sealed
	Body         Sealed
	FileID       FileID
	SHA256       []byte  `gorm:"column:sha256"`
	Disposition  *string // release or withhold
	Ground       *string
	Explanation  Sealed
	DraftSince   calendar.Date
	AddedBy      StaffID
	CreatedAt    time.Time

	File            *File  `gorm:"-"` // where a page of material is read
	TitleText       string `gorm:"-"`
	BodyText        string `gorm:"-"`
	ExplanationText string `gorm:"-"`
}

// Dispositions of an item.
const (
	Release  = "release"
	Withhold = "withhold"
)

// InsertItem adds a piece of material, sealed, last in the case's list.
func (tx *Tx) InsertItem(i *Item) (err error) {
	key, row := i.CaseID.UUID(), i.ID.UUID()
	if i.Title, err = tx.Seal(key, "items", "title", row, i.TitleText); err != nil {
		return err
	}
	if i.Body, err = tx.Seal(key, "items", "body", row, i.BodyText); err != nil {
		return err
	}
	rows, err := raw[struct{ N int }](tx, "select coalesce(max(position), 0) + 1 as n from items where case_id = ?", i.CaseID)
	if err != nil {
		return err
	}
	i.Position, i.CreatedAt = rows[0].N, tx.Now
	return gorm.G[Item](tx.db).Create(tx.Context(), i)
}

// ItemQuery says which material of a case to read.
type ItemQuery struct {
	Search      SearchID // of one system; zero: of all
	Disposition string   // release or withhold; empty: whatever
	Heads       bool     // without the texts themselves
	After       *Item    // read on after this one; nil: from the first
	Skip        int      // leave out so many
	Limit       int
}

// itemHeads are the columns of an item without its text.
const itemHeads = `i.id, i.case_id, i.controller_id, i.search_id, i.position, i.title, i.file_id, i.sha256, i.disposition, i.ground, i.explanation,
	i.draft_since, i.added_by, i.created_at`

// itemRow is an item with the record of its file.
type itemRow struct {
	Item
	FileName      Sealed
	FilePurpose   string
	FileMediaType string
	FileSize      int64
	FileSHA256    []byte `gorm:"column:file_sha256"`
	FileCreatedAt *time.Time
	FileReleased  *time.Time
	FileNumber    *int
	FileSubject   SubjectID
}

// ItemPage reads a page of a case's material, opened, in its order, with the records of the files.
func (tx *Tx) ItemPage(id CaseID, q ItemQuery) ([]Item, error) {
	columns := itemHeads
	if !q.Heads {
		columns += ", i.body"
	}
	where, args := "i.case_id = ?", []any{id}
	if !q.Search.IsZero() {
		where, args = where+" and i.search_id = ?", append(args, q.Search)
	}
	if q.Disposition != "" {
		where, args = where+" and i.disposition = ?", append(args, q.Disposition)
	}
	if q.After != nil {
		where, args = where+" and (i.position, i.id) > (?, ?)", append(args, q.After.Position, q.After.ID)
	}
	rows, err := raw[itemRow](tx, "select "+columns+`, f.name as file_name, f.purpose as file_purpose, f.media_type as file_media_type, f.size as file_size,
			f.sha256 as file_sha256, f.created_at as file_created_at, f.released_at as file_released, f.number as file_number, f.subject_id as file_subject
		from items i left join files f on f.id = i.file_id where `+where+" order by i.position, i.id limit ? offset ?", append(args, q.Limit, q.Skip)...)
	if err != nil {
		return nil, err
	}
	out := make([]Item, len(rows))
	for n := range rows {
		out[n] = rows[n].Item
		if err := tx.openItem(&out[n]); err != nil {
			return nil, err
		}
		if out[n].File, err = tx.fileOf(rows[n]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fileOf is the record of an item's file; nil of a text.
func (tx *Tx) fileOf(r itemRow) (*File, error) {
	if r.FileID.IsZero() || r.FileCreatedAt == nil {
		return nil, nil
	}
	f := &File{ID: r.FileID, CaseID: r.CaseID, ControllerID: r.ControllerID, SubjectID: r.FileSubject, Purpose: r.FilePurpose, Name: r.FileName, MediaType: r.FileMediaType,
		Size: r.FileSize, SHA256: r.FileSHA256, CreatedAt: *r.FileCreatedAt, ReleasedAt: r.FileReleased, Number: r.FileNumber}
	var err error
	f.NameText, err = tx.Open(r.CaseID.UUID(), "files", "name", f.ID.UUID(), f.Name)
	return f, err
}

// itemsAtOnce is how many pieces of material are in memory at once.
const itemsAtOnce = 200

// EachItem visits a case's material, opened, in its order, a page at a time. The query's After and Limit are its own.
func (tx *Tx) EachItem(id CaseID, q ItemQuery, visit func(Item) error) error {
	return eachItem(func(q ItemQuery) ([]Item, error) { return tx.ItemPage(id, q) }, q, visit)
}

// EachItem visits a case's material as [Tx.EachItem] does, each page in a transaction of its own: what is read may be written to
// a store far away meanwhile, and no transaction waits for that. Whoever must know that nothing changed between two pages holds
// the case's version against it afterwards.
func (s *Store) EachItem(ctx context.Context, actor Actor, id CaseID, q ItemQuery, visit func(Item) error) error {
	return eachItem(func(q ItemQuery) (page []Item, err error) {
		err = s.InTx(ctx, actor, func(tx *Tx) error {
			page, err = tx.ItemPage(id, q)
			return err
		})
		return page, err
	}, q, visit)
}

func eachItem(read func(ItemQuery) ([]Item, error), q ItemQuery, visit func(Item) error) error {
	for q.Limit, q.After = itemsAtOnce, nil; ; {
		page, err := read(q)
		if err != nil {
			return err
		}
		for _, i := range page {
			if err := visit(i); err != nil {
				return err
			}
		}
		if len(page) < q.Limit {
			return nil
		}
		q.After = &page[len(page)-1]
	}
}

// ItemCount tells how much material there is from one search with one disposition.
type ItemCount struct {
	SearchID    SearchID
	Disposition *string
	N           int
	Files       int // of those
}

// CountItems counts a case's material by search and disposition.
func (tx *Tx) CountItems(id CaseID) ([]ItemCount, error) {
	return raw[ItemCount](tx, `select search_id, disposition, count(*) as n, count(file_id) as files from items where case_id = ?
		group by search_id, disposition order by search_id, disposition`, id)
}

// ItemFilesWhole tells whether every file of a case's material still has the record it was added with.
func (tx *Tx) ItemFilesWhole(id CaseID) (bool, error) {
	rows, err := raw[struct{ N int }](tx, `select count(*) as n from items i left join files f on f.id = i.file_id
		where i.case_id = ? and i.file_id is not null and f.sha256 is distinct from i.sha256`, id)
	return err == nil && rows[0].N == 0, err
}

// ReleasedMaterial lists the records of the files of a case's material that are released, or to be, opened, in the order of their
// numbers.
func (tx *Tx) ReleasedMaterial(id CaseID) ([]File, error) {
	rows, err := raw[File](tx, `select f.* from items i join files f on f.id = i.file_id where i.case_id = ? and i.disposition = 'release'
		order by i.position, i.id`, id)
	for i := range rows {
		if err == nil {
			rows[i].NameText, err = tx.Open(id.UUID(), "files", "name", rows[i].ID.UUID(), rows[i].Name)
		}
	}
	return rows, err
}

// ItemsBefore tells how many pieces of a case's material stand before one.
func (tx *Tx) ItemsBefore(id CaseID, i Item) (int, error) {
	rows, err := raw[struct{ N int }](tx, "select count(*) as n from items where case_id = ? and (position, id) < (?, ?)", id, i.Position, i.ID)
	if err != nil {
		return 0, err
	}
	return rows[0].N, nil
}

// FirstUnmarked is the first piece of a case's material, other than one, that nobody has marked; zero when there is none.
func (tx *Tx) FirstUnmarked(id CaseID, other ItemID) (ItemID, error) {
	rows, err := raw[struct{ ID ItemID }](tx, "select id from items where case_id = ? and disposition is null and id is distinct from ? order by position, id limit 1", id, other)
	if err != nil || len(rows) == 0 {
		return ItemID{}, err
	}
	return rows[0].ID, nil
}

// Item loads one piece of material of a case, opened.
func (tx *Tx) Item(id CaseID, item ItemID) (Item, error) {
	i, err := one(gorm.G[Item](tx.db).Where("id = ? and case_id = ?", item, id).First(tx.Context()))
	if err != nil {
		return i, err
	}
	return i, tx.openItem(&i)
}

func (tx *Tx) openItem(i *Item) (err error) {
	key, row := i.CaseID.UUID(), i.ID.UUID()
	if i.TitleText, err = tx.Open(key, "items", "title", row, i.Title); err != nil {
		return err
	}
	if i.BodyText, err = tx.Open(key, "items", "body", row, i.Body); err != nil {
		return err
	}
	i.ExplanationText, err = tx.Open(key, "items", "explanation", row, i.Explanation)
	return err
}

// Dispose stores what is to be done with an item: released, or withheld on a ground with an explanation.
func (tx *Tx) Dispose(i *Item) error {
	explanation, err := tx.Seal(i.CaseID.UUID(), "items", "explanation", i.ID.UUID(), i.ExplanationText)
	if err != nil {
		return err
	}
	res := tx.db.Exec("update items set disposition = ?, ground = ?, explanation = ?, draft_since = ? where id = ? and case_id = ?",
		i.Disposition, i.Ground, []byte(explanation), i.DraftSince, i.ID, i.CaseID)
	return changed(res.RowsAffected, res.Error)
}

// DeleteItem removes a piece of material that was added by mistake.
func (tx *Tx) DeleteItem(i Item) error {
	res := tx.db.Exec("delete from items where id = ? and case_id = ?", i.ID, i.CaseID)
	return changed(res.RowsAffected, res.Error)
}
