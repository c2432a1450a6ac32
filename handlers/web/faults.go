package web

import (
	"errors"
	"fmt"

	"insyn/templates"
	"insyn/workflows"
)

// AsFaults takes the faults out of an error, for the form to be shown again with them. ok is false when the error is not
// an Invalid; it is then for the caller to return as it is.
func AsFaults(err error) (faults templates.Faults, ok bool) {
	var invalid workflows.Invalid
	if !errors.As(err, &invalid) {
		return nil, false
	}
	for _, f := range invalid.Fields {
		faults = append(faults, templates.Fault{Field: f.Field, Key: f.Key, Args: f.Args})
	}
	return faults, true
}

// class is the type of the innermost error: enough to tell a time-out from a closed connection, and nothing personal.
func class(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return fmt.Sprintf("%T", err)
		}
		err = inner
	}
}
