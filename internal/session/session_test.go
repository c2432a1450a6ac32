package session_test

import (
	"database/sql"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"insyn/internal/oidc"
	"insyn/internal/session"
	"insyn/internal/testkit"
)

// site is a little service with a session: what a test posts to a path is done
// inside a request.
type site struct {
	t   *testing.T
	db  *sql.DB
	m   *session.Manager
	url string

	mu    sync.Mutex
	steps map[string]http.HandlerFunc
}

func newSite(t *testing.T, db *sql.DB, o session.Options) *site {
	t.Helper()
	m, err := session.New(db, o)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, db: db, m: m, steps: map[string]http.HandlerFunc{}}
	inner := m.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		step := s.steps[r.URL.Path]
		s.mu.Unlock()
		step(w, r)
	}))
	srv := httptest.NewServer(inner)
	t.Cleanup(srv.Close)
	s.url = srv.URL
	s.on("/login", func(_ http.ResponseWriter, r *http.Request) {
		if err := m.Login(r.Context(), session.Login{UserID: r.URL.Query().Get("id"), At: testkit.Now()}); err != nil {
			t.Error(err)
		}
	})
	s.on("/logout", func(_ http.ResponseWriter, r *http.Request) {
		if err := m.Logout(r.Context()); err != nil {
			t.Error(err)
		}
	})
	s.on("/who", func(w http.ResponseWriter, r *http.Request) {
		if l, ok := m.Current(r.Context()); ok {
			_, _ = io.WriteString(w, l.UserID)
		}
	})
	s.on("/begin", func(_ http.ResponseWriter, r *http.Request) {
		m.PutPending(r.Context(), session.Pending{Flow: oidc.Flow{State: r.URL.Query().Get("state"), Verifier: "v"}, ReturnTo: "/min"})
	})
	s.on("/take", s.take)
	return s
}

func (s *site) take(w http.ResponseWriter, r *http.Request) {
	p, ok, err := s.m.TakePending(r.Context(), r.URL.Query().Get("state"))
	if err != nil {
		s.t.Error(err)
	}
	if ok {
		_, _ = io.WriteString(w, p.ReturnTo)
	}
}

func (s *site) on(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps[path] = h
}

// browser keeps cookies.
type browser struct {
	s *site
	c *http.Client
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{s: s, c: &http.Client{Jar: jar, Transport: http.DefaultTransport}}
}

func (b *browser) get(path string) (string, *http.Response) {
	b.s.t.Helper()
	req, err := http.NewRequestWithContext(b.s.t.Context(), http.MethodGet, b.s.url+path, nil)
	if err != nil {
		b.s.t.Fatal(err)
	}
	resp, err := b.c.Do(req)
	if err != nil {
		b.s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.s.t.Fatal(err)
	}
	return string(body), resp
}

func (b *browser) token() string {
	u, err := url.Parse(b.s.url)
	if err != nil {
		b.s.t.Fatal(err)
	}
	for _, c := range b.c.Jar.Cookies(u) {
		if c.Name == b.s.m.CookieName() {
			return c.Value
		}
	}
	return ""
}

func (b *browser) plant(token string) {
	u, err := url.Parse(b.s.url)
	if err != nil {
		b.s.t.Fatal(err)
	}
	b.c.Jar.SetCookies(u, []*http.Cookie{{Name: b.s.m.CookieName(), Value: token, Path: "/"}})
}

func runtimeDB(t *testing.T) *sql.DB {
	t.Helper()
	db, err := testkit.DB(t).Runtime.DB()
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func count(t *testing.T, db *sql.DB) int {
	t.Helper()
	var n int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM sessions").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func execute(t *testing.T, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func resident() session.Options { return session.Options{CookieName: session.ResidentCookie} }

func TestLoginLogout(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	s := newSite(t, db, resident())
	b := s.browser()
	if who, resp := b.get("/who"); who != "" || len(resp.Cookies()) != 0 || count(t, db) != 0 {
		t.Fatalf("a mere visit made a session: who %q, cookies %v", who, resp.Cookies())
	}
	b.get("/login?id=u1")
	if who, resp := b.get("/who"); who != "u1" || len(resp.Cookies()) != 0 {
		t.Fatalf("after login: who %q, cookies %v", who, resp.Cookies())
	}
	old := b.token()
	b.get("/logout")
	if b.token() != "" || count(t, db) != 0 {
		t.Fatal("the session is still there after logout")
	}
	b.plant(old)
	if who, _ := b.get("/who"); who != "" {
		t.Fatal("the old token still works")
	}
}

func TestCookie(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	for _, c := range []struct {
		o    session.Options
		name string
	}{
		{session.Options{CookieName: session.ResidentCookie, Secure: true}, "__Host-insyn"},
		{session.Options{CookieName: session.ResidentCookie}, "insyn"},
		{session.Options{CookieName: session.StaffCookie, Secure: true}, "__Host-insyn-desk"},
	} {
		_, resp := newSite(t, db, c.o).browser().get("/login?id=u")
		got := resp.Cookies()
		if len(got) != 1 {
			t.Fatalf("%s: cookies %v", c.name, got)
		}
		k := got[0]
		if k.Name != c.name || !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Secure != c.o.Secure ||
			k.Path != "/" || k.Domain != "" || k.MaxAge != 0 || !k.Expires.IsZero() {
			t.Errorf("%s: cookie %s", c.name, k)
		}
	}
}

// A token planted before the login must be worth nothing after it.
func TestLoginRenewsToken(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	s := newSite(t, db, resident())
	b := s.browser()
	b.get("/begin?state=a")
	planted := b.token()
	b.get("/login?id=u1")
	if b.token() == planted || count(t, db) != 1 {
		t.Fatal("the login kept the token")
	}
	thief := s.browser()
	thief.plant(planted)
	if who, _ := thief.get("/who"); who != "" {
		t.Fatal("the planted token is logged in")
	}
}

// A resident's token in the staff cookie, and the other way round, is nobody.
func TestResidentAndStaffNeverMix(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	residents := newSite(t, db, resident())
	staff := newSite(t, db, session.Options{CookieName: session.StaffCookie, IdleTimeout: session.StaffIdle})
	for _, pair := range [][2]*site{{residents, staff}, {staff, residents}} {
		b := pair[0].browser()
		b.get("/login?id=u1")
		other := pair[1].browser()
		other.plant(b.token())
		if who, _ := other.get("/who"); who != "" {
			t.Fatalf("token of %s is %q at %s", pair[0].m.CookieName(), who, pair[1].m.CookieName())
		}
	}
}

func TestTokenIsNotInTheTable(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	b := newSite(t, db, resident()).browser()
	b.get("/login?id=u1")
	var row string
	if err := db.QueryRowContext(t.Context(), "SELECT token || ' ' || encode(data, 'escape') FROM sessions").Scan(&row); err != nil {
		t.Fatal(err)
	}
	if b.token() == "" || strings.Contains(row, b.token()) {
		t.Fatalf("the table holds the token: %s", row)
	}
	stored, _, _ := strings.Cut(row, " ")
	thief := b.s.browser()
	thief.plant(stored)
	if who, _ := thief.get("/who"); who != "" {
		t.Fatal("the stored hash works as a token")
	}
}

func TestIdleAndAbsoluteEnd(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	s := newSite(t, db, resident())
	b := s.browser()
	b.get("/login?id=u1")
	left := func() time.Duration {
		var seconds float64
		if err := db.QueryRowContext(t.Context(), "SELECT extract(epoch FROM expiry - current_timestamp) FROM sessions").Scan(&seconds); err != nil {
			t.Fatal(err)
		}
		return time.Duration(seconds * float64(time.Second))
	}
	if idle := left(); idle < 29*time.Minute || idle > 30*time.Minute {
		t.Fatalf("idle time is %s", idle)
	}
	execute(t, db, "UPDATE sessions SET expiry = current_timestamp + interval '5 minutes'")
	b.get("/who")
	if l := left(); l < 29*time.Minute {
		t.Fatalf("a visit did not move the end: %s left", l)
	}
	// The absolute end stands in the stored data, where a visit cannot move it.
	execute(t, db, `UPDATE sessions SET data = convert_to(regexp_replace(convert_from(data, 'UTF8'), '"Deadline":"[^"]*"',
		'"Deadline":"' || to_char(current_timestamp AT TIME ZONE 'UTC' + interval '2 minutes', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '"'), 'UTF8'),
		expiry = current_timestamp + interval '30 seconds'`)
	b.get("/who")
	if l := left(); l > 2*time.Minute {
		t.Fatalf("a visit moved the session past its absolute end: %s left", l)
	}
	execute(t, db, "UPDATE sessions SET expiry = current_timestamp")
	if who, _ := b.get("/who"); who != "" {
		t.Fatal("an ended session still works")
	}
	n, err := session.DeleteExpired(t.Context(), db)
	if err != nil || n != 1 || count(t, db) != 0 {
		t.Fatalf("deleted %d, error %v", n, err)
	}
}

// A page that was slow must not bring back a session that was ended meanwhile.
func TestLogoutWinsOverSlowRequest(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	s := newSite(t, db, resident())
	b := s.browser()
	b.get("/login?id=u1")
	token := b.token()
	inside, goOn := make(chan struct{}), make(chan struct{})
	s.on("/slow", func(_ http.ResponseWriter, r *http.Request) {
		s.m.SetNotice(r.Context(), "saved")
		close(inside)
		<-goOn
	})
	slow := s.browser()
	slow.plant(token)
	done := make(chan struct{})
	go func() { defer close(done); slow.get("/slow") }()
	<-inside
	b.get("/logout")
	close(goOn)
	<-done
	if count(t, db) != 0 {
		t.Fatal("the slow request brought the session back")
	}
}

// A visit that changes nothing must not undo what another tab changed.
func TestVisitDoesNotOverwrite(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	s := newSite(t, db, resident())
	b := s.browser()
	b.get("/begin?state=a")
	execute(t, db, "UPDATE sessions SET expiry = current_timestamp + interval '5 minutes'")
	inside, goOn := make(chan struct{}), make(chan struct{})
	s.on("/slow", func(http.ResponseWriter, *http.Request) { close(inside); <-goOn })
	slow := s.browser()
	slow.plant(b.token())
	done := make(chan struct{})
	go func() { defer close(done); slow.get("/slow") }()
	<-inside
	b.get("/begin?state=b")
	close(goOn)
	<-done
	for _, state := range []string{"a", "b"} {
		if to, _ := b.get("/take?state=" + state); to != "/min" {
			t.Errorf("login %s was forgotten", state)
		}
	}
}

func TestPendingIsTakenOnce(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	s := newSite(t, db, resident())
	b := s.browser()
	b.get("/begin?state=a")
	stranger := s.browser()
	stranger.get("/begin?state=x")
	if to, _ := stranger.get("/take?state=a"); to != "" {
		t.Fatal("another browser took the login")
	}
	if to, _ := b.get("/take?state="); to != "" {
		t.Fatal("an empty state was accepted")
	}
	// All have loaded the session before the first one takes the login.
	const n = 16
	var loaded, wg sync.WaitGroup
	loaded.Add(n)
	s.on("/take-together", func(w http.ResponseWriter, r *http.Request) {
		loaded.Done()
		loaded.Wait()
		s.take(w, r)
	})
	var mu sync.Mutex
	won := 0
	for range n {
		tab := s.browser()
		tab.plant(b.token())
		wg.Go(func() {
			if to, _ := tab.get("/take-together?state=a"); to != "" {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Fatalf("%d of %d answers were served, want 1", won, n)
	}
	for _, state := range []string{"1", "2", "3", "4", "5"} {
		b.get("/begin?state=" + state)
	}
	if to, _ := b.get("/take?state=1"); to != "" {
		t.Error("logins under way pile up without end")
	}
}

func TestNoticeOnceAndLocaleSurvivesLogin(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	s := newSite(t, db, resident())
	s.on("/set", func(_ http.ResponseWriter, r *http.Request) {
		s.m.SetLocale(r.Context(), "en")
		s.m.SetNotice(r.Context(), "saved")
	})
	s.on("/get", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, s.m.Locale(r.Context())+" "+s.m.TakeNotice(r.Context()))
	})
	b := s.browser()
	b.get("/set")
	if got, _ := b.get("/get"); got != "en saved" {
		t.Fatalf("got %q", got)
	}
	if got, _ := b.get("/get"); got != "en " {
		t.Fatalf("second time: %q", got)
	}
	b.get("/login?id=u1")
	if got, _ := b.get("/get"); got != "en " {
		t.Fatalf("after login: %q", got)
	}
}

// When the database fails the person gets the failure page and not an answer
// that claims something was done.
func TestStoreFailure(t *testing.T) {
	t.Parallel()
	d := testkit.DB(t)
	db, err := d.Runtime.DB()
	if err != nil {
		t.Fatal(err)
	}
	o := resident()
	o.Failed = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "failure page")
	}
	s := newSite(t, db, o)
	s.on("/done", func(w http.ResponseWriter, r *http.Request) {
		s.m.SetNotice(r.Context(), "saved")
		_, _ = io.WriteString(w, "done")
	})
	b := s.browser()
	b.get("/login?id=u1")
	if err := d.Owner.Exec("REVOKE UPDATE ON sessions FROM insyn_app").Error; err != nil {
		t.Fatal(err)
	}
	if body, resp := b.get("/done"); body != "failure page" || resp.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("got %d %q", resp.StatusCode, body)
	}
	if err := d.Owner.Exec("REVOKE SELECT ON sessions FROM insyn_app").Error; err != nil {
		t.Fatal(err)
	}
	if body, _ := b.get("/who"); body != "failure page" {
		t.Fatalf("got %q", body)
	}
}

func TestFlush(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	s := newSite(t, db, resident())
	s.on("/stream", func(w http.ResponseWriter, r *http.Request) {
		s.m.SetNotice(r.Context(), "saved")
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, "rest")
	})
	b := s.browser()
	if body, _ := b.get("/stream"); body != "rest" || b.token() == "" {
		t.Fatalf("got %q, token %q", body, b.token())
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if _, err := session.New(nil, session.Options{}); err == nil {
		t.Fatal("made without a database")
	}
}

// Asked about a request of the other kind of user, a manager must not answer.
func TestManagersDoNotAnswerForEachOther(t *testing.T) {
	t.Parallel()
	db := runtimeDB(t)
	residents := newSite(t, db, resident())
	staff, err := session.New(db, session.Options{CookieName: session.StaffCookie})
	if err != nil {
		t.Fatal(err)
	}
	residents.on("/mixed", func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				_, _ = io.WriteString(w, "refused")
			}
		}()
		if _, ok := staff.Current(r.Context()); ok {
			_, _ = io.WriteString(w, "a resident is taken for staff")
		}
	})
	residents.on("/nested", func(w http.ResponseWriter, r *http.Request) {
		staff.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "inside both")
		})).ServeHTTP(w, r)
	})
	b := residents.browser()
	b.get("/login?id=u1")
	if got, _ := b.get("/mixed"); got != "refused" {
		t.Errorf("mixed: %q", got)
	}
	if got, resp := b.get("/nested"); resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("nested: %d %q", resp.StatusCode, got)
	}
}

// TestGrants: what a user may do for a while is kept, replaced under its name, bounded in number, and ends with a login.
func TestGrants(t *testing.T) {
	t.Parallel()
	s := newSite(t, runtimeDB(t), session.Options{CookieName: session.ResidentCookie})
	until := testkit.Now().Add(time.Hour)
	s.on("/grant", func(_ http.ResponseWriter, r *http.Request) {
		s.m.PutGrant(r.Context(), session.Grant{Name: r.URL.Query().Get("name"), Until: until})
	})
	s.on("/grants", func(w http.ResponseWriter, r *http.Request) {
		for _, g := range s.m.Grants(r.Context()) {
			if !g.Until.Equal(until) {
				t.Error(g.Until)
			}
			_, _ = io.WriteString(w, g.Name+" ")
		}
	})
	b := s.browser()
	b.get("/login?id=one")
	for _, name := range []string{"a", "b", "a"} {
		b.get("/grant?name=" + name)
	}
	if got, _ := b.get("/grants"); got != "b a " {
		t.Errorf("granted %q", got)
	}
	if got, _ := s.browser().get("/grants"); got != "" {
		t.Errorf("another browser has %q", got)
	}
	for _, name := range strings.Split("cdefghijklmnopqrs", "") {
		b.get("/grant?name=" + name)
	}
	if got, _ := b.get("/grants"); strings.Count(got, " ") != 16 || strings.Contains(got, "a") || !strings.HasSuffix(got, "s ") {
		t.Errorf("granted %q", got)
	}
	b.get("/login?id=one")
	if got, _ := b.get("/grants"); got != "" {
		t.Errorf("after a login: %q", got)
	}
}
