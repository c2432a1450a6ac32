package main

import (
	"errors"
	"slices"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/clock"
)

// allIsWell: the case closes by itself, chains hold, jobs are done, mails are those promised, nothing personal is outside.
func (t *tour) allIsWell() {
	t.turnTo(calendar.New(2027, 3, 9))
	t.resident(nameMaja).open("/mina").sees("Klart", t.maja.number)
	t.ombud("SN").open(deskCase(t.maja.caseNo("SN"))).sees("Avslutat")
	t.servicecenter().open("/arbete").sees(t.omar.kept).misses(t.maja.number)
	t.ombud("SN").open(deskCase(t.appealedCase())).sees("Utlämnat", "Överklagande")
	t.tell("Tiden att överklaga är slut. Ärendena och Majas begäran är avslutade av sig själva")
	t.nobodyIsForgotten()
	t.chainsHold()
	t.jobsAreDone()
	t.mailsAreThoseExpected()
	t.mailSaysNothing(mailMaja)
	t.mailSaysNothing(mailOmar)
	t.nothingOutside()
	t.whoSawWhat()
}

// nobodyIsForgotten: no open case is without both a human and a job, and no page failed on the way.
func (t *tour) nobodyIsForgotten() {
	for _, p := range t.people {
		for _, body := range p.shown {
			t.check(!strings.Contains(string(body), "har varken handläggare eller arbete på gång"), "%s: expected no open case without anybody, but the desk counted one", p.name)
		}
	}
}

// chainsHold runs the audit command as an operator would.
func (t *tour) chainsHold() {
	var said strings.Builder
	err := auditVerify{}.Run(t.ctx, environment{"INSYN_DATABASE_URL=" + t.stack.cluster.RuntimeURL(demoDatabase)}, &said)
	t.check(err == nil, "insyn audit verify: expected no fault, but it says: %s", strings.TrimSpace(said.String()))
	t.tell("insyn audit verify: %s", strings.TrimSpace(said.String()))
}

// jobsAreDone: every promise is kept, none given up.
func (t *tour) jobsAreDone() {
	var all, kept, failures int
	t.look([]any{&all, &kept, &failures}, "select count(*), count(*) filter (where done_at is not null and result <> 'given-up'), coalesce(sum(failures), 0) from jobs")
	t.check(all > 0 && kept == all, "expected every job done, but %d of %d are", kept, all)
	t.check(failures == 0, "expected no job to fail on the way, but there were %d failures", failures)
	t.tell("%d arbeten lovade, %d gjorda, inget misslyckades på vägen", all, kept)
}

// look reads one row behind the doors, as the database's administrator.
func (t *tour) look(into []any, statement string, args ...any) {
	t.must(t.admin.QueryRow(t.ctx, statement, args...).Scan(into...))
}

// afterwards looks through what is left on the disk when everything has stopped, and closes the books.
func (t *tour) afterwards() error {
	found, files, err := t.disk()
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return errors.New("nothing personal was to be left in plain text on the disk, but: " + strings.Join(found, "; "))
	}
	t.print("   Allt är stoppat. %d filer på disken (databas, logg, nycklar, filer) genomsökta: inget personligt i klartext\n", files)
	took := clock.System().Now().Sub(t.begun)
	t.print("\nThe tour is over: %d people, %d pages and files, %d checks, %d attempts at what is not one's own, %.0f seconds.\n",
		len(t.people), t.shownPages(), t.claims, t.probes, took.Seconds())
	t.print("Mails, letters and released material are in %s\n", t.dir)
	return nil
}

func (t *tour) shownPages() int {
	n := 0
	for _, p := range t.people {
		n += len(p.shown)
	}
	return n
}

// whoSawWhat prints the closing table and fails if anybody saw what is not theirs, or did not see what is.
func (t *tour) whoSawWhat() {
	var names []string
	for name := range t.people {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return strings.Compare(rank(t.people[a].role)+t.people[a].role+a, rank(t.people[b].role)+t.people[b].role+b)
	})
	t.print("\n   Vem såg vad? ● såg  ○ fick se, men öppnade inte  · fick inte, och såg inte\n\n")
	for i, n := range names {
		t.print("   %2d %s, %s\n", i+1, n, t.people[n].role)
	}
	t.print("\n   %-34s", "")
	for i := range names {
		t.print("%3d", i+1)
	}
	t.print("\n")
	for _, w := range t.words {
		t.row(w, names)
	}
}

func rank(role string) string {
	for i, prefix := range []string{"sökande", "utloggad", "servicecenter", "ombud", "beslutar", "dataskyddsombud", "registrator"} {
		if strings.HasPrefix(role, prefix) {
			return string(rune('a' + i))
		}
	}
	return "z"
}

func (t *tour) row(w words, names []string) {
	t.print("   %-34s", w.what)
	seen := 0
	for _, n := range names {
		mark := "·"
		if w.allows(n) {
			mark = "○"
		}
		if t.people[n].saw(w.text) {
			mark = "●"
			seen++
			t.check(w.allows(n), "%s (%s): expected never to be shown %s (“%s”), but it was on a page", n, t.people[n].role, w.what, w.text)
		}
		t.print("  %s", mark)
	}
	t.print("\n")
	t.check(seen > 0, "expected somebody to be shown %s (“%s”), but nobody was: the check is blind", w.what, w.text)
}
