package models_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/models"
)

// promised stores n jobs.
func promised(t *testing.T, store *models.Store, n int) {
	t.Helper()
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) error {
		for i := range n {
			if err := tx.Promise(models.Job{Kind: "notify", Key: fmt.Sprintf("notify:%d", i)}); err != nil {
				return err
			}
		}
		return nil
	})
}

func claim(t testing.TB, store *models.Store, limit int) (jobs []models.Job) {
	t.Helper()
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) (err error) {
		jobs, err = tx.ClaimJobs(limit)
		return err
	})
	return jobs
}

func TestClaimersShareJobsWithoutRepeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store, _ := w.store(t)
	promised(t, store, 500)
	var mu sync.Mutex
	taken := map[models.JobID]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				jobs := claim(t, store, 7)
				mu.Lock()
				for _, j := range jobs {
					taken[j.ID]++
					if j.Attempt != 1 || j.EnqueuedAt == nil || !j.EnqueuedAt.Equal(noon()) {
						t.Errorf("claimed as attempt %d at %v", j.Attempt, j.EnqueuedAt)
					}
				}
				n := len(taken)
				mu.Unlock()
				// Nothing claimed may mean that the others hold what is left; they are done when all is taken.
				if len(jobs) == 0 && n == 500 {
					return
				}
			}
		})
	}
	wg.Wait()
	for id, n := range taken {
		if n != 1 {
			t.Errorf("job %s was taken %d times", id, n)
		}
	}
}

func TestJobsOfTheFutureAreNotClaimed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store, _ := w.store(t)
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) error {
		return tx.Promise(models.Job{Kind: "notify", Key: "later", RunAt: tx.Now.Add(time.Microsecond)})
	})
	if jobs := claim(t, store, 10); len(jobs) > 0 {
		t.Error("a job was claimed before its time")
	}
}

func TestTheSameEffectIsPromisedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	store, _ := w.store(t)
	var wg sync.WaitGroup
	for i := range 16 {
		actor := []models.Actor{w.actor(models.RoleOmbud), w.resident(), models.SystemActor(), w.actor(models.RoleRegistrator)}[i%4]
		wg.Go(func() {
			c := caseOf(w.full[0])
			err := store.InTx(context.Background(), actor, func(tx *models.Tx) error {
				return tx.Promise(models.Job{Kind: "notify", Key: "same", RequestID: c.RequestID, CaseID: c.ID, ControllerID: c.ControllerID})
			})
			if err != nil {
				t.Errorf("%s: %v", actor.Kind, err)
			}
		})
	}
	wg.Wait()
	if n := count(t, w.owner, "jobs"); n != 1 {
		t.Errorf("%d jobs", n)
	}
}

// TestOneNotifyATransaction counts what a listener hears up to a mark of its own.
func TestOneNotifyATransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store, _ := w.store(t)
	conn := connect(t, w.db.RuntimeURL)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, err := conn.Exec(ctx, "listen "+models.JobChannel); err != nil {
		t.Fatal(err)
	}
	heard := func() (n int) {
		t.Helper()
		if _, err := w.owner.Exec(ctx, "select pg_notify('"+models.JobChannel+"', 'mark')"); err != nil {
			t.Fatal(err)
		}
		for {
			note, err := conn.WaitForNotification(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if note.Payload == "mark" {
				return n
			}
			n++
		}
	}
	promised(t, store, 5)
	if n := heard(); n != 1 {
		t.Errorf("five jobs in a transaction: %d notifications", n)
	}
	promised(t, store, 5)
	if n := heard(); n != 0 {
		t.Errorf("the same jobs again: %d notifications", n)
	}
	fail := errors.New("fail")
	err := store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		return errors.Join(tx.Promise(models.Job{Kind: "notify", Key: "lost"}), fail)
	})
	if n := heard(); n != 0 || !errors.Is(err, fail) {
		t.Errorf("rolled back: %d notifications, %v", n, err)
	}
	jobs := claim(t, store, 2)
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) error {
		n, err := tx.Reclaim(jobs)
		if n != 2 {
			t.Errorf("reclaimed %d", n)
		}
		return err
	})
	if n := heard(); n != 1 {
		t.Errorf("reclaimed: %d notifications", n)
	}
	if jobs := claim(t, store, 1); jobs[0].Attempt != 2 {
		t.Errorf("attempt %d after a reclaim", jobs[0].Attempt)
	}
}

func TestAReceiptIsWrittenOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store, _ := w.store(t)
	promised(t, store, 1)
	job := claim(t, store, 1)[0]
	finish := func() error {
		return store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error { return tx.FinishJob(job.ID, models.JobDone) })
	}
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) error { return tx.FailJob(job.ID, "timeout", tx.Now) })
	if err := finish(); err != nil {
		t.Fatal(err)
	}
	for name, again := range map[string]func(tx *models.Tx) error{
		"finish":    func(tx *models.Tx) error { return tx.FinishJob(job.ID, models.JobDone) },
		"fail":      func(tx *models.Tx) error { return tx.FailJob(job.ID, "timeout", tx.Now) },
		"mark sent": func(tx *models.Tx) error { return tx.MarkSent(job.ID) },
		"unknown":   func(tx *models.Tx) error { return tx.FinishJob(models.NewID[models.Job](), models.JobDone) },
	} {
		if err := store.InTx(context.Background(), models.SystemActor(), again); !errors.Is(err, models.ErrConflict) {
			t.Errorf("%s after the receipt: %v", name, err)
		}
	}
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) error {
		j, err := tx.Job(job.ID)
		if j.Result == nil || *j.Result != models.JobDone || j.ErrorCode != nil || j.Failures != 1 {
			t.Errorf("the receipt says %+v", j)
		}
		n, err2 := tx.Reclaim([]models.Job{j})
		if n != 0 {
			t.Error("a finished job was given back to the relay")
		}
		return errors.Join(err, err2)
	})
	if jobs := claim(t, store, 10); len(jobs) > 0 {
		t.Error("a finished job was claimed")
	}
	err := store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
		_, err := tx.LockJob(models.NewID[models.Job]())
		return err
	})
	if !errors.Is(err, models.ErrNotFound) {
		t.Errorf("lock of an unknown job: %v", err)
	}
}

// TestALockedJobWaits: two copies of a task run one after the other. The second is seen waiting for the first in the
// database itself, and then finds its receipt.
func TestALockedJobWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store, _ := w.store(t)
	promised(t, store, 1)
	job := claim(t, store, 1)[0]
	conn := connect(t, w.db.RuntimeURL)
	first := begin(t, conn, models.SystemActor())
	if _, err := first.Exec(t.Context(), "select from jobs where id = $1 for update", job.ID.String()); err != nil {
		t.Fatal(err)
	}
	second := make(chan error, 1)
	go func() {
		second <- store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
			j, err := tx.LockJob(job.ID)
			if err == nil && j.DoneAt == nil {
				err = errors.New("the second copy does not see the receipt")
			}
			return err
		})
	}()
	waitForLock(t, w.owner)
	if _, err := first.Exec(t.Context(), "update jobs set done_at = now(), result = 'done' where id = $1", job.ID.String()); err != nil {
		t.Fatal(err)
	}
	if err := first.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
}

// waitForLock waits until a session of the database waits for a lock.
func waitForLock(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for n := 0; n == 0; {
		err := conn.QueryRow(ctx, `select count(*) from pg_locks l where not l.granted and l.pid in (select pid from pg_stat_activity where datname = current_database())`).Scan(&n)
		if err != nil {
			t.Fatalf("nobody waits: %v", err)
		}
	}
}
