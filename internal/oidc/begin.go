package oidc

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// flowLifetime is how long a person may take at the provider: time to find a
// phone, install an app, be interrupted once.
const flowLifetime = 30 * time.Minute

// Flow is what must be remembered between Begin and Finish, in the browser's
// own session and nowhere else. It is used once. It holds nothing personal.
type Flow struct {
	State, Nonce, Verifier string
	RedirectURL            string
	// MaxAge and Prompt repeat what was asked for, to be checked in the answer.
	MaxAge time.Duration `json:",omitempty"`
	Prompt string        `json:",omitempty"`
	// StartedAt is when Begin was called.
	StartedAt time.Time
}

// Options is what one login asks for.
type Options struct {
	// MaxAge is the oldest authentication that will do, in whole seconds; zero
	// does not ask. The answer must then say when the person authenticated.
	MaxAge time.Duration
	// Prompt is "" or "login", which has the person authenticate anew.
	Prompt string
	// UILocale is the page's language, "sv" or "en".
	UILocale string
}

// Begin starts a login: send the browser to authURL, keep the flow. The
// redirect URL must be one that the provider knows, exactly.
func (c *Client) Begin(ctx context.Context, redirectURL string, o Options) (authURL string, flow Flow, err error) {
	d, err := c.describe(ctx)
	if err != nil {
		return "", Flow{}, err
	}
	flow = Flow{
		State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), // 130, 130 and 256 bits
		RedirectURL: redirectURL, MaxAge: o.MaxAge, Prompt: o.Prompt, StartedAt: c.clock.Now(),
	}
	params := []oauth2.AuthCodeOption{goidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier)}
	add := func(key, value string) {
		if value != "" {
			params = append(params, oauth2.SetAuthURLParam(key, value))
		}
	}
	add("prompt", o.Prompt)
	add("ui_locales", o.UILocale)
	if o.MaxAge > 0 {
		add("max_age", strconv.FormatInt(int64(o.MaxAge/time.Second), 10))
	}
	if c.c.ACREssential {
		add("claims", essentialACR(c.c.ACRValues))
	} else {
		add("acr_values", strings.Join(c.c.ACRValues, " "))
	}
	return c.oauth(d, redirectURL).AuthCodeURL(flow.State, params...), flow, nil
}

func essentialACR(values []string) string {
	if len(values) == 0 {
		return ""
	}
	b, err := json.Marshal(map[string]any{"id_token": map[string]any{"acr": map[string]any{"essential": true, "values": values}}})
	if err != nil {
		return "" // strings always marshal
	}
	return string(b)
}

func (c *Client) oauth(d *described, redirectURL string) *oauth2.Config {
	e := d.provider.Endpoint()
	e.AuthStyle = oauth2.AuthStyleInParams
	if c.c.AuthMethod == AuthBasic {
		e.AuthStyle = oauth2.AuthStyleInHeader
	}
	secret := c.c.ClientSecret
	if c.c.AuthMethod == AuthPrivateKeyJWT {
		secret = ""
	}
	return &oauth2.Config{
		ClientID: c.c.ClientID, ClientSecret: secret, Endpoint: e, RedirectURL: redirectURL,
		Scopes: append([]string{goidc.ScopeOpenID}, c.c.Scopes...),
	}
}

// EndSessionURL is where to send the browser to end the session at the
// provider too, or "" when the provider has no such place. The ID token is not
// sent along as a hint: it holds the identity number, and it would end up in
// browser histories and proxies.
func (c *Client) EndSessionURL(ctx context.Context, afterwards string) (string, error) {
	d, err := c.describe(ctx)
	if err != nil {
		return "", err
	}
	if d.meta.EndSessionEndpoint == "" {
		return "", nil
	}
	u, err := url.Parse(d.meta.EndSessionEndpoint)
	if err != nil || checkEndpoint(d.meta.EndSessionEndpoint, c.c.AllowHTTP) != nil {
		return "", c.fail(ErrConfig, "end session", "the endpoint is not a web address")
	}
	q := u.Query()
	q.Set("client_id", c.c.ClientID)
	if afterwards != "" {
		q.Set("post_logout_redirect_uri", afterwards)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// checkEndpoint is checkIssuer, but an endpoint may have a query.
func checkEndpoint(endpoint string, allowHTTP bool) error {
	before, _, _ := strings.Cut(endpoint, "?")
	return checkIssuer(before, allowHTTP)
}
