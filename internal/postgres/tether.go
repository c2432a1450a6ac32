package postgres

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// tether is a small shell that waits on a pipe we hold and stops the server when the pipe closes without a word,
// which the kernel sees to even when we are killed.
type tether struct {
	watcher *exec.Cmd
	pipe    io.WriteCloser
}

func newTether(pid int) (*tether, error) {
	const script = `read -r word; [ "$word" = released ] || kill -INT "$1" 2>/dev/null`
	watcher := exec.CommandContext(context.Background(), "/bin/sh", "-c", script, "sh", strconv.Itoa(pid)) //nolint:gosec // G204: a constant script and a number
	watcher.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	watcher.Env = []string{"PATH=" + os.Getenv("PATH")}
	pipe, err := watcher.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("tether the private cluster: %w", err)
	}
	if err := watcher.Start(); err != nil {
		return nil, fmt.Errorf("tether the private cluster: %w", err)
	}
	return &tether{watcher: watcher, pipe: pipe}, nil
}

// release ends the watcher without harm to the server. It is safe on nil and to call twice.
func (t *tether) release() {
	if t == nil {
		return
	}
	_, _ = io.WriteString(t.pipe, "released\n")
	_ = t.pipe.Close()
	_ = t.watcher.Wait()
}
