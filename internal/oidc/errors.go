package oidc

import (
	"context"
	"errors"
	"fmt"
)

// The ways a login can end without an identity. Every error from Begin, Finish
// and Check is one of them by errors.Is, and its text holds the provider's
// configured name, a step and a known code — never a claim, a token or what
// the provider wrote.
var (
	// ErrDenied: the person cancelled, or the provider said no to them.
	ErrDenied = errors.New("login cancelled")
	// ErrState: the answer does not belong to this browser's login, or came too
	// late. Start again.
	ErrState = errors.New("login answer does not belong to this session")
	// ErrLevel: the person was identified at too low a level.
	ErrLevel = errors.New("level of assurance too low")
	// ErrStale: the authentication is older than was asked for.
	ErrStale = errors.New("authentication too old")
	// ErrNumber: not exactly one valid personal or coordination number.
	ErrNumber = errors.New("not exactly one identity number")
	// ErrRequiredClaim: the claim demanded of staff is missing.
	ErrRequiredClaim = errors.New("required claim missing")
	// ErrToken: the provider's answer does not hold: signature, issuer,
	// audience, nonce, expiry or a code that was used before.
	ErrToken = errors.New("login answer refused")
	// ErrUnavailable: the provider cannot be reached or has a failure of its own.
	ErrUnavailable = errors.New("provider unavailable")
	// ErrConfig: the provider and our configuration do not fit together.
	ErrConfig = errors.New("provider refuses our configuration")
)

// fail names the provider and the step. detail is a word of ours or one of
// the known protocol codes.
func (c *Client) fail(kind error, step, detail string) error {
	if detail != "" {
		step += ": " + detail
	}
	return fmt.Errorf("oidc %s: %w (%s)", c.c.Name, kind, step)
}

// unavailable keeps the context's own error, so that a caller can tell its own
// cancellation from the provider's silence.
func (c *Client) unavailable(ctx context.Context, step, detail string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("oidc %s: %w (%s): %w", c.c.Name, ErrUnavailable, step, err)
	}
	return c.fail(ErrUnavailable, step, detail)
}

// answerErrors maps the codes an authorization endpoint may answer with
// (RFC 6749 4.1.2.1, OIDC Core 3.1.2.6, unmet authentication requirements 1.0).
// A code that is not here is somebody's invention and is not repeated.
var answerErrors = map[string]error{
	"access_denied":                     ErrDenied,
	"login_required":                    ErrDenied,
	"interaction_required":              ErrDenied,
	"account_selection_required":        ErrDenied,
	"consent_required":                  ErrDenied,
	"unmet_authentication_requirements": ErrLevel,
	"server_error":                      ErrUnavailable,
	"temporarily_unavailable":           ErrUnavailable,
	"invalid_request":                   ErrConfig,
	"unauthorized_client":               ErrConfig,
	"unsupported_response_type":         ErrConfig,
	"invalid_scope":                     ErrConfig,
	"invalid_request_uri":               ErrConfig,
	"invalid_request_object":            ErrConfig,
	"request_not_supported":             ErrConfig,
	"request_uri_not_supported":         ErrConfig,
	"registration_not_supported":        ErrConfig,
}

// tokenErrors maps the codes of the token endpoint (RFC 6749 5.2).
var tokenErrors = map[string]error{
	"invalid_grant":          ErrToken,
	"invalid_request":        ErrConfig,
	"invalid_client":         ErrConfig,
	"unauthorized_client":    ErrConfig,
	"unsupported_grant_type": ErrConfig,
	"invalid_scope":          ErrConfig,
}
