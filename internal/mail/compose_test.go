package mail_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"insyn/internal/mail"
)

// forward passes connections on until the listener closes.
func forward(l net.Listener, to string) {
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", to)
		if err != nil {
			_ = in.Close()
			continue
		}
		back := make(chan struct{})
		go func() { defer close(back); _, _ = io.Copy(in, out); _ = in.Close() }()
		_, _ = io.Copy(out, in)
		_ = out.Close()
		<-back
	}
}

// What cannot be sent is refused before anything is opened, and for good.
func TestInvalidMessages(t *testing.T) {
	t.Parallel()
	c := catcher(t)
	s := sender(t, c.URL())
	for name, change := range map[string]func(*mail.Message){
		"header in subject":    func(m *mail.Message) { m.Subject = "Hej\r\nBcc: x@evil.example" },
		"newline in subject":   func(m *mail.Message) { m.Subject = "Hej\nBcc: x@evil.example" },
		"separator in subject": func(m *mail.Message) { m.Subject = "Hej\u2028Bcc: x@evil.example" },
		"empty subject":        func(m *mail.Message) { m.Subject = " " },
		"long subject":         func(m *mail.Message) { m.Subject = strings.Repeat("å", 300) },
		"header in name":       func(m *mail.Message) { m.From = "Kommun\r\nBcc: x@evil.example <insyn@kommun.example>" },
		"hidden header":        func(m *mail.Message) { m.From = "=?utf-8?q?K=0D=0ABcc:_x@evil.example?= <insyn@kommun.example>" },
		"no from":              func(m *mail.Message) { m.From = "" },
		"header in to":         func(m *mail.Message) { m.To = "anna@post.example\r\nBcc: x@evil.example" },
		"command in to":        func(m *mail.Message) { m.To = "anna@post.example>\r\nRCPT TO:<x@evil.example" },
		"two in to":            func(m *mail.Message) { m.To = "anna@post.example, x@evil.example" },
		"quoted local part":    func(m *mail.Message) { m.To = `"anna x"@post.example` },
		"nobody":               func(m *mail.Message) { m.To = "@post.example" },
		"no domain":            func(m *mail.Message) { m.To = "anna" },
		"local part":           func(m *mail.Message) { m.To = "ånna@post.example" },
		"header in id":         func(m *mail.Message) { m.ID = "x>\r\nBcc: x@evil.example" },
		"no id":                func(m *mail.Message) { m.ID = "" },
		"no date":              func(m *mail.Message) { m.Date = time.Time{} },
		"no body":              func(m *mail.Message) { m.Text, m.HTML = "", "" },
		"not text":             func(m *mail.Message) { m.Text = "\xff" },
	} {
		m := message("job-1")
		change(&m)
		err := s.Send(t.Context(), m)
		if err == nil {
			t.Errorf("%s: sent", name)
			continue
		}
		e := failed(t, err, mail.StageCompose, 0, mail.ErrPermanent)
		if e == nil || strings.Contains(err.Error(), "evil") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(c.Messages()) != 0 {
		t.Error("something was sent")
	}
}

func TestValidAddress(t *testing.T) {
	t.Parallel()
	for address, valid := range map[string]bool{
		"anna@post.example": true, "anna.b+c@post.example": true, "anna@åäö.example": true, "Anna <anna@post.example>": true,
		"": false, "anna": false, "anna@": false, "a..b@post.example": false, "anna@post.example\n": false, "anna@-x.example": false,
	} {
		if mail.ValidAddress(address) != valid {
			t.Errorf("%q is not %t", address, valid)
		}
	}
}

func FuzzHeaderInjection(f *testing.F) {
	f.Add("Hej\r\nBcc: x@evil.example", "anna@post.example", "Kommun <insyn@kommun.example>")
	f.Add("Hej", "anna@post.example\r\nDATA", "=?utf-8?q?=0D=0A?= <a@b.example>")
	f.Fuzz(func(t *testing.T, subject, to, from string) {
		m := message("job-1")
		m.Subject, m.To, m.From = subject, to, from
		raw, err := mail.Compose(m)
		if err != nil {
			return
		}
		head, _, ok := strings.Cut(string(raw), "\r\n\r\n")
		if !ok {
			t.Fatal("no end of header")
		}
		known := map[string]bool{"From": true, "To": true, "Subject": true, "Date": true, "Message-Id": true, "Mime-Version": true, "MIME-Version": true,
			"Auto-Submitted": true, "X-Auto-Response-Suppress": true, "Content-Type": true}
		for line := range strings.SplitSeq(head, "\r\n") {
			name, _, _ := strings.Cut(line, ":")
			if !known[name] && !strings.HasPrefix(line, " ") {
				t.Fatalf("a header of its own: %q", line)
			}
			if strings.ContainsAny(line, "\r\n") {
				t.Fatalf("a bare line end in %q", line)
			}
		}
	})
}
