package portal_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"insyn/handlers/portal"
	"insyn/handlers/web"
	"insyn/internal/clock"
	"insyn/internal/demoidp"
	"insyn/internal/oidc"
	"insyn/internal/session"
	"insyn/internal/testkit"
	"insyn/templates"
)

// The residents of the tests, from the published test numbers.
const (
	majaNumber = "189006099817"
	olofNumber = "189201259802"
	majaName   = "Maja Lindqvist"
)

// world is the real door with real sessions and a real login, over use cases that stand in for workflows.
type world struct {
	t     *testing.T
	u     *useCases
	site  *web.Site
	clock *clock.Settable
	url   string
	log   *lockedBuffer
	db    *testkit.Database
}

// pages are parsed once: they are the same for every test, and the race detector makes it slow.
var pages = sync.OnceValues(func() (*templates.Set, error) {
	look := templates.DefaultLook("Exempelby kommun")
	look.Phone, look.PhoneHours, look.PhoneHoursEN = "0980-31 92 00", "Vardagar kl. 8–16.30", "Weekdays 8–16.30"
	look.ProtectedPhone, look.Visit, look.Postal = "0980-31 92 10", "Stadshuset, Torggatan 1", "Exempelby kommun, 999 99 Exempelby"
	return templates.New(look)
})

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, u: newUseCases(), clock: clock.NewSettable(now), log: &lockedBuffer{}, db: testkit.DB(t)}
	var h http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { h.ServeHTTP(rw, r) }))
	t.Cleanup(server.Close)
	w.url = server.URL

	idp, err := demoidp.Start(t.Context(), demoidp.Options{
		Addr: "127.0.0.1:0", ClientID: "insyn", ClientSecret: "s", RedirectPrefixes: []string{w.url}, Clock: w.clock,
		Residents: []demoidp.Person{
			{Key: "maja", Number: majaNumber, GivenName: "Maja", FamilyName: "Lindqvist"},
			{Key: "olof", Number: olofNumber, GivenName: "Olof", FamilyName: "Berg"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = idp.Close() })
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	login, err := oidc.New(oidc.Config{
		Name: "resident", Issuer: idp.ResidentIssuer(), ClientID: "insyn", ClientSecret: "s", Scopes: []string{"profile"},
		ACRValues: []string{oidc.LevelThree}, RequireNumber: true,
	}, w.clock, transport)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := w.db.Runtime.DB()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	sessions, err := session.New(pool, session.Options{CookieName: session.ResidentCookie, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	set, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	w.site, err = web.New(web.Options{BaseURL: w.url, FormTargets: []string{idp.ResidentIssuer()}, Pages: set, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w.site.Mount(templates.AssetPrefix, set.Assets())
	err = portal.Register(w.site, portal.Deps{PackageKeys: packageKeys(), Service: w.u, Sessions: sessions, Login: login, Texts: set, Clock: w.clock, Log: log, UploadMax: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if h, err = w.site.Handler(); err != nil {
		t.Fatal(err)
	}
	return w
}

// browser keeps cookies and follows redirects.
type browser struct {
	w    *world
	c    *http.Client
	seen []string // addresses
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	transport := &http.Transport{}
	w.t.Cleanup(transport.CloseIdleConnections)
	b := &browser{w: w, c: &http.Client{Jar: jar, Transport: transport}}
	b.c.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		b.seen = append(b.seen, req.URL.String())
		return nil
	}
	return b
}

// stay stops at redirects.
func (b *browser) stay() *browser {
	c := *b.c
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{w: b.w, c: &c}
}

// page is an answer as a person would see it.
type page struct {
	t      *testing.T
	status int
	url    *url.URL
	header http.Header
	body   string
	doc    *html.Node
}

func (b *browser) do(req *http.Request) page {
	t := b.w.t
	t.Helper()
	b.seen = append(b.seen, req.URL.String())
	resp, err := b.c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return page{t, resp.StatusCode, resp.Request.URL, resp.Header, string(body), doc}
}

func (b *browser) absolute(path string) string {
	if strings.HasPrefix(path, "/") {
		return b.w.url + path
	}
	return path
}

func (b *browser) get(path string) page {
	b.w.t.Helper()
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodGet, b.absolute(path), nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.do(req)
}

func (b *browser) post(path string, form url.Values) page {
	b.w.t.Helper()
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, b.absolute(path), strings.NewReader(form.Encode()))
	if err != nil {
		b.w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(req)
}

// choose answers the provider's page as one of its people.
func (b *browser) choose(at page, person string) page {
	b.w.t.Helper()
	if at.find("button", "value", person) == nil {
		b.w.t.Fatalf("not the provider's page: %d %s\n%s", at.status, at.url, at.body)
	}
	form := at.fields()
	form.Set("person", person)
	return b.postAs(at, "", form)
}

// postAs sends the first form of a page, or the one with this action, with these fields.
func (b *browser) postAs(at page, action string, form url.Values) page {
	b.w.t.Helper()
	if action == "" {
		action = attr(at.find("form", "method", "post"), "action")
	}
	to, err := at.url.Parse(action)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.post(to.String(), form)
}

func (b *browser) login(person string) page {
	b.w.t.Helper()
	p := b.choose(b.get("/logga-in?till=/mina"), person)
	if p.status != http.StatusOK || p.url.Path != "/mina" {
		b.w.t.Fatalf("login ended at %d %s\n%s", p.status, p.url, p.body)
	}
	return p
}

// walk visits every element.
func (p page) walk(visit func(*html.Node) bool) {
	var down func(*html.Node) bool
	down = func(n *html.Node) bool {
		if n.Type == html.ElementNode && visit(n) {
			return true
		}
		for k := n.FirstChild; k != nil; k = k.NextSibling {
			if down(k) {
				return true
			}
		}
		return false
	}
	down(p.doc)
}

// find is the first element of a kind with an attribute of a value; with no attribute the first of its kind.
func (p page) find(tag, name, value string) (found *html.Node) {
	p.walk(func(n *html.Node) bool {
		if n.Data == tag && (name == "" || attr(n, name) == value) {
			found = n
		}
		return found != nil
	})
	return found
}

func attr(n *html.Node, name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	if n == nil {
		return ""
	}
	if n.Type == html.TextNode {
		return n.Data
	}
	var s strings.Builder
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		s.WriteString(text(k))
	}
	return s.String()
}

func (p page) title() string { return text(p.find("title", "", "")) }

func (p page) h1() string { return strings.TrimSpace(text(p.find("h1", "", ""))) }

// says tells whether the page has the words, whatever its spaces are.
func (p page) says(words string) bool { return strings.Contains(plain(spaced(p.doc)), plain(words)) }

// spaced is the text with a space between elements, as they stand apart on the page.
func spaced(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var s strings.Builder
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		s.WriteString(spaced(k))
		if k.Type == html.ElementNode && (k.Data == "p" || k.Data == "li" || k.Data == "dt" || k.Data == "dd" || k.Data == "div") {
			s.WriteString(" ")
		}
	}
	return s.String()
}

func plain(s string) string {
	s = strings.NewReplacer("\u00a0", " ", "\u2011", "-").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

// fields are what the forms of a page would send if nothing were changed.
func (p page) fields() url.Values {
	v := url.Values{}
	p.walk(func(n *html.Node) bool {
		name := attr(n, "name")
		switch {
		case name == "":
		case n.Data == "textarea":
			v.Set(name, text(n))
		case n.Data == "input":
			kind := attr(n, "type")
			_, checked := has(n, "checked")
			if (kind != "checkbox" && kind != "radio" && kind != "file") || checked {
				v.Add(name, attr(n, "value"))
			}
		}
		return false
	})
	return v
}

func has(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func (p page) want(status int, path string) page {
	p.t.Helper()
	if p.status != status || p.url.Path != path {
		p.t.Fatalf("got %d %s, want %d %s\n%s", p.status, p.url, status, path, plain(text(p.doc)))
	}
	return p
}

// summaryLink is where the first line of the error summary leads.
func (p page) summaryLink() string {
	summary := p.find("div", "class", "govuk-error-summary")
	if summary == nil {
		return ""
	}
	return attr(page{t: p.t, doc: summary}.find("a", "", ""), "href")
}
