package desk

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/internal/oidc"
	"insyn/internal/session"
	"insyn/models"
	"insyn/workflows"
)

// fakeService answers at the border of the use cases and remembers what it was asked.
type fakeService struct {
	administrationService // asked of the real one: administration_test.go
	lettersService        // asked of the real one: ownparts_test.go
	filingService         // asked of the real one: the routes' matrix and the tour
	printService          // asked of the real one: printing_test.go

	mu      sync.Mutex
	actor   models.Actor
	staff   models.Staff
	at      []models.Controller
	queue   workflows.Queue
	view    workflows.CaseView
	intake  workflows.IntakeView
	items   []workflows.IntakeItem
	book    []workflows.RegisterView
	appeals []workflows.AppealItem
	log     []workflows.TimelineEntry
	err     error // of Apply, Record and the servicecenter's actions
	known   map[string]models.Staff

	inputs []workflows.Input
	ons    []workflows.On
	actors []models.Actor
	filter workflows.QueueFilter
	// register answers what asks for a registrator's cases, and asked is with what.
	register workflows.Queue
	asked    workflows.QueueFilter
	files    []string // contents of files taken in
	calls    []string

	unhandled int
}

func (f *fakeService) note(call string, a models.Actor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls, f.actors = append(f.calls, call), append(f.actors, a)
}

func (f *fakeService) LoginStaff(_ context.Context, _, _, mail string) (models.Staff, error) {
	f.note("login "+mail, models.Actor{})
	if s, ok := f.known[mail]; ok {
		return s, nil
	}
	return models.Staff{}, workflows.ErrForbidden
}

func (f *fakeService) StaffActor(context.Context, models.StaffID) (models.Actor, models.Staff, []models.Controller, error) {
	return f.actor, f.staff, f.at, nil
}

func (f *fakeService) Queue(_ context.Context, a models.Actor, q workflows.QueueFilter) (workflows.Queue, error) {
	if q.Registry {
		f.note("register", a)
		f.asked = q
		return f.register, nil
	}
	f.note("queue", a)
	f.filter = q
	return f.queue, nil
}

func (f *fakeService) CasePage(_ context.Context, a models.Actor, number string, _ ...workflows.MaterialAt) (workflows.CaseView, error) {
	f.note("case", a)
	if number != f.view.Case.Number {
		return workflows.CaseView{}, workflows.ErrNotFound
	}
	return f.view, nil
}

// memory is a file in memory.
type memory struct{ *strings.Reader }

func (memory) Close() error { return nil }

func (f *fakeService) CaseFile(_ context.Context, a models.Actor, number string, id models.FileID) (io.ReadSeekCloser, workflows.FileView, error) {
	f.note("file", a)
	if number != f.view.Case.Number {
		return nil, workflows.FileView{}, workflows.ErrNotFound
	}
	return memory{strings.NewReader("innehåll")}, workflows.FileView{ID: id, Name: "Maja Lindqvist.pdf", MediaType: "application/pdf", Size: 9, SHA256: "ab"}, nil
}

func (f *fakeService) Preview(_ context.Context, _ models.Actor, _ string, as workflows.PreviewForm) ([]byte, error) {
	if f.err != nil {
		return nil, f.err
	}
	if as.PDF {
		return []byte("%PDF-1.7"), nil
	}
	return []byte("<!DOCTYPE html><title>Brev</title>"), nil
}

func (f *fakeService) PreviewExtract(_ context.Context, a models.Actor, number string) (func(io.Writer) error, error) {
	f.note("extract", a)
	if number != f.view.Case.Number {
		return nil, workflows.ErrNotFound
	}
	return func(w io.Writer) error {
		if f.err != nil {
			return f.err
		}
		_, err := io.WriteString(w, "%PDF-1.7")
		return err
	}, nil
}

func (f *fakeService) Apply(_ context.Context, a models.Actor, on workflows.On, in workflows.Input) error {
	return f.take(a, on, in)
}

func (f *fakeService) Record(_ context.Context, a models.Actor, on workflows.On, in workflows.Input) error {
	if add, ok := in.(workflows.AddItem); ok && add.File != nil {
		b, err := io.ReadAll(add.File.Body)
		if err != nil {
			return err
		}
		f.files = append(f.files, string(b))
	}
	return f.take(a, on, in)
}

func (f *fakeService) take(a models.Actor, on workflows.On, in workflows.Input) error {
	f.note("take", a)
	f.inputs, f.ons = append(f.inputs, in), append(f.ons, on)
	return f.err
}

func (f *fakeService) Intake(_ context.Context, a models.Actor, _ workflows.IntakeCursor) ([]workflows.IntakeItem, bool, error) {
	f.note("intake", a)
	return f.items, false, nil
}

func (f *fakeService) IntakePage(_ context.Context, a models.Actor, number string) (workflows.IntakeView, error) {
	f.note("intake-page", a)
	if number != f.intake.Request.Number {
		return workflows.IntakeView{}, workflows.ErrNotFound
	}
	return f.intake, nil
}

func (f *fakeService) AskPerson(_ context.Context, a models.Actor, _ string, _ int, text string, until calendar.Date) error {
	f.note("ask "+text+until.String(), a)
	return f.err
}

func (f *fakeService) ForwardRequest(_ context.Context, a models.Actor, _ string, _ int, in workflows.Forward) error {
	f.note("forward "+in.Kind+" "+in.On.String(), a)
	return f.err
}

func (f *fakeService) ReceiptFile(_ context.Context, a models.Actor, number string) (io.ReadSeekCloser, workflows.FileView, error) {
	f.note("receipt "+number, a)
	return nil, workflows.FileView{}, workflows.ErrNotFound
}

func (f *fakeService) IntakeNotice(_ context.Context, a models.Actor, number string, _ models.FileID) (io.ReadSeekCloser, workflows.FileView, error) {
	f.note("notice "+number, a)
	return nil, workflows.FileView{}, workflows.ErrNotFound
}

func (f *fakeService) PassOnAppeal(_ context.Context, a models.Actor, _ string, _ int, in workflows.Paper) error {
	f.note("paper "+in.Channel+" "+in.ArrivedOn.String(), a)
	return f.err
}

func (f *fakeService) ProcessingRegister(_ context.Context, a models.Actor, r workflows.RegisterFilter) ([]workflows.RegisterView, error) {
	f.note("book "+r.Query, a)
	return f.book, nil
}

func (f *fakeService) OpenAppeals(_ context.Context, a models.Actor, _ models.ControllerID) ([]workflows.AppealItem, error) {
	f.note("appeals", a)
	return f.appeals, nil
}

func (f *fakeService) RecordAnswer(_ context.Context, a models.Actor, _ string, _ int, text string) error {
	f.note("answer "+text, a)
	return f.err
}

func (f *fakeService) AddController(_ context.Context, a models.Actor, _ string, _ int, _ models.ControllerID, reason string) error {
	f.note("add "+reason, a)
	return f.err
}

func (f *fakeService) RemoveController(_ context.Context, a models.Actor, _ string, _ int, _ models.CaseID, wish string) error {
	f.note("remove "+wish, a)
	return f.err
}

func (f *fakeService) ReadLog(_ context.Context, a models.Actor, l workflows.LogFilter) ([]workflows.TimelineEntry, error) {
	f.note("log "+l.Staff.String(), a)
	return f.log, nil
}

// fakeSessions is one browser's session.
type fakeSessions struct {
	login   *session.Login
	pending []session.Pending
	notice  string
}

func (f *fakeSessions) Handler(next http.Handler) http.Handler { return next }
func (f *fakeSessions) PutPending(_ context.Context, p session.Pending) {
	f.pending = append(f.pending, p)
}

func (f *fakeSessions) TakePending(_ context.Context, state string) (session.Pending, bool, error) {
	for i, p := range f.pending {
		if p.Flow.State == state {
			f.pending = append(f.pending[:i], f.pending[i+1:]...)
			return p, true, nil
		}
	}
	return session.Pending{}, false, nil
}

func (f *fakeSessions) Login(_ context.Context, l session.Login) error { f.login = &l; return nil }
func (f *fakeSessions) Current(context.Context) (session.Login, bool) {
	if f.login == nil {
		return session.Login{}, false
	}
	return *f.login, true
}
func (f *fakeSessions) Logout(context.Context) error            { f.login = nil; return nil }
func (f *fakeSessions) SetNotice(_ context.Context, key string) { f.notice = key }
func (f *fakeSessions) TakeNotice(context.Context) (notice string) {
	notice, f.notice = f.notice, ""
	return notice
}

// fakeLogin is a provider that knows one person.
type fakeLogin struct {
	who oidc.Identity
	err error
}

func (f *fakeLogin) Begin(_ context.Context, to string, _ oidc.Options) (string, oidc.Flow, error) {
	return "https://login.example/auth?state=s1", oidc.Flow{State: "s1", RedirectURL: to}, nil
}
func (f *fakeLogin) Finish(context.Context, oidc.Flow, url.Values) (oidc.Identity, error) {
	return f.who, f.err
}
func (f *fakeLogin) EndSessionURL(context.Context, string) (string, error) {
	return "", errors.New("no such place")
}

// bench is a desk at which somebody works.
type bench struct {
	t       *testing.T
	service *fakeService
	session *fakeSessions
	login   *fakeLogin
	site    *web.Site
	handler http.Handler
	social  models.Controller
	school  models.Controller
}

const uploadMax = 1 << 20

// newBench seats a member of staff with roles at the social committee.
func newBench(t *testing.T, roles ...models.Role) *bench {
	t.Helper()
	b := &bench{t: t, session: &fakeSessions{}, login: &fakeLogin{}}
	b.social = models.Controller{ID: models.NewID[models.Controller](), Prefix: "SN", Name: "Socialnämnden", Kind: models.KindNamnd, Sensitive: true}
	b.school = models.Controller{ID: models.NewID[models.Controller](), Prefix: "BUN", Name: "Barn- och utbildningsnämnden", Kind: models.KindNamnd}
	staff := models.Staff{ID: models.NewID[models.Staff](), Name: "Johan Ekström", Title: "Ombud"}
	b.service = &fakeService{staff: staff, at: []models.Controller{b.social}, view: searchingCase(b.social, staff.ID), known: map[string]models.Staff{}}
	b.service.actor = models.StaffActor(staff.ID, b.grants(roles...)...)
	b.session.login = &session.Login{UserID: staff.ID.String()}
	templates := newTemplates(t)
	site, err := web.New(web.Options{BaseURL: "http://desk.example", Pages: templates, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	err = Register(site, Deps{Service: b.service, Login: b.login, Sessions: b.session, Texts: templates,
		Clock: clock.NewSettable(time.Date(2027, 4, 21, 8, 0, 0, 0, time.UTC)), Log: slog.New(slog.DiscardHandler), UploadMax: uploadMax})
	if err != nil {
		t.Fatal(err)
	}
	b.site = site
	if b.handler, err = site.Handler(); err != nil {
		t.Fatal(err)
	}
	return b
}

// grants gives roles: at the social committee, or without a controller where the role has none.
func (b *bench) grants(roles ...models.Role) []models.Grant {
	var out []models.Grant
	for _, r := range roles {
		g := models.Grant{Role: r, Controller: b.social.ID}
		if r == models.RoleServicecenter || r == models.RoleLogReviewer || r == models.RoleAdmin {
			g.Controller = models.ControllerID{}
		}
		out = append(out, g)
	}
	return out
}

func (b *bench) get(path string) *httptest.ResponseRecorder {
	return b.send(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *bench) post(path string, pairs ...string) *httptest.ResponseRecorder {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

func (b *bench) send(r *http.Request) *httptest.ResponseRecorder {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

// form is the fields every form of the case carries, and more.
func (b *bench) form(pairs ...string) []string {
	return append([]string{"case", b.service.view.Case.ID.String(), "version", "7"}, pairs...)
}

// lastInput is the last thing that was handed to the use cases.
func (b *bench) lastInput() workflows.Input {
	b.t.Helper()
	if len(b.service.inputs) == 0 {
		b.t.Fatal("nothing was handed to the use cases")
	}
	return b.service.inputs[len(b.service.inputs)-1]
}

func str(s string) *string { return &s }

func day(y int, m time.Month, d int) calendar.Date { return calendar.New(y, m, d) }

func must(t *testing.T, w *httptest.ResponseRecorder, status int, want ...string) string {
	t.Helper()
	// Dates and sections hold no-break spaces; what is wanted is written with plain ones.
	body := strings.NewReplacer("\u00a0", " ", "\u2011", "-").Replace(w.Body.String())
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, body)
	}
	if strings.Contains(body, "⟦") {
		t.Errorf("a text is missing: %s", body[strings.Index(body, "⟦"):][:60])
	}
	for _, s := range want {
		if !strings.Contains(body, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
	return body
}

func mustNot(t *testing.T, body string, not ...string) {
	t.Helper()
	for _, s := range not {
		if strings.Contains(body, s) {
			t.Errorf("the page has %q", s)
		}
	}
}

// Controllers is asked by several pages; it is whoever is there.
func (f *fakeService) Controllers(context.Context, models.Actor) ([]models.Controller, error) {
	return f.at, nil
}
