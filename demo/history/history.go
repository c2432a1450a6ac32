// Package history makes the past of Exempelby kommun: two years of requests that are closed, and those of the last weeks at
// every stage. It is made through the use cases, as staff and residents would, with a clock that is set to each day in turn;
// only the mails of the past are sent to nobody. The same first day gives the same history.
package history

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/internal/mail"
	"insyn/models"
	"insyn/workflows"
)

// Silence is the mailer of the past: it takes every mail and sends none.
type Silence struct{}

// Send drops the mail.
func (Silence) Send(context.Context, mail.Message) error { return nil }

// Options say how much history there is to be.
type Options struct {
	Until  time.Time // the first start; nothing is made at or after it
	Closed int       // about how many cases of the past two years
}

// DefaultClosed is how many closed cases the demo has, about.
const DefaultClosed = 400

// Lane is one of those who make the history side by side: the use cases with a clock of their own and a mailer that sends
// nothing, on one database.
type Lane struct {
	*workflows.Service
	Clock *clock.Settable
}

// history is the making of it: what is to happen, in the order of time.
type history struct {
	until time.Time
	lanes []*lane
	mu    sync.Mutex
	diary map[string]int // by prefix and year: the last number in the controller's own diary
}

// lane is a lane with what is to happen on it.
type lane struct {
	Lane
	steps  steps
	order  int
	cast   *cast
	filled int // requests that were sent
}

// Make makes the history. The database must hold Exempelby and no request. No worker may run meanwhile: it would do the jobs of
// the past today. Requests that people send meanwhile are left alone, with their jobs. Returns how many requests were made. On
// an error what was made until then stays.
func Make(ctx context.Context, lanes []Lane, o Options) (int, error) {
	h := &history{until: o.Until, diary: map[string]int{}}
	for _, l := range lanes {
		c, err := newCast(ctx, l.Service)
		if err != nil {
			return 0, err
		}
		h.lanes = append(h.lanes, &lane{Lane: l, cast: c})
	}
	begin := o.Until
	for i, r := range append(h.past(o.Closed), h.present()...) {
		r.lane = h.lanes[i%len(h.lanes)]
		r.lane.at(r.sent, r.send)
		if r.sent.Before(begin) {
			begin = r.sent
		}
	}
	err := h.play(ctx, begin)
	made := 0
	for _, l := range h.lanes {
		made += l.filled
	}
	return made, err
}

// play goes through the days. What follows from the date alone is looked after in rounds, as a worker would; between two rounds
// the lanes go side by side.
func (h *history) play(ctx context.Context, from time.Time) error {
	const round = 48 * time.Hour
	for ; from.Before(h.until); from = from.Add(round) {
		to := from.Add(round)
		if to.After(h.until) {
			to = h.until
		}
		group, together := errgroup.WithContext(ctx)
		for _, l := range h.lanes {
			group.Go(func() error { return l.play(together, to) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
		if err := h.lanes[0].round(ctx, to.Add(-time.Second)); err != nil {
			return fmt.Errorf("history until %s: %w", calendar.DateOf(to), err)
		}
	}
	return nil
}

// play does the lane's steps before an instant.
func (l *lane) play(ctx context.Context, to time.Time) error {
	for len(l.steps) > 0 && l.steps[0].at.Before(to) {
		next, _ := heap.Pop(&l.steps).(step)
		l.Clock.Set(next.at)
		if err := next.do(ctx); err != nil {
			return fmt.Errorf("history on %s: %w", calendar.DateOf(next.at), err)
		}
	}
	return nil
}

// round is what a worker does by itself: reminders, reviews whose time is out, periods of appeal that are over.
func (l *lane) round(ctx context.Context, at time.Time) error {
	l.Clock.Set(at)
	if err := l.Watch(ctx); err != nil {
		return err
	}
	for {
		jobs, err := l.Claim(ctx, 100)
		if err != nil || len(jobs) == 0 {
			return err
		}
		if err := l.run(ctx, jobs); err != nil {
			return err
		}
	}
}

// settle does every job that a request is waiting for.
func (l *lane) settle(ctx context.Context, r models.RequestID) error {
	for {
		var jobs []models.Job
		err := l.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
			jobs, err = tx.JobsOf(r)
			return err
		})
		if err != nil || len(jobs) == 0 {
			return err
		}
		if err := l.run(ctx, jobs); err != nil {
			return err
		}
	}
}

func (l *lane) run(ctx context.Context, jobs []models.Job) error {
	for _, j := range jobs {
		if err := l.RunJob(ctx, j.ID); err != nil {
			return fmt.Errorf("job %s: %w", j.Kind, err)
		}
	}
	return nil
}

// at puts a step into the order of time.
func (l *lane) at(t time.Time, do func(context.Context) error) {
	l.order++
	heap.Push(&l.steps, step{t, l.order, do})
}

// step is something that happens at an instant.
type step struct {
	at    time.Time
	order int // of two at once the one that was planned first
	do    func(context.Context) error
}

// steps is a heap, the earliest first.
type steps []step

func (s steps) Len() int      { return len(s) }
func (s steps) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s steps) Less(i, j int) bool {
	if s[i].at.Equal(s[j].at) {
		return s[i].order < s[j].order
	}
	return s[i].at.Before(s[j].at)
}

// Push implements heap.Interface.
func (s *steps) Push(x any) {
	if v, ok := x.(step); ok {
		*s = append(*s, v)
	}
}

// Pop implements heap.Interface.
func (s *steps) Pop() any {
	last := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return last
}

// missed tells whether the world has moved on from what was planned: the person took the request back, or a review's time
// ran out before the answer. Such a step is left out, as people would.
func missed(err error) error {
	var refusal workflows.Refusal
	if errors.Is(err, workflows.ErrConflict) || errors.As(err, &refusal) {
		return nil
	}
	return err
}

// cast is who there is: the controllers, and who works with what.
type cast struct {
	service     *workflows.Service
	controllers map[string]models.Controller // by prefix
	assignments []models.Assignment
	actors      map[actorOn]models.Actor
}

// actorOn is a member of staff on a day: rights begin and end.
type actorOn struct {
	staff models.StaffID
	day   calendar.Date
}

func newCast(ctx context.Context, s *workflows.Service) (*cast, error) {
	c := &cast{service: s, controllers: map[string]models.Controller{}, actors: map[actorOn]models.Actor{}}
	err := s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		o, err := tx.LockOrganisation()
		for _, ctl := range o.Controllers {
			c.controllers[ctl.Prefix] = ctl
		}
		c.assignments = o.Assignments
		return err
	})
	return c, err
}

// errNobody: the spreadsheets name nobody for a role on a day of the past.
var errNobody = errors.New("nobody has the role that day")

// staff is the one of those with a role at a controller today that the number picks. prefix is empty for roles of no controller.
func (c *cast) staff(ctx context.Context, role models.Role, prefix string, pick int) (models.Actor, error) {
	day := calendar.DateOf(c.service.Clock.Now())
	var able []models.StaffID
	for _, a := range c.assignments {
		if a.Role == role && a.ControllerID == c.controllers[prefix].ID && !a.ValidFrom.After(day) && (a.ValidTo.IsZero() || !a.ValidTo.Before(day)) {
			able = append(able, a.StaffID)
		}
	}
	if len(able) == 0 {
		return models.Actor{}, fmt.Errorf("%s %s: %w", role, prefix, errNobody)
	}
	key := actorOn{able[pick%len(able)], day}
	if a, ok := c.actors[key]; ok {
		return a, nil
	}
	a, _, _, err := c.service.StaffActor(ctx, key.staff)
	c.actors[key] = a
	return a, err
}
