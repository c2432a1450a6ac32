package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"insyn/handlers/tasks"
	"insyn/internal/clock"
	"insyn/internal/postgres"
	"insyn/internal/queue"
	"insyn/models"
)

type workerCmd struct{}

// Run works until it is told to stop.
func (workerCmd) Run(ctx context.Context, env environment, out io.Writer) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	log := newLog(out, c.LogLevel)
	slog.SetDefault(log) // for the few lines of libraries and of texts that are missing
	queue.RouteRedisLog(log)
	a, err := newApp(ctx, c, clock.System(), log)
	if err != nil {
		return err
	}
	defer func() { _ = a.close() }() // jobs are finished or handed back
	g, ctx := errgroup.WithContext(ctx)
	registry := newRegistry()
	registry.MustRegister(newJobMetrics(a))
	g.Go(func() error { return a.work(ctx) })
	g.Go(func() error { return serveMetrics(ctx, c.MetricsAddr, registry, log) })
	log.InfoContext(ctx, "working", slog.String("version", version))
	return g.Wait()
}

// work relays, runs jobs, sweeps and watches until the context ends.
func (a *app) work(ctx context.Context) (err error) {
	client, err := queue.NewClient(a.config.RedisURL)
	if err != nil {
		return fmt.Errorf("INSYN_REDIS_URL: %w", err)
	}
	inspect, err := queue.NewInspector(a.config.RedisURL)
	if err != nil {
		return errors.Join(fmt.Errorf("INSYN_REDIS_URL: %w", err), client.Close())
	}
	defer func() { err = errors.Join(err, client.Close(), inspect.Close()) }()
	server, err := queue.NewServer(a.config.RedisURL, queue.ServerOptions{Queues: tasks.Queues(), Log: a.log}, tasks.Handlers(a.service))
	if err != nil {
		return fmt.Errorf("INSYN_REDIS_URL: %w", err)
	}
	if err := server.Start(); err != nil {
		return fmt.Errorf("INSYN_REDIS_URL: %w", err)
	}
	defer server.Shutdown()
	wake, err := postgres.Listen(ctx, a.config.DatabaseURL, models.JobChannel, a.log)
	if err != nil {
		return fmt.Errorf("INSYN_DATABASE_URL: %w", err)
	}
	r := &tasks.Relay{Service: a.service, Queue: client, Inspect: inspect, Log: a.log, Wake: wake,
		Poll: time.Second, Sweep: 5 * time.Second, Orphan: 15 * time.Second, Watch: 30 * time.Second, Files: time.Hour}
	return r.Run(ctx)
}
