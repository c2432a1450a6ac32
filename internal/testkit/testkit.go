// Package testkit gives tests the real things: a PostgreSQL database of their own cloned from a migrated template, a
// real Redis, and servers that a test may stop and start. Nothing here is used by the product.
//
// A package that uses it runs its tests through Main:
//
//	func TestMain(m *testing.M) { testkit.Main(m) }
package testkit

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// ClusterVariable names the environment variable by which cmd/testenv tells test processes the superuser URL of the
// cluster they share. Without it each test process starts a cluster of its own when it first needs one.
const ClusterVariable = "INSYN_TEST_CLUSTER"

// Main runs the tests of a package, then stops what this process started and fails when goroutines are left behind.
func Main(m *testing.M, ignore ...goleak.Option) {
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintf(os.Stderr, "testkit: %v\n", err)
		code = max(code, 1)
	}
	if code == 0 {
		options := append([]goleak.Option{
			goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"), // ends a moment after DB.Close
		}, ignore...)
		if err := goleak.Find(options...); err != nil {
			fmt.Fprintf(os.Stderr, "testkit: goroutines left behind: %v\n", err)
			code = 1
		}
	}
	os.Exit(code)
}

// background is for work that must outlive a test's own context, which is cancelled before its clean-up runs.
func background() context.Context { return context.Background() }
