package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/hibiken/asynq"
)

// Handler does the work of a job. It must be safe to run twice, even at once.
type Handler func(ctx context.Context, jobID string) error

// Failure is all of an error that leaves a handler.
type Failure struct {
	// Code is a short constant such as "smtp-timeout": lower case letters, digits, dots and dashes.
	Code string
	// Permanent means another try would end the same; the task is archived at once.
	Permanent bool
}

// Codes of failures that this package finds itself.
const (
	CodeInternal    = "internal"
	CodePanic       = "panic"
	CodeUnknownKind = "unknown-kind"
	CodeTimeout     = "timeout"
)

var codePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)

// ServerOptions says how tasks are worked on.
type ServerOptions struct {
	// Queues names the queues to serve with their weights; a queue of weight 6 is looked at first about twice as
	// often as one of weight 3.
	Queues map[string]int
	// Concurrency is how many tasks run at once; 0 means 10.
	Concurrency int
	// ShutdownTimeout is how long Shutdown waits for running tasks; then they are handed back. 0 means 20 s.
	ShutdownTimeout time.Duration
	// Classify turns a handler's error into what may be kept and logged; nil calls everything CodeInternal.
	Classify func(error) Failure
	// Log receives one line per failure, with kind, task id and code; nil means silence.
	Log *slog.Logger
}

func (o ServerOptions) withDefaults() ServerOptions {
	if o.Concurrency == 0 {
		o.Concurrency = 10
	}
	if o.ShutdownTimeout == 0 {
		o.ShutdownTimeout = 20 * time.Second
	}
	if o.Classify == nil {
		o.Classify = func(error) Failure { return Failure{Code: CodeInternal} }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Server takes tasks from the queues and hands their job ids to the handler of their kind.
type Server struct {
	asynq    *asynq.Server
	handlers map[string]Handler
	options  ServerOptions
}

// NewServer prepares a server. handlers is not changed afterwards.
func NewServer(url string, o ServerOptions, handlers map[string]Handler) (*Server, error) {
	option, err := connection(url)
	if err != nil {
		return nil, err
	}
	if len(o.Queues) == 0 {
		return nil, errors.New("queue server: no queues named")
	}
	o = o.withDefaults()
	s := &Server{handlers: handlers, options: o}
	s.asynq = asynq.NewServer(option, asynq.Config{
		Concurrency: o.Concurrency,
		Queues:      o.Queues,
		// With the defaults (1 s and 5 s) a task waits up to 1.4 s for a free worker and a scheduled one up to 6 s.
		TaskCheckInterval:        100 * time.Millisecond,
		DelayedTaskCheckInterval: 500 * time.Millisecond,
		ShutdownTimeout:          o.ShutdownTimeout,
		RetryDelayFunc:           retryDelay,
		ErrorHandler:             asynq.ErrorHandlerFunc(s.logFailure),
		Logger:                   asynqLog{o.Log},
		LogLevel:                 asynq.WarnLevel,
	})
	return s, nil
}

// Start begins to work on tasks and returns. It fails when Redis does not answer.
func (s *Server) Start() error {
	if err := s.asynq.Ping(); err != nil {
		return fmt.Errorf("reach redis: %w", err)
	}
	if err := s.asynq.Start(asynq.HandlerFunc(s.process)); err != nil {
		return fmt.Errorf("start queue server: %w", err)
	}
	return nil
}

// Ping reports whether Redis answers.
func (s *Server) Ping() error {
	if err := s.asynq.Ping(); err != nil {
		return fmt.Errorf("reach redis: %w", err)
	}
	return nil
}

// Shutdown takes no more tasks, waits for the running ones and hands back those that do not end in time.
func (s *Server) Shutdown() { s.asynq.Shutdown() }

// failed is the only kind of error that reaches Asynq, which keeps its text in Redis.
type failed struct{ Failure }

func (f failed) Error() string { return f.Code }

// Unwrap lets Asynq see that a permanent failure is not to be tried again.
func (f failed) Unwrap() error {
	if f.Permanent {
		return asynq.SkipRetry
	}
	return nil
}

func (s *Server) process(ctx context.Context, task *asynq.Task) (err error) {
	handler, ok := s.handlers[task.Type()]
	if !ok {
		// A newer version enqueued it while this one still runs.
		return failed{Failure{Code: CodeUnknownKind}}
	}
	defer func() {
		if recover() != nil {
			// The panic's value may be personal data, so it is dropped; the stack tells where it happened.
			id, _ := asynq.GetTaskID(ctx)
			s.options.Log.ErrorContext(ctx, "job panicked", slog.String("kind", task.Type()), slog.String("task", id), slog.String("stack", string(debug.Stack())))
			err = failed{Failure{Code: CodePanic}}
		}
	}()
	if err := handler(ctx, string(task.Payload())); err != nil {
		return s.classify(ctx, err)
	}
	return nil
}

func (s *Server) classify(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return failed{Failure{Code: CodeTimeout}}
	}
	failure := s.options.Classify(err)
	if !codePattern.MatchString(failure.Code) {
		failure.Code = CodeInternal // a sentence is not a code, and may say too much
	}
	return failed{failure}
}

// logFailure is called by Asynq after each failed run, also for those that never reached process.
func (s *Server) logFailure(ctx context.Context, task *asynq.Task, err error) {
	code := CodeInternal
	var f failed
	switch {
	case errors.As(err, &f):
		code = f.Code
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, asynq.ErrLeaseExpired):
		code = CodeTimeout
	}
	id, _ := asynq.GetTaskID(ctx)
	s.options.Log.WarnContext(ctx, "job failed", slog.String("kind", task.Type()), slog.String("task", id), slog.String("code", code))
}

// retryDelay doubles from one second to ten minutes, with jitter so that tasks that failed together come back apart.
func retryDelay(retried int, _ error, _ *asynq.Task) time.Duration {
	delay := min(time.Second<<min(retried, 16), 10*time.Minute)
	return delay/2 + rand.N(delay) //nolint:gosec // G404: spreading load is no secret
}

// asynqLog passes Asynq's own lines on. They hold task ids and Redis errors; handlers' errors are codes by then.
type asynqLog struct{ log *slog.Logger }

func (l asynqLog) Debug(args ...any) {
	l.log.Debug("asynq", slog.String("remark", fmt.Sprint(args...)))
}
func (l asynqLog) Info(args ...any) { l.log.Info("asynq", slog.String("remark", fmt.Sprint(args...))) }
func (l asynqLog) Warn(args ...any) { l.log.Warn("asynq", slog.String("remark", fmt.Sprint(args...))) }
func (l asynqLog) Error(args ...any) {
	l.log.Error("asynq", slog.String("remark", fmt.Sprint(args...)))
}

// Fatal does not end the process, as Asynq's own logger would: the caller shuts down in order.
func (l asynqLog) Fatal(args ...any) {
	l.log.Error("asynq", slog.String("remark", fmt.Sprint(args...)))
}
