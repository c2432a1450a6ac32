// Package clock hands out instants. It is the only place that asks the machine for the time, so that tests and the
// demo's history can set the time and everything else follows.
//
// Instants are UTC. Which day an instant belongs to in Sweden is a question for package calendar.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time.
type Clock interface {
	// Now is the present instant, in UTC.
	Now() time.Time
}

// System is the clock of the machine. Its instants are cut to whole microseconds, which is what PostgreSQL keeps: a
// time that was stored and read back is equal to the one in memory.
func System() Clock { return system{} }

type system struct{}

func (system) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Settable is a clock that stands still until it is moved. It is safe for concurrent use.
type Settable struct {
	mu  sync.Mutex
	now time.Time
}

// NewSettable returns a clock that stands at t.
func NewSettable(t time.Time) *Settable { return &Settable{now: t.UTC()} }

// Now is the instant the clock was last moved to, in UTC.
func (s *Settable) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Set moves the clock to t, forwards or backwards.
func (s *Settable) Set(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = t.UTC()
}

// Advance moves the clock by d; a negative d moves it back.
func (s *Settable) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}
