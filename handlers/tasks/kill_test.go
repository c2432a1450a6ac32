package tasks_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"insyn/internal/testkit"
	"insyn/models"
)

// steps are the failpoints between a change and its receipt, in the order of a job's life.
func steps() []string {
	return []string{"relay-claimed", "sweep-looked", "relay-enqueued", "job-begun", "fan-out-case", "effect-before-receipt", "mail-sending", "mail-sent",
		"mail-receipted", "release-checked", "release-written", "job-done"}
}

// TestWorkerKilledAtEachStepTwice: while requests come in and cases are decided, worker after worker is killed at each step.
// In the end everything is as if none had been.
func TestWorkerKilledAtEachStepTwice(t *testing.T) {
	t.Parallel()
	bothRedises(t, func(t *testing.T, r testkit.RedisServer) {
		g := newGround(t, testkit.DB(t), r)
		rounds := 2
		if strings.HasSuffix(t.Name(), "/miniredis") {
			rounds = 1 // of one mind with Redis; here it is the processes that take the time
		}
		maja := g.Resident("197701172392")
		var first, all []string
		for range len(steps()) {
			first = append(first, g.SendRequest(maja, "KS", "BUN"))
		}
		worker := g.start(fault{})
		g.quiet()
		g.stop(worker)
		var decidable [][2]string
		for _, number := range first {
			for _, prefix := range []string{"KS", "BUN"} {
				g.ready(prefix, number)
				decidable = append(decidable, [2]string{prefix, number + "-" + prefix})
			}
		}
		lost := 0 // receipts of mails: one for each kill at mail-sent, and only there
		for i, step := range steps() {
			for round := range rounds {
				g.tick()
				all = append(all, g.SendRequest(maja, "KS", "SN", "BUN", "EBAB"))
				d := decidable[rounds*i+round]
				g.Decide(d[0], d[1])
				if step == "sweep-looked" {
					// Something must be lost for a sweep to find it.
					g.killed(g.start(fault{Step: "relay-claimed", Nth: 1}), "relay-claimed")
				}
				nth := 1
				if step == "relay-enqueued" || step == "fan-out-case" {
					nth += round // in the middle
				}
				g.killed(g.start(fault{Step: step, Nth: nth}), step)
				if g.undone() == 0 && step != "job-done" && step != "mail-receipted" {
					t.Errorf("%s: nothing was left undone by the kill", step)
				}
				if step == "mail-sent" {
					lost++
				}
				if n := g.torn(); n != lost {
					t.Fatalf("%s: %d receipts of mails are lost, want %d", step, n, lost)
				}
				g.assertNothingHalf(step)
				noPerson(t, "redis after "+step, g.redisText())
				g.leasesRunOut()
			}
		}
		one, other := g.start(fault{}), g.start(fault{})
		g.quiet()
		g.stop(one)
		g.stop(other)
		assertWhole(t, g.World, first, 2)
		assertWhole(t, g.World, all, 4)
		assertReleasedOnce(t, g.World, rounds*len(steps()))
		g.assertMails()
		g.assertNothingPersonal()
	})
}

// TestWorkerKilledWithItsTasks waits for Asynq's own lease to run out: no hand helps.
func TestWorkerKilledWithItsTasks(t *testing.T) {
	t.Parallel()
	bothRedises(t, func(t *testing.T, r testkit.RedisServer) {
		g := newGround(t, testkit.DB(t), r)
		maja := g.Resident("197701172392")
		var numbers []string
		for range 3 {
			numbers = append(numbers, g.SendRequest(maja, "KS", "SN", "BUN", "EBAB"))
		}
		g.killed(g.start(fault{Step: "effect-before-receipt", Nth: 2}), "effect-before-receipt")
		if g.undone() == 0 {
			t.Fatal("nothing was left undone by the kill")
		}
		g.assertNothingHalf("effect-before-receipt")
		worker := g.start(fault{})
		g.quiet()
		g.stop(worker)
		assertWhole(t, g.World, numbers, 4)
		g.assertMails()
	})
}

// TestDeciderKilledBetweenFilesAndDecision: the letter lies sealed in the store and the decision was never made. The next one
// makes its own, and the sweep removes what nobody speaks of.
func TestDeciderKilledBetweenFilesAndDecision(t *testing.T) {
	t.Parallel()
	g := newGround(t, testkit.DB(t), testkit.MiniRedis(t))
	number := g.Request(g.Resident("197701172392"), "BUN")
	g.ready("BUN", number)
	kept := g.stored()
	decider := g.As("decider BUN")
	g.killed(g.startChild(child{Fault: fault{Step: "decide-stored", Nth: 1}, Decide: &deciding{Staff: decider.Staff, Case: number + "-BUN"}}), "decide-stored")
	orphans := g.stored()
	for name := range kept {
		delete(orphans, name)
	}
	if len(orphans) < 2 || g.Case(number+"-BUN").State != models.CaseReady {
		t.Fatalf("after the kill: %d new files and a case that is %s, want letter and extract and a case that is ready", len(orphans), g.Case(number+"-BUN").State)
	}
	g.Decide("BUN", number+"-BUN")
	g.Work()
	assertReleasedOnce(t, g.World, 1)
	known := g.stored()
	for name := range orphans {
		delete(known, name)
	}
	g.Clock.Set(time.Now().Add(time.Minute))
	if n, err := g.SweepFiles(context.Background(), time.Hour); err != nil || n != 0 {
		t.Fatalf("fresh bytes: %d swept, %v", n, err)
	}
	if n, err := g.SweepFiles(context.Background(), 0); err != nil || n != len(orphans) {
		t.Fatalf("%d swept, %v; want %d", n, err, len(orphans))
	}
	left := g.stored()
	if len(left) != len(known) {
		t.Errorf("%d files are left, want %d", len(left), len(known))
	}
	for name := range known {
		if !left[name] {
			t.Errorf("%s was swept though a record speaks of it", name)
		}
	}
}

// stored lists the files in the store.
func (g *ground) stored() map[string]bool {
	g.T.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(g.Files, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			found[path] = true
		}
		return err
	})
	if err != nil {
		g.T.Fatal(err)
	}
	return found
}
