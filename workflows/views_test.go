package workflows_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// view is a page that shows somebody's data: who asks for it, what it returns, and under what name it is in the read log.
type view struct {
	name string // in the read log
	who  func(s staged) models.Actor
	do   func(svc *workflows.Service, a models.Actor, s staged) (any, error)
	show func(s staged) string // an id that the log must name
}

func views() []view {
	ctx := context.Background()
	ombud := func(s staged) models.Actor { return s.As("ombud SN") }
	center := func(s staged) models.Actor { return s.As("servicecenter") }
	person := func(s staged) models.Actor { return s.maja }
	caseID := func(s staged) string { return s.Case(s.number).ID.String() }
	requestID := func(s staged) string { return s.requestRow().ID.String() }
	letterID := func(s staged) string { return s.letter().String() }
	return []view{
		{"case", ombud, func(svc *workflows.Service, a models.Actor, s staged) (any, error) {
			return svc.CasePage(ctx, a, s.number)
		}, caseID},
		{"queue", ombud, func(svc *workflows.Service, a models.Actor, _ staged) (any, error) {
			return svc.Queue(ctx, a, workflows.QueueFilter{Done: true})
		}, caseID},
		{"file", ombud, func(svc *workflows.Service, a models.Actor, s staged) (any, error) {
			body, v, err := svc.CaseFile(ctx, a, s.number, s.letter())
			if err == nil {
				return v, body.Close()
			}
			return v, err
		}, letterID},
		{"my-requests", person, func(svc *workflows.Service, a models.Actor, _ staged) (any, error) { return svc.MyRequests(ctx, a) }, requestID},
		{"my-request", person, func(svc *workflows.Service, a models.Actor, s staged) (any, error) {
			return svc.MyRequest(ctx, a, s.request)
		}, caseID},
		{"answer", person, func(svc *workflows.Service, a models.Actor, s staged) (any, error) {
			body, v, err := svc.OpenAnswer(ctx, a, s.letter())
			if err == nil {
				return v, body.Close()
			}
			return v, err
		}, letterID},
		{"intake", center, func(svc *workflows.Service, a models.Actor, _ staged) (any, error) {
			rows, more, err := svc.Intake(ctx, a, workflows.IntakeCursor{})
			if more {
				err = errors.Join(err, errors.New("more than one page"))
			}
			return rows, err
		}, requestID},
		{"intake-request", center, func(svc *workflows.Service, a models.Actor, s staged) (any, error) {
			return svc.IntakePage(ctx, a, s.request)
		}, requestID},
	}
}

// previews are the views of a case that is not released yet.
func previews() []view {
	ctx := context.Background()
	decider := func(s staged) models.Actor { return s.As("decider SN") }
	caseID := func(s staged) string { return s.Case(s.number).ID.String() }
	return []view{
		{"preview", decider, func(svc *workflows.Service, a models.Actor, s staged) (any, error) {
			return svc.Preview(ctx, a, s.number, workflows.PreviewForm{})
		}, caseID},
		{"preview-extract", decider, func(svc *workflows.Service, a models.Actor, s staged) (any, error) {
			write, err := svc.PreviewExtract(ctx, a, s.number)
			if err != nil {
				return []byte(nil), err
			}
			var b bytes.Buffer
			err = write(&b)
			return b.Bytes(), err
		}, caseID},
	}
}

// letter is the case's letter.
func (s staged) letter() models.FileID {
	s.T.Helper()
	var id models.FileID
	s.must(s.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
		d, err := tx.Decision(s.Case(s.number).ID)
		id = d.LetterID
		return err
	}))
	return id
}

// readings counts the rows of the read log for a page that show an id.
func (s staged) readings(page, id string) int {
	s.T.Helper()
	n := 0
	s.must(s.DB.Owner.Raw("select count(*) from read_log where page = ? and ?::uuid = any (shown)", page, id).Scan(&n).Error)
	return n
}

func TestEveryViewIsInTheReadLogBeforeItIsShown(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, s staged, all []view) {
		t.Helper()
		for _, v := range all {
			id, actor := v.show(s), v.who(s)
			before := s.readings(v.name, id)
			if got, err := v.do(s.Service, actor, s); err != nil || reflect.ValueOf(got).IsZero() {
				t.Errorf("%s: nothing is shown, %v", v.name, err)
			}
			if n := s.readings(v.name, id) - before; n != 1 {
				t.Errorf("%s: %d rows in the read log", v.name, n)
			}
		}
		s.must(s.DB.Owner.Exec("revoke insert on read_log from insyn_app").Error)
		for _, v := range all {
			got, err := v.do(s.Service, v.who(s), s)
			if err == nil {
				t.Errorf("%s: shown without the read log", v.name)
			}
			if r := reflect.ValueOf(got); r.IsValid() && !r.IsZero() {
				t.Errorf("%s: something is shown beside the error", v.name)
			}
		}
	}
	t.Run("released", func(t *testing.T) {
		t.Parallel()
		w := workflowtest.New(t)
		s := reach(w, w.Resident("197701172392"), stage(models.CaseReleased))
		w.Request(s.maja, "SN") // so that the servicecenter has one that is open whatever becomes of the first
		check(t, s, views())
	})
	t.Run("ready", func(t *testing.T) {
		t.Parallel()
		w := workflowtest.New(t)
		check(t, reach(w, w.Resident("197701172392"), stage(models.CaseReady)), previews())
	})
}

// counter counts the statements that reach the database.
type counter struct{ n atomic.Int64 }

func (c *counter) LogMode(logger.LogLevel) logger.Interface                        { return c }
func (c *counter) Info(context.Context, string, ...any)                            {}
func (c *counter) Warn(context.Context, string, ...any)                            {}
func (c *counter) Error(context.Context, string, ...any)                           {}
func (c *counter) Trace(context.Context, time.Time, func() (string, int64), error) { c.n.Add(1) }

// counted is the world's service, and how many statements a call of it makes.
func counted(w *workflowtest.World) (*workflows.Service, func(call func()) int64) {
	c := &counter{}
	svc := over(w, w.DB.Runtime.Session(&gorm.Session{Logger: c}), 0)
	return svc, func(call func()) int64 {
		before := c.n.Load()
		call()
		return c.n.Load() - before
	}
}

// TestNotThereAndNotYoursAreTheSameWork asks each view for what does not exist and for what is somebody else's.
func TestNotThereAndNotYoursAreTheSameWork(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	s := reach(w, w.Resident("197701172392"), stage(models.CaseReleased))
	other := w.Resident("198404012380")
	draft, err := w.NewDraft(ctx, s.maja, models.Access, "sv")
	s.must(err)
	w.Request(other, "BUN")
	const noCase, noRequest = "INS-2026-99999-SN", "INS-2026-99999"
	noFile, letter := models.NewID[models.File](), s.letter()
	svc, count := counted(w)
	bun := w.As("ombud BUN")
	for name, ask := range map[string]struct{ missing, foreign func() error }{
		"CasePage": {func() error { _, err := svc.CasePage(ctx, bun, noCase); return err }, func() error { _, err := svc.CasePage(ctx, bun, s.number); return err }},
		"CasePage by the servicecenter": {func() error { _, err := svc.CasePage(ctx, w.As("servicecenter"), noCase); return err },
			func() error { _, err := svc.CasePage(ctx, w.As("servicecenter"), s.number); return err }},
		"CaseFile":       {func() error { _, _, err := svc.CaseFile(ctx, bun, noCase, noFile); return err }, func() error { _, _, err := svc.CaseFile(ctx, bun, s.number, letter); return err }},
		"Preview":        {func() error { _, err := svc.Preview(ctx, bun, noCase, workflows.PreviewForm{}); return err }, func() error { _, err := svc.Preview(ctx, bun, s.number, workflows.PreviewForm{PDF: true}); return err }},
		"PreviewExtract": {func() error { _, err := svc.PreviewExtract(ctx, bun, noCase); return err }, func() error { _, err := svc.PreviewExtract(ctx, bun, s.number); return err }},
		"MyRequest":      {func() error { _, err := svc.MyRequest(ctx, other, noRequest); return err }, func() error { _, err := svc.MyRequest(ctx, other, s.request); return err }},
		"OpenAnswer": {func() error { _, _, err := svc.OpenAnswer(ctx, other, noFile); return err },
			func() error { _, _, err := svc.OpenAnswer(ctx, other, letter); return err }},
		"ReopenAnswer": {func() error { _, _, err := svc.ReopenAnswer(ctx, other, noFile); return err },
			func() error { _, _, err := svc.ReopenAnswer(ctx, other, letter); return err }},
		"IntakePage by an ombud": {func() error { _, err := svc.IntakePage(ctx, bun, noRequest); return err }, func() error { _, err := svc.IntakePage(ctx, bun, s.request); return err }},
		"Draft":                  {func() error { _, err := svc.Draft(ctx, other, models.NewID[models.Request]()); return err }, func() error { _, err := svc.Draft(ctx, other, draft); return err }},
		"Submit": {func() error {
			_, err := svc.Submit(ctx, other, models.NewID[models.Request](), workflowtest.Person())
			return err
		}, func() error { _, err := svc.Submit(ctx, other, draft, workflowtest.Person()); return err }},
		"DiscardDraft": {func() error { return svc.DiscardDraft(ctx, other, models.NewID[models.Request]()) }, func() error { return svc.DiscardDraft(ctx, other, draft) }},
		"Withdraw":     {func() error { return svc.WithdrawRequest(ctx, other, noRequest, 1) }, func() error { return svc.WithdrawRequest(ctx, other, s.request, 2) }},
		"Apply": {func() error {
			return svc.Apply(ctx, bun, workflows.On{Case: models.NewID[models.Case](), Version: 1}, workflows.Take{})
		}, func() error { return svc.Apply(ctx, bun, w.On(s.number), workflows.Take{}) }},
		"AddItem": {func() error {
			return svc.Record(ctx, bun, workflows.On{Case: models.NewID[models.Case](), Version: 1}, workflows.AddItem{File: workflowtest.File("a.txt", "a")})
		}, func() error {
			return svc.Record(ctx, bun, w.On(s.number), workflows.AddItem{File: workflowtest.File("a.txt", "a")})
		}},
	} {
		before := traceOf(t, w.DB.Runtime, s.number)
		var missing, foreign error
		n := count(func() { missing = ask.missing() })
		m := count(func() { foreign = ask.foreign() })
		if !errors.Is(missing, workflows.ErrNotFound) || !errors.Is(foreign, workflows.ErrNotFound) || fmt.Sprint(missing) != fmt.Sprint(foreign) {
			t.Errorf("%s: %v and %v", name, missing, foreign)
		}
		if n != m || n == 0 {
			t.Errorf("%s: %d statements for what is not there, %d for what is not theirs", name, n, m)
		}
		if after := traceOf(t, w.DB.Runtime, s.number); after != before {
			t.Errorf("%s left a trace", name)
		}
	}
}

// TestPagesAskAsMuchForManyRowsAsForFew counts the statements of a page at 3 rows and at many.
func TestPagesAskAsMuchForManyRowsAsForFew(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	s := staged{World: w, maja: maja}
	svc, count := counted(w)
	pages := map[string]func() (int, error){
		"Queue": func() (int, error) {
			q, err := svc.Queue(ctx, w.As("ombud SN"), workflows.QueueFilter{})
			return len(q.Items), err
		},
		"MyRequests": func() (int, error) { all, err := svc.MyRequests(ctx, maja); return len(all), err },
		"Intake": func() (int, error) {
			all, _, err := svc.Intake(ctx, w.As("servicecenter"), workflows.IntakeCursor{})
			return len(all), err
		},
		"MyRequest": func() (int, error) {
			m, err := svc.MyRequest(ctx, maja, s.request)
			return len(m.Cases[0].Messages), err
		},
		"CasePage": func() (int, error) {
			v, err := svc.CasePage(ctx, w.As("ombud SN"), s.number)
			return len(v.Items), err
		},
	}
	var rows, statements [2]map[string]int64
	grow := func(n int) {
		for range n {
			s.request = w.Request(maja, "SN")
		}
		s.number = s.request + "-SN"
		w.SearchNothing("SN", s.number)
		for i := range n {
			w.AddText("SN", s.number, fmt.Sprint("Anteckning ", i), "Text.", models.Release, "")
			w.Write("ombud SN", s.number, workflows.Message{Text: fmt.Sprint("Meddelande ", i)})
			w.Write("ombud SN", s.number, workflows.Note{Text: fmt.Sprint("Anteckning ", i)})
		}
		// The first look marks what is new as read.
		for _, page := range pages {
			_, err := page()
			s.must(err)
		}
	}
	for i, n := range []int{3, 20} {
		grow(n)
		rows[i], statements[i] = map[string]int64{}, map[string]int64{}
		for name, page := range pages {
			statements[i][name] = count(func() {
				n, err := page()
				s.must(err)
				rows[i][name] = int64(n)
			})
		}
	}
	for name := range pages {
		if rows[1][name] < 3*rows[0][name] || rows[0][name] == 0 {
			t.Errorf("%s: %d and %d rows", name, rows[0][name], rows[1][name])
		}
		if statements[0][name] != statements[1][name] || statements[0][name] == 0 {
			t.Errorf("%s: %d statements for %d rows, %d for %d", name, statements[0][name], rows[0][name], statements[1][name], rows[1][name])
		}
	}
}
