package demoidp_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"insyn/internal/demoidp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func options() demoidp.Options {
	return demoidp.Options{
		Addr: "127.0.0.1:0", ClientID: "insyn", ClientSecret: "s",
		Residents: []demoidp.Person{
			{Key: "anna", Number: "197701172392", GivenName: "Anna", FamilyName: "Exempel", Description: "Har barn i skolan"},
			{Key: "sam", CoordinationNumber: "202312872399", GivenName: "Sam", FamilyName: "<script>"},
		},
		Staff:            []demoidp.Person{{Key: "kim", GivenName: "Kim", FamilyName: "Exempel", UPN: "kim@kommun.example", Description: "Dataskyddsombud"}},
		RedirectPrefixes: []string{"http://service.example:8080/portal"},
	}
}

func start(t *testing.T, o demoidp.Options) *demoidp.Server {
	t.Helper()
	s, err := demoidp.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func request(redirect string) url.Values {
	return url.Values{
		"response_type": {"code"}, "client_id": {"insyn"}, "redirect_uri": {redirect}, "scope": {"openid"}, "state": {"st"}, "nonce": {"n"},
		"code_challenge": {strings.Repeat("c", 43)}, "code_challenge_method": {"S256"},
	}
}

// send makes one request without following redirects.
func send(t *testing.T, method, address string, form url.Values) (*http.Response, string) {
	t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

const good = "http://service.example:8080/portal/inloggad"

func TestPage(t *testing.T) {
	t.Parallel()
	s := start(t, options())
	resp, body := send(t, http.MethodGet, s.ResidentIssuer()+"/authorize?"+request(good).Encode(), nil)
	for _, part := range []string{`lang="sv"`, "Bara för prov", "Anna Exempel", "19770117-2392", "20231287-2399", "Avbryt", `value="anna"`} {
		if !strings.Contains(body, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	if strings.Contains(body, "<script") || strings.Contains(body, "Kim") || strings.Contains(body, "style=") {
		t.Error("the page holds what it should not")
	}
	policy := resp.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "form-action 'self' http://service.example:8080") {
		t.Errorf("policy %q", policy)
	}
	q := request(good)
	q.Set("ui_locales", "en")
	if _, body = send(t, http.MethodGet, s.StaffIssuer()+"/authorize?"+q.Encode(), nil); !strings.Contains(body, `lang="en"`) || !strings.Contains(body, "Kim Exempel") || strings.Contains(body, "Anna") {
		t.Error("the staff page in English is wrong")
	}
	if resp, _ = send(t, http.MethodGet, s.URL()+"/legitimation.css", nil); !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/css") {
		t.Errorf("style sheet of type %q", resp.Header.Get("Content-Type"))
	}
}

// A browser is never sent to an address that is not the service's.
func TestRedirects(t *testing.T) {
	t.Parallel()
	s := start(t, options())
	for _, bad := range []string{
		"", "http://evil.example/portal", "http://service.example:80801/portal", "http://service.example:8080.evil.example/portal",
		"https://service.example:8080/portal", "http://service.example:8080/portalen", "http://service.example:8080/", "http://service.example:8080/portal/../x",
		"http://x@service.example:8080/portal", "javascript:alert(1)", "//service.example:8080/portal", good + "#x",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			form := request(bad)
			form.Set("person", "anna")
			resp, _ := send(t, method, s.ResidentIssuer()+"/authorize?"+request(bad).Encode(), form)
			if resp.StatusCode != http.StatusBadRequest || resp.Header.Get("Location") != "" {
				t.Errorf("%s %q: status %d to %q", method, bad, resp.StatusCode, resp.Header.Get("Location"))
			}
		}
		resp, _ := send(t, http.MethodGet, s.ResidentIssuer()+"/end_session?client_id=insyn&post_logout_redirect_uri="+url.QueryEscape(bad), nil)
		if resp.Header.Get("Location") != "" {
			t.Errorf("logout to %q", bad)
		}
	}
	q := request(good)
	q.Set("client_id", "other")
	if resp, _ := send(t, http.MethodGet, s.ResidentIssuer()+"/authorize?"+q.Encode(), nil); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("other client: %d", resp.StatusCode)
	}
	resp, _ := send(t, http.MethodGet, s.ResidentIssuer()+"/end_session?client_id=insyn&post_logout_redirect_uri="+url.QueryEscape(good), nil)
	if to := resp.Header.Get("Location"); !strings.HasPrefix(to, good) {
		t.Errorf("logout to %q", to)
	}
}

func TestProtocolRefusals(t *testing.T) {
	t.Parallel()
	s := start(t, options())
	for code, change := range map[string]func(url.Values){
		"unsupported_response_type": func(q url.Values) { q.Set("response_type", "token") },
		"invalid_scope":             func(q url.Values) { q.Set("scope", "profile") },
		"invalid_request":           func(q url.Values) { q.Set("code_challenge_method", "plain") },
		"login_required":            func(q url.Values) { q.Set("prompt", "none") },
	} {
		q := request(good)
		change(q)
		resp, _ := send(t, http.MethodGet, s.ResidentIssuer()+"/authorize?"+q.Encode(), nil)
		to, err := resp.Location()
		if err != nil || to.Query().Get("error") != code || to.Query().Get("state") != "st" {
			t.Errorf("%s: to %v", code, to)
		}
	}
	for _, token := range []string{"", "x"} {
		if resp, _ := send(t, http.MethodPost, s.ResidentIssuer()+"/token", url.Values{"client_id": {"insyn"}, "client_secret": {token}}); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("secret %q: %d", token, resp.StatusCode)
		}
	}
	if resp, _ := send(t, http.MethodGet, s.ResidentIssuer()+"/userinfo", nil); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("userinfo without token: %d", resp.StatusCode)
	}
}

// A person of one issuer cannot log in at the other.
func TestIssuersAreApart(t *testing.T) {
	t.Parallel()
	s := start(t, options())
	form := request(good)
	form.Set("person", "kim")
	if resp, _ := send(t, http.MethodPost, s.ResidentIssuer()+"/authorize", form); resp.Header.Get("Location") != "" {
		t.Error("staff logged in as a resident")
	}
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*demoidp.Options){
		"no secret": func(o *demoidp.Options) { o.ClientSecret = "" },
		"redirect":  func(o *demoidp.Options) { o.RedirectPrefixes = []string{"service.example"} },
		"number":    func(o *demoidp.Options) { o.Residents[0].Number = "1" },
		"key":       func(o *demoidp.Options) { o.Staff[0].Key = "a b" },
	} {
		o := options()
		change(&o)
		if s, err := demoidp.Start(context.Background(), o); err == nil {
			_ = s.Close()
			t.Errorf("%s: started", name)
		}
	}
}
