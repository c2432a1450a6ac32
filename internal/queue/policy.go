package queue

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
)

// ErrPolicy says that a Redis answers but is set up so that it can lose tasks.
var ErrPolicy = errors.New("redis is not set up to keep a queue")

// Policy checks that a Redis keeps what it is given: no eviction, since a Redis that evicts drops the leases of
// running tasks, and an append-only file, so that a restart does not forget. The embedded one has neither by design
// and is not asked. It reads INFO, which hosted services allow where they forbid CONFIG.
func Policy(ctx context.Context, url string) error {
	client, err := dial(url)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	text, err := client.Info(ctx).Result()
	if err != nil {
		return fmt.Errorf("ask redis for its settings: %w", err)
	}
	info := make(map[string]string)
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok {
			info[name] = value
		}
	}
	var problems []error
	if policy := info["maxmemory_policy"]; policy != "noeviction" {
		problems = append(problems, fmt.Errorf("%w: maxmemory-policy is %q, it must be noeviction", ErrPolicy, policy))
	}
	if info["aof_enabled"] != "1" {
		problems = append(problems, fmt.Errorf("%w: appendonly is off, it must be on", ErrPolicy))
	}
	return errors.Join(problems...)
}
