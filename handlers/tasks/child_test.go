package tasks_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"insyn/handlers/tasks"
	"insyn/internal/clock"
	"insyn/internal/crypto"
	"insyn/internal/files"
	"insyn/internal/mail"
	"insyn/internal/postgres"
	"insyn/internal/queue"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// childVariable makes the test binary a process of its own kind: a worker, or somebody who decides.
const childVariable = "INSYN_TASKS_CHILD"

// child is what a process is told.
type child struct {
	DatabaseURL, RedisURL, SMTPURL string
	Keys, Files                    string
	Offset                         time.Duration // the world's clock before the machine's
	Concurrency                    int
	Fault                          fault
	Decide                         *deciding // nil: a worker
}

// deciding is a decision at the desk.
type deciding struct {
	Staff models.StaffID
	Case  string
}

// fault is what happens at a step, when it is come to for the nth time: the process is killed, or it says "held" and stands
// still until a line comes.
type fault struct {
	Step string
	Nth  int
	Hold bool
}

// shifted is the machine's clock, moved so that the world's days are the same whatever the day of the test.
type shifted struct {
	clock.Clock
	by time.Duration
}

func (s shifted) Now() time.Time { return s.Clock.Now().Add(s.by) }

func runChild(settings string) error {
	var c child
	if err := json.Unmarshal([]byte(settings), &c); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	lines := make(chan struct{}, 16)
	go func() { // the parent's end of the pipe closes when it wants us to stop, and when it dies
		defer stop()
		in := bufio.NewScanner(os.Stdin)
		for in.Scan() {
			lines <- struct{}{}
		}
	}()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	b := &breaker{fault: c.Fault, lines: lines}
	b.changed = sync.NewCond(&b.mu)
	s, shut, err := c.service(ctx, log, b.hit)
	if err != nil {
		return err
	}
	defer func() { _ = shut() }()
	if c.Decide != nil {
		return c.Decide.run(ctx, s)
	}
	return c.work(ctx, s, log)
}

// service is the use cases on the ground of the parent's world.
func (c child) service(ctx context.Context, log *slog.Logger, failpoint func(string)) (*workflows.Service, func() error, error) {
	clk := shifted{clock.System(), c.Offset}
	keks, err := crypto.ParseKEKs(workflowtest.KEK)
	if err != nil {
		return nil, nil, err
	}
	db, err := postgres.Open(ctx, c.DatabaseURL, postgres.Options{Now: clk.Now, Application: "insyn", Log: log})
	if err != nil {
		return nil, nil, err
	}
	keys, err := crypto.OpenKeyDir("file://"+c.Keys, keks)
	if err != nil {
		return nil, nil, err
	}
	store, err := files.OpenDir("file://" + c.Files)
	if err != nil {
		return nil, nil, err
	}
	mailer, err := mail.New(c.SMTPURL)
	if err != nil {
		return nil, nil, err
	}
	texts, err := workflowtest.Texts()
	if err != nil {
		return nil, nil, err
	}
	sealer := crypto.NewSealer(keys)
	settings := workflows.DefaultSettings()
	settings.BaseURL, settings.MailFrom = "https://insyn.exempelby.example", "Insyn <insyn@exempelby.example>"
	settings.MailLease = 5 * time.Second
	return workflows.New(workflows.Deps{Store: models.NewStore(db, sealer, clk), Sealer: sealer, Lookup: keys.LookupKey(), Vault: files.NewVault(store, sealer),
		Clock: clk, Templates: texts, Mailer: mailer, Log: log, Settings: settings, Signing: workflowtest.Signing(), Failpoint: failpoint}), func() error { return postgres.Close(db) }, nil
}

// work is what `insyn worker` does, with shorter waits.
func (c child) work(ctx context.Context, s *workflows.Service, log *slog.Logger) (err error) {
	client, err := queue.NewClient(c.RedisURL)
	if err != nil {
		return err
	}
	inspect, err := queue.NewInspector(c.RedisURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close(), inspect.Close()) }()
	server, err := queue.NewServer(c.RedisURL, queue.ServerOptions{Queues: tasks.Queues(), Concurrency: c.Concurrency, ShutdownTimeout: 5 * time.Second, Log: log},
		tasks.Handlers(s))
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	defer server.Shutdown()
	wake, err := postgres.Listen(ctx, c.DatabaseURL, models.JobChannel, log)
	if err != nil {
		return err
	}
	r := &tasks.Relay{Service: s, Queue: client, Inspect: inspect, Log: log, Wake: wake,
		Poll: 200 * time.Millisecond, Sweep: 250 * time.Millisecond, Orphan: time.Second, Watch: time.Hour, Files: time.Hour}
	return r.Run(ctx)
}

func (d deciding) run(ctx context.Context, s *workflows.Service) error {
	actor, _, _, err := s.StaffActor(ctx, d.Staff)
	if err != nil {
		return err
	}
	v, err := s.CasePage(ctx, actor, d.Case)
	if err != nil {
		return err
	}
	return s.Apply(ctx, actor, workflows.On{Case: v.Case.ID, Version: v.Case.Version}, workflows.Decide{Delegation: v.Delegations[0].ID, Unbiased: true})
}

// breaker makes the fault happen. Except at the steps of a mail itself it waits until no mail is under way: what the fault
// tears must be what the step says, not a mail that happened to be between server and receipt.
type breaker struct {
	fault
	lines <-chan struct{}

	mu      sync.Mutex
	changed *sync.Cond
	hits    int
	sending int  // mails between beginning and receipt
	closing bool // no mail begins any more
}

func (b *breaker) hit(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch name {
	case "mail-sending":
		for b.closing {
			b.changed.Wait()
		}
		b.sending++
	case "mail-receipted":
		b.sending--
		b.changed.Broadcast()
	}
	if name != b.Step {
		return
	}
	b.hits++
	if b.hits < b.Nth {
		return
	}
	if b.closing || b.hits > b.Nth {
		for b.closing && b.Hold {
			b.changed.Wait()
		}
		return
	}
	b.closing = true
	own := 0
	if name == "mail-sending" || name == "mail-sent" {
		own = 1
	}
	for b.sending > own {
		b.changed.Wait()
	}
	if !b.Hold {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	_, _ = io.WriteString(os.Stdout, "held\n")
	b.mu.Unlock()
	<-b.lines
	b.mu.Lock()
	b.closing = false
	b.changed.Broadcast()
}
