package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"
)

// tlsMode says when the conversation is encrypted.
type tlsMode int

const (
	tlsRequired      tlsMode = iota // STARTTLS or nothing
	tlsOpportunistic                // STARTTLS when offered
	tlsNone                         // never
	tlsImplicit                     // from the first byte, smtps
)

// config is a parsed INSYN_SMTP_URL.
type config struct {
	host, addr     string
	user, password string
	mode           tlsMode
	hello          string
	tls            *tls.Config
	dialTimeout    time.Duration
	stepTimeout    time.Duration
}

// parseURL reads `smtp://user:pass@host:port?starttls=required` or
// `smtps://…`. Options: starttls (required, the default; opportunistic; none),
// ca (file with extra PEM roots), name (what we call ourselves in EHLO),
// timeout (per step, default 30s). Errors never repeat the URL, which may hold
// a password.
func parseURL(raw string) (config, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || (u.Path != "" && u.Path != "/") {
		return config{}, errors.New("mail: the URL must look like smtp://user:password@host:port?starttls=required")
	}
	c := config{host: u.Hostname(), dialTimeout: 10 * time.Second, stepTimeout: 30 * time.Second}
	if u.User != nil {
		c.user = u.User.Username()
		c.password, _ = u.User.Password()
	}
	q := u.Query()
	port := "587"
	switch u.Scheme {
	case "smtps":
		port, c.mode = "465", tlsImplicit
		if q.Has("starttls") {
			return config{}, errors.New("mail: smtps is encrypted from the start, leave out starttls")
		}
	case "smtp":
		if c.mode, err = startTLSMode(q.Get("starttls")); err != nil {
			return config{}, err
		}
	default:
		return config{}, errors.New("mail: the URL must begin with smtp:// or smtps://")
	}
	if u.Port() != "" {
		port = u.Port()
	}
	c.addr = net.JoinHostPort(c.host, port)
	return c, c.readOptions(q)
}

func startTLSMode(s string) (tlsMode, error) {
	switch s {
	case "", "required":
		return tlsRequired, nil
	case "opportunistic":
		return tlsOpportunistic, nil
	case "none":
		return tlsNone, nil
	}
	return 0, errors.New("mail: starttls must be required, opportunistic or none")
}

func (c *config) readOptions(q url.Values) error {
	for k := range q {
		switch k {
		case "starttls", "ca", "name", "timeout":
		default:
			return fmt.Errorf("mail: unknown option %q in the URL", k)
		}
	}
	c.tls = &tls.Config{ServerName: c.host, MinVersion: tls.VersionTLS12}
	if file := q.Get("ca"); file != "" {
		pem, err := os.ReadFile(file) //nolint:gosec // the operator's own configuration names the file
		if err != nil {
			return errors.New("mail: the ca file cannot be read")
		}
		roots, err := x509.SystemCertPool()
		if err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(pem) {
			return errors.New("mail: the ca file holds no certificate")
		}
		c.tls.RootCAs = roots
	}
	if s := q.Get("timeout"); s != "" {
		d, err := time.ParseDuration(s)
		if err != nil || d <= 0 || d > 10*time.Minute {
			return errors.New("mail: timeout must be a duration up to 10m, for example 30s")
		}
		c.stepTimeout, c.dialTimeout = d, min(d, c.dialTimeout)
	}
	c.hello = helloName(q.Get("name"))
	return nil
}

// helloName is what we call ourselves in EHLO: the configured name, else the
// machine's when it is a full one. "localhost" is refused by strict servers,
// but better than a made-up domain.
func helloName(configured string) string {
	if configured != "" {
		return configured
	}
	if h, err := os.Hostname(); err == nil && strings.Contains(h, ".") && cleanLine(h) && !strings.Contains(h, " ") {
		return h
	}
	return "localhost"
}
