package visitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// journey is a navigation: where to, from which page, with what.
type journey struct {
	method string
	to     *url.URL
	from   *Page // nil: typed in the address bar
	form   bool  // a form is sent: the page's form-action policy holds
	body   *payload
}

// payload is a request's body. open may be called once.
type payload struct {
	mediaType string
	length    int64 // -1: not known
	open      func() io.ReadCloser
}

const (
	redirectLimit = 20
	pageLimit     = 64 << 20 // bytes of an answer
)

// ErrPolicy says that a browser would not have sent the form there.
var ErrPolicy = errors.New("the page's own policy forbids the form to go there")

// travel makes the journey and follows its redirects.
func (v *Visitor) travel(ctx context.Context, j journey) (*Page, error) {
	site := "none"
	for range redirectLimit {
		if j.form && !formMayGo(j.from, j.to) {
			return nil, fmt.Errorf("%w: %s", ErrPolicy, withoutQuery(j.to))
		}
		site = farther(site, relation(j.from, j.to))
		res, err := v.exchange(ctx, j, site)
		if err != nil {
			return nil, err
		}
		next, err := redirected(res)
		if err != nil {
			return nil, err
		}
		if next == nil {
			return v.read(res, j.to)
		}
		_ = res.Body.Close() // a redirect's body is for nobody
		if res.StatusCode == http.StatusTemporaryRedirect || res.StatusCode == http.StatusPermanentRedirect {
			if j.body != nil {
				return nil, fmt.Errorf("answer %d asks to send a form again, which a stream cannot be", res.StatusCode)
			}
		} else {
			j.method, j.body = http.MethodGet, nil
		}
		j.to = next
	}
	return nil, fmt.Errorf("more than %d redirects", redirectLimit)
}

func (v *Visitor) exchange(ctx context.Context, j journey, site string) (*http.Response, error) {
	to := *j.to
	to.Fragment = ""
	v.note(&to)
	r, err := http.NewRequestWithContext(ctx, j.method, to.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	if j.body != nil {
		r.Body, r.ContentLength = j.body.open(), j.body.length
		r.Header.Set("Content-Type", j.body.mediaType)
	}
	h := r.Header
	h.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
	h.Set("Accept-Language", v.language)
	h.Set("User-Agent", "visitor")
	h.Set("Sec-Fetch-Site", site)
	h.Set("Sec-Fetch-Mode", "navigate")
	h.Set("Sec-Fetch-Dest", "document")
	h.Set("Sec-Fetch-User", "?1")
	if j.from != nil {
		if j.method == http.MethodPost {
			h.Set("Origin", origin(j.from.URL))
		}
		if site == "same-origin" && j.from.Header.Get("Referrer-Policy") != "no-referrer" {
			at := *j.from.URL
			at.Fragment, at.User = "", nil
			h.Set("Referer", at.String())
		}
	}
	res, err := v.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", j.method, withoutQuery(&to), cause(err))
	}
	return res, nil
}

// cause leaves out the address that url.Error repeats.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func redirected(res *http.Response) (*url.URL, error) {
	switch res.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	to, err := res.Location()
	if err != nil {
		return nil, fmt.Errorf("redirect without an address: %w", err)
	}
	if to.Fragment == "" {
		to.Fragment = res.Request.URL.Fragment
	}
	return to, nil
}

func (v *Visitor) read(res *http.Response, at *url.URL) (*Page, error) {
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, pageLimit+1))
	if err != nil {
		return nil, fmt.Errorf("read answer of %s: %w", withoutQuery(res.Request.URL), err)
	}
	if len(body) > pageLimit {
		return nil, fmt.Errorf("answer of %s is larger than %d bytes", withoutQuery(res.Request.URL), pageLimit)
	}
	return newPage(v, at, res, body)
}

// relation is what Sec-Fetch-Site says of one step. Two ports of one host are the same site.
func relation(from *Page, to *url.URL) string {
	switch {
	case from == nil:
		return "none"
	case origin(from.URL) == origin(to):
		return "same-origin"
	case from.URL.Hostname() == to.Hostname() && from.URL.Scheme == to.Scheme:
		return "same-site"
	default:
		return "cross-site"
	}
}

// farther keeps the farthest of the steps of a chain of redirects, as browsers do.
func farther(a, b string) string {
	rank := map[string]int{"none": 0, "same-origin": 1, "same-site": 2, "cross-site": 3}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

func withoutQuery(u *url.URL) string { return origin(u) + u.Path }

// formMayGo holds a form's target against the form-action directive of its page. Redirects count, as they do in Chromium.
func formMayGo(p *Page, to *url.URL) bool {
	for _, policy := range p.Header.Values("Content-Security-Policy") {
		for directive := range strings.SplitSeq(policy, ";") {
			words := strings.Fields(directive)
			if len(words) > 0 && strings.EqualFold(words[0], "form-action") && !anyMatches(words[1:], p.URL, to) {
				return false
			}
		}
	}
	return true
}

func anyMatches(sources []string, self, to *url.URL) bool {
	for _, s := range sources {
		switch {
		case s == "'self'" && origin(self) == origin(to):
			return true
		case strings.EqualFold(strings.TrimSuffix(s, "/"), origin(to)):
			return true
		case s == "*", strings.HasSuffix(s, ":") && s == to.Scheme+":":
			return true
		}
	}
	return false
}
