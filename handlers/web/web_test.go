package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"insyn/internal/i18n"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// plainPages draws what a page was given, so that a test can read it.
type plainPages struct{ broken bool }

func (p plainPages) Page(w io.Writer, name string, v templates.View) error {
	if p.broken {
		_, _ = io.WriteString(w, "half a page")
		return errors.New("template failed")
	}
	f, ok := v.Data.(Failure)
	if !ok {
		_, err := fmt.Fprintf(w, "%s %s", name, v.Title)
		return err
	}
	_, err := fmt.Fprintf(w, "%s|%s|%s|back=%s", name, f.Title, f.Text, f.Back)
	return err
}

func (plainPages) T(_, key string, _ i18n.Args) string { return key }

type fixture struct {
	*Site
	door *Door
	log  *bytes.Buffer
	reg  *prometheus.Registry
	who  models.Actor
	here bool
}

func newFixture(t *testing.T, base string, pages Pages) *fixture {
	t.Helper()
	f := &fixture{log: &bytes.Buffer{}, reg: prometheus.NewRegistry(), here: true}
	s, err := New(Options{BaseURL: base, FormTargets: []string{"https://login.example/resident"}, Pages: pages,
		Log: slog.New(slog.NewJSONHandler(f.log, nil)), Metrics: f.reg,
		Ready: []Check{{"postgres", func(context.Context) error { return nil }}, {"redis", func(context.Context) error { return errors.New("10.0.0.7 says no") }}}})
	if err != nil {
		t.Fatal(err)
	}
	f.Site = s
	f.door = s.Door(Door{Name: "portal", Prefix: "/", ErrorPage: "portal/fel", Identify: func(c *gin.Context) (models.Actor, bool, error) {
		if !f.here {
			return models.Actor{}, false, SeeOther(c, "/logga-in")
		}
		return f.who, true, nil
	}})
	return f
}

func (f *fixture) ask(t *testing.T, req *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	h, err := f.Handler()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func TestARouteWithoutARuleStopsTheStart(t *testing.T) {
	t.Parallel()
	ok := func(*gin.Context) error { return nil }
	for name, add := range map[string]func(*fixture){
		"no rule":        func(f *fixture) { f.door.Get("/a", Rule{}, ok) },
		"no handler":     func(f *fixture) { f.door.Get("/a", Public(), nil) },
		"odd kind":       func(f *fixture) { f.door.Get("/a", Rule{Kind: models.SystemKind}, ok) },
		"past the doors": func(f *fixture) { f.engine.GET("/a", func(*gin.Context) {}) },
		"other's prefix": func(f *fixture) { f.Door(Door{Name: "desk", Prefix: "/arbete"}); f.door.Get("/arbete/a", Public(), ok) },
		"nobody can tell": func(f *fixture) {
			f.Door(Door{Name: "desk", Prefix: "/arbete"}).Get("/arbete/a", Staff(), ok)
		},
	} {
		f := newFixture(t, "http://insyn.example", plainPages{})
		if _, err := f.Handler(); err != nil {
			t.Fatalf("the empty site: %v", err)
		}
		add(f)
		if _, err := f.Handler(); err == nil || !strings.Contains(err.Error(), "/a") {
			t.Errorf("%s: started, or the error does not name the route: %v", name, err)
		}
	}
}

func TestErrorsBecomeAnswersInOnePlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		status int
		says   string
	}{
		"not found":   {fmt.Errorf("load: %w", workflows.ErrNotFound), 404, "fail.not-found.text"},
		"forbidden":   {workflows.ErrForbidden, 403, "fail.forbidden.text"},
		"conflict":    {workflows.ErrConflict, 409, "fail.conflict.text|back=/mina"},
		"refusal":     {fmt.Errorf("x: %w", workflows.Refusal{Key: "guard.biased"}), 409, "guard.biased|back=/mina"},
		"invalid":     {workflows.Invalid{Fields: []workflows.FieldError{{Field: "a", Key: "b"}}}, 422, "fail.invalid.text"},
		"too large":   {&http.MaxBytesError{Limit: 1}, 413, "fail.too-large.text"},
		"anything":    {errors.New("Maja Lindqvist 189006099817"), 500, "fail.internal.text"},
		"gone":        {fmt.Errorf("query: %w", context.Canceled), 499, ""},
		"broken page": {errNoRoute, 404, "fail.not-found.text"},
	} {
		f := newFixture(t, "http://insyn.example", plainPages{})
		f.door.Get("/sida/:number", Public(), func(ctx *gin.Context) error {
			BackTo(ctx, "/mina")
			return c.err
		})
		w := f.ask(t, get("/sida/INS-2027-00042?q=Maja"))
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %q", name, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "Maja") || strings.Contains(f.log.String(), "Maja") || strings.Contains(f.log.String(), "INS-2027") {
			t.Errorf("%s: personal data in the answer or the log: %s", name, f.log)
		}
		if !strings.Contains(f.log.String(), `"route":"/sida/:number"`) {
			t.Errorf("%s: the access log has no route: %s", name, f.log)
		}
	}
}

func TestADatabaseErrorIsLoggedByItsCodeOnly(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "http://insyn.example", plainPages{})
	cause := &pgconn.PgError{Code: "23505", ConstraintName: "subjects_number_token_key", Message: "duplicate", Detail: "Key (email)=(maja@post.example)"}
	f.door.Get("/", Public(), func(*gin.Context) error { return fmt.Errorf("submit: %w", fmt.Errorf("insert subject: %w", cause)) })
	w := f.ask(t, get("/"))
	log := f.log.String()
	for _, want := range []string{`"where":"submit: insert subject"`, `"sqlstate":"23505"`, `"constraint":"subjects_number_token_key"`, w.Header().Get("X-Request-Id")} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s: %s", want, log)
		}
	}
	if strings.Contains(log, "maja") || strings.Contains(log, "duplicate") || w.Code != 500 {
		t.Errorf("%d, the log has the database's text: %s", w.Code, log)
	}
}

func TestAPanicIsAnswered(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "http://insyn.example", plainPages{})
	f.door.Get("/", Public(), func(*gin.Context) error { panic("Maja Lindqvist") })
	w := f.ask(t, get("/"))
	if w.Code != 500 || !strings.Contains(w.Body.String(), "fail.internal") || strings.Contains(f.log.String(), "Maja") {
		t.Errorf("%d %s %s", w.Code, w.Body, f.log)
	}
	if !strings.Contains(f.log.String(), "TestAPanicIsAnswered") {
		t.Error("the log does not say where")
	}
}

func TestAnAnswerThatHasBegunIsCutOff(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "http://insyn.example", plainPages{})
	f.door.Get("/", Public(), func(c *gin.Context) error {
		_, _ = c.Writer.WriteString("half")
		return errors.New("disk")
	})
	h, err := f.Handler()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := srv.Client()
	resp, err := client.Do(req)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if err == nil {
		t.Error("half a file looked like a whole one")
	}
}

func TestAPageThatCannotBeDrawnIsNotHalfDrawn(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "http://insyn.example", plainPages{broken: true})
	f.door.Get("/", Public(), func(c *gin.Context) error { return f.Render(c, 200, "portal/x", templates.View{}) })
	if w := f.ask(t, get("/")); w.Code != 500 || strings.Contains(w.Body.String(), "half") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	for base, hsts := range map[string]string{"https://insyn.example": "max-age=31536000; includeSubDomains", "http://insyn.example": ""} {
		f := newFixture(t, base, plainPages{})
		f.who = models.ResidentActor(models.NewID[models.Subject]())
		f.door.Get("/", Public(), func(c *gin.Context) error { return f.Render(c, 200, "portal/start", templates.View{}) })
		f.door.Get("/mina", Resident(), func(c *gin.Context) error { return f.Render(c, 200, "portal/mina", templates.View{}) })
		for _, path := range []string{"/", "/mina", "/finns-inte"} {
			h := f.ask(t, get(path)).Header()
			if got := h.Get("Content-Security-Policy"); got != "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "+
				"frame-ancestors 'none'; form-action 'self' https://login.example" {
				t.Errorf("%s: policy %q", path, got)
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" || h.Get("Strict-Transport-Security") != hsts {
				t.Errorf("%s: %v", path, h)
			}
		}
		if got := f.ask(t, get("/mina")).Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("a person's page may be kept: %q", got)
		}
	}
}

func TestRulesLetInWhomTheyName(t *testing.T) {
	t.Parallel()
	staff, k := models.NewID[models.Staff](), models.NewID[models.Controller]()
	actors := map[string]models.Actor{
		"nobody":   {},
		"resident": models.ResidentActor(models.NewID[models.Subject]()),
		"ombud":    models.StaffActor(staff, models.Grant{Role: models.RoleOmbud, Controller: k}),
		"dso":      models.StaffActor(staff, models.Grant{Role: models.RoleDSO, Controller: k}),
		"no role":  models.StaffActor(staff),
		"system":   models.SystemActor(),
	}
	for _, c := range []struct {
		rule Rule
		lets string
	}{
		{Public(), "nobody resident ombud dso no role system"},
		{Resident(), "resident"},
		{Staff(), "ombud dso no role"},
		{Staff(models.RoleOmbud, models.RoleDecider), "ombud"},
	} {
		for name, a := range actors {
			f := newFixture(t, "http://insyn.example", plainPages{})
			f.who = a
			f.door.Get("/", c.rule, func(c *gin.Context) error { c.String(200, "in"); return nil })
			w := f.ask(t, get("/"))
			if want := strings.Contains(c.lets, name); (w.Code == 200) != want || (!want && w.Code != 403) {
				t.Errorf("%v answers %s with %d", c.rule, name, w.Code)
			}
		}
	}
}

func TestSomebodyUnknownIsSentAwayByTheDoor(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "http://insyn.example", plainPages{})
	f.here = false
	f.door.Get("/mina", Resident(), func(*gin.Context) error { t.Error("the handler ran"); return nil })
	if w := f.ask(t, get("/mina")); w.Code != 303 || w.Header().Get("Location") != "/logga-in" {
		t.Errorf("%d %s", w.Code, w.Header())
	}
}

func TestHeadIsForPublicPages(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "http://insyn.example", plainPages{})
	f.who = models.ResidentActor(models.NewID[models.Subject]())
	ok := func(c *gin.Context) error { c.String(200, "x"); return nil }
	f.door.Get("/", Public(), ok)
	f.door.Get("/mina", Resident(), ok)
	if w := f.ask(t, httptest.NewRequest(http.MethodHead, "/", nil)); w.Code != 200 {
		t.Errorf("HEAD of a public page: %d", w.Code)
	}
	if w := f.ask(t, httptest.NewRequest(http.MethodHead, "/mina", nil)); w.Code != 404 {
		t.Errorf("HEAD of a person's page: %d", w.Code)
	}
}

func TestCrossSiteFormsAreRefusedAndOurOwnAreNot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		headers map[string]string
		status  int
	}{
		"same origin":    {map[string]string{"Sec-Fetch-Site": "same-origin"}, 200},
		"cross site":     {map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		"same site":      {map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		"foreign origin": {map[string]string{"Origin": "https://ond.example"}, 403},
		"behind a proxy": {map[string]string{"Origin": "https://insyn.example"}, 200},
		"not a browser":  {nil, 200},
		"null":           {map[string]string{"Origin": "null"}, 403},
	} {
		f := newFixture(t, "https://insyn.example", plainPages{})
		f.door.Post("/", Public(), func(c *gin.Context) error { c.String(200, "done"); return nil })
		req := httptest.NewRequest(http.MethodPost, "http://backend:8080/", strings.NewReader(""))
		for k, v := range c.headers {
			req.Header.Set(k, v)
		}
		if w := f.ask(t, req); w.Code != c.status {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestBodiesHaveLimits(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "http://insyn.example", plainPages{})
	f.door.Post("/", Public(), func(c *gin.Context) error {
		v, err := Form(c)
		if err == nil {
			c.String(200, "%d", len(v.Get("text")))
		}
		return err
	})
	for n, want := range map[int]int{100: 200, FormLimit + 1: 413} {
		req := httptest.NewRequest(http.MethodPost, "/?text=query", strings.NewReader(url.Values{"text": {strings.Repeat("x", n)}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if w := f.ask(t, req); w.Code != want {
			t.Errorf("%d bytes: %d", n, w.Code)
		}
	}
	bad := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("%zz"))
	bad.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := f.ask(t, bad); w.Code != 400 {
		t.Errorf("a form that cannot be read: %d", w.Code)
	}
}

func TestUploadsStream(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "http://insyn.example", plainPages{})
	var names []string
	var total int64
	f.door.Add(Route{Method: http.MethodPost, Pattern: "/", Rule: Public(), Body: 1 << 20, Slow: true, Handler: func(c *gin.Context) error {
		v, err := Upload(c, func(before url.Values, part *multipart.Part) error {
			names = append(names, part.FileName()+" "+before.Get("version"))
			n, err := io.Copy(io.Discard, part)
			total += n
			return err
		})
		if err == nil {
			c.String(200, "%s", v.Get("after"))
		}
		return err
	}})
	send := func(size int) *httptest.ResponseRecorder {
		var b bytes.Buffer
		mw := multipart.NewWriter(&b)
		_ = mw.WriteField("version", "3")
		p, _ := mw.CreateFormFile("file", "a.pdf")
		_, _ = p.Write(bytes.Repeat([]byte("x"), size))
		_, _ = mw.CreateFormFile("file", "") // nothing chosen
		_ = mw.WriteField("after", "yes")
		_ = mw.Close()
		req := httptest.NewRequest(http.MethodPost, "/", &b)
		req.Header.Set("Content-Type", mw.FormDataContentType())
		return f.ask(t, req)
	}
	if w := send(1000); w.Code != 200 || w.Body.String() != "yes" || len(names) != 1 || names[0] != "a.pdf 3" || total != 1000 {
		t.Errorf("%d %q %v %d", w.Code, w.Body, names, total)
	}
	if w := send(2 << 20); w.Code != 413 {
		t.Errorf("too large: %d", w.Code)
	}
}

func TestMetricsGoByPattern(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "http://insyn.example", plainPages{})
	f.door.Get("/mina/:number", Public(), func(c *gin.Context) error { c.String(200, "x"); return nil })
	f.ask(t, get("/mina/INS-2027-00042"))
	f.ask(t, get("/mina/INS-2027-00043"))
	f.ask(t, httptest.NewRequest("BREW", "/kaffe", nil))
	got, err := f.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(got)
	if !strings.Contains(all, `value:"/mina/:number"`) || strings.Contains(all, "INS-2027") || strings.Contains(all, "kaffe") || strings.Contains(all, "BREW") {
		t.Errorf("metrics: %s", all)
	}
}

func TestHealthAndReadiness(t *testing.T) {
	t.Parallel()
	f := newFixture(t, "http://insyn.example", plainPages{})
	if w := f.ask(t, get("/healthz")); w.Code != 200 {
		t.Errorf("healthz: %d", w.Code)
	}
	w := f.ask(t, get("/readyz"))
	if w.Code != 503 || w.Body.String() != "postgres ok\nredis fails\n" {
		t.Errorf("readyz: %d %q", w.Code, w.Body)
	}
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/mina": "/mina", "/mina/INS-2027-00042?x=1": "/mina/INS-2027-00042?x=1", "": "/", "mina": "/", "//ond.example": "/",
		`/\ond.example`: "/", "https://ond.example": "/", "/a\r\nSet-Cookie: b": "/", "/\t/ond.example": "/", "javascript:alert(1)": "/",
	} {
		if got := LocalPath(in); got != want {
			t.Errorf("LocalPath(%q) = %q", in, got)
		}
	}
}
