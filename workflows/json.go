package workflows

import (
	"encoding/json"
	"fmt"
	"io"
)

// jsonWriter writes JSON piece by piece, so that what is long is never whole in memory. Its first error stays.
type jsonWriter struct {
	to  io.Writer
	err error
}

// text writes what is JSON already.
func (m *jsonWriter) text(s string) {
	if m.err == nil && s != "" {
		_, m.err = io.WriteString(m.to, s)
	}
}

// value writes a value as JSON.
func (m *jsonWriter) value(v any) {
	b, err := json.Marshal(v)
	if err != nil && m.err == nil {
		m.err = fmt.Errorf("encode: %w", err)
	}
	m.text(string(b))
}
