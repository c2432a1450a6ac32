package queue

import (
	"crypto/rand"
	"fmt"

	"github.com/alicebob/miniredis/v2"
)

// Embedded is a Redis inside this process, for an installation that has none: the demo. It keeps nothing over a
// restart, which costs only the time until the database's sweep enqueues again.
type Embedded struct {
	server *miniredis.Miniredis
	url    string
}

// StartEmbedded listens on a free port of 127.0.0.1, behind a password made for this run, since any user of the
// machine can reach the port.
func StartEmbedded() (*Embedded, error) {
	server := miniredis.NewMiniRedis()
	// Without this keys never expire: the library is made for tests that move time by hand.
	server.ClockTTL(true)
	password := rand.Text()
	server.RequireAuth(password)
	if err := server.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start embedded redis: %w", err)
	}
	return &Embedded{server: server, url: "redis://:" + password + "@" + server.Addr() + "/0"}, nil
}

// URL is what clients of this process connect with. It holds the password.
func (e *Embedded) URL() string { return e.url }

// Close ends all connections and forgets everything.
func (e *Embedded) Close() { e.server.Close() }
