package tasks_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"insyn/handlers/tasks"
	"insyn/internal/clock"
	"insyn/internal/mail"
	"insyn/internal/testkit"
	"insyn/models"
	"insyn/workflows/workflowtest"
)

// ground is a world whose jobs are done by processes of their own, over a real queue and real SMTP.
type ground struct {
	*workflowtest.World
	redis   testkit.RedisServer
	catcher *mail.Catcher
	offset  time.Duration
	log     syncBuffer
	again   map[string]int // by job id: how often its mail was taken without a receipt, because of a kill
	seen    int            // keys of Redis that were looked at for personal data
}

// syncBuffer gathers what several processes write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newGround(t *testing.T, db *testkit.Database, redis testkit.RedisServer) *ground {
	t.Helper()
	catcher, err := mail.StartCatcher("127.0.0.1:0", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = catcher.Close() })
	return &ground{World: workflowtest.On(t, db), redis: redis, catcher: catcher, offset: workflowtest.Start().Sub(clock.System().Now()), again: map[string]int{}}
}

// tick moves the world's clock to where the processes' clocks are.
func (g *ground) tick() { g.Clock.Set(clock.System().Now().Add(g.offset)) }

// process is one that was started.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	held   chan struct{}
	exited chan struct{}
}

func (g *ground) start(f fault) *process { return g.startChild(child{Fault: f}) }

func (g *ground) startChild(c child) *process {
	g.T.Helper()
	c.DatabaseURL, c.RedisURL, c.SMTPURL, c.Keys, c.Files, c.Offset = g.DB.RuntimeURL, g.redis.URL(), g.catcher.URL(), g.KeysDir, g.Files, g.offset
	if c.Concurrency == 0 {
		c.Concurrency = 4
	}
	settings, err := json.Marshal(c)
	if err != nil {
		g.T.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		g.T.Fatal(err)
	}
	p := &process{cmd: exec.CommandContext(context.Background(), self), held: make(chan struct{}, 1), exited: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), childVariable+"="+string(settings))
	p.cmd.Stderr = &g.log
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		g.T.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		g.T.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		g.T.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if lines.Text() == "held" {
				p.held <- struct{}{}
			}
		}
		_ = p.cmd.Wait()
	}()
	g.T.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.exited
	})
	return p
}

// patience bounds every wait for a process; a healthy one needs a fraction of it.
//
// A task whose end the queue could not write down while Redis was away is found by asynq itself: when its lease has run out
// (30 s), is 30 s past that, and the recoverer comes round (60 s). That is two minutes, and the sweep needs a moment more.
const patience = 4 * time.Minute

func (g *ground) wait(what string, done <-chan struct{}) {
	g.T.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		g.T.Fatalf("%s: waited %s in vain; log:\n%s", what, patience, g.log.String())
	}
}

// killed waits until the process has been killed at its step; that it ended otherwise is a failure.
func (g *ground) killed(p *process, step string) {
	g.T.Helper()
	g.wait("kill at "+step, p.exited)
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		g.T.Fatalf("%s: the process ended as %s; log:\n%s", step, p.cmd.ProcessState, g.log.String())
	}
}

// heldAt waits until the process stands still at its step.
func (g *ground) heldAt(p *process) {
	g.T.Helper()
	select {
	case <-p.held:
	case <-p.exited:
		g.T.Fatalf("the process ended as %s; log:\n%s", p.cmd.ProcessState, g.log.String())
	case <-time.After(patience):
		g.T.Fatalf("waited %s for the step in vain; log:\n%s", patience, g.log.String())
	}
}

// goOn lets a held process go on.
func (g *ground) goOn(p *process) {
	g.T.Helper()
	if _, err := io.WriteString(p.in, "on\n"); err != nil {
		g.T.Fatal(err)
	}
}

// stop asks a process to end, and demands that it was still there and ends well.
func (g *ground) stop(p *process) {
	g.T.Helper()
	select {
	case <-p.exited:
		g.T.Fatalf("the worker had ended by itself: %s; log:\n%s", p.cmd.ProcessState, g.log.String())
	default:
	}
	_ = p.in.Close()
	g.wait("stop", p.exited)
	if !p.cmd.ProcessState.Success() {
		g.T.Errorf("the worker ended as %s; log:\n%s", p.cmd.ProcessState, g.log.String())
	}
}

// until polls a condition of other processes, which give no signal.
func (g *ground) until(what string, ok func() bool) {
	g.T.Helper()
	deadline := time.After(patience)
	for tick := time.NewTicker(25 * time.Millisecond); ; {
		if ok() {
			tick.Stop()
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			g.T.Fatalf("%s: waited %s in vain; left: %+v; log:\n%s", what, patience, jobs(g.T, g.World, "done_at is null"), g.log.String())
		}
	}
}

func (g *ground) undone() int {
	g.T.Helper()
	return query[int](g.T, g.World, "select count(*) from jobs where done_at is null")[0]
}

// quiet waits until no job is left.
func (g *ground) quiet() {
	g.T.Helper()
	g.until("no job left", func() bool { return g.undone() == 0 })
}

func (g *ground) client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: g.redis.Addr(), MaxRetries: -1})
}

// leases of dead workers run out: Asynq's are thirty seconds and are believed for thirty more. Here that time passes at once.
func (g *ground) leasesRunOut() {
	g.T.Helper()
	c := g.client()
	defer func() { _ = c.Close() }()
	ctx := context.Background()
	for q := range tasks.Queues() {
		key := "asynq:{" + q + "}:lease"
		ids, err := c.ZRange(ctx, key, 0, -1).Result()
		if err != nil {
			g.T.Fatal(err)
		}
		for _, id := range ids {
			if err := c.ZAdd(ctx, key, redis.Z{Score: float64(clock.System().Now().Add(-2 * time.Minute).Unix()), Member: id}).Err(); err != nil {
				g.T.Fatal(err)
			}
		}
	}
}

// redisText is all that Redis holds, keys and values.
func (g *ground) redisText() string {
	g.T.Helper()
	c := g.client()
	defer func() { _ = c.Close() }()
	ctx := context.Background()
	keys, err := c.Keys(ctx, "*").Result()
	if err != nil {
		g.T.Fatal(err)
	}
	g.seen += len(keys)
	var out strings.Builder
	for _, key := range keys {
		out.WriteString(key + "\n")
		kind, err := c.Type(ctx, key).Result()
		var values []string
		switch {
		case err != nil:
		case kind == "string":
			var v string
			v, err = c.Get(ctx, key).Result()
			values = []string{v}
		case kind == "hash":
			var m map[string]string
			m, err = c.HGetAll(ctx, key).Result()
			for k, v := range m {
				values = append(values, k, v)
			}
		case kind == "list":
			values, err = c.LRange(ctx, key, 0, -1).Result()
		case kind == "set":
			values, err = c.SMembers(ctx, key).Result()
		case kind == "zset":
			values, err = c.ZRange(ctx, key, 0, -1).Result()
		}
		if err != nil && !errors.Is(err, redis.Nil) {
			g.T.Fatal(err)
		}
		out.WriteString(strings.Join(values, "\n") + "\n")
	}
	return out.String()
}

// torn counts, after a kill, how often the mail server has taken mails without a receipt being written: such a mail comes again.
func (g *ground) torn() int {
	g.T.Helper()
	for _, j := range jobs(g.T, g.World, "kind in ('mail-person', 'mail-staff') and done_at is null") {
		for _, c := range g.catcher.Messages() {
			if c.ID == j.ID.String() {
				g.again[c.ID] = c.Count
			}
		}
	}
	n := 0
	for _, count := range g.again {
		n += count
	}
	return n
}

// assertNothingHalf: after a kill no effect is there whose receipt is not. That the next run would find the effect and do
// nothing more is a second safety, not this one.
func (g *ground) assertNothingHalf(step string) {
	g.T.Helper()
	half := query[string](g.T, g.World, `select j.key from jobs j where j.done_at is null and case j.kind
		when 'fan-out' then exists (select from events e where e.stream_id = j.request_id and e.kind = 'fanned-out')
			or exists (select from cases c where c.request_id = j.request_id)
		when 'release' then exists (select from events e where e.stream_id = j.case_id and e.kind = 'released')
			or exists (select from files f where f.case_id = j.case_id and f.released_at is not null)
		when 'notify' then exists (select from jobs m where m.key = j.key || ':' || (m.data->>'staff'))
		else false end`)
	for _, key := range half {
		g.T.Errorf("%s: the effect of %s is there, its receipt is not", step, key)
	}
}

// assertMails: each mail that was promised came once, and once more for each receipt that was lost on purpose, as the same
// mail under the same Message-ID. Nothing else came.
func (g *ground) assertMails() {
	g.T.Helper()
	caught := map[string]mail.Caught{}
	for _, c := range g.catcher.Messages() {
		caught[c.ID] = c
	}
	promised := jobs(g.T, g.World, "kind in ('mail-person', 'mail-staff')")
	for _, j := range promised {
		if got, want := caught[j.ID.String()].Count, 1+g.again[j.ID.String()]; got != want {
			g.T.Errorf("mail %s came %d times, want %d", j.Key, got, want)
		}
		delete(caught, j.ID.String())
	}
	for id, c := range caught {
		g.T.Errorf("mail %s (%q) was not promised", id, c.Subject)
	}
	if len(promised) == 0 {
		g.T.Error("no mail was promised: nothing was looked at")
	}
}

// assertNothingPersonal: neither the processes' logs nor Redis nor the mails hold anything of the person or the case.
func (g *ground) assertNothingPersonal() {
	g.T.Helper()
	noPerson(g.T, "log", g.log.String())
	noPerson(g.T, "redis", g.redisText())
	noPerson(g.T, "jobs", dump(g.T, g.World, "jobs"))
	for _, c := range g.catcher.Messages() {
		noPerson(g.T, "mail", c.Subject+"\n"+c.Text+"\n"+c.HTML)
	}
}

// ready makes a case of a fanned-out request ready to decide.
func (g *ground) ready(prefix, number string) {
	g.T.Helper()
	c := number + "-" + prefix
	if prefix == "BUN" {
		g.SearchOne(prefix, c, models.Release, "")
		g.Propose(prefix, c, models.OutcomeGranted)
		return
	}
	g.SearchNothing(prefix, c)
	g.Propose(prefix, c, models.OutcomeNothingFound)
}

// bothRedises runs a test on a real Redis and on the embedded one.
func bothRedises(t *testing.T, test func(t *testing.T, r testkit.RedisServer)) {
	t.Helper()
	for name, start := range map[string]func(testing.TB) testkit.RedisServer{"redis": testkit.Redis, "miniredis": testkit.MiniRedis} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t))
		})
	}
}
