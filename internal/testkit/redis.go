package testkit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// RedisServer is a Redis that belongs to one test, which may make it fail.
type RedisServer interface {
	// Addr returns host:port; it stays the same over Stop and Start.
	Addr() string
	// URL returns redis://host:port/0.
	URL() string
	// FlushAll forgets everything, as a Redis without persistence does when it restarts.
	FlushAll()
	// Stop ends all connections and refuses new ones.
	Stop()
	// Start answers again. What it remembers is undefined: a real Redis without persistence forgets.
	Start()
}

// Redis starts a real redis-server for this test alone, on a free port of 127.0.0.1 and without persistence. It takes
// about 50 ms. Redis has no way to give one test its own FlushAll, so tests do not share one.
func Redis(t testing.TB) RedisServer {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		t.Fatalf("testkit: redis-server is missing; scripts/setup.sh installs it: %v", err)
	}
	dir, err := os.MkdirTemp("", "insyn-redis-")
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	r := &redisServer{t: t, binary: binary, dir: dir}
	t.Cleanup(func() {
		r.Stop()
		_ = os.RemoveAll(dir)
	})
	r.Start()
	return r
}

type redisServer struct {
	t      testing.TB
	binary string
	dir    string
	addr   string
	server *exec.Cmd
	hold   *os.File
	exited chan struct{}
}

func (r *redisServer) Addr() string { return r.addr }

func (r *redisServer) URL() string { return "redis://" + r.addr + "/0" }

func (r *redisServer) FlushAll() {
	r.t.Helper()
	client := redis.NewClient(&redis.Options{Addr: r.addr})
	defer func() { _ = client.Close() }()
	if err := client.FlushAll(background()).Err(); err != nil {
		r.t.Fatalf("testkit: flush redis: %v", err)
	}
}

func (r *redisServer) Start() {
	r.t.Helper()
	if r.server != nil {
		return
	}
	// A free port may be taken by someone else before redis-server opens it; then another one is tried. After the
	// first start the port must stay, as the test's clients hold it.
	attempts := 5
	if r.addr != "" {
		attempts = 1
	}
	var err error
	for range attempts {
		addr := r.addr
		if addr == "" {
			if addr, err = freeAddr(); err != nil {
				continue
			}
		}
		if err = r.launch(addr); err == nil {
			r.addr = addr
			return
		}
	}
	r.t.Fatalf("testkit: start redis-server: %v", err)
}

func (r *redisServer) launch(addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	// The shell ends the server when the pipe on its standard input closes, which happens even when we are killed.
	// KILL, because Redis declines TERM while it writes its first append-only file.
	const script = `"$@" & server=$!; read -r _; kill -KILL "$server" 2>/dev/null; wait "$server" 2>/dev/null`
	//nolint:gosec // G204: redis-server from PATH with our own settings
	cmd := exec.CommandContext(background(), "/bin/sh", "-c", script, "sh", r.binary,
		"--bind", host, "--port", port, "--dir", r.dir, "--save", "", "--appendonly", "no",
		"--maxmemory-policy", "noeviction", "--logfile", filepath.Join(r.dir, "redis.log"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.Stdin = read
	err = cmd.Start()
	_ = read.Close()
	if err != nil {
		_ = write.Close()
		return err
	}
	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }()
	r.server, r.hold, r.exited = cmd, write, exited
	if err := waitForRedis(addr, r.dir); err != nil {
		r.Stop()
		return err
	}
	return nil
}

// waitForRedis waits until the server at addr answers and is the one started in dir, not a stranger on that port.
func waitForRedis(addr, dir string) error {
	ctx, cancel := context.WithTimeout(background(), 10*time.Second)
	defer cancel()
	client := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
	defer func() { _ = client.Close() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		config, err := client.ConfigGet(ctx, "dir").Result()
		if err == nil {
			if here, _ := filepath.EvalSymlinks(dir); config["dir"] != here && config["dir"] != dir {
				return errors.New("the port was taken by another server")
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w", err)
		case <-tick.C:
		}
	}
}

func (r *redisServer) Stop() {
	if r.server == nil {
		return
	}
	_ = r.hold.Close()
	<-r.exited
	r.server = nil
}

func freeAddr() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // returns at once
	if err != nil {
		return "", err
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String(), nil
}

// MiniRedis starts an in-process Redis for this test alone: no program to install, and faster. Its clock stands still
// unless the test drives it; queue.StartEmbedded is the one the product runs.
func MiniRedis(t testing.TB) RedisServer {
	t.Helper()
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr("127.0.0.1:0"); err != nil {
		t.Fatalf("testkit: start miniredis: %v", err)
	}
	r := &miniRedis{t: t, server: server, addr: server.Addr(), up: true}
	t.Cleanup(r.Stop)
	return r
}

type miniRedis struct {
	t      testing.TB
	server *miniredis.Miniredis
	addr   string
	up     bool
}

func (r *miniRedis) Addr() string { return r.addr }
func (r *miniRedis) URL() string  { return "redis://" + r.addr + "/0" }
func (r *miniRedis) FlushAll()    { r.server.FlushAll() }

func (r *miniRedis) Stop() {
	if r.up {
		r.server.Close()
		r.up = false
	}
}

func (r *miniRedis) Start() {
	r.t.Helper()
	if r.up {
		return
	}
	if err := r.server.StartAddr(r.addr); err != nil {
		r.t.Fatalf("testkit: restart miniredis: %v", err)
	}
	r.up = true
}
