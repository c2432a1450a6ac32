package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"insyn/internal/oidc"
)

// maxPending is how many logins may be under way in one browser: a person with
// a few tabs, not a page that starts one with every view.
const maxPending = 4

// Pending is a login under way.
type Pending struct {
	Flow oidc.Flow
	// ReturnTo is the local path to go to afterwards.
	ReturnTo string `json:",omitempty"`
}

// data is all that a session holds.
type data struct {
	Login   *Login    `json:",omitempty"`
	Pending []Pending `json:",omitempty"`
	Locale  string    `json:",omitempty"`
	Notice  string    `json:",omitempty"`
	Grants  []Grant   `json:",omitempty"`
}

// maxGrants is how many grants a session holds.
const maxGrants = 16

// Grant is something that the user of a session may do until a time, by a name that the caller chooses.
type Grant struct {
	Name  string
	Until time.Time
}

// dataKey is the one value that scs keeps for us.
const dataKey = "d"

// own panics when the context is not from this manager's Handler. A page that
// asks the staff's manager who is logged in, on a resident's route, would
// otherwise be told that the resident is.
func (m *Manager) own(ctx context.Context) {
	if m.store.seen(ctx) == nil {
		panic("session: " + m.CookieName() + " is asked about a request that it has not loaded")
	}
}

func (m *Manager) get(ctx context.Context) data {
	m.own(ctx)
	d, _ := m.scs.Get(ctx, dataKey).(data)
	return d
}

func (m *Manager) set(ctx context.Context, d data) {
	m.own(ctx)
	m.scs.Put(ctx, dataKey, d)
}

// PutPending remembers a login under way, next to others in other tabs; the
// oldest gives way.
func (m *Manager) PutPending(ctx context.Context, p Pending) {
	d := m.get(ctx)
	d.Pending = append(slices.Clone(d.Pending), p)
	if n := len(d.Pending); n > maxPending {
		d.Pending = d.Pending[n-maxPending:]
	}
	m.set(ctx, d)
}

// TakePending returns and forgets the login with this state. The state is the
// provider's answer's; only a flow of this very browser is found, and once.
// The removal is written before it returns, so that of two answers with the
// same state, at the same time, one is served.
func (m *Manager) TakePending(ctx context.Context, state string) (Pending, bool, error) {
	d := m.get(ctx)
	i := slices.IndexFunc(d.Pending, func(p Pending) bool { return p.Flow.State == state })
	if state == "" || i < 0 {
		return Pending{}, false, nil
	}
	p := d.Pending[i]
	d.Pending = slices.Delete(slices.Clone(d.Pending), i, i+1)
	won, err := m.store.replace(ctx, m.scs.Token(ctx), func() ([]byte, error) {
		return codec{}.Encode(m.scs.Deadline(ctx), map[string]any{dataKey: d})
	})
	if err != nil {
		return Pending{}, false, err
	}
	if !won {
		return Pending{}, false, nil
	}
	m.set(ctx, d)
	return p, true, nil
}

// PutGrant notes that the user may do something until a time, in place of what was noted under the name before. When there are
// too many the oldest give way.
func (m *Manager) PutGrant(ctx context.Context, g Grant) {
	d := m.get(ctx)
	d.Grants = slices.DeleteFunc(slices.Clone(d.Grants), func(o Grant) bool { return o.Name == g.Name })
	d.Grants = append(d.Grants, g)
	if n := len(d.Grants); n > maxGrants {
		d.Grants = d.Grants[n-maxGrants:]
	}
	m.set(ctx, d)
}

// Grants are what the user may do; whether the time is past is for the caller to see. A login ends them all.
func (m *Manager) Grants(ctx context.Context) []Grant { return slices.Clone(m.get(ctx).Grants) }

// codec writes a session as JSON. Unlike gob's maps the bytes are the same for
// the same content, which is how the store tells a mere visit from a change.
type codec struct{}

type envelope struct {
	Deadline time.Time
	Data     data
}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	e := envelope{Deadline: deadline.UTC()}
	for key, v := range values {
		d, ok := v.(data)
		if !ok || key != dataKey {
			return nil, errors.New("session: only our own data is kept")
		}
		e.Data = d
	}
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("write a session: %w", err)
	}
	return b, nil
}

// Decode implements scs.Codec.
func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var e envelope
	if err := json.Unmarshal(b, &e); err != nil {
		return time.Time{}, nil, errors.New("session: stored data cannot be read")
	}
	return e.Deadline, map[string]any{dataKey: e.Data}, nil
}
