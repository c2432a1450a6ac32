package tasks_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"insyn/internal/testkit"
)

// TestMain runs the tests, or is a worker process that a test started.
func TestMain(m *testing.M) {
	if settings := os.Getenv(childVariable); settings != "" {
		if err := runChild(settings); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		return
	}
	// The tests wait for processes, leases and back-offs most of their time: more of them at once than there are processors.
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	testkit.Main(m)
}
