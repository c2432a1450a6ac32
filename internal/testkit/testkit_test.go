package testkit_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/redis/go-redis/v9"

	"insyn/internal/postgres"
	"insyn/internal/testkit"
	"insyn/migrations"
)

func TestMain(m *testing.M) { testkit.Main(m) }

func TestEachTestHasItsOwnMigratedDatabase(t *testing.T) {
	t.Parallel()
	one, other := testkit.DB(t), testkit.DB(t)
	if err := postgres.CheckSchema(t.Context(), one.Runtime, migrations.FS); err != nil {
		t.Error(err)
	}
	if err := postgres.CheckRuntimeRole(t.Context(), one.Runtime); err != nil {
		t.Error(err)
	}
	if err := postgres.CheckRuntimeRole(t.Context(), one.Owner); err == nil {
		t.Error("the owner passes for a runtime role")
	}
	if err := one.Owner.Exec("create table only_here (id int)").Error; err != nil {
		t.Fatal(err)
	}
	if err := other.Owner.Exec("select * from only_here").Error; err == nil {
		t.Error("two tests share a database")
	}
}

func TestClusterGoesAwayAndComesBack(t *testing.T) {
	t.Parallel()
	cluster := testkit.OwnCluster(t)
	db := cluster.DB()
	cluster.StopPostgres()
	if err := db.Runtime.Exec("select 1").Error; err == nil {
		t.Error("a stopped server answers")
	}
	cluster.StartPostgres()
	if err := postgres.CheckSchema(t.Context(), db.Runtime, migrations.FS); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

func TestRedisServersFailAndForgetOnDemand(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) testkit.RedisServer{"redis": testkit.Redis, "miniredis": testkit.MiniRedis} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			client := redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1})
			t.Cleanup(func() { _ = client.Close() })
			set := func() error { return client.Set(t.Context(), "key", "value", 0).Err() }
			if err := set(); err != nil {
				t.Fatal(err)
			}
			server.FlushAll()
			if n, err := client.Exists(t.Context(), "key").Result(); err != nil || n != 0 {
				t.Errorf("after FlushAll: %d keys, %v", n, err)
			}
			server.Stop()
			server.Stop()
			if err := set(); err == nil {
				t.Error("a stopped server answers")
			}
			server.Start()
			if err := set(); err != nil {
				t.Errorf("after Start: %v", err)
			}
		})
	}
}

func TestTestenvSharesOneClusterAndPassesTheExitCode(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "testenv")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/testenv").CombinedOutput(); err != nil {
		t.Fatalf("build testenv: %v: %s", err, out)
	}
	temporary, err := testkit.ServerDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temporary) })
	cmd := exec.CommandContext(t.Context(), binary, "--", "sh", "-c", `[ -n "$`+testkit.ClusterVariable+`" ] || exit 4; exit 3`)
	cmd.Env = append(os.Environ(), "TMPDIR="+temporary)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Fatalf("got %v, want exit code 3; output %s", err, out)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("testenv leaves behind %v (%v)", left, err)
	}
}
