package demoidp

import (
	"bytes"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// request is an authorization request that has been found good.
type request struct {
	redirect                *url.URL
	state, nonce, challenge string
	scope                   []string
	english                 bool
}

// grant is what a code stands for.
type grant struct {
	person           Person
	redirect         string
	nonce, challenge string
	scope            []string
	authenticated    time.Time
}

// formFields are the request's parameters that the login form carries on.
func formFields() []string {
	return []string{"response_type", "client_id", "redirect_uri", "scope", "state", "nonce",
		"code_challenge", "code_challenge_method", "prompt", "max_age", "acr_values", "ui_locales", "claims"}
}

// read checks an authorization request. Until client and return address are
// known to be right the browser is not sent anywhere: the answer is a page.
func (r *realm) read(w http.ResponseWriter, q url.Values) (request, bool) {
	redirect, ok := r.s.allowed(q.Get("redirect_uri"))
	if !ok || q.Get("client_id") != r.s.o.ClientID {
		r.refuse(w, "Adressen eller tjänsten är inte känd här.")
		return request{}, false
	}
	a := request{
		redirect: redirect, state: q.Get("state"), nonce: q.Get("nonce"), challenge: q.Get("code_challenge"),
		scope: strings.Fields(q.Get("scope")), english: strings.HasPrefix(q.Get("ui_locales"), "en"),
	}
	problem := ""
	switch {
	case q.Get("response_type") != "code":
		problem = "unsupported_response_type"
	case !slices.Contains(a.scope, "openid"):
		problem = "invalid_scope"
	case q.Get("code_challenge_method") != "S256" || len(a.challenge) != 43 || a.state == "":
		problem = "invalid_request"
	case q.Get("prompt") == "none":
		problem = "login_required"
	}
	if problem != "" {
		r.back(w, a, url.Values{"error": {problem}})
		return request{}, false
	}
	return a, true
}

// back sends the browser to the service with an answer.
func (r *realm) back(w http.ResponseWriter, a request, answer url.Values) {
	answer.Set("iss", r.issuer)
	if a.state != "" {
		answer.Set("state", a.state)
	}
	u := *a.redirect
	q := u.Query()
	for k, v := range answer {
		q[k] = v
	}
	u.RawQuery = q.Encode()
	w.Header().Set("Location", u.String())
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(http.StatusSeeOther)
}

// ask shows the page where a person is chosen.
func (r *realm) ask(w http.ResponseWriter, req *http.Request) {
	a, ok := r.read(w, req.URL.Query())
	if !ok {
		return
	}
	r.show(w, a, req.URL.Query())
}

// chosen answers the form: a person, or cancel.
func (r *realm) chosen(w http.ResponseWriter, req *http.Request) {
	if err := req.ParseForm(); err != nil {
		r.refuse(w, "Formuläret gick inte att läsa.")
		return
	}
	a, ok := r.read(w, req.PostForm)
	if !ok {
		return
	}
	if req.PostForm.Has("avbryt") {
		r.back(w, a, url.Values{"error": {"access_denied"}})
		return
	}
	i := slices.IndexFunc(r.people, func(p Person) bool { return p.Key == req.PostForm.Get("person") })
	if i < 0 {
		r.show(w, a, req.PostForm)
		return
	}
	code, ok := r.grants.put(grant{
		person: r.people[i], redirect: req.PostForm.Get("redirect_uri"), nonce: a.nonce,
		challenge: a.challenge, scope: a.scope, authenticated: r.s.o.Clock.Now(),
	})
	if !ok {
		r.back(w, a, url.Values{"error": {"temporarily_unavailable"}})
		return
	}
	r.back(w, a, url.Values{"code": {code}})
}

// view is what the login page shows.
type view struct {
	Heading, Action, Error string
	Service                string
	Resident, English      bool
	People                 []Person
	Hidden                 []field
}

type field struct{ Name, Value string }

func (r *realm) show(w http.ResponseWriter, a request, q url.Values) {
	v := view{
		Heading: r.heading, Action: r.issuer + "/authorize", People: r.people,
		Resident: r.name == residentRealm, English: a.english, Service: a.redirect.Host,
	}
	if a.english {
		v.Heading = map[bool]string{true: "Who do you want to be?", false: "Who do you want to work as?"}[v.Resident]
	}
	for _, name := range formFields() {
		if q.Get(name) != "" {
			v.Hidden = append(v.Hidden, field{name, q.Get(name)})
		}
	}
	// Chromium holds form-action against the redirect after the form, too.
	r.render(w, http.StatusOK, v, "'self' "+a.redirect.Scheme+"://"+a.redirect.Host)
}

func (r *realm) refuse(w http.ResponseWriter, why string) {
	r.render(w, http.StatusBadRequest, view{Error: why}, "'none'")
}

func (r *realm) render(w http.ResponseWriter, status int, v view, formAction string) {
	var b bytes.Buffer
	if err := r.s.page.ExecuteTemplate(&b, "legitimation.html", v); err != nil {
		http.Error(w, "Sidan kan inte visas.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action "+formAction)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
}

// endSession has no session to end; it sends the browser back where it may.
func (r *realm) endSession(w http.ResponseWriter, req *http.Request) {
	q := req.URL.Query()
	u, ok := r.s.allowed(q.Get("post_logout_redirect_uri"))
	if !ok || q.Get("client_id") != r.s.o.ClientID {
		r.render(w, http.StatusOK, view{Error: "Du är utloggad. Stäng fliken eller gå tillbaka till e‑tjänsten."}, "'none'")
		return
	}
	r.back(w, request{redirect: u, state: q.Get("state")}, url.Values{})
}
