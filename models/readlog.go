package models

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Reading is one page view of somebody's data.
type Reading struct {
	ID           int64
	At           time.Time
	ActorKind    ActorKind
	StaffID      StaffID
	SubjectActor SubjectID
	Page         string
	ControllerID ControllerID
	SealID       *int64
}

// LogReading notes that the actor is shown a page with these ids (requests, cases or files). It commits with the
// transaction that reads, before the page is sent.
func (tx *Tx) LogReading(page string, c ControllerID, shown ...uuid.UUID) error {
	ids := make(UUIDArray, len(shown))
	for i, u := range shown {
		ids[i] = u.String()
	}
	return tx.db.Exec(`insert into read_log (at, actor_kind, staff_id, subject_actor, page, controller_id, shown) values (?, ?, ?, ?, ?, ?, ?::uuid[])`,
		tx.Now, tx.Actor.Kind, tx.Actor.Staff, tx.Actor.Subject, page, c, ids).Error
}

// Readings lists who has been shown an id, newest first.
func (tx *Tx) Readings(id uuid.UUID, limit int) ([]Reading, error) {
	return raw[Reading](tx, `select id, at, actor_kind, staff_id, subject_actor, page, controller_id, seal_id from read_log
		where shown @> array[?]::uuid[] order by id desc limit ?`, id.String(), limit)
}

// ReadNumbers gives the numbers of the cases and requests that readings speak of, as far as the actor may know them, by the
// readings' ids and in order.
func (tx *Tx) ReadNumbers(readings []Reading) (map[int64][]string, error) {
	out := make(map[int64][]string, len(readings))
	if len(readings) == 0 {
		return out, nil
	}
	ids := make([]string, len(readings))
	for i, r := range readings {
		ids[i] = strconv.FormatInt(r.ID, 10)
	}
	rows, err := raw[struct {
		LogID  int64
		Number string
	}](tx, "select log_id, number from read_log_numbers(?::bigint[]) order by log_id, number", "{"+strings.Join(ids, ",")+"}")
	for _, r := range rows {
		out[r.LogID] = append(out[r.LogID], r.Number)
	}
	return out, err
}

// SealReadings seals the readings made before an instant; returns how many.
func (tx *Tx) SealReadings(before time.Time) (int64, error) {
	rows, err := raw[struct{ N int64 }](tx, "select seal_read_log(?, ?) as n", before, tx.Now)
	if err != nil {
		return 0, err
	}
	return rows[0].N, nil
}

// VerifyReadings checks the seals of the read log: returns the broken ones and how many there are.
func (tx *Tx) VerifyReadings() (broken []int64, seals int64, err error) {
	rows, err := raw[struct {
		ID int64
		OK bool
	}](tx, `select s.id, s.hash = read_log_digest(s.prev, s.id)
		and s.prev = coalesce((select hash from read_log_seals p where p.id = s.id - 1), decode(repeat('00', 32), 'hex'))
		and s.rows = (select count(*) from read_log r where r.seal_id = s.id) as ok from read_log_seals s
		union all
		select distinct r.seal_id, false from read_log r where r.seal_id is not null and not exists (select from read_log_seals s where s.id = r.seal_id)
		order by 1`)
	for _, r := range rows {
		if !r.OK {
			broken = append(broken, r.ID)
		}
	}
	return broken, int64(len(rows)), err
}

// ReadingsBy lists the readings of one member of staff, or with the zero id of everybody, newest first, before an id.
func (tx *Tx) ReadingsBy(staff StaffID, before int64, limit int) ([]Reading, error) {
	return raw[Reading](tx, `select id, at, actor_kind, staff_id, subject_actor, page, controller_id, seal_id from read_log
		where (?::uuid is null or staff_id = ?::uuid) and (? = 0 or id < ?) order by id desc limit ?`, staff, staff, before, before, limit)
}
