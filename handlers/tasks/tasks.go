// Package tasks is the door of the queue: it tells Asynq which jobs are due, runs what Asynq hands back, and puts right what
// was lost on the way. PostgreSQL is the truth, the queue a hint: a task carries the id of a job and nothing else, and a job
// without a live task is told of again.
package tasks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"insyn/internal/queue"
	"insyn/models"
	"insyn/workflows"
)

// Queue names: what a person waits for goes before mails.
const (
	QueueCases = "cases"
	QueueMails = "mails"
)

// Queues are the queues with their weights.
func Queues() map[string]int { return map[string]int{QueueCases: 6, QueueMails: 3} }

func queueOf(kind string) string {
	switch workflows.JobKind(kind) {
	case workflows.JobMailPerson, workflows.JobMailStaff:
		return QueueMails
	default:
		return QueueCases
	}
}

// Handlers runs jobs by kind.
func Handlers(s *workflows.Service) map[string]queue.Handler {
	run := func(ctx context.Context, jobID string) error {
		id, err := models.ParseID[models.Job](jobID)
		if err != nil {
			return errors.New("task without a job id")
		}
		return s.RunJob(ctx, id)
	}
	handlers := make(map[string]queue.Handler)
	for _, kind := range workflows.JobKinds() {
		handlers[string(kind)] = run
	}
	return handlers
}

// Queue is what the relay and the sweep need of the queue.
type Queue interface {
	Enqueue(ctx context.Context, t queue.Task) error
}

// Inspector tells what has become of a task.
type Inspector interface {
	State(ctx context.Context, queue, id string) (queue.State, error)
	DeleteArchived(ctx context.Context, queue, id string) (bool, error)
}

// Relay moves promised jobs into the queue.
type Relay struct {
	Service *workflows.Service
	Queue   Queue
	Inspect Inspector
	Log     *slog.Logger
	// Wake is signalled when jobs were promised; nil polls only.
	Wake <-chan struct{}
	// Poll is how often the relay looks without being woken; Sweep how often it looks for lost hints; Orphan how old a hint
	// must be to be looked at; Watch how often what follows from the date is done; Files how often lost bytes are removed.
	Poll, Sweep, Orphan, Watch, Files time.Duration
}

const claim = 100

// TaskID names an attempt at a job. A second attempt has another id: an archived or half-run first one never blocks it.
func TaskID(j models.Job) string { return fmt.Sprintf("%s:%d", j.ID, j.Attempt) }

// Run relays, sweeps and watches until the context ends.
func (r *Relay) Run(ctx context.Context) error {
	poll, sweep, watch, files := time.NewTicker(r.Poll), time.NewTicker(r.Sweep), time.NewTicker(r.Watch), time.NewTicker(r.Files)
	defer poll.Stop()
	defer sweep.Stop()
	defer watch.Stop()
	defer files.Stop()
	r.note(ctx, "watch", r.Service.Watch(ctx))
	r.note(ctx, "relay", r.Once(ctx))
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.Wake:
			r.note(ctx, "relay", r.Once(ctx))
		case <-poll.C:
			r.note(ctx, "relay", r.Once(ctx))
		case <-sweep.C:
			r.note(ctx, "sweep", r.SweepOnce(ctx))
		case <-watch.C:
			r.note(ctx, "watch", r.Service.Watch(ctx))
		case <-files.C:
			_, err := r.Service.SweepFiles(ctx, 24*time.Hour)
			r.note(ctx, "files", err)
		}
	}
}

// note logs a failure without its text, which may come from a driver.
func (r *Relay) note(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		r.Log.WarnContext(ctx, "background work failed; it will be tried again", slog.String("work", what), slog.String("code", workflows.FailureCode(err)))
	}
}

// Once claims all that is due and tells the queue. A claim whose hint does not arrive is found by the sweep.
func (r *Relay) Once(ctx context.Context) error {
	for {
		jobs, err := r.Service.Claim(ctx, claim)
		if err != nil || len(jobs) == 0 {
			return err
		}
		r.Service.Failpoint("relay-claimed")
		for _, j := range jobs {
			if err := r.Queue.Enqueue(ctx, queue.Task{ID: TaskID(j), Kind: j.Kind, JobID: j.ID.String(), Queue: queueOf(j.Kind)}); err != nil {
				return err
			}
			r.Service.Failpoint("relay-enqueued")
		}
		if len(jobs) < claim {
			return nil
		}
	}
}

// SweepOnce gives jobs that have no live task back to the relay: after a flushed Redis, a relay that died between claim and
// hint, or a worker that died with its task. It looks at all of them, so that what waits in a long queue hides nothing that is
// lost behind it.
func (r *Relay) SweepOnce(ctx context.Context) error {
	var after models.JobID
	for {
		jobs, err := r.Service.Orphans(ctx, r.Orphan, after, claim)
		if err != nil || len(jobs) == 0 {
			return err
		}
		lost, err := r.withoutTask(ctx, jobs)
		if err != nil {
			return err
		}
		r.Service.Failpoint("sweep-looked")
		if _, err := r.Service.Reclaim(ctx, lost); err != nil {
			return err
		}
		after = jobs[len(jobs)-1].ID
	}
}

// withoutTask finds the jobs of which the queue knows no task that will run. An archived one is removed.
func (r *Relay) withoutTask(ctx context.Context, jobs []models.Job) ([]models.Job, error) {
	var lost []models.Job
	for _, j := range jobs {
		state, err := r.Inspect.State(ctx, queueOf(j.Kind), TaskID(j))
		if err != nil {
			return nil, err
		}
		switch state {
		case queue.Live:
			continue
		case queue.Archived:
			if _, err := r.Inspect.DeleteArchived(ctx, queueOf(j.Kind), TaskID(j)); err != nil {
				return nil, err
			}
		case queue.Absent:
		}
		lost = append(lost, j)
	}
	return lost, nil
}
