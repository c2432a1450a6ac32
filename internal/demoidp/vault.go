package demoidp

import (
	"crypto/rand"
	"sync"
	"time"

	"insyn/internal/clock"
)

const (
	codeLifetime  = 60 * time.Second
	tokenLifetime = 5 * time.Minute
	// vaultSize bounds memory; a demo has a handful of logins at a time.
	vaultSize = 2000
)

// vault keeps short-lived values under random names. When it is full of live
// values it takes no more: a flood is turned away, memory is not.
type vault[T any] struct {
	clock    clock.Clock
	lifetime time.Duration
	mu       sync.Mutex
	values   map[string]kept[T]
}

type kept[T any] struct {
	value   T
	expires time.Time
}

func newVault[T any](c clock.Clock, lifetime time.Duration) *vault[T] {
	return &vault[T]{clock: c, lifetime: lifetime, values: map[string]kept[T]{}}
}

// put stores a value and returns its name, or false when there is no room.
func (v *vault[T]) put(value T) (string, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.clock.Now()
	if len(v.values) >= vaultSize {
		for name, k := range v.values {
			if !now.Before(k.expires) {
				delete(v.values, name)
			}
		}
		if len(v.values) >= vaultSize {
			return "", false
		}
	}
	name := rand.Text()
	v.values[name] = kept[T]{value: value, expires: now.Add(v.lifetime)}
	return name, true
}

// get returns a live value.
func (v *vault[T]) get(name string) (T, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	k, ok := v.values[name]
	if !ok || !v.clock.Now().Before(k.expires) {
		var none T
		return none, false
	}
	return k.value, true
}

// take returns a live value and removes it: once only.
func (v *vault[T]) take(name string) (T, bool) {
	value, ok := v.get(name)
	v.mu.Lock()
	defer v.mu.Unlock()
	_, still := v.values[name]
	delete(v.values, name)
	return value, ok && still
}
