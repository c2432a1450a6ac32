package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"insyn/internal/clock"
	"insyn/internal/queue"
)

type demoCmd struct {
	Fresh   bool `help:"Throw away yesterday's data and start over."`
	History bool `help:"Make two years of requests at the first start." default:"true" negatable:""`
}

// Run starts everything, says where it is and who can log in as what, and stops it all at Ctrl-C.
func (d demoCmd) Run(ctx context.Context, env environment, out io.Writer) (err error) {
	c, err := env.config()
	if err != nil {
		return err
	}
	if strings.HasPrefix(c.BaseURL, "https:") {
		return errors.New("INSYN_BASE_URL: the demo's secrets are no secrets; it does not run under https")
	}
	dir := filepath.Join(c.Var, "demo")
	if err := os.MkdirAll(dir, 0o711); err != nil { //nolint:gosec // G301: passable for the server's own user, see startStack
		return fmt.Errorf("INSYN_VAR: %w", err)
	}
	logPath := filepath.Join(dir, "insyn.log")
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // below INSYN_VAR
	if err != nil {
		return fmt.Errorf("INSYN_VAR: %w", err)
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	slog.SetDefault(newLog(log, "info")) // for the few lines of libraries and of texts that are missing
	queue.RouteRedisLog(slog.Default())
	s, err := startStack(ctx, stackOptions{Dir: dir, Addr: c.Addr, Clock: clock.System(), Log: log, Say: out, Fresh: d.Fresh, History: d.History})
	if err != nil {
		return err
	}
	if err := d.welcome(out, s, logPath); err != nil {
		return errors.Join(err, s.Close())
	}
	err = s.Wait()
	return errors.Join(err, s.Close())
}

// welcome prints the addresses and who can log in as what.
func (demoCmd) welcome(out io.Writer, s *stack, logPath string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\nInsyn is running. Everything is made up; nothing leaves this machine.\n\n")
	fmt.Fprintf(&b, "  residents     %s\n  staff         %s/arbete\n  mails         %s\n  log           %s\n\n", s.BaseURL, s.BaseURL, s.MailURL, logPath)
	fmt.Fprintf(&b, "Log in by choosing a person; there are no passwords.\n\n  residents\n")
	for _, p := range demoResidents() {
		fmt.Fprintf(&b, "    %-24s %s\n", p.GivenName+" "+p.FamilyName, p.Description)
	}
	fmt.Fprintf(&b, "  staff\n")
	for _, line := range demoDesks(s.Roster) {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	if s.history {
		fmt.Fprintf(&b, "\nTwo years of history are being made; the desks fill as you look, and what you send waits until it is there.\n")
	}
	fmt.Fprintf(&b, "\nCtrl-C stops it. The data stay for the next start; make demo FRESH=1 starts over.\n")
	_, err := io.WriteString(out, b.String())
	return err
}
