package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/internal/visitor"
)

type tourCmd struct{}

// Run plays one access request, and what can happen around it, through the public doors as the people involved, on a
// private installation of its own. It prints what each did and saw, keeps mails, letters and released material below
// INSYN_VAR/tour, and fails with one line on the first thing that is not as it should be.
func (tourCmd) Run(ctx context.Context, env environment, out io.Writer) (err error) {
	c, err := env.config()
	if err != nil {
		return err
	}
	t, err := newTour(filepath.Join(c.Var, "tour"), out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.log.Close()) }()
	if err := t.begin(ctx); err != nil {
		return err
	}
	if err := t.play(); err != nil {
		return errors.Join(err, t.end())
	}
	if err := t.end(); err != nil {
		return err
	}
	return errors.Join(t.afterwards(), t.unheard)
}

// tour is the stage: the installation, the people, the clock, and what has been promised and said so far.
type tour struct {
	ctx   context.Context //nolint:containedctx // one run from top to bottom; every step is within it
	dir   string
	out   io.Writer
	log   *os.File
	clock *tourClock
	stack *stack
	redis *redisWatch
	admin *pgx.Conn // looks behind the doors, for checks only

	people   map[string]*person
	words    []words    // what was written, and who may see it
	expected []sentMail // mails that must have been sent
	begun    time.Time  // by the machine's clock
	data     string     // the database's folder
	mails    string     // the catcher's
	claims   int        // how many things were checked

	maja    majaRequest
	omar    omarRequests
	unheard error // of writing to out

	probes int // attempts at what is not one's own
}

// tourStart is the morning the story begins: a Monday with an ordinary month before it.
func tourStart() time.Time {
	return time.Date(2027, time.February, 1, 9, 0, 0, 0, calendar.Stockholm())
}

// newTour makes the folder anew.
func newTour(dir string, out io.Writer) (*tour, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("INSYN_VAR: %w", err)
	}
	if err := os.MkdirAll(dir, 0o711); err != nil { //nolint:gosec // G301: passable for the server's own user, see startStack
		return nil, fmt.Errorf("INSYN_VAR: %w", err)
	}
	for _, sub := range []string{"mails", "letters", "released"} {
		if err := os.RemoveAll(filepath.Join(dir, sub)); err != nil {
			return nil, fmt.Errorf("INSYN_VAR: %w", err)
		}
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("INSYN_VAR: %w", err)
		}
	}
	log, err := os.Create(filepath.Join(dir, "insyn.log")) //nolint:gosec // below INSYN_VAR
	if err != nil {
		return nil, fmt.Errorf("INSYN_VAR: %w", err)
	}
	machine := clock.System()
	return &tour{dir: dir, out: out, log: log, begun: machine.Now(), people: map[string]*person{},
		clock: &tourClock{machine: machine, offset: tourStart().Sub(machine.Now())}}, nil
}

// begin starts the installation.
func (t *tour) begin(ctx context.Context) (err error) {
	t.ctx = ctx
	t.stack, err = startStack(ctx, stackOptions{Dir: filepath.Join(t.dir, "service"), Addr: "127.0.0.1:0", Clock: t.clock, Log: t.log, Say: t.out, Fresh: true})
	if err != nil {
		return err
	}
	if t.admin, err = pgx.Connect(ctx, t.stack.cluster.AdminURL(demoDatabase)); err != nil {
		return errors.Join(errors.New("look into the tour's database"), t.stack.Close())
	}
	t.mails = t.stack.MailDir
	if err := t.admin.QueryRow(ctx, "show data_directory").Scan(&t.data); err != nil {
		return errors.Join(errors.New("ask where the tour's database lies"), t.admin.Close(ctx), t.stack.Close())
	}
	if t.redis, err = watchRedis(ctx, t.stack.config.RedisURL); err != nil {
		return errors.Join(err, t.admin.Close(ctx), t.stack.Close())
	}
	return nil
}

// end stops the installation. It may be called twice.
func (t *tour) end() error {
	for _, p := range t.people {
		p.browser.Close()
	}
	if t.stack == nil {
		return nil
	}
	s := t.stack
	t.stack = nil
	return errors.Join(t.redis.stop(), t.admin.Close(context.WithoutCancel(t.ctx)), s.Close())
}

// scene is one part of the story.
type scene struct {
	title string
	play  func(*tour)
}

func scenes() []scene {
	return []scene{
		{"Maja Lindqvist begär registerutdrag av fyra", (*tour).majaAsks},
		{"Servicecenter samordnar och ser inget innehåll", (*tour).servicecenterCoordinates},
		{"Omar Haddad begär, ångrar sig och begär igen", (*tour).omarAsks},
		{"Ombuden söker, var och en för sin nämnd", (*tour).ombudsSearch},
		{"Dataskyddsombudet kontrollerar och beslutar inget", (*tour).dsoReviews},
		{"Besluten fattas av den som får", (*tour).decisionsAreMade},
		{"Registratorerna för in nummer och delgivning", (*tour).registryWorks},
		{"Maja hämtar sina svar, ett i taget", (*tour).majaReads},
		{"Administratören skriver kommunens egen text i breven", (*tour).ownTextIsWritten},
		{"Omars tid förlängs en gång, i tid", (*tour).omarWaits},
		{"Brev som inte är beslut", (*tour).lettersBesideDecisions},
		{"Omar får rättelse, Maja får nej till radering", (*tour).rightsAreUsed},
		{"Breven har den text som gällde den dagen", (*tour).lettersKeepTheirText},
		{"Överklaganden kommer in på tre sätt", (*tour).appealsCome},
		{"Ester har skyddade personuppgifter", (*tour).esterIsProtected},
		{"Ett brev, ett barn och en fullmakt", (*tour).peopleWithoutEID},
		{"Signe Åkerman begär av alla femton", (*tour).signeAsksAll},
		{"Frågor i tre nivåer, direkt till dataskyddsombudet, med kod, och en som är en begäran", (*tour).questionsAreAsked},
		{"Ingen når den andres", (*tour).nobodyReachesOthers},
		{"Administratören ger och tar roller och ser inga ärenden", (*tour).administratorWorks},
		{"Efteråt stämmer allt", (*tour).allIsWell},
	}
}

// claim is the panic of a step that found something else than it should. It is recovered in play and nowhere else, so
// that scenes read as the story they tell.
type claim struct{ err error }

// play plays every scene until something is not as it should be.
func (t *tour) play() (err error) {
	at := ""
	defer func() {
		switch v := recover().(type) {
		case nil:
		case claim:
			err = fmt.Errorf("scene “%s”: %w", at, v.err)
		default:
			panic(v)
		}
	}()
	for i, s := range scenes() {
		at = s.title
		t.print("\n%d. %s\n", i+1, s.title)
		s.play(t)
	}
	return nil
}

// fail ends the tour.
func (t *tour) fail(format string, args ...any) { panic(claim{fmt.Errorf(format, args...)}) }

// must ends the tour on an error.
func (t *tour) must(err error) {
	if err != nil {
		panic(claim{err})
	}
}

// check ends the tour unless ok. The format says what was expected and what was seen.
func (t *tour) check(ok bool, format string, args ...any) {
	t.claims++
	if !ok {
		t.fail(format, args...)
	}
}

// tell prints a line of the story.
func (t *tour) tell(format string, args ...any) { t.print("   %s\n", fmt.Sprintf(format, args...)) }

// print writes to whoever watches; that they have gone is remembered and told at the end.
func (t *tour) print(format string, args ...any) {
	if _, err := fmt.Fprintf(t.out, format, args...); err != nil {
		t.unheard = err
	}
}

// today is the story's day.
func (t *tour) today() calendar.Date { return calendar.DateOf(t.clock.Now()) }

// turnTo moves the clock forward to nine o'clock on a day, and does what the days in between bring: reminders, reviews
// whose time is out. Every morning is visited, as a worker that is running would.
func (t *tour) turnTo(day calendar.Date) {
	for t.today().Before(day) {
		next := t.today().AddDays(1)
		t.clock.moveTo(time.Date(next.Year, next.Month, next.Day, 9, 0, 0, 0, calendar.Stockholm()))
		t.must(t.stack.service.Watch(t.ctx))
	}
	t.settle()
	t.tell("· %s ·", day)
}

// settle waits until every promised effect is done.
func (t *tour) settle() {
	const patience, pause = 30 * time.Second, 20 * time.Millisecond
	machine := clock.System()
	for until := machine.Now().Add(patience); ; {
		waiting, claimed, failing, err := t.stack.service.JobCounts(t.ctx)
		t.must(err)
		if waiting+claimed == 0 {
			return
		}
		if machine.Now().After(until) {
			t.fail("expected every job done after %s, but %d wait, %d are in the queue and %d have failed", patience, waiting, claimed, failing)
		}
		select {
		case <-t.ctx.Done():
			t.must(t.ctx.Err())
		case <-time.After(pause):
		}
	}
}

// save keeps a file of the tour for whoever wants to look at it.
func (t *tour) save(folder, name string, body []byte) {
	t.must(os.WriteFile(filepath.Join(t.dir, folder, filepath.Base(name)), body, 0o600))
}

// visit gives somebody a browser of their own.
func (t *tour) visit() *visitor.Visitor {
	v, err := visitor.New(t.stack.BaseURL)
	t.must(err)
	return v
}

// tourClock runs as the machine's, at another time.
type tourClock struct {
	machine clock.Clock
	mu      sync.Mutex
	offset  time.Duration
}

// Now implements clock.Clock.
func (c *tourClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.machine.Now().Add(c.offset)
}

func (c *tourClock) moveTo(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = at.Sub(c.machine.Now())
}

// lastPart is the last part of an address's path.
func lastPart(u *url.URL) string { return u.Path[strings.LastIndexByte(u.Path, '/')+1:] }
