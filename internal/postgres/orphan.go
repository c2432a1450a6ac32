package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const stopPatience = 20 * time.Second

// stopOrphan ends a server left behind by a process that was killed, so that this one starts with its own settings.
// The caller holds the lock, hence no live process of ours uses that server. A postmaster.pid without such a server
// is removed: after a reboot its number can belong to any process, and PostgreSQL would refuse to start because of it.
func (p place) stopOrphan(ctx context.Context) (found bool, err error) {
	file := filepath.Join(p.data(), "postmaster.pid")
	text, err := os.ReadFile(file) //nolint:gosec // G304: a path of our own
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read postmaster.pid: %w", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 || !servesData(ctx, pid, p.data()) {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, fmt.Errorf("remove stale postmaster.pid: %w", err)
		}
		return false, nil
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return true, fmt.Errorf("stop the server left behind (process %d): %w", pid, err)
		}
		if waitUntil(ctx, stopPatience, func() bool { return !servesData(ctx, pid, p.data()) }) {
			return true, nil
		}
	}
	return true, fmt.Errorf("the server left behind (process %d) does not stop", pid)
}

// servesData reports whether the process is a PostgreSQL server of that data directory, and not another process that
// has got its number since. A postmaster works in its data directory and names it on its command line.
func servesData(ctx context.Context, pid int, data string) bool {
	if syscall.Kill(pid, 0) != nil && !errors.Is(syscall.Kill(pid, 0), syscall.EPERM) {
		return false
	}
	if cwd, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd")); err == nil {
		return cwd == data
	}
	if cmdline, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline")); err == nil {
		return strings.Contains(string(cmdline), "\x00"+data+"\x00")
	}
	if isDir("/proc/self") {
		return false // a zombie, or gone between the two looks
	}
	out, err := exec.CommandContext(ctx, "ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output() //nolint:gosec // G204: a number
	return err == nil && strings.Contains(string(out), data)
}

// waitUntil polls a condition of another process, which sends no signal we could wait for.
func waitUntil(ctx context.Context, patience time.Duration, done func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if done() {
			return true
		}
		select {
		case <-ctx.Done():
			return done()
		case <-tick.C:
		}
	}
}
