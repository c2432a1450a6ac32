package queue

import (
	"context"
	"errors"
	"fmt"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// State is what the queue knows of a task.
type State string

// The states that a caller can act on.
const (
	// Absent means the queue does not know the task: done, flushed, or never enqueued.
	Absent State = "absent"
	// Live means the task waits, runs, or will be tried again.
	Live State = "live"
	// Archived means the task failed for good. It blocks its id until it is deleted.
	Archived State = "archived"
)

// Inspector looks into the queues. It is safe for concurrent use.
type Inspector struct {
	redis redis.UniversalClient
	asynq *asynq.Inspector
}

// NewInspector prepares an inspector for a Redis URL. Nothing is connected yet.
func NewInspector(url string) (*Inspector, error) {
	client, err := dial(url)
	if err != nil {
		return nil, err
	}
	return &Inspector{redis: client, asynq: asynq.NewInspectorFromRedisClient(client)}, nil
}

// Close ends the connections.
func (i *Inspector) Close() error {
	if err := i.redis.Close(); err != nil {
		return fmt.Errorf("close queue inspector: %w", err)
	}
	return nil
}

// asynqQueues is Asynq's set of queue names. A client adds a queue once in its life, so after Redis was flushed a
// queue can hold tasks and yet not be in the set, and Asynq denies that the queue exists. Adding the name mends it.
const asynqQueues = "asynq:queues"

func (i *Inspector) onQueue(ctx context.Context, queue string, do func() error) error {
	err := do()
	if !errors.Is(err, asynq.ErrQueueNotFound) {
		return err
	}
	if err := i.redis.SAdd(ctx, asynqQueues, queue).Err(); err != nil {
		return err
	}
	return do()
}

// State tells what has become of the task.
func (i *Inspector) State(ctx context.Context, queue, id string) (State, error) {
	var info *asynq.TaskInfo
	err := i.onQueue(ctx, queue, func() (err error) {
		info, err = i.asynq.GetTaskInfo(queue, id)
		return err
	})
	switch {
	case errors.Is(err, asynq.ErrTaskNotFound):
		return Absent, nil
	case err != nil:
		return "", fmt.Errorf("look up task %s: %w", id, err)
	}
	switch info.State {
	case asynq.TaskStatePending, asynq.TaskStateActive, asynq.TaskStateScheduled, asynq.TaskStateRetry, asynq.TaskStateAggregating:
		return Live, nil
	case asynq.TaskStateArchived:
		return Archived, nil
	case asynq.TaskStateCompleted:
		return Absent, nil
	default:
		return "", fmt.Errorf("look up task %s: unknown state %v", id, info.State)
	}
}

// DeleteArchived removes an archived task so that its id is free again, and tells whether there was one. A task in
// any other state stays.
func (i *Inspector) DeleteArchived(ctx context.Context, queue, id string) (bool, error) {
	state, err := i.State(ctx, queue, id)
	if err != nil || state != Archived {
		return false, err
	}
	err = i.asynq.DeleteTask(queue, id)
	if errors.Is(err, asynq.ErrTaskNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("delete archived task %s: %w", id, err)
	}
	return true, nil
}

// Depth is how many tasks of a queue are in each state.
type Depth struct {
	Pending, Active, Scheduled, Retry, Archived int
}

// Depth counts the tasks of one queue.
func (i *Inspector) Depth(ctx context.Context, queue string) (Depth, error) {
	var info *asynq.QueueInfo
	err := i.onQueue(ctx, queue, func() (err error) {
		info, err = i.asynq.GetQueueInfo(queue)
		return err
	})
	if err != nil {
		return Depth{}, fmt.Errorf("count tasks of queue %s: %w", queue, err)
	}
	return Depth{Pending: info.Pending, Active: info.Active, Scheduled: info.Scheduled, Retry: info.Retry, Archived: info.Archived}, nil
}
