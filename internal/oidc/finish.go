package oidc

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Finish reads the provider's answer (the query of the redirect) against the
// flow it belongs to and returns who it is. The caller must have taken the
// flow out of the session first: an answer is tried once.
func (c *Client) Finish(ctx context.Context, flow Flow, query url.Values) (Identity, error) {
	if err := c.checkAnswer(flow, query); err != nil {
		return Identity{}, err
	}
	d, err := c.describe(ctx)
	if err != nil {
		return Identity{}, err
	}
	// RFC 9207: the answer says who it is from; another issuer is a mix-up attack.
	if iss := query["iss"]; len(iss) > 1 || (len(iss) == 1 && iss[0] != c.c.Issuer) || (len(iss) == 0 && d.meta.ResponseIssuer) {
		return Identity{}, c.fail(ErrToken, "answer", "issuer")
	}
	if code := query.Get("error"); code != "" {
		return Identity{}, c.answerError(code)
	}
	if query.Get("code") == "" {
		return Identity{}, c.fail(ErrToken, "answer", "no code")
	}
	ctx = goidc.ClientContext(ctx, c.http)
	token, err := c.exchange(ctx, d, flow, query.Get("code"))
	if err != nil {
		return Identity{}, err
	}
	set, err := c.verify(ctx, d, flow, token)
	if err != nil {
		return Identity{}, err
	}
	if err := c.checkAuthentication(flow, set); err != nil {
		return Identity{}, err
	}
	if err := c.fromUserInfo(ctx, d, token, set); err != nil {
		return Identity{}, err
	}
	return c.identity(set)
}

// checkAnswer is what can be checked before anything is asked of anyone.
func (c *Client) checkAnswer(flow Flow, query url.Values) error {
	state := query["state"]
	if flow.State == "" || len(state) != 1 || subtle.ConstantTimeCompare([]byte(state[0]), []byte(flow.State)) != 1 {
		return c.fail(ErrState, "answer", "")
	}
	if age := c.clock.Now().Sub(flow.StartedAt); age > flowLifetime || age < -c.c.ClockSkew {
		return c.fail(ErrState, "answer", "too late")
	}
	if len(query["code"]) > 1 || len(query["error"]) > 1 {
		return c.fail(ErrToken, "answer", "repeated parameter")
	}
	return nil
}

func (c *Client) answerError(code string) error {
	if kind := answerKind(code); kind != nil {
		return c.fail(kind, "answer", code)
	}
	return c.fail(ErrDenied, "answer", "unknown code")
}

// exchange trades the code for tokens, proving who we are and that we began
// the flow.
func (c *Client) exchange(ctx context.Context, d *described, flow Flow, code string) (*oauth2.Token, error) {
	opts := []oauth2.AuthCodeOption{oauth2.VerifierOption(flow.Verifier)}
	if c.signer != nil {
		audience := c.c.Issuer
		if c.c.AssertionAudience == "token_endpoint" {
			audience = d.provider.Endpoint().TokenURL
		}
		assertion, err := c.signer.sign(c.c.ClientID, audience, c.clock.Now())
		if err != nil {
			return nil, c.fail(ErrConfig, "token", "the private key cannot sign")
		}
		opts = append(opts,
			oauth2.SetAuthURLParam("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
			oauth2.SetAuthURLParam("client_assertion", assertion))
	}
	token, err := c.oauth(d, flow.RedirectURL).Exchange(ctx, code, opts...)
	if err == nil {
		return token, nil
	}
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) || refused.Response == nil || refused.Response.StatusCode >= 500 {
		return nil, c.unavailable(ctx, "token", "")
	}
	if kind := tokenKind(refused.ErrorCode); kind != nil {
		return nil, c.fail(kind, "token", refused.ErrorCode)
	}
	if refused.Response.StatusCode == 429 {
		return nil, c.unavailable(ctx, "token", "")
	}
	return nil, c.fail(ErrConfig, "token", "unknown code")
}

// verify checks the ID token: signature, issuer, audience, expiry (go-oidc),
// then nonce, authorized party and the access token's hash (ours to do).
func (c *Client) verify(ctx context.Context, d *described, flow Flow, token *oauth2.Token) (claimSet, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok || raw == "" {
		return nil, c.fail(ErrToken, "id token", "missing")
	}
	verifier := d.provider.VerifierContext(ctx, &goidc.Config{
		ClientID: c.c.ClientID,
		Now:      func() time.Time { return c.clock.Now().Add(-c.c.ClockSkew) },
	})
	id, err := verifier.Verify(ctx, raw)
	var expired *goidc.TokenExpiredError
	switch {
	case errors.As(err, &expired):
		return nil, c.fail(ErrToken, "id token", "expired")
	case err != nil && (ctx.Err() != nil || strings.Contains(err.Error(), "fetching keys")):
		// go-oidc has no type for it; taken for a refusal it would blame the person.
		return nil, c.unavailable(ctx, "keys", "")
	case err != nil:
		return nil, c.fail(ErrToken, "id token", "signature, issuer or audience")
	}
	set := claimSet{}
	if err := id.Claims(&set); err != nil {
		return nil, c.fail(ErrToken, "id token", "claims")
	}
	if flow.Nonce == "" || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(flow.Nonce)) != 1 {
		return nil, c.fail(ErrToken, "id token", "nonce")
	}
	azp := set.text("azp")
	if (azp != "" && azp != c.c.ClientID) || (azp == "" && len(id.Audience) > 1) {
		return nil, c.fail(ErrToken, "id token", "authorized party")
	}
	if id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil {
		return nil, c.fail(ErrToken, "id token", "access token hash")
	}
	if id.Subject == "" {
		return nil, c.fail(ErrToken, "id token", "subject")
	}
	return set, nil
}

// checkAuthentication looks at how and when the person was identified. Only
// the signed ID token counts here, never userinfo.
func (c *Client) checkAuthentication(flow Flow, set claimSet) error {
	if len(c.c.ACRValues) > 0 && !slices.Contains(c.c.ACRValues, set.text("acr")) {
		return c.fail(ErrLevel, "id token", "")
	}
	at, known := set.instant("auth_time")
	now := c.clock.Now()
	if flow.MaxAge > 0 && (!known || now.Sub(at) > flow.MaxAge+c.c.ClockSkew) {
		return c.fail(ErrStale, "id token", "")
	}
	if known && flow.Prompt == "login" && at.Before(flow.StartedAt.Add(-c.c.ClockSkew)) {
		return c.fail(ErrStale, "id token", "")
	}
	if known && at.After(now.Add(c.c.ClockSkew)) {
		return c.fail(ErrToken, "id token", "authenticated in the future")
	}
	return nil
}
