package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
)

// Options says how a database is opened.
type Options struct {
	// Now gives the instant GORM writes into its own time columns; it must not be nil. Pass the Now of the clock.
	Now func() time.Time
	// Log receives failed and slow statements, without their values; nil means silence.
	Log *slog.Logger
	// Application names the connections in pg_stat_activity; empty means insyn.
	Application string
	// MaxConnections is the limit of the pool; 0 means 10.
	MaxConnections int
	// StatementTimeout ends a statement that runs longer; 0 means 30 s, negative none.
	StatementTimeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Application == "" {
		o.Application = "insyn"
	}
	if o.MaxConnections == 0 {
		o.MaxConnections = 10
	}
	if o.StatementTimeout == 0 {
		o.StatementTimeout = 30 * time.Second
	}
	return o
}

// ErrBadURL says that a database URL cannot be read. The wrapped text of the parser is left out, as it can repeat the
// password.
var ErrBadURL = errors.New("the database URL cannot be read; it looks like postgres://user:password@host:5432/database")

// Open connects to the database and checks that it answers. Close the result with Close.
//
// GORM is set up so that nothing happens behind the back of the code: no transaction of its own around single writes,
// none nested, errors left as the driver gave them, no statement in the log.
func Open(ctx context.Context, url string, o Options) (*gorm.DB, error) {
	if o.Now == nil {
		return nil, errors.New("open database: no clock given")
	}
	o = o.withDefaults()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, ErrBadURL
	}
	setParameters(config, o)
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(o.MaxConnections)
	pool.SetMaxIdleConns(o.MaxConnections)
	// Connections are renewed so that a database behind a load balancer or after a failover is found again.
	pool.SetConnMaxLifetime(30 * time.Minute)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	db, err := gorm.Open(gormpostgres.New(gormpostgres.Config{Conn: pool}), &gorm.Config{
		NowFunc:                  func() time.Time { return o.Now().UTC() },
		Logger:                   statementLog{log: o.Log},
		SkipDefaultTransaction:   true,
		DisableNestedTransaction: true,
		TranslateError:           false,
	})
	if err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}

// setParameters bounds what one connection may do, so that a stuck one cannot hold locks for ever.
func setParameters(config *pgx.ConnConfig, o Options) {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	parameters := map[string]string{
		"application_name":                    o.Application,
		"timezone":                            "UTC",
		"lock_timeout":                        "10s",
		"idle_in_transaction_session_timeout": "60s",
	}
	if o.StatementTimeout > 0 {
		parameters["statement_timeout"] = strconv.FormatInt(o.StatementTimeout.Milliseconds(), 10) + "ms"
	}
	for name, value := range parameters {
		if _, given := config.RuntimeParams[name]; !given { // what stands in the URL wins
			config.RuntimeParams[name] = value
		}
	}
}

// Close ends all connections of a database opened with Open.
func Close(db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	if err := pool.Close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}
