package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	listenShortestWait = 100 * time.Millisecond
	listenLongestWait  = 10 * time.Second
	// listenSilence is how long nothing may be heard before the connection is tried: a peer that vanished without a
	// word (a failover, a firewall) looks like silence.
	listenSilence = 30 * time.Second
)

// Listen signals each time the channel is notified, on a connection of its own. Signals coalesce: one waiting signal
// stands for any number of notifications. A lost connection is made anew with growing, jittered pauses, and each new
// connection signals once, because notifications sent in between are gone. The returned channel is closed when ctx
// ends. A notification is a hint; whoever listens must also look by itself now and then.
//
// The first connection is made before Listen returns, so that a wrong URL is an error and not a silence. log may be nil.
func Listen(ctx context.Context, url, channel string, log *slog.Logger) (<-chan struct{}, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, ErrBadURL
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	config.RuntimeParams["application_name"] = "insyn listener"
	l := listener{config: config, channel: channel, log: log, signals: make(chan struct{}, 1)}
	conn, err := l.connect(ctx)
	if err != nil {
		return nil, err
	}
	go l.run(ctx, conn)
	return l.signals, nil
}

type listener struct {
	config  *pgx.ConnConfig
	channel string
	log     *slog.Logger
	signals chan struct{}
}

func (l listener) connect(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, l.config)
	if err != nil {
		return nil, fmt.Errorf("connect to listen on %s: %w", l.channel, err)
	}
	if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{l.channel}.Sanitize()); err != nil {
		l.hangUp(conn)
		return nil, fmt.Errorf("listen on %s: %w", l.channel, err)
	}
	return conn, nil
}

func (l listener) hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx)
}

func (l listener) signal() {
	select {
	case l.signals <- struct{}{}:
	default: // one is waiting already and stands for this one too
	}
}

func (l listener) run(ctx context.Context, conn *pgx.Conn) {
	defer close(l.signals)
	for {
		l.signal()
		err := l.hear(ctx, conn)
		l.hangUp(conn)
		if ctx.Err() != nil {
			return
		}
		code, _ := ErrorCode(err)
		l.log.WarnContext(ctx, "lost the listening connection to the database", slog.String("channel", l.channel), slog.String("sqlstate", code))
		if conn = l.reconnect(ctx); conn == nil {
			return
		}
		l.log.InfoContext(ctx, "listening to the database again", slog.String("channel", l.channel))
	}
}

// hear passes notifications on until the connection or ctx ends.
func (l listener) hear(ctx context.Context, conn *pgx.Conn) error {
	for {
		waiting, cancel := context.WithTimeout(ctx, listenSilence)
		_, err := conn.WaitForNotification(waiting)
		cancel()
		switch {
		case err == nil:
			l.signal()
		case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) && !conn.IsClosed():
			probing, cancel := context.WithTimeout(ctx, listenSilence)
			err := conn.Ping(probing)
			cancel()
			if err != nil {
				return err
			}
		default:
			return err
		}
	}
}

// reconnect tries until it succeeds; nil means ctx has ended.
func (l listener) reconnect(ctx context.Context) *pgx.Conn {
	for wait := listenShortestWait; ; wait = min(2*wait, listenLongestWait) {
		// Jitter keeps all processes of an installation from coming back to a restarted database at one instant.
		pause := time.NewTimer(wait/2 + rand.N(wait/2)) //nolint:gosec // G404: spreading load is no secret
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil
		case <-pause.C:
		}
		if conn, err := l.connect(ctx); err == nil {
			return conn
		}
	}
}
