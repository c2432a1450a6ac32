package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
)

// rediscover is how long a provider's own description is believed. Signing
// keys have their own rule: an unknown key id fetches them again.
const rediscover = 12 * time.Hour

// maxAnswer bounds what a provider may make us read.
const maxAnswer = 1 << 20

// metadata is what we need of the discovery document beyond go-oidc's part.
type metadata struct {
	JWKSURI            string   `json:"jwks_uri"`
	EndSessionEndpoint string   `json:"end_session_endpoint"`
	TokenAuthMethods   []string `json:"token_endpoint_auth_methods_supported"`
	ChallengeMethods   []string `json:"code_challenge_methods_supported"`
	ACRValues          []string `json:"acr_values_supported"`
	ResponseIssuer     bool     `json:"authorization_response_iss_parameter_supported"`
}

// described is a provider as it described itself.
type described struct {
	provider *goidc.Provider
	meta     metadata
	at       time.Time
}

// discovery holds the description. The slot is a lock that a waiting request
// can give up on, unlike a mutex.
type discovery struct {
	slot chan *described
}

func newDiscovery() discovery {
	d := discovery{slot: make(chan *described, 1)}
	d.slot <- nil
	return d
}

// describe returns the provider's description, asking for it when it is missing or
// old. A failure is not remembered: the next login asks again. An old
// description is used on while a new one cannot be had.
func (c *Client) describe(ctx context.Context) (*described, error) {
	var d *described
	select {
	case d = <-c.found.slot:
	case <-ctx.Done():
		return nil, c.unavailable(ctx, "discovery", "")
	}
	defer func() { c.found.slot <- d }()
	now := c.clock.Now()
	if d != nil && now.Sub(d.at).Abs() < rediscover {
		return d, nil
	}
	fresh, err := c.discover(ctx)
	if err != nil {
		if d != nil && errors.Is(err, ErrUnavailable) {
			return d, nil
		}
		return nil, err
	}
	d = fresh
	return d, nil
}

func (c *Client) discover(ctx context.Context) (*described, error) {
	p, err := goidc.NewProvider(goidc.ClientContext(ctx, c.http), c.c.Issuer)
	var mismatch *goidc.IssuerMismatchError
	switch {
	case errors.As(err, &mismatch):
		return nil, c.fail(ErrConfig, "discovery", "the provider names another issuer")
	case err != nil:
		return nil, c.unavailable(ctx, "discovery", "")
	}
	d := &described{provider: p, at: c.clock.Now()}
	if err := p.Claims(&d.meta); err != nil {
		return nil, c.fail(ErrConfig, "discovery", "the document cannot be read")
	}
	end := p.Endpoint()
	for _, u := range []string{end.AuthURL, end.TokenURL, d.meta.JWKSURI} {
		if checkEndpoint(u, c.c.AllowHTTP) != nil {
			return nil, c.fail(ErrConfig, "discovery", "an endpoint is missing or not https")
		}
	}
	return d, nil
}

// Check asks the provider what it can do and compares it with our
// configuration. For `insyn doctor`; nil means that a login should work.
func (c *Client) Check(ctx context.Context) error {
	d, err := c.discover(ctx)
	if err != nil {
		return err
	}
	m := d.meta
	switch {
	case len(m.TokenAuthMethods) > 0 && !slices.Contains(m.TokenAuthMethods, c.c.AuthMethod):
		return c.fail(ErrConfig, "check", "the provider does not take "+c.c.AuthMethod)
	case len(m.ChallengeMethods) > 0 && !slices.Contains(m.ChallengeMethods, "S256"):
		return c.fail(ErrConfig, "check", "the provider has no PKCE S256")
	case len(m.ACRValues) > 0 && len(c.c.ACRValues) > 0 && !overlap(m.ACRValues, c.c.ACRValues):
		return c.fail(ErrConfig, "check", "the provider has none of our levels")
	}
	return c.checkKeys(ctx, m.JWKSURI)
}

func (c *Client) checkKeys(ctx context.Context, uri string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return c.fail(ErrConfig, "keys", "")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.unavailable(ctx, "keys", "")
	}
	defer func() { _ = resp.Body.Close() }()
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if resp.StatusCode != http.StatusOK || json.NewDecoder(resp.Body).Decode(&set) != nil || len(set.Keys) == 0 {
		return c.fail(ErrUnavailable, "keys", "the provider shows no signing keys")
	}
	return nil
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// boundedTransport cuts answers off at maxAnswer: go-oidc reads them whole.
type boundedTransport struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (t boundedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}
