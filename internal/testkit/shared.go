package testkit

import (
	"context"
	"errors"
	"os"
	"sync"

	"insyn/internal/postgres"
)

// shared holds the servers of this test process. It is state of the package because the tests of one process share
// nothing else; every access goes through its lock.
var shared sharedServers //nolint:gochecknoglobals // see above

type sharedServers struct {
	mu       sync.Mutex
	dir      string // of the private cluster, "" when none was started
	cluster  *postgres.Private
	template string
}

// adminURL returns the superuser URL of the cluster for this process.
func (s *sharedServers) adminURL(ctx context.Context) (string, error) {
	if url := os.Getenv(ClusterVariable); url != "" {
		return url, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cluster == nil {
		dir, err := ServerDir()
		if err != nil {
			return "", err
		}
		s.dir = dir
		if s.cluster, err = StartCluster(ctx, dir); err != nil {
			return "", err
		}
	}
	return s.cluster.AdminURL("postgres"), nil
}

func (s *sharedServers) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var problems []error
	if s.cluster != nil {
		problems = append(problems, s.cluster.Stop(), postgres.RemovePrivate(background(), s.dir))
		s.cluster = nil
	}
	if s.dir != "" {
		problems = append(problems, os.RemoveAll(s.dir))
	}
	return errors.Join(problems...)
}

// ServerDir makes a new folder for a server, which its user may pass through even when root runs the tests.
func ServerDir() (string, error) {
	dir, err := os.MkdirTemp("", "insyn-test-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711) //nolint:gosec // G302: see above; what lies inside is 0700
}

// StartCluster starts a fast throw-away cluster in dir that ends with this process.
func StartCluster(ctx context.Context, dir string) (*postgres.Private, error) {
	return postgres.StartPrivate(ctx, postgres.PrivateOptions{Dir: dir, Tethered: true, MaxConnections: 500})
}
