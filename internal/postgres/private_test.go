package postgres

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestPrivateKeepsDataAcrossRestarts(t *testing.T) {
	t.Parallel()
	dir := newDir(t, "insyn spåce 'quoted' *")
	p := start(t, dir)
	database(t, p, "insyn")
	database(t, p, "insyn") // twice is fine
	owner := open(t, p.OwnerURL("insyn"))
	execute(t, owner, "create table kept (id int)", "insert into kept values (7)", "grant select on kept to insyn_app")
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(); err != nil {
		t.Fatalf("second stop: %v", err)
	}

	again := start(t, dir)
	app := open(t, again.RuntimeURL("insyn"))
	var id int
	if err := app.Raw("select id from kept").Scan(&id).Error; err != nil || id != 7 {
		t.Fatalf("got %d, %v after a restart", id, err)
	}
	if err := app.Exec("create table mine (id int)").Error; err == nil {
		t.Error("the runtime role may create tables")
	}
}

func TestPrivateIsClosedToOthers(t *testing.T) {
	t.Parallel()
	p := start(t, newDir(t, "insyn-closed"))
	info, err := os.Stat(p.place.socket)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("socket folder has mode %v", info.Mode())
	}
	admin := open(t, p.AdminURL("postgres"))
	for setting, want := range map[string]string{"listen_addresses": "", "fsync": "off", "TimeZone": "UTC"} {
		var got string
		if err := admin.Raw("select current_setting(?)", setting).Scan(&got).Error; err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", setting, got, err, want)
		}
	}
	var rights int
	err = admin.Raw(`select count(*) from pg_roles where rolname in (?, ?)
		and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication)`, OwnerRole, AppRole).Scan(&rights).Error
	if err != nil || rights != 0 {
		t.Errorf("%d roles have rights they should not have (%v)", rights, err)
	}
}

func TestPrivateInADeepFolderUsesAShortSocketPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(newDir(t, "insyn-deep"), strings.Repeat("nämndens-mapp/", 12))
	p := start(t, dir)
	if strings.HasPrefix(p.place.socket, dir) || len(p.place.socket) > socketPathLimit-len(socketName)-1 {
		t.Fatalf("socket folder %s", p.place.socket)
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(p.place.socket); !os.IsNotExist(err) {
		t.Errorf("the short socket folder is left behind: %v", err)
	}
}

// A checkout below a closed folder, as root's home is: the database user cannot reach it.
func TestPrivateInAFolderTheDatabaseUserCannotReach(t *testing.T) {
	t.Parallel()
	closed := newDir(t, "insyn-unreachable")
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, "var")
	p := start(t, dir)
	database(t, p, "insyn")
	if os.Geteuid() == 0 && p.place.home == p.place.dir {
		t.Errorf("root's cluster lies in a folder its server cannot reach: %s", p.place.home)
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	home := p.place.home
	if err := RemovePrivate(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if isDir(filepath.Join(home, "data")) {
		t.Errorf("data left behind in %s", home)
	}
}

func TestPrivateRefusesASecondProcess(t *testing.T) {
	t.Parallel()
	dir := newDir(t, "insyn-twice")
	start(t, dir)
	if _, err := StartPrivate(t.Context(), PrivateOptions{Dir: dir}); !errors.Is(err, ErrClusterInUse) {
		t.Fatalf("got %v, want ErrClusterInUse", err)
	}
	if err := RemovePrivate(t.Context(), dir); !errors.Is(err, ErrClusterInUse) {
		t.Fatalf("remove: got %v, want ErrClusterInUse", err)
	}
}

func TestPrivateNeverTouchesAnotherMajorVersion(t *testing.T) {
	t.Parallel()
	dir := newDir(t, "insyn-old")
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, "9\n", data, "PG_VERSION")
	write(t, "precious", data, "base")
	_, err := StartPrivate(t.Context(), PrivateOptions{Dir: dir})
	mustContain(t, err, data, "PostgreSQL 9", "untouched")
	entries, readErr := os.ReadDir(data)
	if readErr != nil || len(entries) != 2 {
		t.Errorf("the data directory changed: %v, %v", entries, readErr)
	}

	if err := os.Remove(filepath.Join(data, "PG_VERSION")); err != nil {
		t.Fatal(err)
	}
	_, err = StartPrivate(t.Context(), PrivateOptions{Dir: dir})
	mustContain(t, err, data, "untouched")
}

func TestPrivateStartsOverAHalfMadeClusterAndAStalePid(t *testing.T) {
	t.Parallel()
	dir := newDir(t, "insyn-stale")
	if err := os.MkdirAll(filepath.Join(dir, "data.new", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := start(t, dir)
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	// The number of a living process that is no server: our own.
	write(t, strconv.Itoa(os.Getpid())+"\n"+p.place.data()+"\n", p.place.data(), "postmaster.pid")
	start(t, dir)
}

func TestPrivateSurvivesACrashOfTheServer(t *testing.T) {
	t.Parallel()
	dir := newDir(t, "insyn-crash")
	p := start(t, dir)
	database(t, p, "insyn")
	if err := p.server.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-p.Exited()
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, dir)
	open(t, again.RuntimeURL("insyn"))
}

// orphanDir tells the test binary, run as a child, to start a cluster there and wait to be killed.
const orphanDir = "INSYN_TEST_ORPHAN_DIR"

// startInChild starts a cluster in another process and kills that process the hard way.
func startInChild(t *testing.T, dir string, tethered bool) {
	t.Helper()
	child := exec.CommandContext(context.Background(), os.Args[0], "-test.run=^TestChildProcess$")
	child.Env = append(os.Environ(), orphanDir+"="+dir, "INSYN_TEST_ORPHAN_TETHERED="+strconv.FormatBool(tethered))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "started" {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = child.Wait()
			return
		}
	}
	t.Fatalf("the child did not start its cluster: %v", child.Wait())
}

func TestChildProcess(t *testing.T) {
	dir := os.Getenv(orphanDir)
	if dir == "" {
		return // an ordinary run: only startInChild asks for this
	}
	if _, err := StartPrivate(t.Context(), PrivateOptions{Dir: dir, Fsync: true, Tethered: os.Getenv("INSYN_TEST_ORPHAN_TETHERED") == "true"}); err != nil {
		t.Fatal(err)
	}
	_, _ = os.Stdout.WriteString("started\n")
	select {}
}

func TestPrivateTakesOverTheOrphanOfAKilledProcess(t *testing.T) {
	t.Parallel()
	dir := newDir(t, "insyn-orphan")
	startInChild(t, dir, false)
	orphan := readPid(t, dir)
	if syscall.Kill(orphan, 0) != nil {
		t.Fatal("the server did not outlive its process; the test proves nothing")
	}
	p := start(t, dir)
	database(t, p, "insyn")
	if now := readPid(t, dir); now == orphan {
		t.Errorf("still served by the orphan %d", now)
	}
}

func TestTetheredServerEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	dir := newDir(t, "insyn-tether")
	startInChild(t, dir, true)
	gone := waitUntil(t.Context(), 15*time.Second, func() bool {
		conn, err := net.Dial("unix", filepath.Join(dir, "run", socketName))
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
	if !gone {
		t.Error("the server outlived its killed process")
	}
	if err := RemovePrivate(t.Context(), dir); err != nil {
		t.Error(err)
	}
}

func readPid(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestMissingBinariesNameTheCommand(t *testing.T) {
	t.Parallel()
	_, err := choose(installed(t.Context(), []string{t.TempDir()}), 0, "")
	if !errors.Is(err, ErrNoBinaries) {
		t.Fatalf("got %v", err)
	}
	mustContain(t, err, "install")
}

func TestChooseBinaries(t *testing.T) {
	t.Parallel()
	have := []binaries{{dir: "/b/17", major: 17}, {dir: "/b/15", major: 15}}
	for _, c := range []struct {
		dataMajor int
		want      int
	}{{0, 17}, {15, 15}, {17, 17}, {16, 0}} {
		got, err := choose(have, c.dataMajor, "/data")
		if got.major != c.want || (err != nil) != (c.want == 0) {
			t.Errorf("data of version %d: got %d, %v", c.dataMajor, got.major, err)
		}
	}
	if _, err := choose([]binaries{{dir: "/b/14", major: 14}}, 0, "/data"); !errors.Is(err, ErrNoBinaries) {
		t.Errorf("version 14: got %v", err)
	}
}

func TestFolderOfAnotherUserIsRefused(t *testing.T) {
	t.Parallel()
	who, err := currentAccount()
	if err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(newDir(t, "insyn-foreign"), "run")
	if err := os.Symlink(t.TempDir(), target); err != nil {
		t.Fatal(err)
	}
	if err := ownFolder(target, who); err == nil {
		t.Error("a planted symbolic link was taken for our folder")
	}
}
