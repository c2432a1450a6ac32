package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// socketPathLimit is the longest path of a unix socket that works on both Linux (107) and macOS (103).
const socketPathLimit = 103

const socketPort = "5432"

const socketName = ".s.PGSQL." + socketPort

// place is where a private cluster keeps its things.
type place struct {
	dir    string // what the caller named, absolute
	home   string // holds data; dir, or a folder outside when the account cannot reach dir
	socket string
	lock   *os.File
}

func (p place) data() string    { return filepath.Join(p.home, "data") }
func (p place) logFile() string { return filepath.Join(p.dir, "postgres.log") }
func (p place) key() string {
	sum := sha256.Sum256([]byte(p.dir))
	return "insyn-" + hex.EncodeToString(sum[:6])
}

// away is the home used when the account cannot reach dir, as when root starts a demo in its home. It survives
// a reboot, unlike /tmp.
func (p place) away() string { return filepath.Join("/var/tmp", p.key()) }

// newPlace makes dir and takes the lock that keeps two processes from running one cluster. The kernel lets go of the
// lock when its holder dies, so it is never stale.
func newPlace(dir string) (place, error) {
	if strings.ContainsAny(dir, "\n\x00") {
		return place{}, errors.New("the folder of the private cluster has a line break in its name")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return place{}, fmt.Errorf("find folder of the private cluster: %w", err)
	}
	if err := os.MkdirAll(abs, 0o711); err != nil { //nolint:gosec // G301: the server's user must pass through; what lies inside is 0700
		return place{}, fmt.Errorf("make folder of the private cluster: %w", err)
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return place{}, fmt.Errorf("find folder of the private cluster: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(abs, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return place{}, fmt.Errorf("open lock of the private cluster: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return place{}, fmt.Errorf("%w: %s", ErrClusterInUse, abs)
		}
		return place{}, fmt.Errorf("lock the private cluster: %w", err)
	}
	return place{dir: abs, home: abs, lock: lock}, nil
}

// ErrClusterInUse says that another running process holds the private cluster of that folder.
var ErrClusterInUse = errors.New("another running process uses the private cluster")

// release lets go of the lock. It is unlocked, not only closed: a child that another goroutine is forking this moment holds a
// copy of the descriptor until it has begun its own program, and would keep the lock for as long.
func (p place) release() {
	_ = syscall.Flock(int(p.lock.Fd()), syscall.LOCK_UN)
	_ = p.lock.Close()
}

// findHome decides where the data lie: where they already are, else below dir, else away.
func (p place) findHome(ctx context.Context, who account) place {
	switch {
	case isDir(p.data()):
	case isDir(filepath.Join(p.away(), "data")):
		p.home = p.away()
	case who.credential == nil || who.canEnter(ctx, p.dir):
	default:
		p.home = p.away()
	}
	return p
}

// prepare makes the folders for data and socket, owned by the account and closed to everyone else.
func (p place) prepare(who account) (place, error) {
	if p.home != p.dir {
		if err := ownFolder(p.home, who); err != nil {
			return p, err
		}
	}
	p.socket = filepath.Join(p.home, "run")
	if len(p.socket)+1+len(socketName) > socketPathLimit {
		p.socket = filepath.Join(os.TempDir(), p.key()+"-"+strconv.Itoa(who.uid))
		if len(p.socket)+1+len(socketName) > socketPathLimit {
			p.socket = filepath.Join("/tmp", p.key()+"-"+strconv.Itoa(who.uid))
		}
	}
	return p, ownFolder(p.socket, who)
}

// ownFolder makes path a folder of mode 0700 that belongs to the account. A folder someone else made first, as
// anyone may under /tmp, is refused rather than used.
func ownFolder(path string, who account) error {
	if err := os.Mkdir(path, 0o700); err == nil {
		if who.credential != nil {
			if err := os.Chown(path, who.uid, who.gid); err != nil {
				return fmt.Errorf("give folder to the database user: %w", err)
			}
		}
		return nil
	} else if !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make folder: %w", err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return fmt.Errorf("look at folder: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(owner.Uid) != who.uid {
		return fmt.Errorf("the folder %s is not a folder of user id %d; remove it or start as the same user as before", path, who.uid)
	}
	if err := os.Chmod(path, 0o700); err != nil { //nolint:gosec // G302: a folder needs its x bit
		return fmt.Errorf("close folder to others: %w", err)
	}
	return nil
}

// dataMajor reads the major version of the data directory, 0 when there is none yet.
func (p place) dataMajor() (int, error) {
	text, err := os.ReadFile(filepath.Join(p.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		if isDir(p.data()) {
			return 0, fmt.Errorf("the data directory %s has no PG_VERSION and is left untouched: it is not a PostgreSQL cluster; move it away to begin anew", p.data())
		}
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read version of the data directory: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("the data directory %s names no major version and is left untouched", p.data())
	}
	return major, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
