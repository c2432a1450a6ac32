package mail

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/smtp"
	"testing"
)

// A connection that is neither encrypted nor on this machine gets no password.
func TestNoPasswordInTheOpen(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe() // its remote address is no loopback address
	said := make(chan string, 1)
	go func() {
		_, _ = io.WriteString(theirs, "220 mail.example\r\n")
		r := bufio.NewReader(theirs)
		_, _ = r.ReadString('\n')
		_, _ = io.WriteString(theirs, "250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n")
		rest, _ := io.ReadAll(r)
		said <- string(rest)
	}()
	client, err := smtp.NewClient(ours, "localhost") // the name must not matter
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Hello("insyn.example"); err != nil {
		t.Fatal(err)
	}
	cv := &conversation{ctx: t.Context(), conn: ours, client: client, c: config{user: "insyn", password: "hemligt"}}
	err = cv.login()
	_ = ours.Close()
	if rest := <-said; !errors.Is(err, errPlainAuth) || rest != "" {
		t.Fatalf("error %v, sent %q", err, rest)
	}
}
