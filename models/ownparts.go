package models

import (
	"fmt"
	"time"

	"insyn/internal/calendar"
)

// OwnPart is a version of what the municipality, or one controller, says in its own words in a place of letters and extracts.
// Versions are added and never changed.
type OwnPart struct {
	Version      int64 // counts the changes of all places together, from 1
	Slot         string
	ControllerID ControllerID // zero: the municipality's
	Swedish      string       // plain text; both languages are empty when nothing is said
	English      string
	ActiveFrom   calendar.Date
	StaffID      StaffID
	CreatedAt    time.Time
}

// Text is the text in a language, sv or en.
func (p OwnPart) Text(lang string) string {
	if calendar.IsEnglish(lang) {
		return p.English
	}
	return p.Swedish
}

// OwnPartsOn lists what is said on a civil date: of each place the municipality's version and, for a controller, its own. The
// latest to begin counts; of those that begin on the same day, the last written.
func (tx *Tx) OwnPartsOn(c ControllerID, day calendar.Date) ([]OwnPart, error) {
	return raw[OwnPart](tx, `select distinct on (controller_id, slot) * from own_parts where (controller_id is null or controller_id = ?)
		and active_from <= ? order by controller_id, slot, active_from desc, version desc`, c, day)
}

// OwnPartsEverywhereOn lists what is said on a civil date by the municipality and by every controller.
func (tx *Tx) OwnPartsEverywhereOn(day calendar.Date) ([]OwnPart, error) {
	return raw[OwnPart](tx, `select distinct on (controller_id, slot) * from own_parts where active_from <= ?
		order by controller_id, slot, active_from desc, version desc`, day)
}

// OwnPartVersions lists the versions of a place, the newest first. The zero controller is the municipality.
func (tx *Tx) OwnPartVersions(slot string, c ControllerID) ([]OwnPart, error) {
	return raw[OwnPart](tx, "select * from own_parts where slot = ? and controller_id is not distinct from ? order by version desc", slot, c)
}

// InsertOwnPart stores a further version and gives it its number. The caller holds LockAdministration: the numbers have no gaps.
func (tx *Tx) InsertOwnPart(p *OwnPart) error {
	rows, err := raw[struct{ Version int64 }](tx, `insert into own_parts (version, slot, controller_id, swedish, english, active_from, staff_id, created_at)
		select coalesce(max(version), 0) + 1, ?, ?::uuid, ?, ?, ?::date, ?::uuid, ?::timestamptz from own_parts returning version`,
		p.Slot, p.ControllerID, p.Swedish, p.English, p.ActiveFrom, p.StaffID, tx.Now)
	if err != nil {
		return fmt.Errorf("add own part: %w", err)
	}
	p.Version, p.CreatedAt = rows[0].Version, tx.Now
	return nil
}
