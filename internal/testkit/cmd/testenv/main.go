// Command testenv runs a command, mostly go test, with one throw-away PostgreSQL cluster that all its processes share:
//
//	testenv -- go test ./...
//
// It sets INSYN_TEST_CLUSTER, passes the command's exit code on and removes the cluster.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"insyn/internal/postgres"
	"insyn/internal/testkit"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: testenv -- command [argument ...]")
		return 2
	}
	// A Ctrl-C reaches the command by itself; we stay to clean up after it.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code, err := inCluster(ctx, args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "testenv: %v\n", err)
		return 1
	}
	return code
}

func inCluster(ctx context.Context, args []string) (code int, err error) {
	dir, err := testkit.ServerDir()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cluster, err := testkit.StartCluster(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer func() {
		err = errors.Join(err, cluster.Stop(), postgres.RemovePrivate(context.WithoutCancel(ctx), dir))
	}()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // G204: running a command is what it is for
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), testkit.ClusterVariable+"="+cluster.AdminURL("postgres"))
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	return 0, err
}
