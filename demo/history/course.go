package history

import (
	"context"
	"fmt"
	"slices"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

// send has the person write and send the request, and plans what follows.
func (r *planned) send(ctx context.Context) error {
	person, err := r.person(ctx)
	if err != nil {
		return err
	}
	if r.id, err = r.lane.NewDraft(ctx, person, r.right, "sv"); err != nil {
		return err
	}
	if err := r.lane.SaveDraft(ctx, person, r.id, 1, r.fill); err != nil {
		return err
	}
	if r.number, err = r.lane.Submit(ctx, person, r.id, r.who.Identity); err != nil {
		return err
	}
	r.lane.filled++
	for i := range r.cases {
		r.follow(r.cases[i])
	}
	r.then("", r.coord, r.coordinate)
	r.then("", r.told, r.writeDown)
	r.then("", r.withdraw, r.takeBack)
	return r.lane.settle(ctx, r.id)
}

// fill fills in the draft.
func (r *planned) fill(f *workflows.DraftForm) {
	f.Email, f.Phone = r.who.email, r.who.phone
	if r.letter {
		f.Answer, f.Address = "post", r.who.address
	}
	for _, c := range r.cases {
		f.Controllers = append(f.Controllers, workflows.DraftAddressee{Controller: r.lane.cast.controllers[c.prefix].ID, About: r.about(c.prefix)})
	}
}

// then plans a step on a day after receipt, in office hours of a working day, after what was planned for the case before.
func (r *planned) then(prefix string, day int, do func(context.Context) error) {
	if day == never {
		return
	}
	t := instant(office(r.received.AddDays(day), calendar.DateOf(r.h.until)), 8+r.rnd.IntN(8), r.rnd.IntN(60))
	if earliest := r.last[prefix].Add(20 * time.Minute); t.Before(earliest) {
		t = earliest
	}
	if earliest := r.sent.Add(10 * time.Minute); t.Before(earliest) {
		t = earliest
	}
	r.last[prefix] = t
	r.lane.at(t, func(ctx context.Context) error {
		if err := missed(do(ctx)); err != nil {
			return err
		}
		return r.lane.settle(ctx, r.id)
	})
}

// office moves a Saturday or Sunday to Monday, or back to Friday where Monday would be too late.
func office(d, until calendar.Date) calendar.Date {
	forward := d
	for forward.Weekday() == time.Saturday || forward.Weekday() == time.Sunday {
		forward = forward.AddDays(1)
	}
	if d.Before(until) && !forward.Before(until) {
		for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			d = d.AddDays(-1)
		}
		return d
	}
	return forward
}

// follow plans what happens to a case.
func (r *planned) follow(p plan) {
	c := &working{planned: r, plan: p}
	type planned struct {
		day int
		do  func(context.Context) error
	}
	all := []planned{{p.diary, c.register}, {p.take, c.begin}, {p.message, c.write}, {p.thanks, c.reply}, {p.note, c.note}, {p.ask, c.ask}, {p.answer, c.answer},
		{p.extend, c.extend}, {p.search, c.find}, {p.propose, c.propose}, {p.remarks, c.remark}, {p.reply, c.mend}, {p.review, c.review},
		{p.sendBack, c.sendBack}, {p.decide, c.decide}, {p.carry, c.carryOut}, {p.open, c.open}, {p.post, c.post},
		{p.appeal, c.appeal}, {p.byLetter, c.appealByLetter}}
	slices.SortStableFunc(all, func(a, b planned) int { return a.day - b.day })
	for _, s := range all {
		r.then(p.prefix, s.day, s.do)
	}
}

func (r *planned) person(ctx context.Context) (models.Actor, error) {
	id, err := r.lane.LoginResident(ctx, r.who.Number)
	return models.ResidentActor(id), err
}

// coordinate has the servicecenter ask about the request as a whole.
func (r *planned) coordinate(ctx context.Context) error {
	who, err := r.lane.cast.staff(ctx, models.RoleServicecenter, "", r.rnd.IntN(9))
	if err != nil {
		return err
	}
	v, err := r.lane.IntakePage(ctx, who, r.number)
	if err != nil {
		return err
	}
	return r.lane.AskPerson(ctx, who, r.number, v.Request.Version, textCoordinate, calendar.Date{})
}

// writeDown has the servicecenter write down what the person answered by phone.
func (r *planned) writeDown(ctx context.Context) error {
	who, err := r.lane.cast.staff(ctx, models.RoleServicecenter, "", r.rnd.IntN(9))
	if err != nil {
		return err
	}
	v, err := r.lane.IntakePage(ctx, who, r.number)
	if err != nil {
		return err
	}
	return r.lane.RecordAnswer(ctx, who, r.number, v.Request.Version, textNames)
}

// takeBack has the person withdraw the request.
func (r *planned) takeBack(ctx context.Context) error {
	who, err := r.person(ctx)
	if err != nil {
		return err
	}
	m, err := r.lane.MyRequest(ctx, who, r.number)
	if err != nil {
		return err
	}
	return r.lane.WithdrawRequest(ctx, who, r.number, m.Version)
}

// nextDiary is the next number in a controller's own diary.
func (h *history) nextDiary(prefix string, year int) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := fmt.Sprintf("%s-%d", prefix, year)
	h.diary[key] += 3 // other cases come in between
	return fmt.Sprintf("%s-%05d", key, 11+h.diary[key])
}
