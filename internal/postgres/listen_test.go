package postgres

import (
	"context"
	"testing"
	"time"
)

func signalled(t *testing.T, signals <-chan struct{}, what string) {
	t.Helper()
	select {
	case _, ok := <-signals:
		if !ok {
			t.Fatalf("%s: the channel is closed", what)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("%s: no signal", what)
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	dir := newDir(t, "insyn-listen")
	p := start(t, dir)
	database(t, p, "insyn")
	ctx, cancel := context.WithCancel(t.Context())
	signals, err := Listen(ctx, p.RuntimeURL("insyn"), `Odd "channel"`, nil)
	if err != nil {
		t.Fatal(err)
	}
	signalled(t, signals, "first connection")

	db := open(t, p.OwnerURL("insyn"))
	notify := func() { execute(t, db, `notify "Odd ""channel"""`) }
	notify()
	signalled(t, signals, "notification")
	// A burst while nobody reads is at most one waiting signal and one on its way.
	for range 50 {
		notify()
	}
	signalled(t, signals, "burst")

	admin := open(t, p.AdminURL("insyn"))
	execute(t, admin, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'insyn listener'")
	waitUntil(ctx, 30*time.Second, func() bool {
		var n int
		return admin.Raw("select count(*) from pg_stat_activity where application_name = 'insyn listener'").Scan(&n).Error == nil && n == 1
	})
	drain(signals)

	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, dir)
	signalled(t, signals, "connection after the server was away")
	execute(t, open(t, again.OwnerURL("insyn")), `notify "Odd ""channel"""`)
	signalled(t, signals, "notification after the server was away")

	cancel()
	for range signals { // closed in the end, or the test times out
	}
}

func drain(signals <-chan struct{}) {
	for {
		select {
		case <-signals:
		default:
			return
		}
	}
}

func TestListenFailsAtOnceOnAWrongURL(t *testing.T) {
	t.Parallel()
	if _, err := Listen(t.Context(), "postgres://127.0.0.1:1/insyn?connect_timeout=1", "jobs", nil); err == nil {
		t.Error("got no error")
	}
}
