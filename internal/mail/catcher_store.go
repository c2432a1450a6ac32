package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	stdmail "net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jordan-wright/email"
)

// Caught is one mail as a person or a test wants to see it.
type Caught struct {
	// Seq counts from 1 in order of first arrival.
	Seq int
	// ID is the local part of the Message-ID: the ID its sender gave it.
	ID string
	// Count is how many times a mail with this Message-ID was received.
	Count int
	// From is the header; To the envelope's recipients.
	From    string
	To      []string
	Subject string
	Date    time.Time
	Text    string
	HTML    string
	// Header gives any header field, decoded as it came.
	Header stdmail.Header
	// Raw is the mail as received.
	Raw []byte
}

// stored is a mail and its file. The file begins with two header lines of the
// catcher's own, so that count and envelope survive a restart in a file that
// every mail program opens.
type stored struct {
	seq, count int
	id, name   string
	to         []string
	raw        []byte
}

const (
	countHeader = "X-Catcher-Received"
	toHeader    = "X-Catcher-To"
)

// write replaces the file in one step, so that a kill leaves the old or the new.
func (m *stored) write(dir string) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %d\r\n%s: %s\r\n", countHeader, m.count, toHeader, strings.Join(m.to, ", "))
	b.Write(m.raw)
	name := filepath.Join(dir, m.name)
	if err := os.WriteFile(name+".tmp", b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("keep a mail: %w", err)
	}
	if err := os.Rename(name+".tmp", name); err != nil {
		return fmt.Errorf("keep a mail: %w", err)
	}
	return nil
}

func readStored(name string) (*stored, error) {
	b, err := os.ReadFile(name) //nolint:gosec // our own folder, listed by us
	if err != nil {
		return nil, fmt.Errorf("read a caught mail: %w", err)
	}
	m := &stored{name: filepath.Base(name), count: 1, raw: b}
	number, _, _ := strings.Cut(m.name, "-")
	if m.seq, err = strconv.Atoi(number); err != nil {
		return nil, fmt.Errorf("mail folder holds a foreign file: %q", m.name)
	}
	for {
		line, rest, ok := bytes.Cut(m.raw, []byte("\r\n"))
		key, value, isHeader := strings.Cut(string(line), ": ")
		if !ok || !isHeader || (key != countHeader && key != toHeader) {
			break
		}
		if key == toHeader {
			m.to = strings.Split(value, ", ")
		} else if n, err := strconv.Atoi(value); err == nil {
			m.count = n
		}
		m.raw = rest
	}
	m.id = messageID(m.raw)
	return m, nil
}

// messageID is what makes two receipts the same mail. A mail without one is
// known by its bytes.
func messageID(raw []byte) string {
	if m, err := stdmail.ReadMessage(bytes.NewReader(raw)); err == nil {
		if id := strings.Trim(m.Header.Get("Message-Id"), "<> "); id != "" {
			return id
		}
	}
	sum := sha256.Sum256(raw)
	return "none-" + hex.EncodeToString(sum[:16])
}

func (m *stored) caught() Caught {
	local, _, _ := strings.Cut(m.id, "@")
	c := Caught{Seq: m.seq, ID: local, Count: m.count, To: m.to, Raw: m.raw}
	if msg, err := stdmail.ReadMessage(bytes.NewReader(m.raw)); err == nil {
		c.Header = msg.Header
		c.Date, _ = msg.Header.Date()
	}
	if e, err := email.NewEmailFromReader(bytes.NewReader(m.raw)); err == nil {
		c.From, c.Subject, c.Text, c.HTML = e.From, e.Subject, string(e.Text), string(e.HTML)
	} else {
		c.Text = string(m.raw)
	}
	return c
}
