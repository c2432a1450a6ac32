package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"insyn/internal/crypto"
	"insyn/internal/mail"
	"insyn/internal/postgres"
	"insyn/models"
)

// jobData is what a job may carry beside its ids: codes.
type jobData struct {
	Mail    string         `json:"mail"`
	Role    models.Role    `json:"role"`
	Handler bool           `json:"handler"`
	Also    []models.Role  `json:"also"` // told too, each person once
	By      models.StaffID `json:"by"`
	Staff   models.StaffID `json:"staff"`
	Set     bool           `json:"set"`
}

// JobKinds lists every kind of job.
func JobKinds() []JobKind {
	return []JobKind{JobFanOut, JobNotify, JobMailPerson, JobMailStaff, JobRelease, JobSettle, JobPauseCase, JobResumeCase, JobWithdrawCase, JobProtected,
		JobPassOn, JobServeEnvelope, JobReceipt,
		JobMailAsker, JobMailCode, JobNotifyTier, JobConvert}
}

// RunJob makes the effect of a job, if it has not been made. It is safe to run twice and at once: the receipt is written in
// the transaction of the effect, under a lock on the job's row. A failure is noted on the job with a code and the time of the
// next attempt; the error returned says only that.
func (s *Service) RunJob(ctx context.Context, id models.JobID) error {
	var j models.Job
	err := s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		j, err = tx.Job(id)
		return err
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return nil // another database's queue, or a hint older than a restore: nothing is promised
	case err != nil:
		return err
	case j.DoneAt != nil:
		return nil
	}
	s.Failpoint("job-begun")
	if err := s.runSafely(ctx, j); err != nil {
		return s.failed(ctx, j, err)
	}
	s.Failpoint("job-done")
	return nil
}

// errPanic: the effect panicked. The transaction is rolled back; the job fails like any other and is seen to.
var errPanic = errors.New("panic")

func (s *Service) runSafely(ctx context.Context, j models.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.Log.ErrorContext(ctx, "job panicked", slog.String("job", j.ID.String()), slog.String("kind", j.Kind), slog.String("stack", string(debug.Stack())))
			err = errPanic
		}
	}()
	return s.run(ctx, j)
}

func (s *Service) run(ctx context.Context, j models.Job) error {
	switch JobKind(j.Kind) {
	case JobFanOut:
		return s.fanOut(ctx, j)
	case JobNotify:
		return s.effect(ctx, j, s.notifyStaff)
	case JobMailPerson, JobMailStaff, JobMailAsker, JobMailCode:
		return s.sendMail(ctx, j)
	case JobNotifyTier:
		return s.effect(ctx, j, s.notifyTier)
	case JobConvert:
		return s.convertInquiry(ctx, j)
	case JobRelease:
		return s.release(ctx, j)
	case JobSettle:
		return s.effect(ctx, j, s.settleRequest)
	case JobPauseCase:
		return s.caseEffect(ctx, j, pauseForRequest{on: dateOf(j.CreatedAt)})
	case JobResumeCase:
		return s.caseEffect(ctx, j, resumeForRequest{on: dateOf(j.CreatedAt)})
	case JobWithdrawCase:
		return s.caseEffect(ctx, j, Withdraw{})
	case JobProtected:
		return s.effect(ctx, j, s.tellProtected)
	case JobPassOn:
		return s.passOnPaper(ctx, j)
	case JobServeEnvelope:
		return s.serveEnvelope(ctx, j)
	case JobReceipt:
		return s.effectReceipt(ctx, j)
	default:
		return fmt.Errorf("no effect for jobs of kind %s", j.Kind)
	}
}

// errNeedless: the world has moved on, and the effect is no longer wanted.
var errNeedless = errors.New("needless")

// effect makes a job's effect and writes its receipt in one transaction.
func (s *Service) effect(ctx context.Context, j models.Job, do func(tx *models.Tx, j models.Job) error) error {
	err := s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		locked, err := tx.LockJob(j.ID)
		if err != nil || locked.DoneAt != nil {
			return err
		}
		if err := do(tx, locked); err != nil {
			return err
		}
		s.Failpoint("effect-before-receipt")
		return tx.FinishJob(j.ID, models.JobDone)
	})
	if errors.Is(err, errNeedless) {
		return s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
			if err := tx.FinishJob(j.ID, models.JobNeedless); !errors.Is(err, ErrConflict) {
				return err
			}
			return nil
		})
	}
	return err
}

// caseEffect takes a transition of the job's case as the system. A case that has moved on needs it no longer. A guard that
// refuses is a failure: it is noted by its name, tried again, and seen in the count of failing jobs.
func (s *Service) caseEffect(ctx context.Context, j models.Job, in Input) error {
	return s.effect(ctx, j, func(tx *models.Tx, j models.Job) error {
		err := s.apply(tx, On{Case: j.CaseID}, in)
		if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
			return errNeedless
		}
		return err
	})
}

// failed notes a failure by code and when to try again: 2 s, 4 s, … at most an hour apart.
func (s *Service) failed(ctx context.Context, j models.Job, cause error) error {
	wait := min(time.Second<<min(j.Failures+1, 12), time.Hour)
	code := FailureCode(cause)
	// The request's context may be what failed; the note gets a moment of its own.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		if err := tx.FailJob(j.ID, code, tx.Now.Add(wait)); !errors.Is(err, ErrConflict) {
			return err
		}
		return nil
	})
	s.Log.WarnContext(ctx, "job failed", slog.String("job", j.ID.String()), slog.String("kind", j.Kind), slog.String("code", code), slog.Int("failures", j.Failures+1))
	return err
}

// FailureCode is all that may be kept and logged of an error: a short constant.
func FailureCode(err error) string {
	var m *mail.Error
	var r Refusal
	state, _ := postgres.ErrorCode(err)
	switch {
	case state != "":
		return "database-" + strings.ToLower(state)
	case errors.As(err, &m):
		return "mail-" + string(m.Stage)
	case errors.As(err, &r):
		return r.Key
	case errors.Is(err, crypto.ErrTampered):
		return "sealed-altered"
	case errors.Is(err, errPanic):
		return "panic"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "timeout"
	default:
		return "internal"
	}
}

func (j jobData) from(raw json.RawMessage) (jobData, error) {
	if err := json.Unmarshal(raw, &j); err != nil {
		return j, errors.New("decode job: malformed")
	}
	return j, nil
}

// Claim takes due jobs for the relay. Each is marked enqueued and given its next attempt before the queue hears of it.
func (s *Service) Claim(ctx context.Context, limit int) ([]models.Job, error) {
	var out []models.Job
	err := s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		out, err = tx.ClaimJobs(limit)
		return err
	})
	return out, err
}

// Orphans lists jobs that the queue was told of longer ago than age and that are not done, in order of their ids after one.
func (s *Service) Orphans(ctx context.Context, age time.Duration, after models.JobID, limit int) ([]models.Job, error) {
	var out []models.Job
	err := s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		out, err = tx.Enqueued(tx.Now.Add(-age), after, limit)
		return err
	})
	return out, err
}

// Reclaim gives jobs without a live task back to the relay, if they are still at the attempt that was looked at.
func (s *Service) Reclaim(ctx context.Context, lost []models.Job) (int64, error) {
	var n int64
	err := s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		n, err = tx.Reclaim(lost)
		return err
	})
	return n, err
}

// JobCounts tells how many jobs wait, are claimed, and have failed without being done.
func (s *Service) JobCounts(ctx context.Context) (waiting, claimed, failing int64, err error) {
	err = s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		waiting, claimed, failing, err = tx.JobCounts()
		return err
	})
	return
}
