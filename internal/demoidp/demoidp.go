// Package demoidp is the demo's identity provider: real OpenID Connect over
// HTTP with people made up for trying things out. Anyone who can reach it can
// be anyone, so it is for a machine of one's own and must never stand before
// real data; the program that starts it refuses https base addresses.
//
// There are two issuers on one listener, /resident and /staff, so that the two
// logins of the service are as separate here as they are for real. It has no
// sessions of its own: each login shows the page and each answer has a fresh
// auth_time, which is what prompt=login and any max_age ask for.
package demoidp

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"insyn/internal/clock"
)

// Person is someone who can log in.
type Person struct {
	// Key names the person in the form and in the subject; letters and digits.
	Key string
	// Number and CoordinationNumber are twelve digits; a person has one of
	// them, or none (staff).
	Number, CoordinationNumber string
	GivenName, FamilyName      string
	Email, UPN                 string
	// Description is a few words in Swedish under the name on the login page.
	Description string
	// ACR is the level of the login; default is level 3.
	ACR string
	// Claims are further claims in the ID token.
	Claims map[string]any
}

// Options is how the provider runs.
type Options struct {
	// Addr is where to listen, "127.0.0.1:0" for a free port.
	Addr string
	// PublicURL is the address browsers and the service use; default http:// and
	// the listener's address.
	PublicURL string
	// Residents and Staff are the people of the two issuers.
	Residents, Staff []Person
	// ClientID and ClientSecret are the service's, at both issuers.
	ClientID, ClientSecret string
	// RedirectPrefixes are where browsers may be sent back to: same scheme and
	// host, and a path that begins with the prefix's.
	RedirectPrefixes []string
	// Clock is the time of tokens; default the machine's.
	Clock clock.Clock
	// UserInfoOnly keeps names and numbers out of the ID token, as some real
	// providers do; SignedUserInfo answers userinfo as a signed JWT.
	UserInfoOnly, SignedUserInfo bool
	// Faults make it answer wrongly, for tests.
	Faults Faults
}

// Faults is how the provider misbehaves. The zero value behaves.
type Faults struct {
	// IDToken may change the claims before they are signed.
	IDToken func(claims map[string]any)
	// UserInfo may change the claims before they are sent.
	UserInfo func(claims map[string]any)
}

// Names of the two issuers' folders.
const (
	residentRealm = "resident"
	staffRealm    = "staff"
)

var (
	keyPattern    = regexp.MustCompile(`^[A-Za-z0-9-]{1,40}$`)
	numberPattern = regexp.MustCompile(`^([0-9]{12})?$`)
)

const defaultLevel = "http://id.elegnamnden.se/loa/1.0/loa3"

// Server is a running provider.
type Server struct {
	o        Options
	public   string
	redirect []*url.URL
	realms   map[string]*realm
	key      *rsa.PrivateKey
	keyID    string
	signer   jose.Signer
	page     *template.Template
	http     *http.Server
	served   chan struct{}
}

// realm is one issuer.
type realm struct {
	s       *Server
	name    string
	issuer  string
	people  []Person
	grants  *vault[grant]
	tokens  *vault[access]
	heading string
}

// Start listens and serves until Close, or until ctx is done.
func Start(ctx context.Context, o Options) (*Server, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.o.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for the demo login: %w", err)
	}
	s.public = strings.TrimSuffix(s.o.PublicURL, "/")
	if s.public == "" {
		s.public = "http://" + l.Addr().String()
	}
	s.realms = map[string]*realm{
		residentRealm: s.newRealm(residentRealm, "Vem vill du vara?", o.Residents),
		staffRealm:    s.newRealm(staffRealm, "Vem vill du arbeta som?", o.Staff),
	}
	s.http = &http.Server{
		Handler: s.routes(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 15 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
	}
	stop := context.AfterFunc(ctx, func() { _ = s.http.Close() })
	go func() {
		defer close(s.served)
		defer stop()
		_ = s.http.Serve(l)
	}()
	return s, nil
}

func newServer(o Options) (*Server, error) {
	if o.ClientID == "" || o.ClientSecret == "" {
		return nil, errors.New("the demo login needs a client id and a secret")
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	for _, p := range slices.Concat(o.Residents, o.Staff) {
		if !keyPattern.MatchString(p.Key) || !numberPattern.MatchString(p.Number) || !numberPattern.MatchString(p.CoordinationNumber) {
			return nil, fmt.Errorf("the demo login's person %q needs a key of letters and digits, and numbers of twelve digits", p.Key)
		}
	}
	s := &Server{o: o, served: make(chan struct{})}
	for _, p := range o.RedirectPrefixes {
		u, err := url.Parse(p)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return nil, fmt.Errorf("the demo login's return address %q is not a web address", p)
		}
		s.redirect = append(s.redirect, u)
	}
	var err error
	if s.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return nil, fmt.Errorf("make the demo login's key: %w", err)
	}
	// A new id with each start makes clients fetch the new key.
	s.keyID = rand.Text()
	s.signer, err = jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: s.key, KeyID: s.keyID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("make the demo login's signer: %w", err)
	}
	s.page, err = template.ParseFS(pageFiles, "page/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the demo login's page: %w", err)
	}
	return s, nil
}

func (s *Server) newRealm(name, heading string, people []Person) *realm {
	return &realm{
		s: s, name: name, issuer: s.public + "/" + name, people: people, heading: heading,
		grants: newVault[grant](s.o.Clock, codeLifetime), tokens: newVault[access](s.o.Clock, tokenLifetime),
	}
}

// ResidentIssuer is the issuer residents log in at.
func (s *Server) ResidentIssuer() string { return s.realms[residentRealm].issuer }

// StaffIssuer is the issuer staff log in at.
func (s *Server) StaffIssuer() string { return s.realms[staffRealm].issuer }

// URL is the provider's public address.
func (s *Server) URL() string { return s.public }

// Close stops the provider and waits for its listener.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.served
	if err != nil {
		return fmt.Errorf("stop the demo login: %w", err)
	}
	return nil
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	for name, r := range s.realms {
		mux.HandleFunc("GET /"+name+"/.well-known/openid-configuration", r.discovery)
		mux.HandleFunc("GET /"+name+"/jwks", r.keys)
		mux.HandleFunc("GET /"+name+"/authorize", r.ask)
		mux.HandleFunc("POST /"+name+"/authorize", r.chosen)
		mux.HandleFunc("POST /"+name+"/token", r.token)
		mux.HandleFunc("GET /"+name+"/userinfo", r.userInfo)
		mux.HandleFunc("POST /"+name+"/userinfo", r.userInfo)
		mux.HandleFunc("GET /"+name+"/end_session", r.endSession)
	}
	mux.HandleFunc("GET /legitimation.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		http.ServeFileFS(w, r, pageFiles, "page/legitimation.css")
	})
	return http.MaxBytesHandler(mux, 64<<10)
}

// allowed tells whether a browser may be sent to an address: one of the
// configured places, compared part by part, so that "…:8080" does not let
// "…:80801" in.
func (s *Server) allowed(address string) (*url.URL, bool) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Fragment != "" || strings.Contains(u.Path, "..") || strings.Contains(u.Path, `\`) {
		return nil, false
	}
	for _, p := range s.redirect {
		if u.Scheme == p.Scheme && u.Host == p.Host && under(u.Path, p.Path) {
			return u, true
		}
	}
	return nil, false
}

// under tells whether path is prefix or lies below it.
func under(path, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '/')
}
