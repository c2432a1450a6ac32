package oidc_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"insyn/internal/clock"
	"insyn/internal/demoidp"
	"insyn/internal/oidc"
)

const (
	callback = "http://service.example/inloggad"
	// Both are among the tax agency's published test numbers.
	number       = "197701172392"
	coordination = "202312872399"
)

func people() []demoidp.Person {
	return []demoidp.Person{
		{Key: "anna", Number: number, GivenName: "Anna", FamilyName: "Exempel", Email: "anna@post.example"},
		{Key: "sam", CoordinationNumber: coordination, GivenName: "Sam", FamilyName: "Exempel"},
		{Key: "both", Number: number, CoordinationNumber: coordination, GivenName: "Bo", FamilyName: "Exempel"},
		{Key: "none", GivenName: "No", FamilyName: "Exempel"},
		{Key: "low", Number: number, GivenName: "Lo", FamilyName: "Exempel", ACR: "http://id.elegnamnden.se/loa/1.0/loa2"},
		{Key: "swapped", Number: coordination, GivenName: "Sw", FamilyName: "Exempel"},
	}
}

// stage is a provider, a client of it, and the clock of both.
type stage struct {
	t      *testing.T
	clock  *clock.Settable
	server *demoidp.Server
	client *oidc.Client
	http   *http.Client
}

func newStage(t *testing.T, provider func(*demoidp.Options), client func(*oidc.Config)) *stage {
	t.Helper()
	s := &stage{t: t, clock: clock.NewSettable(time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC))}
	o := demoidp.Options{
		Addr: "127.0.0.1:0", Residents: people(), Clock: s.clock, ClientID: "insyn", ClientSecret: "för prov & bara det",
		Staff:            []demoidp.Person{{Key: "kim", GivenName: "Kim", FamilyName: "Exempel", Email: "kim@kommun.example", UPN: "kim@kommun.example", Claims: map[string]any{"roles": []string{"reader", "insyn"}}}},
		RedirectPrefixes: []string{"http://service.example/"},
	}
	if provider != nil {
		provider(&o)
	}
	var err error
	if s.server, err = demoidp.Start(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.server.Close(); err != nil {
			t.Error(err)
		}
	})
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	s.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	c := oidc.Config{
		Name: "resident", Issuer: s.server.ResidentIssuer(), ClientID: "insyn", ClientSecret: "för prov & bara det",
		Scopes: []string{"https://id.oidc.se/scope/naturalPersonNumber"}, ACRValues: []string{oidc.LevelThree, oidc.LevelFour}, RequireNumber: true,
	}
	if client != nil {
		client(&c)
	}
	if s.client, err = oidc.New(c, s.clock, transport); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stage) begin(o oidc.Options) (string, oidc.Flow) {
	s.t.Helper()
	authURL, flow, err := s.client.Begin(s.t.Context(), callback, o)
	if err != nil {
		s.t.Fatal(err)
	}
	return authURL, flow
}

// press opens the login page and sends its form with one button pressed, as a
// browser would, and returns the query the browser is sent back with.
func (s *stage) press(authURL, name, value string) url.Values {
	s.t.Helper()
	page, action := s.fetch(authURL)
	form := url.Values{name: {value}}
	for _, line := range strings.Split(page, "<input ")[1:] {
		form.Set(attribute(line, "name"), attribute(line, "value"))
	}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, action, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.http.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	to, err := resp.Location()
	if err != nil || !strings.HasPrefix(to.String(), callback+"?") {
		s.t.Fatalf("not sent back: status %d, to %v", resp.StatusCode, to)
	}
	return to.Query()
}

func (s *stage) fetch(authURL string) (page, action string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, authURL, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("login page: status %d, error %v", resp.StatusCode, err)
	}
	_, form, _ := strings.Cut(string(b), "<form ")
	return string(b), attribute(form, "action")
}

func attribute(tag, name string) string {
	_, rest, _ := strings.Cut(tag, name+`="`)
	value, _, _ := strings.Cut(rest, `"`)
	return strings.NewReplacer("&amp;", "&", "&#43;", "+", "&#34;", `"`, "&#39;", "'").Replace(value)
}

// login is a whole login as a person.
func (s *stage) login(person string) (oidc.Identity, error) {
	s.t.Helper()
	authURL, flow := s.begin(oidc.Options{})
	return s.client.Finish(s.t.Context(), flow, s.press(authURL, "person", person))
}

func want(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("error %v, want %v", err, kind)
	}
	for _, personal := range []string{number, coordination, "Anna", "Exempel", "post.example"} {
		if strings.Contains(err.Error(), personal) {
			t.Fatalf("the error holds personal data: %v", err)
		}
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*oidc.Config){
		"basic":        nil,
		"post":         func(c *oidc.Config) { c.AuthMethod = oidc.AuthPost },
		"acr as claim": func(c *oidc.Config) { c.ACREssential = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, nil, set)
			who, err := s.login("anna")
			if err != nil {
				t.Fatal(err)
			}
			wanted := oidc.Identity{
				Issuer: s.server.ResidentIssuer(), Subject: who.Subject, Name: "Anna Exempel", GivenName: "Anna", FamilyName: "Exempel",
				Email: "anna@post.example", EmailVerified: true, Number: number, NumberKind: oidc.PersonalNumber,
				ACR: oidc.LevelThree, AuthTime: s.clock.Now(),
			}
			if who.Subject == "" || strings.Contains(who.Subject, number) || who != wanted {
				t.Fatalf("got %#v", map[string]any{"number": who.Number, "kind": who.NumberKind, "acr": who.ACR, "auth": who.AuthTime, "sub": who.Subject})
			}
			again, err := s.login("anna")
			if err != nil || again.Subject != who.Subject {
				t.Fatalf("the subject changed, error %v", err)
			}
		})
	}
}

func TestCoordinationNumber(t *testing.T) {
	t.Parallel()
	who, err := newStage(t, nil, nil).login("sam")
	if err != nil || who.Number != coordination || who.NumberKind != oidc.CoordinationNumber {
		t.Fatalf("kind %q, error %v", who.NumberKind, err)
	}
}

// Some providers send either number in one claim.
func TestOneClaimForBothNumbers(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, func(c *oidc.Config) { c.Claims.CoordinationNumber = oidc.ClaimPersonalNumber })
	for person, kind := range map[string]oidc.NumberKind{"anna": oidc.PersonalNumber, "swapped": oidc.CoordinationNumber} {
		if who, err := s.login(person); err != nil || who.NumberKind != kind {
			t.Errorf("%s: kind %q, error %v", person, who.NumberKind, err)
		}
	}
}

func TestNumberRules(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, nil)
	for _, person := range []string{"both", "none", "swapped"} {
		_, err := s.login(person)
		want(t, err, oidc.ErrNumber)
	}
	for _, bad := range []any{"7701172392", "19770117-2392", "19770117239٢", 197701172392, "", []string{number}} {
		s := newStage(t, func(o *demoidp.Options) {
			o.Faults.IDToken = func(c map[string]any) { c[oidc.ClaimPersonalNumber] = bad }
		}, nil)
		_, err := s.login("anna")
		want(t, err, oidc.ErrNumber)
	}
}

func TestLevelTooLow(t *testing.T) {
	t.Parallel()
	_, err := newStage(t, nil, nil).login("low")
	want(t, err, oidc.ErrLevel)
	s := newStage(t, func(o *demoidp.Options) { o.Faults.IDToken = func(c map[string]any) { delete(c, "acr") } }, nil)
	_, err = s.login("anna")
	want(t, err, oidc.ErrLevel)
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, nil)
	authURL, flow := s.begin(oidc.Options{})
	_, err := s.client.Finish(t.Context(), flow, s.press(authURL, "avbryt", "1"))
	want(t, err, oidc.ErrDenied)
}

func TestTamperedAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, nil)
	for name, c := range map[string]struct {
		change func(url.Values, *oidc.Flow)
		kind   error
	}{
		"other state":      {func(q url.Values, _ *oidc.Flow) { q.Set("state", "x") }, oidc.ErrState},
		"no state":         {func(q url.Values, _ *oidc.Flow) { q.Del("state") }, oidc.ErrState},
		"two states":       {func(q url.Values, _ *oidc.Flow) { q.Add("state", "x") }, oidc.ErrState},
		"empty states":     {func(q url.Values, f *oidc.Flow) { f.State = ""; q.Set("state", "") }, oidc.ErrState},
		"no flow":          {func(_ url.Values, f *oidc.Flow) { *f = oidc.Flow{} }, oidc.ErrState},
		"other nonce":      {func(_ url.Values, f *oidc.Flow) { f.Nonce = "x" }, oidc.ErrToken},
		"no nonce":         {func(_ url.Values, f *oidc.Flow) { f.Nonce = "" }, oidc.ErrToken},
		"other verifier":   {func(_ url.Values, f *oidc.Flow) { f.Verifier = strings.Repeat("x", 43) }, oidc.ErrToken},
		"other redirect":   {func(_ url.Values, f *oidc.Flow) { f.RedirectURL += "/x" }, oidc.ErrToken},
		"other code":       {func(q url.Values, _ *oidc.Flow) { q.Set("code", "x") }, oidc.ErrToken},
		"no code":          {func(q url.Values, _ *oidc.Flow) { q.Del("code") }, oidc.ErrToken},
		"two codes":        {func(q url.Values, _ *oidc.Flow) { q.Add("code", "x") }, oidc.ErrToken},
		"other issuer":     {func(q url.Values, _ *oidc.Flow) { q.Set("iss", "https://other.example") }, oidc.ErrToken},
		"no issuer":        {func(q url.Values, _ *oidc.Flow) { q.Del("iss") }, oidc.ErrToken},
		"level code":       {func(q url.Values, _ *oidc.Flow) { q.Set("error", "unmet_authentication_requirements") }, oidc.ErrLevel},
		"provider's fault": {func(q url.Values, _ *oidc.Flow) { q.Set("error", "server_error") }, oidc.ErrUnavailable},
		"invented code":    {func(q url.Values, _ *oidc.Flow) { q.Set("error", "Anna "+number) }, oidc.ErrDenied},
	} {
		t.Run(name, func(t *testing.T) {
			authURL, flow := s.begin(oidc.Options{})
			q := s.press(authURL, "person", "anna")
			c.change(q, &flow)
			_, err := s.client.Finish(t.Context(), flow, q)
			want(t, err, c.kind)
		})
	}
}

func TestCodeOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, nil)
	authURL, flow := s.begin(oidc.Options{})
	q := s.press(authURL, "person", "anna")
	if _, err := s.client.Finish(t.Context(), flow, q); err != nil {
		t.Fatal(err)
	}
	_, err := s.client.Finish(t.Context(), flow, q)
	want(t, err, oidc.ErrToken)
}

func TestTooLate(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, nil)
	authURL, flow := s.begin(oidc.Options{})
	q := s.press(authURL, "person", "anna")
	s.clock.Advance(61 * time.Second)
	_, err := s.client.Finish(t.Context(), flow, q)
	want(t, err, oidc.ErrToken) // the code has ended
	authURL, flow = s.begin(oidc.Options{})
	s.clock.Advance(31 * time.Minute)
	_, err = s.client.Finish(t.Context(), flow, s.press(authURL, "person", "anna"))
	want(t, err, oidc.ErrState) // the flow has ended
}

func TestTamperedToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(map[string]any)
		kind   error
	}{
		"nonce":          {func(m map[string]any) { m["nonce"] = "x" }, oidc.ErrToken},
		"no nonce":       {func(m map[string]any) { delete(m, "nonce") }, oidc.ErrToken},
		"issuer":         {func(m map[string]any) { m["iss"] = "https://other.example" }, oidc.ErrToken},
		"audience":       {func(m map[string]any) { m["aud"] = "other" }, oidc.ErrToken},
		"two audiences":  {func(m map[string]any) { m["aud"] = []string{"insyn", "other"} }, oidc.ErrToken},
		"other party":    {func(m map[string]any) { m["azp"] = "other" }, oidc.ErrToken},
		"expired":        {func(m map[string]any) { m["exp"] = m["iat"].(int64) - 61 }, oidc.ErrToken},
		"within skew":    {func(m map[string]any) { m["exp"] = m["iat"].(int64) - 59 }, nil},
		"token hash":     {func(m map[string]any) { m["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" }, oidc.ErrToken},
		"no subject":     {func(m map[string]any) { delete(m, "sub") }, oidc.ErrToken},
		"from to-morrow": {func(m map[string]any) { m["auth_time"] = m["iat"].(int64) + 86400 }, oidc.ErrToken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newStage(t, func(o *demoidp.Options) { o.Faults.IDToken = c.change }, nil).login("anna")
			if c.kind == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			want(t, err, c.kind)
		})
	}
}

// Userinfo adds; it neither replaces what is signed nor speaks of the login.
func TestUserInfoOnlyAdds(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(o *demoidp.Options) {
		o.Faults.IDToken = func(c map[string]any) {
			for _, name := range []string{"name", "given_name", "family_name", "acr", "auth_time"} {
				delete(c, name)
			}
		}
		o.Faults.UserInfo = func(c map[string]any) {
			c[oidc.ClaimPersonalNumber], c["acr"], c["auth_time"] = "198404012380", oidc.LevelFour, 1
		}
	}, func(c *oidc.Config) { c.ACRValues = nil })
	who, err := s.login("anna")
	if err != nil || who.Name != "Anna Exempel" || who.Number != number || who.ACR != "" || !who.AuthTime.IsZero() {
		t.Fatalf("name added %t, number kept %t, acr %q, auth time %s, error %v", who.Name != "", who.Number == number, who.ACR, who.AuthTime, err)
	}
}

// A token signed with another provider's key must not pass.
func TestForeignSignature(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil, nil)
	other := newStage(t, nil, nil)
	// The front sends everything to the right provider but the keys.
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target := s.server.URL()
		if strings.HasSuffix(r.URL.Path, "/jwks") {
			target = other.server.URL()
		}
		resp, err := s.http.Get(target + r.URL.Path)
		if err != nil {
			http.Error(w, "", http.StatusBadGateway)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		_, _ = io.Copy(w, resp.Body)
	}))
	defer front.Close()
	transport := rewriteHost{s.http.Transport, strings.TrimPrefix(front.URL, "http://")}
	client, err := oidc.New(oidc.Config{Name: "resident", Issuer: s.server.ResidentIssuer(), ClientID: "insyn", ClientSecret: "för prov & bara det"}, s.clock, transport)
	if err != nil {
		t.Fatal(err)
	}
	authURL, flow, err := client.Begin(t.Context(), callback, oidc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Finish(t.Context(), flow, s.press(authURL, "person", "anna"))
	want(t, err, oidc.ErrToken)
}

// rewriteHost sends requests for keys to another host.
type rewriteHost struct {
	next http.RoundTripper
	host string
}

func (r rewriteHost) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, "/jwks") {
		req = req.Clone(req.Context())
		req.URL.Host = r.host
	}
	return r.next.RoundTrip(req)
}

func TestUserInfo(t *testing.T) {
	t.Parallel()
	for name, signed := range map[string]bool{"plain": false, "signed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, func(o *demoidp.Options) { o.UserInfoOnly, o.SignedUserInfo = true, signed }, nil)
			who, err := s.login("anna")
			if err != nil || who.Number != number || who.Name != "Anna Exempel" || !who.EmailVerified {
				t.Fatalf("number found %t, name found %t, error %v", who.Number == number, who.Name != "", err)
			}
			_, err = s.login("both")
			want(t, err, oidc.ErrNumber)
		})
	}
	s := newStage(t, func(o *demoidp.Options) {
		o.UserInfoOnly = true
		o.Faults.UserInfo = func(c map[string]any) { c["sub"] = "someone-else" }
	}, nil)
	_, err := s.login("anna")
	want(t, err, oidc.ErrToken)
	// The level counts only when signed for in the ID token.
	s = newStage(t, func(o *demoidp.Options) {
		o.UserInfoOnly = true
		o.Faults.UserInfo = func(c map[string]any) { c["acr"] = oidc.LevelFour }
	}, nil)
	_, err = s.login("low")
	want(t, err, oidc.ErrLevel)
}

func TestFreshness(t *testing.T) {
	t.Parallel()
	var age time.Duration
	s := newStage(t, func(o *demoidp.Options) {
		o.Faults.IDToken = func(c map[string]any) {
			if age < 0 {
				delete(c, "auth_time")
				return
			}
			c["auth_time"] = c["auth_time"].(int64) - int64(age/time.Second)
		}
	}, nil)
	for _, c := range []struct {
		o    oidc.Options
		age  time.Duration
		kind error
	}{
		{oidc.Options{MaxAge: 5 * time.Minute}, 0, nil},
		{oidc.Options{MaxAge: 5 * time.Minute}, 6*time.Minute + time.Second, oidc.ErrStale},
		{oidc.Options{MaxAge: 5 * time.Minute}, -1, oidc.ErrStale},
		{oidc.Options{Prompt: "login"}, 0, nil},
		{oidc.Options{Prompt: "login"}, 2 * time.Minute, oidc.ErrStale},
		{oidc.Options{}, 8 * time.Hour, nil},
	} {
		age = c.age
		authURL, flow := s.begin(c.o)
		_, err := s.client.Finish(t.Context(), flow, s.press(authURL, "person", "anna"))
		if !errors.Is(err, c.kind) {
			t.Errorf("%+v, %s old: error %v, want %v", c.o, c.age, err, c.kind)
		}
	}
}

func TestStaff(t *testing.T) {
	t.Parallel()
	staff := func(value string) func(*oidc.Config) {
		return func(c *oidc.Config) {
			c.Name, c.Issuer = "staff", strings.Replace(c.Issuer, "/resident", "/staff", 1)
			c.RequireNumber, c.RequiredClaim, c.RequiredValue = false, "roles", value
		}
	}
	who, err := newStage(t, nil, staff("insyn")).login("kim")
	if err != nil || who.UPN != "kim@kommun.example" || who.Number != "" {
		t.Fatalf("upn found %t, error %v", who.UPN != "", err)
	}
	_, err = newStage(t, nil, staff("admin")).login("kim")
	want(t, err, oidc.ErrRequiredClaim)
	// Too many groups: Entra sends none and points elsewhere.
	overage := func(o *demoidp.Options) {
		o.Faults.IDToken = func(c map[string]any) {
			delete(c, "roles")
			c["_claim_names"] = map[string]string{"roles": "src1"}
			c["_claim_sources"] = map[string]any{"src1": map[string]string{"endpoint": "https://graph.example/"}}
		}
		o.Faults.UserInfo = func(c map[string]any) { delete(c, "roles") }
	}
	_, err = newStage(t, overage, staff("insyn")).login("kim")
	want(t, err, oidc.ErrRequiredClaim)
}

func TestWrongSecret(t *testing.T) {
	t.Parallel()
	_, err := newStage(t, nil, func(c *oidc.Config) { c.ClientSecret = "wrong" }).login("anna")
	want(t, err, oidc.ErrConfig)
}

// The service starts and stays up while the provider is down, and works as
// soon as it is back.
func TestProviderDownThenUp(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	clk := clock.NewSettable(time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC))
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := oidc.New(oidc.Config{Name: "resident", Issuer: "http://" + addr + "/resident", ClientID: "insyn", ClientSecret: "s"}, clk, transport)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Begin(t.Context(), callback, oidc.Options{})
	want(t, err, oidc.ErrUnavailable)
	want(t, c.Check(t.Context()), oidc.ErrUnavailable)
	start := func() *demoidp.Server {
		s, err := demoidp.Start(t.Context(), demoidp.Options{Addr: addr, ClientID: "insyn", ClientSecret: "s", Clock: clk, RedirectPrefixes: []string{"http://service.example/"}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := start()
	if err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err = c.Begin(t.Context(), callback, oidc.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// Known and gone: the old description is used on, also when it is old.
	clk.Advance(13 * time.Hour)
	if _, _, err = c.Begin(t.Context(), callback, oidc.Options{}); err != nil {
		t.Fatal(err)
	}
	if u, err := c.EndSessionURL(t.Context(), "http://service.example/"); err != nil || !strings.Contains(u, "/resident/end_session?client_id=insyn&post_logout_redirect_uri=") {
		t.Fatalf("end session at %q, error %v", u, err)
	}
}

// A waiting request can be given up while the provider is silent.
func TestSilentProvider(t *testing.T) {
	t.Parallel()
	goOn := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-goOn }))
	defer silent.Close()
	defer close(goOn)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := oidc.New(oidc.Config{Name: "resident", Issuer: silent.URL, ClientID: "insyn", ClientSecret: "s", Timeout: 50 * time.Millisecond}, clock.System(), transport)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Begin(t.Context(), callback, oidc.Options{})
	want(t, err, oidc.ErrUnavailable)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = c.Begin(ctx, callback, oidc.Options{})
	want(t, err, oidc.ErrUnavailable)
	want(t, err, context.Canceled)
}
