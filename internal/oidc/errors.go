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

// answerKind is the kind of a code that an authorization endpoint may answer with
// (RFC 6749 4.1.2.1, OIDC Core 3.1.2.6, unmet authentication requirements 1.0).
// A code that is not here is somebody's invention, gives nil and is not repeated.
func answerKind(code string) error {
	switch code {
	case "access_denied", "login_required", "interaction_required", "account_selection_required", "consent_required":
		return ErrDenied
	case "unmet_authentication_requirements":
		return ErrLevel
	case "server_error", "temporarily_unavailable":
		return ErrUnavailable
	case "invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope", "invalid_request_uri",
		"invalid_request_object", "request_not_supported", "request_uri_not_supported", "registration_not_supported":
		return ErrConfig
	default:
		return nil
	}
}

// tokenKind is the kind of a code of the token endpoint (RFC 6749 5.2), nil for one that is not known.
func tokenKind(code string) error {
	switch code {
	case "invalid_grant":
		return ErrToken
	case "invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope":
		return ErrConfig
	default:
		return nil
	}
}
