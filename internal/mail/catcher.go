package mail

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Catcher is an SMTP server that keeps what it gets and delivers nothing: the
// demo's mailbox and the tests' other end. It tells repeats from new mails by
// Message-ID, so that "one mail each" can be counted from outside.
type Catcher struct {
	dir      string
	server   *smtp.Server
	listener net.Listener
	options  CatcherOptions
	served   chan struct{}

	mu      sync.Mutex
	mails   []*stored
	byID    map[string]*stored
	faults  Faults
	release chan struct{} // closed to let hanging sessions go
	closed  bool
}

// CatcherOptions is what a catcher can do beyond receiving; the zero value is
// what the demo uses.
type CatcherOptions struct {
	// TLS offers STARTTLS with this certificate.
	TLS *tls.Config
	// Username and Password, when set, are demanded before any mail.
	Username, Password string
	// Mechanism is PLAIN (the default) or LOGIN.
	Mechanism string
}

// catcherLimit is far above any mail of ours and bounds what a stranger on the
// machine can make us store.
const catcherLimit = 2 << 20

// StartCatcher listens on addr ("127.0.0.1:0" for a free port) and keeps each
// mail as a file in dir, which is made when missing. Mails already there are
// shown again.
func StartCatcher(addr, dir string, options ...CatcherOptions) (*Catcher, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the mail folder: %w", err)
	}
	c := &Catcher{dir: dir, byID: map[string]*stored{}, release: make(chan struct{}), served: make(chan struct{})}
	if len(options) > 0 {
		c.options = options[0]
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	var err error
	if c.listener, err = net.Listen("tcp", addr); err != nil { //nolint:noctx // lives until Close
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	s := smtp.NewServer(smtp.BackendFunc(c.session))
	s.Domain = "catcher.example"
	s.ReadTimeout, s.WriteTimeout = time.Minute, time.Minute
	s.MaxMessageBytes, s.MaxRecipients = catcherLimit, 10
	s.TLSConfig = c.options.TLS
	s.AllowInsecureAuth = true
	// What clients do wrong here is part of the tests; the log would repeat addresses.
	s.ErrorLog = log.New(io.Discard, "", 0)
	c.server = s
	go func() {
		defer close(c.served)
		_ = s.Serve(c.listener)
	}()
	return c, nil
}

// Addr is the address it listens on, host:port.
func (c *Catcher) Addr() string { return c.listener.Addr().String() }

// URL is the INSYN_SMTP_URL that sends to this catcher in plain text.
func (c *Catcher) URL() string { return "smtp://" + c.Addr() + "?starttls=none" }

// Close stops listening, ends every session and waits for the listener.
func (c *Catcher) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	close(c.release)
	c.mu.Unlock()
	// The listener is ours to close too: a server closed before its Serve has
	// begun does not know of it.
	_ = c.listener.Close()
	err := c.server.Close()
	<-c.served
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("stop the mail catcher: %w", err)
	}
	return nil
}

// Messages returns what has been caught, oldest first.
func (c *Catcher) Messages() []Caught {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Caught, 0, len(c.mails))
	for _, m := range c.mails {
		out = append(out, m.caught())
	}
	return out
}

// Clear forgets and deletes everything caught so far.
func (c *Catcher) Clear() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.mails {
		if err := os.Remove(filepath.Join(c.dir, m.name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("delete a caught mail: %w", err)
		}
	}
	c.mails, c.byID = nil, map[string]*stored{}
	return nil
}

// keep stores a mail, or counts it when its Message-ID has been seen.
func (c *Catcher) keep(to []string, raw []byte) error {
	id := messageID(raw)
	c.mu.Lock()
	defer c.mu.Unlock()
	if m, ok := c.byID[id]; ok {
		m.count++
		return m.write(c.dir)
	}
	seq := 1
	if n := len(c.mails); n > 0 {
		seq = c.mails[n-1].seq + 1
	}
	sum := sha256.Sum256([]byte(id))
	m := &stored{
		seq: seq, id: id, count: 1, to: slices.Clone(to), raw: raw,
		name: fmt.Sprintf("%06d-%s.eml", seq, hex.EncodeToString(sum[:6])),
	}
	if err := m.write(c.dir); err != nil {
		return err
	}
	c.mails = append(c.mails, m)
	c.byID[id] = m
	return nil
}

// load reads the files of an earlier run.
func (c *Catcher) load() error {
	names, err := filepath.Glob(filepath.Join(c.dir, "*.eml"))
	if err != nil {
		return fmt.Errorf("list caught mails: %w", err)
	}
	slices.Sort(names) // the sequence number leads the name
	for _, name := range names {
		m, err := readStored(name)
		if err != nil {
			return err
		}
		c.mails = append(c.mails, m)
		c.byID[m.id] = m
	}
	return nil
}
