package demoidp

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// access is what an access token stands for.
type access struct {
	person Person
	scope  []string
}

// idTokenLifetime is the longest the Swedish profile allows.
const idTokenLifetime = 5 * time.Minute

func (r *realm) discovery(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                         r.issuer,
		"authorization_endpoint":                         r.issuer + "/authorize",
		"token_endpoint":                                 r.issuer + "/token",
		"userinfo_endpoint":                              r.issuer + "/userinfo",
		"jwks_uri":                                       r.issuer + "/jwks",
		"end_session_endpoint":                           r.issuer + "/end_session",
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query"},
		"grant_types_supported":                          []string{"authorization_code"},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"RS256"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic", "client_secret_post"},
		"code_challenge_methods_supported":               []string{"S256"},
		"ui_locales_supported":                           []string{"sv", "en"},
		"authorization_response_iss_parameter_supported": true,
	})
}

func (r *realm) keys(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: r.s.key.Public(), KeyID: r.s.keyID, Algorithm: string(jose.RS256), Use: "sig"},
	}})
}

// token trades a code for tokens, once. A code is spent by the first attempt,
// right or wrong, so that it cannot be guessed at.
func (r *realm) token(w http.ResponseWriter, req *http.Request) {
	if err := req.ParseForm(); err != nil {
		refuseToken(w, http.StatusBadRequest, "invalid_request")
		return
	}
	if !r.isClient(req) {
		w.Header().Set("WWW-Authenticate", `Basic realm="demo"`)
		refuseToken(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	if req.PostForm.Get("grant_type") != "authorization_code" {
		refuseToken(w, http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	g, ok := r.grants.take(req.PostForm.Get("code"))
	if !ok || g.redirect != req.PostForm.Get("redirect_uri") || !proves(req.PostForm.Get("code_verifier"), g.challenge) {
		refuseToken(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	opaque, ok := r.tokens.put(access{person: g.person, scope: g.scope})
	if !ok {
		refuseToken(w, http.StatusServiceUnavailable, "temporarily_unavailable")
		return
	}
	id, err := jwt.Signed(r.s.signer).Claims(r.idClaims(g, opaque)).Serialize()
	if err != nil {
		refuseToken(w, http.StatusInternalServerError, "server_error")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": opaque, "token_type": "Bearer", "expires_in": int(tokenLifetime / time.Second), "id_token": id,
	})
}

// isClient checks the service's secret, sent either way.
func (r *realm) isClient(req *http.Request) bool {
	id, secret := req.PostForm.Get("client_id"), req.PostForm.Get("client_secret")
	if user, password, ok := req.BasicAuth(); ok {
		// RFC 6749 2.3.1: both are form-encoded before they are joined.
		var err1, err2 error
		id, err1 = url.QueryUnescape(user)
		secret, err2 = url.QueryUnescape(password)
		if err1 != nil || err2 != nil {
			return false
		}
	}
	a := subtle.ConstantTimeCompare([]byte(id), []byte(r.s.o.ClientID))
	b := subtle.ConstantTimeCompare([]byte(secret), []byte(r.s.o.ClientSecret))
	return a&b == 1
}

// proves checks PKCE (RFC 7636, S256).
func proves(verifier, challenge string) bool {
	if len(verifier) < 43 || len(verifier) > 128 {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}

func (r *realm) idClaims(g grant, accessToken string) map[string]any {
	now := r.s.o.Clock.Now()
	hash := sha256.Sum256([]byte(accessToken))
	c := map[string]any{
		"iss": r.issuer, "aud": r.s.o.ClientID, "sub": r.subject(g.person),
		"iat": now.Unix(), "exp": now.Add(idTokenLifetime).Unix(), "auth_time": g.authenticated.Unix(),
		"acr": defaultLevel, "at_hash": base64.RawURLEncoding.EncodeToString(hash[:16]),
	}
	if g.nonce != "" {
		c["nonce"] = g.nonce
	}
	if g.person.ACR != "" {
		c["acr"] = g.person.ACR
	}
	if !r.s.o.UserInfoOnly {
		maps.Copy(c, personClaims(g.person))
	}
	if r.s.o.Faults.IDToken != nil {
		r.s.o.Faults.IDToken(c)
	}
	return c
}

// subject is the same at every login, differs between the issuers, and is not
// the identity number.
func (r *realm) subject(p Person) string {
	sum := sha256.Sum256([]byte(r.name + "\x00" + p.Key))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// personClaims uses the names of the Swedish OIDC profile.
func personClaims(p Person) map[string]any {
	c := map[string]any{}
	for name, value := range map[string]string{
		"name":        strings.TrimSpace(p.GivenName + " " + p.FamilyName),
		"given_name":  p.GivenName,
		"family_name": p.FamilyName,
		"email":       p.Email,
		"upn":         p.UPN,
		"https://id.oidc.se/claim/personalIdentityNumber": p.Number,
		"https://id.oidc.se/claim/coordinationNumber":     p.CoordinationNumber,
	} {
		if value != "" {
			c[name] = value
		}
	}
	if p.Email != "" {
		c["email_verified"] = true
	}
	maps.Copy(c, p.Claims)
	return c
}

func (r *realm) userInfo(w http.ResponseWriter, req *http.Request) {
	token, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	a, live := r.tokens.get(token)
	if !ok || !live {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		refuseToken(w, http.StatusUnauthorized, "invalid_token")
		return
	}
	c := personClaims(a.person)
	c["sub"] = r.subject(a.person)
	if r.s.o.Faults.UserInfo != nil {
		r.s.o.Faults.UserInfo(c)
	}
	if !r.s.o.SignedUserInfo {
		writeJSON(w, http.StatusOK, c)
		return
	}
	c["iss"], c["aud"] = r.issuer, r.s.o.ClientID
	signed, err := jwt.Signed(r.s.signer).Claims(c).Serialize()
	if err != nil {
		refuseToken(w, http.StatusInternalServerError, "server_error")
		return
	}
	w.Header().Set("Content-Type", "application/jwt")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(signed))
}

func refuseToken(w http.ResponseWriter, status int, code string) {
	writeJSON(w, status, map[string]string{"error": code})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}
