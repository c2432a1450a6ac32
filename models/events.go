package models

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Audience says who may read an event: the person too, or staff only.
type Audience string

// The audiences.
const (
	ForSubject Audience = "subject"
	ForStaff   Audience = "staff"
)

// Event is a link of a stream's chain: what changed, and who did it. It carries ids, codes and dates, never personal data.
type Event struct {
	StreamKind   string
	StreamID     uuid.UUID
	Seq          int64
	ControllerID ControllerID
	SubjectID    SubjectID
	Kind         string
	Audience     Audience
	ActorKind    ActorKind
	StaffID      StaffID
	Data         json.RawMessage
	At           time.Time
	PrevHash     []byte
	Hash         []byte
}

// CaseEvent appends an event to a case's chain and returns its number in the chain.
func (tx *Tx) CaseEvent(c Case, kind string, audience Audience, data map[string]any) (int64, error) {
	return tx.append("case", c.ID.UUID(), c.ControllerID, c.SubjectID, kind, audience, data)
}

// RequestEvent appends an event to a request's chain.
func (tx *Tx) RequestEvent(r Request, kind string, audience Audience, data map[string]any) (int64, error) {
	return tx.append("request", r.ID.UUID(), ControllerID{}, r.SubjectID, kind, audience, data)
}

func (tx *Tx) append(stream string, id uuid.UUID, c ControllerID, s SubjectID, kind string, audience Audience, data map[string]any) (int64, error) {
	if data == nil {
		data = map[string]any{}
	}
	b, err := json.Marshal(data)
	if err != nil {
		return 0, fmt.Errorf("encode event: %w", err)
	}
	rows, err := raw[struct{ Seq int64 }](tx, "select append_event(?, ?, ?, ?, ?, ?, ?::jsonb, ?) as seq",
		stream, id.String(), c, s, kind, audience, string(b), tx.Now)
	if err != nil {
		return 0, fmt.Errorf("append event: %w", err)
	}
	return rows[0].Seq, nil
}

// Events lists a stream's events that the actor may read, newest first.
func (tx *Tx) Events(stream string, id uuid.UUID, limit int) ([]Event, error) {
	return raw[Event](tx, "select * from events where stream_kind = ? and stream_id = ? order by seq desc limit ?", stream, id.String(), limit)
}

// LastEvent loads the newest event of a kind in a stream.
func (tx *Tx) LastEvent(stream string, id uuid.UUID, kind string) (Event, error) {
	rows, err := raw[Event](tx, "select * from events where stream_kind = ? and stream_id = ? and kind = ? order by seq desc limit 1", stream, id.String(), kind)
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Event{}, err
	}
	return rows[0], nil
}

// OwnEvents lists the person's own events of a request and its cases, oldest first.
func (tx *Tx) OwnEvents(streams []uuid.UUID) ([]Event, error) {
	if len(streams) == 0 {
		return nil, nil
	}
	ids := make([]string, len(streams))
	for i, u := range streams {
		ids[i] = u.String()
	}
	return raw[Event](tx, "select * from events where subject_id = ? and audience = 'subject' and stream_id in ? order by at, stream_id, seq",
		tx.Actor.Subject, ids)
}

// Fault is a place where a chain does not hold.
type Fault struct {
	StreamKind string
	StreamID   uuid.UUID
	Seq        int64
	What       string // altered, missing, reordered, head or unheaded
}

// VerifyEvents checks every chain, also that every request, case and inquiry has one, and returns the faults, the number of events checked, and an error if it could not look.
// It runs in the database, so that nothing is read into memory.
func (tx *Tx) VerifyEvents() ([]Fault, int64, error) {
	faults, err := raw[Fault](tx, `
		with e as (
			select *, lag(hash) over w as before, lag(seq) over w as seq_before from events window w as (partition by stream_kind, stream_id order by seq)
		), last as (
			select distinct on (stream_kind, stream_id) stream_kind, stream_id, seq, hash from events order by stream_kind, stream_id, seq desc
		)
		select stream_kind, stream_id, seq, 'altered' as what from e where hash <> event_digest(prev_hash, stream_kind, stream_id, seq, controller_id,
			subject_id, kind, audience, actor_kind, staff_id, data, at)
		union all
		select stream_kind, stream_id, seq, 'missing' from e where seq <> coalesce(seq_before, 0) + 1
		union all
		select stream_kind, stream_id, seq, 'reordered' from e where seq = coalesce(seq_before, 0) + 1
			and prev_hash <> coalesce(before, decode(repeat('00', 32), 'hex'))
		union all
		select h.stream_kind, h.stream_id, h.seq, 'head' from event_heads h left join last l using (stream_kind, stream_id)
			where h.stream_kind <> 'organisation' and (l.seq, l.hash) is distinct from (h.seq, h.hash)
		union all
		select l.stream_kind, l.stream_id, l.seq, 'unheaded' from last l left join event_heads h using (stream_kind, stream_id) where h.stream_id is null
		union all
		select 'request', r.id, 1, 'missing' from requests r where not exists (select from event_heads h where (h.stream_kind, h.stream_id) = ('request', r.id))
		union all
		select 'case', c.id, 1, 'missing' from cases c where not exists (select from event_heads h where (h.stream_kind, h.stream_id) = ('case', c.id))
		union all
		select 'inquiry', i.id, 1, 'missing' from inquiries i where not exists (select from event_heads h where (h.stream_kind, h.stream_id) = ('inquiry', i.id))
		order by 1, 2, 3`)
	if err != nil {
		return nil, 0, err
	}
	organisation, err := tx.verifyOrganisation()
	if err != nil {
		return nil, 0, err
	}
	faults = append(faults, organisation...)
	n, err := raw[struct{ N int64 }](tx, "select (select count(*) from events) + (select count(*) from organisation_events) as n")
	if err != nil {
		return nil, 0, err
	}
	return faults, n[0].N, nil
}
