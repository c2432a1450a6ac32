package queue_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"insyn/internal/queue"
	"insyn/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// onEach runs a test on the real Redis and on the embedded one.
func onEach(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		test(t, testkit.Redis(t).URL())
	})
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, embedded(t).URL())
	})
}

func embedded(t *testing.T) *queue.Embedded {
	t.Helper()
	e, err := queue.StartEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func client(t *testing.T, url string) *queue.Client {
	t.Helper()
	c, err := queue.NewClient(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func inspector(t *testing.T, url string) *queue.Inspector {
	t.Helper()
	i, err := queue.NewInspector(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	return i
}

func raw(t *testing.T, url string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func serve(t *testing.T, url string, o queue.ServerOptions, handlers map[string]queue.Handler) *queue.Server {
	t.Helper()
	o.Queues = map[string]int{"urgent": 6, "normal": 1}
	s, err := queue.NewServer(url, o, handlers)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	return s
}

func enqueue(t *testing.T, c *queue.Client, task queue.Task) {
	t.Helper()
	if err := c.Enqueue(t.Context(), task); err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, jobs <-chan string) string {
	t.Helper()
	select {
	case job := <-jobs:
		return job
	case <-time.After(20 * time.Second):
		t.Fatal("no task arrived")
		return ""
	}
}

// eventually polls Redis, which tells no one when Asynq has filed a task away.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline:
			t.Fatalf("never happened: %s", what)
		case <-tick.C:
		}
	}
}

func stateIs(t *testing.T, i *queue.Inspector, queueName, id string, want queue.State) func() bool {
	return func() bool {
		got, err := i.State(t.Context(), queueName, id)
		if err != nil {
			t.Fatal(err)
		}
		return got == want
	}
}

func TestTaskReachesItsHandlerWithTheJobIDOnly(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		jobs := make(chan string, 10)
		serve(t, url, queue.ServerOptions{}, map[string]queue.Handler{
			"letter": func(_ context.Context, job string) error { jobs <- job; return nil },
		})
		c, i := client(t, url), inspector(t, url)
		enqueue(t, c, queue.Task{ID: "a:0", Kind: "letter", JobID: "a", Queue: "normal"})
		enqueue(t, c, queue.Task{ID: "b:0", Kind: "letter", JobID: "b", Queue: "urgent", ProcessAt: time.Now().Add(time.Second)})
		if got := receive(t, jobs); got != "a" {
			t.Errorf("got %q first", got)
		}
		if got := receive(t, jobs); got != "b" {
			t.Errorf("got %q second", got)
		}
		eventually(t, "both tasks gone", stateIs(t, i, "urgent", "b:0", queue.Absent))
	})
}

func TestEnqueueingTwiceIsSuccessAndOneTask(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		c, i := client(t, url), inspector(t, url)
		task := queue.Task{ID: "a:0", Kind: "letter", JobID: "a", Queue: "normal"}
		enqueue(t, c, task)
		enqueue(t, c, task)
		depth, err := i.Depth(t.Context(), "normal")
		if err != nil || depth != (queue.Depth{Pending: 1}) {
			t.Errorf("got %+v, %v", depth, err)
		}
	})
}

func TestEnqueueRefusesAnIncompleteTask(t *testing.T) {
	t.Parallel()
	c := client(t, embedded(t).URL())
	for _, task := range []queue.Task{{}, {ID: "a:0", Kind: "k", JobID: "a"}, {ID: "a:0", Kind: "k", Queue: "normal"}} {
		if err := c.Enqueue(t.Context(), task); err == nil {
			t.Errorf("took %+v", task)
		}
	}
}

var errPermanent = errors.New("cannot reach Anna Andersson, Storgatan 1")

func TestFailureLeavesACodeAndNothingElse(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		var logged strings.Builder
		log := slog.New(slog.NewTextHandler(&locked{w: &logged}, nil))
		s := serve(t, url, queue.ServerOptions{Log: log, Classify: func(err error) queue.Failure {
			if errors.Is(err, errPermanent) {
				return queue.Failure{Code: "moved", Permanent: true}
			}
			return queue.Failure{Code: err.Error()} // a careless caller
		}}, map[string]queue.Handler{
			"permanent": func(context.Context, string) error { return fmt.Errorf("send: %w", errPermanent) },
			"sentence":  func(context.Context, string) error { return errors.New("Anna Andersson is away") },
			"panic":     func(context.Context, string) error { panic("Anna Andersson again") },
		})
		c, i := client(t, url), inspector(t, url)
		for _, kind := range []string{"permanent", "sentence", "panic", "unheard-of"} {
			retries := 0
			if kind == "permanent" {
				retries = 5
			}
			enqueue(t, c, queue.Task{ID: kind + ":0", Kind: kind, JobID: kind, Queue: "normal", Retries: retries})
			eventually(t, kind+" archived", stateIs(t, i, "normal", kind+":0", queue.Archived))
		}
		s.Shutdown()

		kept := dump(t, raw(t, url))
		for _, code := range []string{"moved", queue.CodeInternal, queue.CodePanic, queue.CodeUnknownKind} {
			if !strings.Contains(kept, code) || !strings.Contains(logged.String(), code) {
				t.Errorf("the code %q is missing in redis or the log", code)
			}
		}
		for where, text := range map[string]string{"redis": kept, "the log": logged.String()} {
			if strings.Contains(text, "Anna") || strings.Contains(text, "Storgatan") {
				t.Errorf("personal data in %s: %s", where, text)
			}
		}
	})
}

func TestArchivedTaskBlocksItsIDUntilDeleted(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		var healthy atomic.Bool
		jobs := make(chan string, 1)
		serve(t, url, queue.ServerOptions{}, map[string]queue.Handler{"letter": func(_ context.Context, job string) error {
			if !healthy.Load() {
				return errors.New("not yet")
			}
			jobs <- job
			return nil
		}})
		c, i := client(t, url), inspector(t, url)
		task := queue.Task{ID: "a:0", Kind: "letter", JobID: "a", Queue: "normal"}
		if deleted, err := i.DeleteArchived(t.Context(), "normal", "a:0"); deleted || err != nil {
			t.Errorf("deleted a task that was never there: %v, %v", deleted, err)
		}
		enqueue(t, c, task)
		eventually(t, "archived", stateIs(t, i, "normal", "a:0", queue.Archived))
		healthy.Store(true)
		enqueue(t, c, task)
		if !stateIs(t, i, "normal", "a:0", queue.Archived)() {
			t.Error("an archived task was replaced; then nobody needs to delete it")
		}
		if deleted, err := i.DeleteArchived(t.Context(), "normal", "a:0"); !deleted || err != nil {
			t.Fatalf("deleted %v, %v", deleted, err)
		}
		enqueue(t, c, task)
		if got := receive(t, jobs); got != "a" {
			t.Errorf("got %q", got)
		}
	})
}

func TestLiveTaskIsSeenAfterRedisForgotEverything(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		c, i := client(t, url), inspector(t, url)
		task := queue.Task{ID: "a:0", Kind: "letter", JobID: "a", Queue: "normal"}
		enqueue(t, c, task)
		if err := raw(t, url).FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		if !stateIs(t, i, "normal", "a:0", queue.Absent)() {
			t.Error("the task survived the flush")
		}
		if err := raw(t, url).FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		enqueue(t, c, task) // the same client, which believes Redis knows the queue
		if !stateIs(t, i, "normal", "a:0", queue.Live)() {
			t.Error("the task enqueued after the flush is not seen")
		}
		if deleted, err := i.DeleteArchived(t.Context(), "normal", "a:0"); deleted || err != nil {
			t.Errorf("a live task was deleted: %v, %v", deleted, err)
		}
	})
}

func TestServerWorksAgainAfterRedisWasAway(t *testing.T) {
	t.Parallel()
	server := testkit.Redis(t)
	jobs := make(chan string, 10)
	serve(t, server.URL(), queue.ServerOptions{}, map[string]queue.Handler{
		"letter": func(_ context.Context, job string) error { jobs <- job; return nil },
	})
	c := client(t, server.URL())
	server.Stop()
	if err := c.Ping(); err == nil {
		t.Error("a stopped redis answers")
	}
	server.Start()
	task := queue.Task{ID: "a:0", Kind: "letter", JobID: "a", Queue: "normal"}
	eventually(t, "enqueued", func() bool { return c.Enqueue(t.Context(), task) == nil })
	if got := receive(t, jobs); got != "a" {
		t.Errorf("got %q", got)
	}
}

func TestHandlerEndsWithItsTimeout(t *testing.T) {
	t.Parallel()
	url := embedded(t).URL()
	var kept atomic.Value
	serve(t, url, queue.ServerOptions{}, map[string]queue.Handler{"slow": func(ctx context.Context, _ string) error {
		<-ctx.Done()
		kept.Store(true)
		return ctx.Err()
	}})
	c, i := client(t, url), inspector(t, url)
	enqueue(t, c, queue.Task{ID: "a:0", Kind: "slow", JobID: "a", Queue: "normal", Timeout: time.Second})
	eventually(t, "archived", stateIs(t, i, "normal", "a:0", queue.Archived))
	eventually(t, "handler saw it", func() bool { return kept.Load() == true })
}

func TestEmbeddedExpiresByTheClock(t *testing.T) {
	t.Parallel()
	e := embedded(t)
	r := raw(t, e.URL())
	if err := r.Set(t.Context(), "lease", "held", 50*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the key expires", func() bool { return r.Exists(t.Context(), "lease").Val() == 0 })
}

func TestEmbeddedWantsItsPassword(t *testing.T) {
	t.Parallel()
	o, err := redis.ParseURL(embedded(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	stranger := redis.NewClient(&redis.Options{Addr: o.Addr})
	defer func() { _ = stranger.Close() }()
	if err := stranger.Set(t.Context(), "key", "value", 0).Err(); err == nil {
		t.Error("a stranger may write")
	}
}

func TestPolicyNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	server := testkit.Redis(t) // noeviction, but without an append-only file
	err := queue.Policy(t.Context(), server.URL())
	if !errors.Is(err, queue.ErrPolicy) || !strings.Contains(err.Error(), "appendonly") || strings.Contains(err.Error(), "maxmemory") {
		t.Errorf("got %v", err)
	}
	r := raw(t, server.URL())
	for _, setting := range [][2]string{{"appendonly", "yes"}, {"maxmemory-policy", "volatile-lru"}} {
		if err := r.ConfigSet(t.Context(), setting[0], setting[1]).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := queue.Policy(t.Context(), server.URL()); err == nil || !strings.Contains(err.Error(), "volatile-lru") || strings.Contains(err.Error(), "appendonly") {
		t.Errorf("got %v", err)
	}
	if err := r.ConfigSet(t.Context(), "maxmemory-policy", "noeviction").Err(); err != nil {
		t.Fatal(err)
	}
	if err := queue.Policy(t.Context(), server.URL()); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestBadURLDoesNotRepeatThePassword(t *testing.T) {
	t.Parallel()
	_, err := queue.NewClient("redis://:hemligt@host:not-a-port/0")
	if !errors.Is(err, queue.ErrBadURL) || strings.Contains(err.Error(), "hemligt") {
		t.Errorf("got %v", err)
	}
}

// dump returns everything Redis holds, as text.
func dump(t *testing.T, r *redis.Client) string {
	t.Helper()
	var out strings.Builder
	keys, err := r.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		out.WriteString(key + "\n")
		kind := r.Type(t.Context(), key).Val()
		switch kind {
		case "hash":
			fmt.Fprintln(&out, r.HGetAll(t.Context(), key).Val())
		case "zset":
			fmt.Fprintln(&out, r.ZRange(t.Context(), key, 0, -1).Val())
		case "set":
			fmt.Fprintln(&out, r.SMembers(t.Context(), key).Val())
		case "list":
			fmt.Fprintln(&out, r.LRange(t.Context(), key, 0, -1).Val())
		case "string":
			fmt.Fprintln(&out, r.Get(t.Context(), key).Val())
		default:
			t.Fatalf("key %s has the unexpected type %s", key, kind)
		}
	}
	return out.String()
}
