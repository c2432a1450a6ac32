package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
)

// MinimumMajor is the oldest major version of PostgreSQL that Insyn runs on.
const MinimumMajor = 15

// ErrNoBinaries says that the machine has no PostgreSQL server new enough for a private cluster. The wrapping error
// tells what to install.
var ErrNoBinaries = errors.New("no PostgreSQL server found")

// binaries is one installed PostgreSQL server.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(name string) string { return filepath.Join(b.dir, name) }

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// binaryPatterns lists where distributions put the server programs. They are mostly not on PATH: Debian keeps them
// aside on purpose, and Homebrew does for every version but one.
func binaryPatterns() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/usr/local/pgsql/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/opt/homebrew/opt/postgresql/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql/bin",
		"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	}
}

// candidateDirs expands PATH and the patterns to the folders that may hold a server.
func candidateDirs(path string, patterns []string) []string {
	dirs := filepath.SplitList(path)
	for _, pattern := range patterns {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			continue // the patterns are constants; a bad one finds nothing and a test sees that
		}
		dirs = append(dirs, matches...)
	}
	return dirs
}

// installed returns the usable servers in dirs, newest first. A folder counts only when all the programs a private
// cluster needs are there, since client-only packages bring some of them.
func installed(ctx context.Context, dirs []string) []binaries {
	var found []binaries
	seen := make(map[string]bool)
	for _, dir := range dirs {
		program, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres"))
		if err != nil {
			continue
		}
		home := filepath.Dir(program)
		if seen[home] {
			continue
		}
		seen[home] = true
		if _, err := os.Stat(filepath.Join(home, "initdb")); err != nil { //nolint:gosec // G703: PATH is trusted to name programs
			continue
		}
		out, err := exec.CommandContext(ctx, program, "--version").Output() //nolint:gosec // G204: the path comes from a fixed list and PATH
		if err != nil {
			continue
		}
		match := versionPattern.FindSubmatch(out)
		if match == nil {
			continue
		}
		major, err := strconv.Atoi(string(match[1]))
		if err != nil {
			continue
		}
		found = append(found, binaries{dir: home, major: major})
	}
	slices.SortStableFunc(found, func(a, b binaries) int { return cmp.Compare(b.major, a.major) })
	return found
}

// choose picks the server for a data directory: the newest for a new one (dataMajor 0), else the one of the same
// major version, because a server never opens another version's files.
func choose(found []binaries, dataMajor int, data string) (binaries, error) {
	if dataMajor == 0 {
		if len(found) > 0 && found[0].major >= MinimumMajor {
			return found[0], nil
		}
		if len(found) > 0 {
			return binaries{}, fmt.Errorf("%w: version %d in %s is too old, Insyn needs %d or newer; %s",
				ErrNoBinaries, found[0].major, found[0].dir, MinimumMajor, installHint(MinimumMajor))
		}
		return binaries{}, fmt.Errorf("%w: %s", ErrNoBinaries, installHint(MinimumMajor))
	}
	have := make([]int, 0, len(found))
	for _, b := range found {
		if b.major == dataMajor {
			return b, nil
		}
		have = append(have, b.major)
	}
	return binaries{}, fmt.Errorf(
		"the data directory %s was made by PostgreSQL %d and is left untouched: this machine has version %v; install PostgreSQL %d, or move the directory away to begin anew",
		data, dataMajor, have, dataMajor)
}

// installHint is the command that brings a server to this machine.
func installHint(major int) string {
	switch {
	case runtime.GOOS == "darwin":
		return "install it with: brew install postgresql@" + strconv.Itoa(max(major, 16))
	case isFile("/usr/bin/apt-get"):
		return "install it with: sudo apt-get update && sudo apt-get install postgresql"
	case isFile("/usr/bin/dnf"):
		return "install it with: sudo dnf install postgresql-server"
	case isFile("/sbin/apk"):
		return fmt.Sprintf("install it with: apk add postgresql%d", major)
	default:
		return fmt.Sprintf("install the PostgreSQL server, version %d or newer (initdb and postgres), on PATH", major)
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}
