package workflows

import (
	"errors"
	"fmt"

	"insyn/models"
)

// What a use case may answer besides success. Doors map them in one place; none carries personal data.
var (
	// ErrNotFound: it does not exist, or it is not the actor's; the two look the same.
	ErrNotFound = models.ErrNotFound
	// ErrConflict: somebody else was first; the page must be read again.
	ErrConflict = models.ErrConflict
	// ErrForbidden: the actor sees the case, but the action is not theirs to do.
	ErrForbidden = errors.New("not allowed for this role")
)

// Refusal says why a guard did not let an action through: a key of the text to show, and what fills it.
type Refusal struct {
	Key  string         // a key in templates/locales, such as "guard.searches-left"
	Args map[string]any // counts, dates and codes; never personal data
}

// Error names the guard.
func (r Refusal) Error() string { return "refused: " + r.Key }

// Invalid says what is wrong with the input: field name to text key. The form is shown again with everything typed in it.
type Invalid struct {
	Fields []FieldError
}

// FieldError is one fault at one field.
type FieldError struct {
	Field string         // the form field's name, e.g. "reasons" or "about-KS"
	Key   string         // a key in templates/locales, such as "error.reasons-missing"
	Args  map[string]any // what fills it
}

// Error counts the faults.
func (i Invalid) Error() string { return fmt.Sprintf("%d invalid fields", len(i.Fields)) }

func invalid(field, key string) error { return Invalid{[]FieldError{{Field: field, Key: key}}} }
