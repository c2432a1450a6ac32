package oidc

import (
	"context"
	"slices"
	"time"

	"golang.org/x/oauth2"
)

// NumberKind tells the two kinds of identity number apart.
type NumberKind string

// The kinds.
const (
	NoNumber           NumberKind = ""
	PersonalNumber     NumberKind = "personal"
	CoordinationNumber NumberKind = "coordination"
)

// Identity is who the provider says it is. Issuer and Subject together name an
// account for ever; everything else may change.
type Identity struct {
	Issuer, Subject             string
	Name, GivenName, FamilyName string
	Email                       string
	EmailVerified               bool
	UPN                         string
	// Number is twelve digits, or "" when the provider gave none.
	Number     string
	NumberKind NumberKind
	// ACR is the level of assurance; one of the allowed ones when there are any.
	ACR string
	// AuthTime is when the person authenticated; zero when not told.
	AuthTime time.Time
}

// String keeps an identity that strays into a log or an error harmless.
func (Identity) String() string { return "oidc.Identity" }

// GoString is String, for %#v.
func (Identity) GoString() string { return "oidc.Identity" }

// claimSet is a decoded set of claims.
type claimSet map[string]any

// text is a claim that is a string, or "".
func (s claimSet) text(name string) string {
	v, _ := s[name].(string)
	return v
}

// truth is a claim that is true; some providers send the word.
func (s claimSet) truth(name string) bool {
	return s[name] == true || s[name] == "true"
}

// instant is a claim in seconds since 1970.
func (s claimSet) instant(name string) (time.Time, bool) {
	v, ok := s[name].(float64)
	if !ok || v <= 0 || v > 1e11 {
		return time.Time{}, false
	}
	return time.Unix(int64(v), 0).UTC(), true
}

// holds tells whether a claim is the value or a list with it.
func (s claimSet) holds(name, value string) bool {
	switch v := s[name].(type) {
	case string:
		return v == value
	case []any:
		return slices.Contains(v, any(value))
	}
	return false
}

// fromUserInfo adds what the ID token lacks. What the ID token says is never
// replaced, and protocol claims are never taken from here.
func (c *Client) fromUserInfo(ctx context.Context, d *described, token *oauth2.Token, set claimSet) error {
	if d.provider.UserInfoEndpoint() == "" || !c.lacks(set) {
		return nil
	}
	info, err := d.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return c.unavailable(ctx, "userinfo", "")
	}
	if info.Subject == "" || info.Subject != set.text("sub") {
		return c.fail(ErrToken, "userinfo", "subject")
	}
	extra := claimSet{}
	if err := info.Claims(&extra); err != nil {
		return c.fail(ErrToken, "userinfo", "claims")
	}
	for _, name := range c.wanted() {
		if _, ok := set[name]; !ok && extra[name] != nil {
			set[name] = extra[name]
		}
	}
	return nil
}

// wanted are the claims that may come from either place.
func (c *Client) wanted() []string {
	n := c.c.Claims
	all := []string{n.Number, n.CoordinationNumber, n.Name, n.GivenName, n.FamilyName, n.Email, n.EmailVerified, n.UPN, c.c.RequiredClaim}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// lacks tells whether something is missing that userinfo might have.
func (c *Client) lacks(set claimSet) bool {
	n := c.c.Claims
	missing := func(name string) bool { return name != "" && set[name] == nil }
	if c.c.RequireNumber && !set.has(n.Number) && !set.has(n.CoordinationNumber) {
		return true
	}
	if missing(c.c.RequiredClaim) || (!c.c.RequireNumber && missing(n.Email) && missing(n.UPN)) {
		return true
	}
	return missing(n.Name) && (missing(n.GivenName) || missing(n.FamilyName))
}

func (s claimSet) has(name string) bool { return name != "" && s[name] != nil }

// identity reads the person out of the claims and makes the last checks.
func (c *Client) identity(set claimSet) (Identity, error) {
	n := c.c.Claims
	who := Identity{
		Issuer: c.c.Issuer, Subject: set.text("sub"),
		Name: set.text(n.Name), GivenName: set.text(n.GivenName), FamilyName: set.text(n.FamilyName),
		Email: set.text(n.Email), EmailVerified: set.truth(n.EmailVerified), UPN: set.text(n.UPN),
		ACR: set.text("acr"),
	}
	who.AuthTime, _ = set.instant("auth_time")
	var err error
	if who.Number, who.NumberKind, err = c.number(set); err != nil {
		return Identity{}, err
	}
	// A provider with too many groups sends none and points elsewhere
	// (_claim_names): that is "not shown", and not shown is no.
	if c.c.RequiredClaim != "" && !set.holds(c.c.RequiredClaim, c.c.RequiredValue) {
		return Identity{}, c.fail(ErrRequiredClaim, "claims", "")
	}
	return who, nil
}

// number finds the identity number. Both claims at once is a contradiction
// that nobody should resolve by guessing.
func (c *Client) number(set claimSet) (string, NumberKind, error) {
	n := c.c.Claims
	personal, coordination := set.has(n.Number), set.has(n.CoordinationNumber) && n.CoordinationNumber != n.Number
	name, kind := n.Number, PersonalNumber
	switch {
	case personal && coordination:
		return "", NoNumber, c.fail(ErrNumber, "claims", "both")
	case coordination:
		name, kind = n.CoordinationNumber, CoordinationNumber
	case !personal && c.c.RequireNumber:
		return "", NoNumber, c.fail(ErrNumber, "claims", "none")
	case !personal:
		return "", NoNumber, nil
	}
	number := set.text(name)
	if !twelveDigits(number) {
		return "", NoNumber, c.fail(ErrNumber, "claims", "not twelve digits")
	}
	// A coordination number has 60 added to its day (folkbokföringslagen;
	// SKV 707): a claim that says otherwise about itself is not believed.
	added := number[6] >= '6'
	if n.Number == n.CoordinationNumber && added {
		kind = CoordinationNumber
	}
	if added != (kind == CoordinationNumber) {
		return "", NoNumber, c.fail(ErrNumber, "claims", "the number is of the other kind")
	}
	return number, kind, nil
}

func twelveDigits(s string) bool {
	if len(s) != 12 {
		return false
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}
