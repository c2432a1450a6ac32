package mail_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"insyn/internal/mail"
)

func message(id string) mail.Message {
	return mail.Message{
		ID: id, From: `"Exempelkommun, e‑tjänsten" <insyn@kommun.example>`, To: "anna@post.example",
		Subject: "Nytt svar på din begäran – öppna e‑tjänsten för att läsa det som har kommit, när det passar dig",
		Text:    "Hej!\nDet finns något nytt att läsa.\n.\nhttps://insyn.kommun.example/min\n" + strings.Repeat("åäö ", 400),
		HTML:    "<p>Det finns något nytt att <a href=\"https://insyn.kommun.example/min\">läsa</a>.</p>",
		Date:    time.Date(2027, 3, 1, 10, 0, 0, 0, time.FixedZone("", 3600)),
	}
}

func catcher(t *testing.T, options ...mail.CatcherOptions) *mail.Catcher {
	t.Helper()
	c, err := mail.StartCatcher("127.0.0.1:0", t.TempDir(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func sender(t *testing.T, url string) *mail.Sender {
	t.Helper()
	s, err := mail.New(url)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// failed checks what a failure tells, and that it tells nothing personal.
func failed(t *testing.T, err error, stage mail.Stage, code int, kind error) *mail.Error {
	t.Helper()
	var e *mail.Error
	if !errors.As(err, &e) || e.Stage != stage || e.Code != code || !errors.Is(err, kind) {
		t.Fatalf("error %v, want %s with code %d, %v", err, stage, code, kind)
	}
	if errors.Is(err, mail.ErrTemporary) == errors.Is(err, mail.ErrPermanent) {
		t.Fatalf("error %v is not of exactly one kind", err)
	}
	for _, personal := range []string{"anna", "secret.person", "example", "refused on purpose"} {
		if strings.Contains(err.Error(), personal) {
			t.Fatalf("the error repeats %q: %v", personal, err)
		}
	}
	return e
}

func TestSend(t *testing.T) {
	t.Parallel()
	c := catcher(t)
	m := message("job-1")
	if err := sender(t, c.URL()).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	all := c.Messages()
	if len(all) != 1 {
		t.Fatalf("%d mails", len(all))
	}
	got := all[0]
	if got.ID != "job-1" || got.Count != 1 || got.Subject != m.Subject || len(got.To) != 1 || got.To[0] != m.To || !got.Date.Equal(m.Date) {
		t.Errorf("got %+v", got)
	}
	if strings.TrimRight(strings.ReplaceAll(got.Text, "\r\n", "\n"), "\n ") != strings.TrimRight(m.Text, "\n ") || strings.TrimSpace(got.HTML) != m.HTML {
		t.Errorf("text %q\nhtml %q", got.Text, got.HTML)
	}
	if got.Header.Get("Auto-Submitted") != "auto-generated" || got.Header.Get("Message-Id") != "<job-1@kommun.example>" {
		t.Errorf("header %v", got.Header)
	}
	from, err := got.Header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Name != "Exempelkommun, e‑tjänsten" || from[0].Address != "insyn@kommun.example" {
		t.Errorf("from %v, error %v", from, err)
	}
	for line := range bytes.SplitSeq(got.Raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

// The same promise sent again is the same mail.
func TestRepeatIsCounted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := mail.StartCatcher("127.0.0.1:0", dir)
	if err != nil {
		t.Fatal(err)
	}
	s := sender(t, c.URL())
	for _, id := range []string{"job-1", "job-2", "job-1"} {
		if err := s.Send(t.Context(), message(id)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := mail.StartCatcher("127.0.0.1:0", dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	for _, c := range []*mail.Catcher{c, again} {
		all := c.Messages()
		if len(all) != 2 || all[0].ID != "job-1" || all[0].Count != 2 || all[1].Count != 1 || len(all[0].To) != 1 {
			t.Fatalf("got %+v", all)
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != 2 {
		t.Fatalf("files %v, error %v", names, err)
	}
	for _, n := range names {
		if strings.Contains(n, "anna") || strings.Contains(n, "job") {
			t.Errorf("file name tells: %s", filepath.Base(n))
		}
	}
	if err := again.Clear(); err != nil || len(again.Messages()) != 0 {
		t.Fatalf("not cleared: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults mail.Faults
		stage  mail.Stage
		code   int
		kind   error
	}{
		"from 451": {mail.Faults{FromCode: 451}, mail.StageFrom, 451, mail.ErrTemporary},
		"from 550": {mail.Faults{FromCode: 550}, mail.StageFrom, 550, mail.ErrPermanent},
		"from 530": {mail.Faults{FromCode: 530}, mail.StageFrom, 530, mail.ErrTemporary},
		"to 450":   {mail.Faults{ToCode: 450}, mail.StageTo, 450, mail.ErrTemporary},
		"to 550":   {mail.Faults{ToCode: 550}, mail.StageTo, 550, mail.ErrPermanent},
		"data 451": {mail.Faults{DataCode: 451}, mail.StageAccept, 451, mail.ErrTemporary},
		"data 552": {mail.Faults{DataCode: 552}, mail.StageAccept, 552, mail.ErrPermanent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ct := catcher(t)
			c.faults.Times = 1
			ct.SetFaults(c.faults)
			s := sender(t, ct.URL())
			e := failed(t, s.Send(t.Context(), message("job-1")), c.stage, c.code, c.kind)
			if e.Uncertain || len(ct.Messages()) != 0 {
				t.Errorf("uncertain %t, kept %d", e.Uncertain, len(ct.Messages()))
			}
			if err := s.Send(t.Context(), message("job-1")); err != nil || len(ct.Messages()) != 1 {
				t.Errorf("second attempt: %v", err)
			}
		})
	}
}

func TestHangAndDrop(t *testing.T) {
	t.Parallel()
	for _, stage := range []mail.Stage{mail.StageFrom, mail.StageTo, mail.StageData, mail.StageAccept} {
		for name, faults := range map[string]mail.Faults{"hang": {Hang: stage}, "drop": {Drop: stage}} {
			t.Run(name+" at "+string(stage), func(t *testing.T) {
				t.Parallel()
				c := catcher(t)
				c.SetFaults(faults)
				s := sender(t, c.URL()+"&timeout=200ms")
				err := s.Send(t.Context(), message("job-1"))
				seen := stage
				if stage == mail.StageData {
					// The refusal may come while the message is on its way or after it.
					var e *mail.Error
					if errors.As(err, &e) {
						seen = e.Stage
					}
				}
				e := failed(t, err, seen, 0, mail.ErrTemporary)
				if stage == mail.StageAccept && !e.Uncertain {
					t.Error("the server has the message and the error does not say so")
				}
				if (stage == mail.StageFrom || stage == mail.StageTo) && e.Uncertain {
					t.Error("the server cannot have the message")
				}
				if name == "hang" && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("not a time-out: %v", err)
				}
				c.SetFaults(mail.Faults{})
				if err := s.Send(t.Context(), message("job-1")); err != nil {
					t.Fatal(err)
				}
				want := 1
				if stage == mail.StageAccept {
					want = 2 // kept, answer lost, sent again: one mail, two receipts
				}
				if all := c.Messages(); len(all) != 1 || all[0].Count != want {
					t.Errorf("got %+v", all)
				}
			})
		}
	}
}

// The caller's own deadline and cancellation stop a conversation at once.
func TestContext(t *testing.T) {
	t.Parallel()
	c := catcher(t)
	c.SetFaults(mail.Faults{Hang: mail.StageTo})
	s := sender(t, c.URL())
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := s.Send(ctx, message("job-1"))
	failed(t, err, mail.StageTo, 0, mail.ErrTemporary)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- s.Send(ctx, message("job-2")) }()
	time.AfterFunc(20*time.Millisecond, stop)
	if err := <-result; !errors.Is(err, context.Canceled) || !errors.Is(err, mail.ErrTemporary) {
		t.Fatalf("error %v", err)
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "smtp://" + l.Addr().String() + "?starttls=none&timeout=200ms"
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	failed(t, sender(t, url).Send(t.Context(), message("job-1")), mail.StageDial, 0, mail.ErrTemporary)
	failed(t, sender(t, url).Check(t.Context()), mail.StageDial, 0, mail.ErrTemporary)
}

// A server that takes the call and says nothing must not hold a worker.
func TestSilentServer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	failed(t, sender(t, "smtp://"+l.Addr().String()+"?starttls=none&timeout=100ms").Send(t.Context(), message("job-1")),
		mail.StageGreeting, 0, mail.ErrTemporary)
	failed(t, sender(t, "smtps://"+l.Addr().String()+"?timeout=100ms").Send(t.Context(), message("job-1")),
		mail.StageStartTLS, 0, mail.ErrTemporary)
}

// certificate makes a certificate for 127.0.0.1 and the file with its root.
func certificate(t *testing.T) (config *tls.Config, rootFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	rootFile = filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(rootFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, rootFile
}

func TestTLS(t *testing.T) {
	t.Parallel()
	config, root := certificate(t)
	with, without := catcher(t, mail.CatcherOptions{TLS: config}), catcher(t)
	for name, c := range map[string]struct {
		url   string
		stage mail.Stage
	}{
		"required, trusted":            {"smtp://" + with.Addr() + "?ca=" + root, ""},
		"required, not trusted":        {"smtp://" + with.Addr(), mail.StageStartTLS},
		"required, not offered":        {"smtp://" + without.Addr() + "?starttls=required", mail.StageStartTLS},
		"opportunistic, trusted":       {"smtp://" + with.Addr() + "?starttls=opportunistic&ca=" + root, ""},
		"opportunistic, not trusted":   {"smtp://" + with.Addr() + "?starttls=opportunistic", mail.StageStartTLS},
		"opportunistic, not offered":   {"smtp://" + without.Addr() + "?starttls=opportunistic", ""},
		"implicit, but the server not": {"smtps://" + without.Addr() + "?timeout=500ms&ca=" + root, mail.StageStartTLS},
	} {
		err := sender(t, c.url).Check(t.Context())
		if c.stage == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		failed(t, err, c.stage, 0, mail.ErrTemporary)
	}
	if err := sender(t, "smtp://"+with.Addr()+"?ca="+root).Send(t.Context(), message("job-1")); err != nil {
		t.Fatal(err)
	}
}

// smtps: encrypted from the first byte.
func TestImplicitTLS(t *testing.T) {
	t.Parallel()
	config, root := certificate(t)
	inner := catcher(t)
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); forward(l, inner.Addr()) }()
	if err := sender(t, "smtps://"+l.Addr().String()+"?ca="+root).Send(t.Context(), message("job-1")); err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	<-done
	if len(inner.Messages()) != 1 {
		t.Fatal("the mail did not arrive")
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	config, root := certificate(t)
	for _, mechanism := range []string{"PLAIN", "LOGIN"} {
		c := catcher(t, mail.CatcherOptions{TLS: config, Username: "insyn", Password: "lösen@ord", Mechanism: mechanism})
		if err := sender(t, "smtp://insyn:l%C3%B6sen%40ord@"+c.Addr()+"?ca="+root).Send(t.Context(), message("job-1")); err != nil {
			t.Errorf("%s: %v", mechanism, err)
		}
		// A wrong password is about us: the mail waits.
		failed(t, sender(t, "smtp://insyn:fel@"+c.Addr()+"?ca="+root).Send(t.Context(), message("job-2")), mail.StageAuth, 535, mail.ErrTemporary)
		failed(t, sender(t, "smtp://"+c.Addr()+"?ca="+root).Send(t.Context(), message("job-3")), mail.StageFrom, 502, mail.ErrPermanent)
		// Without TLS a password is sent on this machine only.
		if err := sender(t, "smtp://insyn:l%C3%B6sen%40ord@"+c.Addr()+"?starttls=none").Check(t.Context()); err != nil {
			t.Errorf("%s on loopback: %v", mechanism, err)
		}
	}
	none := catcher(t)
	failed(t, sender(t, "smtp://insyn:x@"+none.Addr()+"?starttls=none").Check(t.Context()), mail.StageAuth, 0, mail.ErrTemporary)
}

func TestURL(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "smtp://", "http://mail.example", "smtp://u:hemligt@mail.example/x", "smtp://u:hemligt@mail.example?starttls=yes",
		"smtps://u:hemligt@mail.example?starttls=none", "smtp://u:hemligt@mail.example?tls=1", "smtp://u:hemligt@mail.example?ca=missing.pem", "smtp://u:hemligt@mail.example?timeout=0s", "smtp://u:hemligt@mail.example:x"} {
		if _, err := mail.New(bad); err == nil || strings.Contains(err.Error(), "hemligt") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}

// A server that turns everyone away says nothing about the message: it waits.
func TestTurnedAway(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if c, err := l.Accept(); err == nil {
			_, _ = c.Write([]byte("554 anna@post.example: no service here\r\n"))
			_ = c.Close()
		}
	}()
	failed(t, sender(t, "smtp://"+l.Addr().String()+"?starttls=none").Send(t.Context(), message("job-1")),
		mail.StageGreeting, 554, mail.ErrTemporary)
	_ = l.Close()
	<-done
}
