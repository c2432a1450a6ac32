package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
)

// account is the operating system user that runs the server, and the one that connects to it. They differ only when
// we are root, since PostgreSQL refuses to run as root.
type account struct {
	uid, gid   int
	home       string
	credential *syscall.Credential // nil: run as ourselves
	connectsAs string              // name of our own user, the peer the server sees
}

// currentAccount finds the user to run the server as.
func currentAccount() (account, error) {
	self, err := user.LookupId(strconv.Itoa(os.Geteuid()))
	if err != nil {
		return account{}, fmt.Errorf("the user id %d has no name on this machine and PostgreSQL needs one: %w", os.Geteuid(), err)
	}
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid(), home: self.HomeDir, connectsAs: self.Username}, nil
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID != nil || errGID != nil || uid == 0 {
			continue
		}
		return account{
			uid: int(uid), gid: int(gid), home: "/", connectsAs: self.Username,
			credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)},
		}, nil
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
}

// command prepares a program to run as the account, in a session of its own so that a Ctrl-C in the terminal reaches
// only us and the server is stopped in order.
func (a account) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // G204: the programs are PostgreSQL's own and /bin/sh
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: a.credential}
	// A clean environment: PGDATA, PGOPTIONS and the like of the caller must not steer the private cluster.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + a.home, "LC_ALL=" + clusterLocale(), "TZ=UTC"}
	return cmd
}

// canEnter reports whether the account may pass through dir and all folders above it.
func (a account) canEnter(ctx context.Context, dir string) bool {
	return a.command(ctx, "/bin/sh", "-c", `cd "$1"`, "sh", dir).Run() == nil
}

// clusterLocale gives UTF-8 character classes and byte order sorting where the platform has it.
func clusterLocale() string {
	if runtime.GOOS == "darwin" {
		return "en_US.UTF-8"
	}
	return "C.UTF-8"
}
