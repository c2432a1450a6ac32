// Package oidc logs people in through an OpenID Connect provider, as relying
// party: authorization code flow with PKCE, nothing else.
//
// Issuers differ in scopes, claim names, levels of assurance and how a client
// proves itself, so all of that is configuration, one Config per provider. The
// checks follow the Swedish OIDC profile (oidc.se, Sweden Connect): a level
// from an allowed list, a fresh authentication where asked for, and exactly
// one of personal identity number and coordination number.
//
// Protocol and signatures are go-oidc's and x/oauth2's work; this package
// holds the flow together, checks what they do not, and turns every failure
// into one of a few kinds that carry no personal data and no text from
// outside.
package oidc

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"insyn/internal/clock"
)

// Ways to prove to the provider who we are.
const (
	AuthBasic         = "client_secret_basic"
	AuthPost          = "client_secret_post"
	AuthPrivateKeyJWT = "private_key_jwt"
)

// Claim names of the Swedish OIDC profile.
const (
	ClaimPersonalNumber     = "https://id.oidc.se/claim/personalIdentityNumber"
	ClaimCoordinationNumber = "https://id.oidc.se/claim/coordinationNumber"
)

// Levels of assurance that are enough for a resident by default: Swedish
// e-legitimation, level 3 and 4.
const (
	LevelThree = "http://id.elegnamnden.se/loa/1.0/loa3"
	LevelFour  = "http://id.elegnamnden.se/loa/1.0/loa4"
)

// Config is one provider. The zero values of Scopes, Claims, AuthMethod,
// ClockSkew and Timeout have defaults; see Client.
type Config struct {
	// Name says which provider it is in errors and logs: "resident", "staff".
	Name string
	// Issuer is the provider's address, exactly as it names itself.
	Issuer string
	// ClientID is what the provider calls us.
	ClientID string
	// ClientSecret is for the two client_secret methods.
	ClientSecret string
	// PrivateKeyPEM (PKCS #8, PKCS #1 or SEC 1) and PrivateKeyID are for
	// private_key_jwt. Without an id the key's thumbprint (RFC 7638) is used.
	PrivateKeyPEM []byte
	PrivateKeyID  string
	// AssertionAudience is "token_endpoint" (default) or "issuer".
	AssertionAudience string
	// AuthMethod is one of AuthBasic (default), AuthPost, AuthPrivateKeyJWT.
	AuthMethod string
	// Scopes besides openid.
	Scopes []string
	// ACRValues are the levels that are enough, best first. They are sent, and
	// the answer must be one of them. Empty: the level is not looked at.
	ACRValues []string
	// ACREssential asks for the level by an essential claim instead of
	// acr_values; some providers take only one of the two.
	ACREssential bool
	// Claims says what the provider calls things.
	Claims Claims
	// RequireNumber demands exactly one of the two number claims.
	RequireNumber bool
	// RequiredClaim and RequiredValue demand a claim that is, or holds, a
	// value; for staff, on top of the assignments in Insyn.
	RequiredClaim, RequiredValue string
	// ClockSkew is how far the provider's clock may be off; default one minute.
	ClockSkew time.Duration
	// Timeout is for one call to the provider; default ten seconds.
	Timeout time.Duration
	// AllowHTTP accepts an issuer without TLS that is not on this machine.
	AllowHTTP bool
}

// Claims holds claim names. An empty name takes the default; "-" means that
// the provider has no such claim.
type Claims struct {
	// Number and CoordinationNumber default to the Swedish profile's names. The
	// same name for both means that the provider sends either in one claim.
	Number, CoordinationNumber  string
	Name, GivenName, FamilyName string
	Email, EmailVerified, UPN   string
}

// noClaim is how configuration says that a claim does not exist.
const noClaim = "-"

func (c Claims) withDefaults() Claims {
	set := func(p *string, def string) {
		switch *p {
		case "":
			*p = def
		case noClaim:
			*p = ""
		}
	}
	set(&c.Number, ClaimPersonalNumber)
	set(&c.CoordinationNumber, ClaimCoordinationNumber)
	set(&c.Name, "name")
	set(&c.GivenName, "given_name")
	set(&c.FamilyName, "family_name")
	set(&c.Email, "email")
	set(&c.EmailVerified, "email_verified")
	set(&c.UPN, "upn")
	return c
}

func (c Config) withDefaults() Config {
	c.Claims = c.Claims.withDefaults()
	if c.AuthMethod == "" {
		c.AuthMethod = AuthBasic
	}
	if c.AssertionAudience == "" {
		c.AssertionAudience = "token_endpoint"
	}
	if c.ClockSkew == 0 {
		c.ClockSkew = time.Minute
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	return c
}

// validate finds what can be known to be wrong without asking the provider.
func (c Config) validate() error {
	if err := checkIssuer(c.Issuer, c.AllowHTTP); err != nil {
		return err
	}
	if c.ClientID == "" {
		return errors.New("the client id is missing")
	}
	switch c.AuthMethod {
	case AuthBasic, AuthPost:
		if c.ClientSecret == "" {
			return fmt.Errorf("%s needs a client secret", c.AuthMethod)
		}
	case AuthPrivateKeyJWT:
		if len(c.PrivateKeyPEM) == 0 {
			return errors.New("private_key_jwt needs a private key")
		}
	default:
		return fmt.Errorf("the auth method must be %s, %s or %s", AuthBasic, AuthPost, AuthPrivateKeyJWT)
	}
	switch {
	case !slices.Contains([]string{"token_endpoint", "issuer"}, c.AssertionAudience):
		return errors.New("the assertion audience must be token_endpoint or issuer")
	case c.ClockSkew < 0 || c.ClockSkew > 5*time.Minute:
		return errors.New("the clock skew must be between 0 and 5 minutes")
	case c.RequireNumber && c.Claims.Number == "" && c.Claims.CoordinationNumber == "":
		return errors.New("a number is demanded but no claim carries one")
	case (c.RequiredClaim == "") != (c.RequiredValue == ""):
		return errors.New("a required claim needs both name and value")
	}
	return nil
}

func checkIssuer(issuer string, allowHTTP bool) error {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("the issuer must be a web address without query")
	}
	switch {
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && (allowHTTP || loopback(u.Hostname())):
		return nil
	}
	return errors.New("the issuer must begin with https://")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || (ip != nil && ip.IsLoopback())
}

// Client is the relying party for one provider. It is safe for concurrent use
// and touches the network first when asked to, so a program starts while the
// provider is down.
type Client struct {
	c      Config
	clock  clock.Clock
	http   *http.Client
	signer *assertionSigner // private_key_jwt only
	found  discovery
}

// New checks the configuration and makes a client. It opens nothing.
// transport is the way to the provider; nil is the usual one.
func New(c Config, clk clock.Clock, transport http.RoundTripper) (*Client, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("oidc %s: %w", c.Name, err)
	}
	if transport == nil {
		transport = http.DefaultTransport
	}
	cl := &Client{c: c, clock: clk, found: newDiscovery()}
	cl.http = &http.Client{
		Timeout:   c.Timeout,
		Transport: boundedTransport{transport},
		// An endpoint that redirects is not the endpoint that was discovered.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if c.AuthMethod == AuthPrivateKeyJWT {
		var err error
		if cl.signer, err = newAssertionSigner(c); err != nil {
			return nil, fmt.Errorf("oidc %s: %w", c.Name, err)
		}
	}
	return cl, nil
}
