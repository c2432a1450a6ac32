package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// DefaultTimeout bounds one run of a task that names no other.
const DefaultTimeout = 10 * time.Minute

// ErrBadURL says that a Redis URL cannot be read. The parser's own text is left out, as it can repeat the password.
var ErrBadURL = errors.New("the Redis URL cannot be read; it looks like redis://:password@host:6379/0, rediss://, redis-socket:// or redis-sentinel://")

func connection(url string) (asynq.RedisConnOpt, error) {
	option, err := asynq.ParseRedisURI(url)
	if err != nil {
		return nil, ErrBadURL
	}
	return option, nil
}

// dial opens a plain Redis client for a URL.
func dial(url string) (redis.UniversalClient, error) {
	option, err := connection(url)
	if err != nil {
		return nil, err
	}
	client, ok := option.MakeRedisClient().(redis.UniversalClient)
	if !ok {
		return nil, ErrBadURL
	}
	return client, nil
}

// Task is one hint.
type Task struct {
	// ID is "job:attempt". While a task of that id is in the queue a second one is not taken.
	ID string
	// Kind selects the handler.
	Kind string
	// JobID is all the handler gets.
	JobID string
	// Queue is the name of the queue; a server serves those it was told of.
	Queue string
	// ProcessAt is the earliest start; the zero time means now.
	ProcessAt time.Time
	// Retries is how often Asynq itself tries again after a failure before it archives the task. 0, the rule, leaves
	// that to the database, where the next attempt gets an id of its own.
	Retries int
	// Timeout bounds one run; 0 means DefaultTimeout. The handler's context ends with it.
	Timeout time.Duration
}

// Client puts tasks into the queue. It is safe for concurrent use.
type Client struct {
	asynq *asynq.Client
}

// NewClient prepares a client for a Redis URL. Nothing is connected yet.
func NewClient(url string) (*Client, error) {
	option, err := connection(url)
	if err != nil {
		return nil, err
	}
	return &Client{asynq: asynq.NewClient(option)}, nil
}

// Enqueue puts the task into its queue. That the same task is there already is success: a relay that died between
// enqueueing and noting so does it twice. An archived task of the same id counts as there, too; see Inspector.
func (c *Client) Enqueue(ctx context.Context, t Task) error {
	if t.ID == "" || t.Kind == "" || t.JobID == "" || t.Queue == "" {
		return errors.New("enqueue: a task needs id, kind, job id and queue")
	}
	if t.Timeout == 0 {
		t.Timeout = DefaultTimeout
	}
	// Never Unique beside TaskID: when the id conflicts Asynq leaves the unique lock behind with no task.
	options := []asynq.Option{asynq.TaskID(t.ID), asynq.Queue(t.Queue), asynq.MaxRetry(t.Retries), asynq.Timeout(t.Timeout)}
	if !t.ProcessAt.IsZero() {
		options = append(options, asynq.ProcessAt(t.ProcessAt))
	}
	_, err := c.asynq.EnqueueContext(ctx, asynq.NewTask(t.Kind, []byte(t.JobID)), options...)
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		return fmt.Errorf("enqueue task %s: %w", t.ID, err)
	}
	return nil
}

// Ping reports whether Redis answers.
func (c *Client) Ping() error {
	if err := c.asynq.Ping(); err != nil {
		return fmt.Errorf("reach redis: %w", err)
	}
	return nil
}

// Close ends the connections.
func (c *Client) Close() error {
	if err := c.asynq.Close(); err != nil {
		return fmt.Errorf("close queue client: %w", err)
	}
	return nil
}
