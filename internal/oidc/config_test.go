package oidc_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"insyn/internal/clock"
	"insyn/internal/oidc"
)

func TestConfigRefused(t *testing.T) {
	t.Parallel()
	good := oidc.Config{Name: "resident", Issuer: "https://login.example", ClientID: "insyn", ClientSecret: "hemligt-ord"}
	if _, err := oidc.New(good, clock.System(), nil); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*oidc.Config){
		"no issuer":      func(c *oidc.Config) { c.Issuer = "" },
		"http":           func(c *oidc.Config) { c.Issuer = "http://login.example" },
		"query":          func(c *oidc.Config) { c.Issuer += "?x=1" },
		"no client":      func(c *oidc.Config) { c.ClientID = "" },
		"no secret":      func(c *oidc.Config) { c.ClientSecret = "" },
		"method":         func(c *oidc.Config) { c.AuthMethod = "none" },
		"no key":         func(c *oidc.Config) { c.AuthMethod = oidc.AuthPrivateKeyJWT },
		"bad key":        func(c *oidc.Config) { c.AuthMethod, c.PrivateKeyPEM = oidc.AuthPrivateKeyJWT, []byte("hemligt-ord") },
		"audience":       func(c *oidc.Config) { c.AssertionAudience = "x" },
		"skew":           func(c *oidc.Config) { c.ClockSkew = time.Hour },
		"number claim":   func(c *oidc.Config) { c.RequireNumber, c.Claims.Number, c.Claims.CoordinationNumber = true, "-", "-" },
		"required claim": func(c *oidc.Config) { c.RequiredClaim = "roles" },
	} {
		c := good
		change(&c)
		_, err := oidc.New(c, clock.System(), nil)
		if err == nil || strings.Contains(err.Error(), "hemligt-ord") || !strings.Contains(err.Error(), "oidc resident: ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	good.Issuer, good.AllowHTTP = "http://login.example", true
	if _, err := oidc.New(good, clock.System(), nil); err != nil {
		t.Error(err)
	}
}

// tokenEndpoint is a provider that takes private_key_jwt; it keeps the last
// assertion it was given and then refuses the code.
func tokenEndpoint(t *testing.T) (server *httptest.Server, form func() url.Values) {
	t.Helper()
	var last url.Values
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		base := "http://" + r.Host
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/token" {
			_ = r.ParseForm()
			last = r.PostForm
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprint(w, `{"error":"invalid_grant","error_description":"Anna Exempel"}`)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": base, "authorization_endpoint": base + "/auth", "token_endpoint": base + "/token", "jwks_uri": base + "/jwks",
			"token_endpoint_auth_methods_supported": []string{"private_key_jwt"}, "acr_values_supported": []string{"low"},
		})
	}))
	t.Cleanup(server.Close)
	return server, func() url.Values { return last }
}

func TestPrivateKeyJWT(t *testing.T) {
	t.Parallel()
	server, form := tokenEndpoint(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	clk := clock.NewSettable(time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC))
	for audience, wanted := range map[string]string{"": server.URL + "/token", "issuer": server.URL} {
		transport := &http.Transport{}
		t.Cleanup(transport.CloseIdleConnections)
		c, err := oidc.New(oidc.Config{
			Name: "resident", Issuer: server.URL, ClientID: "insyn", AuthMethod: oidc.AuthPrivateKeyJWT, AssertionAudience: audience,
			PrivateKeyPEM: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), ACRValues: []string{oidc.LevelThree},
		}, clk, transport)
		if err != nil {
			t.Fatal(err)
		}
		_, flow, err := c.Begin(t.Context(), callback, oidc.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Finish(t.Context(), flow, url.Values{"state": {flow.State}, "code": {"x"}})
		want(t, err, oidc.ErrToken)
		sent := form()
		if sent.Get("client_secret") != "" || sent.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" || sent.Get("code_verifier") != flow.Verifier {
			t.Fatalf("sent %v", sent)
		}
		checkAssertion(t, c, sent.Get("client_assertion"), wanted, clk.Now())
		// The level of this provider is none of ours.
		want(t, c.Check(t.Context()), oidc.ErrConfig)
	}
}

// checkAssertion verifies with the public key that a provider would be given.
func checkAssertion(t *testing.T, c *oidc.Client, assertion, audience string, now time.Time) {
	t.Helper()
	published, err := c.PublicKeys()
	if err != nil {
		t.Fatal(err)
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(published, &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 1 || !set.Keys[0].IsPublic() {
		t.Fatalf("published %s", published)
	}
	token, err := jwt.ParseSigned(assertion, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	var claims jwt.Claims
	if err := token.Claims(set, &claims); err != nil {
		t.Fatal(err)
	}
	expected := jwt.Expected{Issuer: "insyn", Subject: "insyn", AnyAudience: jwt.Audience{audience}, Time: now}
	if err := claims.ValidateWithLeeway(expected, 0); err != nil || claims.ID == "" || claims.Expiry == nil {
		t.Fatalf("claims %+v, error %v", claims, err)
	}
}
