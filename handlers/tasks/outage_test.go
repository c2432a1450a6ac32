package tasks_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"insyn/handlers/tasks"
	"insyn/internal/queue"
	"insyn/internal/testkit"
	"insyn/models"
	"insyn/workflows/workflowtest"
)

// failures counts the relay's remarks in the processes' logs that something is away.
func (g *ground) failures(work string) int {
	return strings.Count(g.log.String(), `"work":"`+work+`"`)
}

// TestWorkerOutlivesItsServers: in the middle of a fan-out of many requests Redis forgets everything, goes away, the database
// goes away, and both at once. One and the same process goes on and ends right.
func TestWorkerOutlivesItsServers(t *testing.T) {
	t.Parallel()
	bothRedises(t, func(t *testing.T, r testkit.RedisServer) {
		cluster := testkit.OwnCluster(t)
		g := newGround(t, cluster.DB(), r)
		maja := g.Resident("197701172392")
		awayAndBack := map[string]struct{ away, back func() }{
			"redis flushed":     {r.FlushAll, func() {}},
			"redis stopped":     {r.Stop, r.Start},
			"database stopped":  {cluster.StopPostgres, cluster.StartPostgres},
			"both stopped":      {func() { r.Stop(); cluster.StopPostgres() }, func() { cluster.StartPostgres(); r.Start() }},
			"both, other order": {func() { cluster.StopPostgres(); r.Stop() }, func() { r.Start(); cluster.StartPostgres() }},
		}
		var all []string
		for what, server := range awayAndBack {
			g.tick()
			for range 6 {
				all = append(all, g.SendRequest(maja, "KS", "SN", "BUN", "EBAB"))
			}
			// The thirteenth case belongs to the fourth request at least; of two at once, two are done then.
			worker := g.startChild(child{Concurrency: 2, Fault: fault{Step: "fan-out-case", Nth: 13, Hold: true}})
			g.heldAt(worker)
			if open := jobs(t, g.World, "kind = 'fan-out' and done_at is null"); len(open) == 0 || len(open) == 6 {
				t.Fatalf("%s: %d of 6 requests are not fanned out; this is not the middle", what, len(open))
			}
			server.away()
			seen := g.failures("relay") + g.failures("sweep")
			g.goOn(worker)
			if what != "redis flushed" {
				g.until(what+" is noticed", func() bool { return g.failures("relay")+g.failures("sweep") > seen })
			}
			server.back()
			g.forgetConnections()
			g.quiet()
			g.stop(worker)
		}
		assertWhole(t, g.World, all, 4)
		g.assertMails()
		g.assertNothingPersonal()
	})
}

// forgetConnections closes the test's own idle connections to the database, which a restart has broken.
func (g *ground) forgetConnections() {
	g.T.Helper()
	for _, db := range []*gorm.DB{g.DB.Owner, g.DB.Runtime} {
		pool, err := db.DB()
		if err != nil {
			g.T.Fatal(err)
		}
		pool.SetMaxIdleConns(0)
		pool.SetMaxIdleConns(2)
	}
}

// TestTwoWorkersMakeEachEffectOnce: two relays, two servers, many requests and decisions.
func TestTwoWorkersMakeEachEffectOnce(t *testing.T) {
	t.Parallel()
	bothRedises(t, func(t *testing.T, r testkit.RedisServer) {
		g := newGround(t, testkit.DB(t), r)
		maja := g.Resident("197701172392")
		one, other := g.start(fault{}), g.start(fault{})
		var all []string
		for range 8 {
			g.tick()
			all = append(all, g.SendRequest(maja, "KS", "BUN"))
		}
		g.quiet()
		for _, number := range all {
			g.tick()
			g.ready("KS", number)
			g.Decide("KS", number+"-KS")
		}
		g.quiet()
		g.stop(one)
		g.stop(other)
		assertWhole(t, g.World, all, 2)
		assertReleasedOnce(t, g.World, len(all))
		g.assertMails()
		for _, j := range jobs(t, g.World, "attempt <> 1") {
			t.Errorf("%s was told of %d times though nothing was lost", j.Key, j.Attempt)
		}
	})
}

// inProcess is a relay of the test's own.
func (g *ground) inProcess() *tasks.Relay {
	g.T.Helper()
	client, err := queue.NewClient(g.redis.URL())
	if err != nil {
		g.T.Fatal(err)
	}
	inspect, err := queue.NewInspector(g.redis.URL())
	if err != nil {
		g.T.Fatal(err)
	}
	g.T.Cleanup(func() { _ = client.Close(); _ = inspect.Close() })
	return &tasks.Relay{Service: g.Service, Queue: client, Inspect: inspect, Log: slog.New(slog.DiscardHandler)}
}

func (g *ground) server(handlers map[string]queue.Handler) *queue.Server {
	g.T.Helper()
	s, err := queue.NewServer(g.redis.URL(), queue.ServerOptions{Queues: tasks.Queues()}, handlers)
	if err != nil {
		g.T.Fatal(err)
	}
	if err := s.Start(); err != nil {
		g.T.Fatal(err)
	}
	return s
}

// TestArchivedTaskDoesNotJamItsJob: Asynq gave a task up, here because the worker is too old to know its kind, and keeps it.
func TestArchivedTaskDoesNotJamItsJob(t *testing.T) {
	t.Parallel()
	bothRedises(t, func(t *testing.T, r testkit.RedisServer) {
		g := newGround(t, testkit.DB(t), r)
		ctx := context.Background()
		number := g.SendRequest(g.Resident("197701172392"), "KS")
		relay := g.inProcess()
		old := g.server(map[string]queue.Handler{})
		if err := relay.Once(ctx); err != nil {
			t.Fatal(err)
		}
		claimed := system(t, g.Service, func(tx *models.Tx) ([]models.Job, error) {
			return tx.Enqueued(tx.Now.Add(time.Second), models.JobID{}, 100)
		})
		if len(claimed) != 2 {
			t.Fatalf("%d jobs were claimed, want fan-out and receipt", len(claimed))
		}
		queueOf := map[string]string{"fan-out": tasks.QueueCases, "mail-person": tasks.QueueMails}
		for _, j := range claimed {
			g.until("archived", func() bool {
				state, err := relay.Inspect.State(ctx, queueOf[j.Kind], tasks.TaskID(j))
				return err == nil && state == queue.Archived
			})
		}
		old.Shutdown()
		relay.Orphan = -time.Second // the world's clock stands still: any hint is old enough
		if err := relay.SweepOnce(ctx); err != nil {
			t.Fatal(err)
		}
		for _, j := range claimed {
			if state, err := relay.Inspect.State(ctx, queueOf[j.Kind], tasks.TaskID(j)); err != nil || state != queue.Absent {
				t.Errorf("%s: the archived task is %s, %v", j.Key, state, err)
			}
		}
		now := g.server(tasks.Handlers(g.Service))
		g.until("no job left", func() bool {
			if err := relay.Once(ctx); err != nil {
				t.Fatal(err)
			}
			return g.undone() == 0
		})
		now.Shutdown()
		assertWhole(t, g.World, []string{number}, 1)
		for _, j := range jobs(t, g.World, "kind = 'fan-out' and attempt <> 2") {
			t.Errorf("%s was done at attempt %d, want 2", j.Key, j.Attempt)
		}
	})
}

// TestSweepFindsWhatIsLostBehindALongQueue: more jobs wait in the queue than the sweep looks at in one go.
func TestSweepFindsWhatIsLostBehindALongQueue(t *testing.T) {
	t.Parallel()
	g := newGround(t, testkit.DB(t), testkit.MiniRedis(t))
	ctx := context.Background()
	const waiting = 230
	if err := g.DB.Owner.Exec(`insert into jobs (id, kind, key, run_at, created_at)
		select lpad(to_hex(g), 32, '0')::uuid, 'settle', 'sweep-test:' || g, ?::timestamptz, ?::timestamptz from generate_series(1, ?) g`,
		workflowtest.Start(), workflowtest.Start(), waiting).Error; err != nil {
		t.Fatal(err)
	}
	relay := g.inProcess()
	relay.Orphan = -time.Second
	if err := relay.Once(ctx); err != nil { // no server: every task waits
		t.Fatal(err)
	}
	if err := g.DB.Owner.Exec("update jobs set attempt = 7 where key = 'sweep-test:230'").Error; err != nil { // a hint that never arrived
		t.Fatal(err)
	}
	if err := relay.SweepOnce(ctx); err != nil {
		t.Fatal(err)
	}
	if free := jobs(t, g.World, "enqueued_at is null"); len(free) != 1 || free[0].Key != "sweep-test:230" {
		t.Fatalf("given back: %+v, want the one without a task", free)
	}
	// Given back and claimed anew meanwhile: the sweep's look is out of date, and the live task stays the only one.
	lost := system(t, g.Service, func(tx *models.Tx) ([]models.Job, error) {
		return tx.Enqueued(tx.Now.Add(time.Second), models.JobID{}, 1)
	})
	if err := g.DB.Owner.Exec("update jobs set attempt = attempt + 1 where id = ?", lost[0].ID).Error; err != nil {
		t.Fatal(err)
	}
	if n, err := g.Reclaim(ctx, lost); err != nil || n != 0 {
		t.Errorf("%d jobs were taken from a newer attempt, %v", n, err)
	}
}
