package crypto

import (
	"container/list"
	"sync"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// keyCache keeps the unwrapped keys that were used last, so that a page with fifty sealed fields unwraps once.
type keyCache struct {
	mu    sync.Mutex
	max   int
	order *list.List // front: used last; values are *cachedKey
	byID  map[uuid.UUID]*list.Element
}

// cachedKey is one entry; it knows its id so that the oldest can be taken out of the map.
type cachedKey struct {
	id   uuid.UUID
	aead tink.AEAD
}

func newKeyCache(limit int) *keyCache {
	return &keyCache{max: limit, order: list.New(), byID: map[uuid.UUID]*list.Element{}}
}

func (c *keyCache) get(id uuid.UUID) (tink.AEAD, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byID[id]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cachedKey).aead, true
}

func (c *keyCache) put(id uuid.UUID, a tink.AEAD) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byID[id]; ok {
		e.Value.(*cachedKey).aead = a
		c.order.MoveToFront(e)
		return
	}
	c.byID[id] = c.order.PushFront(&cachedKey{id: id, aead: a})
	for c.order.Len() > c.max {
		oldest := c.order.Back()
		c.order.Remove(oldest)
		delete(c.byID, oldest.Value.(*cachedKey).id)
	}
}

func (c *keyCache) drop(id uuid.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byID[id]; ok {
		c.order.Remove(e)
		delete(c.byID, id)
	}
}

func (c *keyCache) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len()
}
