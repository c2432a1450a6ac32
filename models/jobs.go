package models

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Job is a promised effect: outbox entry, queue hint and receipt in one row. Data holds ids and codes only.
type Job struct {
	ID           JobID
	Kind         string
	Key          string
	RequestID    RequestID
	CaseID       CaseID
	ControllerID ControllerID
	InquiryID    InquiryID       // alone: a job of an inquiry belongs to no request, case or controller
	Data         json.RawMessage `gorm:"type:jsonb"`
	RunAt        time.Time
	CreatedAt    time.Time
	Attempt      int
	EnqueuedAt   *time.Time
	ErrorCode    *string
	Failures     int
	SentAt       *time.Time
	DoneAt       *time.Time
	Result       *string
}

// Results of a job.
const (
	JobDone     = "done"     // the effect was made
	JobNeedless = "needless" // the world had moved on
	JobGivenUp  = "given-up" // a human must look
	JobWithheld = "withheld" // it would have told of a protected person
)

// Promise stores a job. The key names the effect: promising the same effect again is no change. The conflict has no target, as
// naming one would demand that the actor may read jobs.
func (tx *Tx) Promise(j Job) error {
	if len(j.Data) == 0 {
		j.Data = json.RawMessage("{}")
	}
	if j.RunAt.IsZero() {
		j.RunAt = tx.Now
	}
	res := tx.db.Exec(`insert into jobs (id, kind, key, request_id, case_id, controller_id, inquiry_id, data, run_at, created_at)
		values (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?) on conflict do nothing`,
		NewID[Job](), j.Kind, j.Key, j.RequestID, j.CaseID, j.ControllerID, j.InquiryID, string(j.Data), j.RunAt, tx.Now)
	if res.Error != nil {
		return fmt.Errorf("promise %s: %w", j.Kind, res.Error)
	}
	tx.notify = tx.notify || res.RowsAffected > 0
	return nil
}

// ClaimJobs takes due jobs for the relay: each gets its next attempt and is marked enqueued; other relays pass them over.
func (tx *Tx) ClaimJobs(limit int) ([]Job, error) {
	return raw[Job](tx, `update jobs set enqueued_at = ?, attempt = attempt + 1 where id in (
		select id from jobs where done_at is null and enqueued_at is null and run_at <= ? order by run_at, id limit ? for update skip locked)
		returning *`, tx.Now, tx.Now, limit)
}

// JobsOf lists the jobs of a request that are due and not done, in the order they were promised.
func (tx *Tx) JobsOf(r RequestID) ([]Job, error) {
	return raw[Job](tx, "select * from jobs where request_id = ? and done_at is null and run_at <= ? order by run_at, id", r, tx.Now)
}

// Reclaim lets go of claims that the sweep found without a live task, so that the relay takes them again. It names the
// attempts: a job that was claimed anew meanwhile has a live task and is left alone.
func (tx *Tx) Reclaim(lost []Job) (int64, error) {
	if len(lost) == 0 {
		return 0, nil
	}
	attempts := make([][]any, len(lost))
	for i, j := range lost {
		attempts[i] = []any{j.ID, j.Attempt}
	}
	res := tx.db.Exec("update jobs set enqueued_at = null where (id, attempt) in ? and done_at is null and enqueued_at is not null", attempts)
	tx.notify = tx.notify || res.RowsAffected > 0
	return res.RowsAffected, res.Error
}

// Enqueued lists jobs claimed before an instant and not done, in order of their ids after one.
func (tx *Tx) Enqueued(before time.Time, after JobID, limit int) ([]Job, error) {
	return raw[Job](tx, `select * from jobs where done_at is null and enqueued_at < ? and (?::uuid is null or id > ?::uuid) order by id limit ?`,
		before, after, after, limit)
}

// LockJob loads a job and locks it, so that two copies of its task run one after the other.
func (tx *Tx) LockJob(id JobID) (Job, error) {
	rows, err := raw[Job](tx, "select * from jobs where id = ? for update", id)
	if err != nil {
		return Job{}, err
	}
	if len(rows) == 0 {
		return Job{}, ErrNotFound
	}
	return rows[0], nil
}

// Job loads a job.
func (tx *Tx) Job(id JobID) (Job, error) {
	return one(gorm.G[Job](tx.db).Where("id = ?", id).First(tx.Context()))
}

// FinishJob writes the receipt, with the effect, in its transaction. A job that has one already is ErrConflict.
func (tx *Tx) FinishJob(id JobID, result string) error {
	res := tx.db.Exec("update jobs set done_at = ?, result = ?, error_code = null where id = ? and done_at is null", tx.Now, result, id)
	return changed(res.RowsAffected, res.Error)
}

// MarkSent notes that a mail's conversation is about to begin. The note is a lease: no other copy of the task begins before
// it has run out or the conversation has failed.
func (tx *Tx) MarkSent(id JobID) error {
	res := tx.db.Exec("update jobs set sent_at = ? where id = ? and done_at is null", tx.Now, id)
	return changed(res.RowsAffected, res.Error)
}

// PostponeJob gives a job back to the relay for an instant to come. It counts as no failure.
func (tx *Tx) PostponeJob(id JobID, until time.Time) error {
	res := tx.db.Exec("update jobs set run_at = ?, enqueued_at = null where id = ? and done_at is null", until, id)
	return changed(res.RowsAffected, res.Error)
}

// FailJob notes a failed attempt by code and sets when the relay takes the job again. A conversation that had begun is over.
func (tx *Tx) FailJob(id JobID, code string, again time.Time) error {
	res := tx.db.Exec("update jobs set failures = failures + 1, error_code = ?, run_at = ?, enqueued_at = null, sent_at = null where id = ? and done_at is null",
		code, again, id)
	return changed(res.RowsAffected, res.Error)
}

// JobCounts tells how many jobs wait, are claimed, and have failed at least once without being done.
func (tx *Tx) JobCounts() (waiting, claimed, failing int64, err error) {
	rows, err := raw[struct{ Waiting, Claimed, Failing int64 }](tx, `select count(*) filter (where enqueued_at is null) as waiting,
		count(*) filter (where enqueued_at is not null) as claimed, count(*) filter (where failures > 0) as failing from jobs where done_at is null`)
	if err != nil {
		return 0, 0, 0, err
	}
	return rows[0].Waiting, rows[0].Claimed, rows[0].Failing, nil
}
