package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// The roles every cluster of Insyn has. In an installation they are made by its database administrator; a private
// cluster makes them itself.
const (
	// OwnerRole migrates and owns the schema. No running service connects as it.
	OwnerRole = "insyn_owner"
	// AppRole is what serve and worker run as: it owns nothing and cannot bypass row-level security.
	AppRole = "insyn_app"
	// adminRole is the superuser of a private cluster.
	adminRole = "postgres"
)

// PrivateOptions says how a private cluster is run.
type PrivateOptions struct {
	// Dir holds the cluster: data, log and lock. It is made when missing and may have any name.
	Dir string
	// Fsync makes commits survive a power cut. Only tests go without.
	Fsync bool
	// Tethered ends the server when this process ends, however it ends. Without it a killed process leaves the
	// server running, and the next start on the same Dir takes over.
	Tethered bool
	// MaxConnections is the server's limit; 0 means 100.
	MaxConnections int
	// Logins are further roles that may log in, for tests of other roles. They must be made by the caller.
	Logins []string
	// Log receives a line for each longer step; nil means silence. The server's own log is postgres.log in Dir.
	Log io.Writer
}

// Private is a running PostgreSQL server of our own. It listens on a unix socket in a folder of mode 0700, on no TCP
// port, and tells its users apart by asking the kernel who connects (peer), so there are no passwords to keep.
// It is safe for concurrent use.
type Private struct {
	place   place
	account account
	tether  *tether
	server  *exec.Cmd
	exited  chan struct{}

	stop    sync.Once
	stopErr error
}

// StartPrivate starts the cluster in o.Dir, making it the first time, and returns when it answers. The server of a
// process that was killed is stopped first. A data directory of another major version is named in the error and
// never touched.
func StartPrivate(ctx context.Context, o PrivateOptions) (*Private, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	who, err := currentAccount()
	if err != nil {
		return nil, err
	}
	at, err := newPlace(o.Dir)
	if err != nil {
		return nil, err
	}
	p, err := startIn(ctx, at, who, o)
	if err != nil {
		at.release()
		return nil, err
	}
	return p, nil
}

func startIn(ctx context.Context, at place, who account, o PrivateOptions) (*Private, error) {
	at = at.findHome(ctx, who)
	major, err := at.dataMajor()
	if err != nil {
		return nil, err
	}
	bin, err := choose(installed(ctx, candidateDirs(os.Getenv("PATH"), binaryPatterns())), major, at.data())
	if err != nil {
		return nil, err
	}
	if at, err = at.prepare(who); err != nil {
		return nil, err
	}
	if major == 0 {
		_, _ = fmt.Fprintf(o.Log, "making a PostgreSQL %d cluster in %s\n", bin.major, at.home)
		if err := initCluster(ctx, at, who, bin, o.Fsync); err != nil {
			return nil, err
		}
	}
	orphan, err := at.stopOrphan(ctx)
	if err != nil {
		return nil, err
	}
	if orphan {
		_, _ = fmt.Fprintf(o.Log, "stopped the PostgreSQL server an earlier run left behind\n")
	}
	if err := writeAccess(at, who, o.Logins); err != nil {
		return nil, err
	}
	p := &Private{place: at, account: who, exited: make(chan struct{})}
	if err := p.launch(ctx, bin, o); err != nil {
		return nil, err
	}
	if err := p.ensureRoles(ctx); err != nil {
		_ = p.shutDown()
		return nil, err
	}
	return p, nil
}

// initCluster runs initdb beside the final place and renames, so that a killed initdb is never taken for a cluster.
func initCluster(ctx context.Context, at place, who account, bin binaries, fsync bool) error {
	fresh := filepath.Join(at.home, "data.new")
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("remove a half-made cluster: %w", err)
	}
	if err := ownFolder(fresh, who); err != nil {
		return err
	}
	args := []string{
		"-D", fresh, "--username=" + adminRole, "--auth-local=peer", "--auth-host=reject",
		"--encoding=UTF8", "--locale=" + clusterLocale(), "--no-instructions",
	}
	if !fsync {
		args = append(args, "--no-sync")
	}
	if out, err := who.command(ctx, bin.path("initdb"), args...).CombinedOutput(); err != nil {
		_ = os.RemoveAll(fresh)
		return fmt.Errorf("make the private cluster: %w: %s", err, tail(out, 600))
	}
	if err := os.Rename(fresh, at.data()); err != nil {
		return fmt.Errorf("put the private cluster in place: %w", err)
	}
	return nil
}

// writeAccess lets our own user in as each of the roles, over the socket only. It is written at each start, since the
// cluster may be started by root one day and by its owner another.
func writeAccess(at place, who account, logins []string) error {
	var ident strings.Builder
	for _, role := range append([]string{adminRole, OwnerRole, AppRole}, logins...) {
		fmt.Fprintf(&ident, "insyn %s %s\n", quoteConf(who.connectsAs), quoteConf(role))
	}
	for name, text := range map[string]string{
		"pg_hba.conf":   "local all all peer map=insyn\n",
		"pg_ident.conf": ident.String(),
	} {
		// The files exist since initdb and belong to the server's user; writing keeps owner and mode.
		if err := os.WriteFile(filepath.Join(at.data(), name), []byte(text), 0o600); err != nil {
			return fmt.Errorf("write access rules of the private cluster: %w", err)
		}
	}
	return nil
}

func quoteConf(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// settings are given on the command line, which wins over files in the data directory.
func settings(at place, o PrivateOptions) []string {
	connections := o.MaxConnections
	if connections == 0 {
		connections = 100
	}
	pairs := []string{
		"listen_addresses=",
		"port=" + socketPort,
		"unix_socket_directories=" + quoteConf(at.socket),
		"unix_socket_permissions=0700",
		"max_connections=" + strconv.Itoa(connections),
		"shared_buffers=64MB",
		"timezone=UTC",
		"log_timezone=UTC",
		"lc_messages=C",
		// Statements and error texts carry values, and values are personal data: the log gets neither.
		"logging_collector=off",
		"log_statement=none",
		"log_min_messages=fatal",
		"log_min_error_statement=panic",
		"log_error_verbosity=terse",
		"log_parameter_max_length=0",
		"log_parameter_max_length_on_error=0",
	}
	if !o.Fsync {
		pairs = append(pairs, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"max_wal_size=4GB", "checkpoint_timeout=30min", "autovacuum_naptime=10min")
	}
	args := []string{"-D", at.data()}
	for _, pair := range pairs {
		args = append(args, "-c", pair)
	}
	return args
}

// launch starts the server and waits until it answers.
func (p *Private) launch(ctx context.Context, bin binaries, o PrivateOptions) error {
	logFile, err := os.OpenFile(p.place.logFile(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("open the log of the private cluster: %w", err)
	}
	defer func() { _ = logFile.Close() }()
	// The server outlives ctx, which bounds only the start; Stop ends it.
	p.server = p.account.command(context.WithoutCancel(ctx), bin.path("postgres"), settings(p.place, o)...)
	p.server.Stdout, p.server.Stderr = logFile, logFile
	if err := p.server.Start(); err != nil {
		return fmt.Errorf("start the private cluster: %w", err)
	}
	go func() {
		_ = p.server.Wait() // how it ended stands in its log
		close(p.exited)
	}()
	if o.Tethered {
		if p.tether, err = newTether(p.server.Process.Pid); err != nil {
			_ = p.shutDown()
			return err
		}
	}
	if err := p.waitReady(ctx); err != nil {
		_ = p.shutDown()
		text, _ := os.ReadFile(p.place.logFile())
		return fmt.Errorf("the private cluster does not start: %w: %s", err, tail(text, 600))
	}
	return nil
}

// waitReady polls until the server takes connections. Replaying the log after a crash can take a while.
func (p *Private) waitReady(ctx context.Context) error {
	var last error
	ok := waitUntil(ctx, 2*time.Minute, func() bool {
		select {
		case <-p.exited:
			return true
		default:
		}
		last = p.asAdmin(ctx, adminRole, func(*pgx.Conn) error { return nil })
		return last == nil
	})
	select {
	case <-p.exited:
		return errors.New("it ended at once")
	default:
	}
	if !ok && last == nil {
		last = ctx.Err()
	}
	return last
}

// Stop ends all connections, shuts the server down and lets go of the folder. Calling it again does nothing more.
func (p *Private) Stop() error {
	p.stop.Do(func() {
		p.stopErr = p.shutDown()
		p.place.release()
	})
	return p.stopErr
}

// Dir returns the folder the cluster was started in.
func (p *Private) Dir() string { return p.place.dir }

// Exited is closed when the server process has ended, by Stop or otherwise.
func (p *Private) Exited() <-chan struct{} { return p.exited }

func (p *Private) shutDown() error {
	p.tether.release()
	// SIGINT is the fast shutdown: roll back, checkpoint, exit. SIGQUIT leaves the clean-up to the next start.
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		_ = p.server.Process.Signal(signal)
		patience := time.NewTimer(stopPatience)
		select {
		case <-p.exited:
			patience.Stop()
			if p.place.socket != filepath.Join(p.place.home, "run") {
				_ = os.RemoveAll(p.place.socket)
			}
			return nil
		case <-patience.C:
		}
	}
	return errors.New("the private cluster does not stop")
}

// AdminURL connects to a database of the cluster as its superuser. For tests and the making of databases only.
func (p *Private) AdminURL(db string) string { return p.url(adminRole, db) }

// OwnerURL connects as the role that migrates and owns the schema.
func (p *Private) OwnerURL(db string) string { return p.url(OwnerRole, db) }

// RuntimeURL connects as the role the services run as.
func (p *Private) RuntimeURL(db string) string { return p.url(AppRole, db) }

// RoleURL connects as one of PrivateOptions.Logins.
func (p *Private) RoleURL(role, db string) string { return p.url(role, db) }

func (p *Private) url(role, db string) string {
	// The socket folder goes in the query: a URL's host part takes no path.
	query := url.Values{"host": {p.place.socket}, "port": {socketPort}, "user": {role}}
	// Values.Encode writes a space as +, which not every reader of such URLs takes for a space.
	return "postgres:///" + url.PathEscape(db) + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// EnsureDatabase makes the database when it is missing, owned by OwnerRole and open to AppRole.
func (p *Private) EnsureDatabase(ctx context.Context, name string) error {
	err := p.asAdmin(ctx, adminRole, func(conn *pgx.Conn) error {
		var exists bool
		if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&exists); err != nil || exists {
			return err
		}
		_, err := conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize()+" owner "+OwnerRole)
		return err
	})
	if err == nil {
		err = p.asAdmin(ctx, adminRole, func(conn *pgx.Conn) error { return GrantDatabase(ctx, conn, name) })
	}
	if err != nil {
		return fmt.Errorf("make database %s: %w", name, err)
	}
	return nil
}

// GrantDatabase closes a database to all but its owner and AppRole.
func GrantDatabase(ctx context.Context, conn *pgx.Conn, name string) error {
	db := pgx.Identifier{name}.Sanitize()
	_, err := conn.Exec(ctx, "revoke all on database "+db+" from public; grant connect on database "+db+" to "+AppRole)
	return err
}

func (p *Private) ensureRoles(ctx context.Context) error {
	const attributes = " login nosuperuser nobypassrls nocreatedb nocreaterole noreplication"
	err := p.asAdmin(ctx, adminRole, func(conn *pgx.Conn) error {
		for _, role := range []string{OwnerRole, AppRole} {
			var exists bool
			if err := conn.QueryRow(ctx, "select exists (select from pg_roles where rolname = $1)", role).Scan(&exists); err != nil {
				return err
			}
			verb := "create role "
			if exists {
				verb = "alter role "
			}
			if _, err := conn.Exec(ctx, verb+role+attributes); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("make the roles of the private cluster: %w", err)
	}
	return nil
}

func (p *Private) asAdmin(ctx context.Context, db string, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, p.AdminURL(db))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	return do(conn)
}

// RemovePrivate deletes the cluster of a folder, stopping a server left behind first. What else lies in dir stays.
// It refuses while a running process uses the cluster, and does nothing when there is none.
func RemovePrivate(ctx context.Context, dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		// The folder may have been deleted by hand while the data lie elsewhere, where the server's user can reach them.
		abs, err := filepath.Abs(dir)
		if err != nil || !isDir(place{dir: abs}.away()) {
			return err
		}
	}
	at, err := newPlace(dir)
	if err != nil {
		return err
	}
	defer at.release()
	who, err := currentAccount()
	if err != nil {
		return err
	}
	at = at.findHome(ctx, who)
	if _, err := at.stopOrphan(ctx); err != nil {
		return err
	}
	gone := []string{at.data(), filepath.Join(at.home, "data.new"), filepath.Join(at.home, "run"), at.logFile()}
	if at.home != at.dir {
		gone = append(gone, at.home)
	}
	for _, path := range gone {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("remove the private cluster: %w", err)
		}
	}
	return nil
}

// tail returns the end of a program's output on one line.
func tail(out []byte, limit int) string {
	out = bytes.TrimSpace(out)
	if len(out) > limit {
		out = out[len(out)-limit:]
	}
	return strings.Join(strings.Fields(string(out)), " ")
}
