// Package visitor is a person at a browser without script: it opens pages, follows redirects and keeps cookies, finds a
// form the way people find it, fills it in and sends it with one of its buttons. It sends what a browser sends (Origin,
// Referer, Fetch metadata) and refuses what a browser refuses: a required field left empty, a choice that is not on the
// page, a form that the page's own content security policy does not let go where it leads.
//
// It knows HTML and HTTP and nothing about what the pages are for.
package visitor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Visitor is one browser with its own cookies. It may be used by one goroutine at a time; Addresses by any.
type Visitor struct {
	base   *url.URL
	client *http.Client
	// Language is what Accept-Language says.
	language string

	mu        sync.Mutex
	addresses []string
}

// pageTime bounds one exchange, redirects not counted together.
const pageTime = 30 * time.Second

// New is a browser that has been nowhere. base is what relative addresses given to Get are relative to.
func New(base string) (*Visitor, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil, errors.New("visitor: the base must be a web address")
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("visitor: %w", err)
	}
	return &Visitor{base: u, language: "sv", client: &http.Client{
		Jar: jar, Timeout: pageTime, Transport: &http.Transport{MaxIdleConnsPerHost: 2, IdleConnTimeout: pageTime},
		// Redirects are followed by the visitor itself, which notes each address and minds the form's policy.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Get opens an address as if typed in the address bar, and follows redirects.
func (v *Visitor) Get(ctx context.Context, address string) (*Page, error) {
	u, err := v.base.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("open address: %w", err)
	}
	return v.travel(ctx, journey{method: http.MethodGet, to: u})
}

// Send posts values to an address as a form on the page would, whether or not the page has such a form. It is for trying
// what no page offers.
func (p *Page) Send(ctx context.Context, address string, values url.Values) (*Page, error) {
	to, err := p.URL.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("send to address: %w", err)
	}
	return p.v.travel(ctx, journey{method: http.MethodPost, to: to, from: p, body: encoded(values)})
}

// Close lets go of idle connections.
func (v *Visitor) Close() { v.client.CloseIdleConnections() }

// Addresses are all that have been asked for, in order, with their queries.
func (v *Visitor) Addresses() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.addresses)
}

func (v *Visitor) note(u *url.URL) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.addresses = append(v.addresses, u.String())
}
