package models

import (
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// ID is a UUIDv7 that knows what it identifies, so that a case's id cannot be passed where a controller's is asked for.
// The zero ID is NULL in the database.
type ID[T any] struct{ uuid uuid.UUID }

//nolint:revive // the names say it
type (
	ControllerID = ID[Controller]
	StaffID      = ID[Staff]
	SubjectID    = ID[Subject]
	RequestID    = ID[Request]
	CaseID       = ID[Case]
	SystemID     = ID[System]
	DelegationID = ID[Delegation]
	SearchID     = ID[Search]
	ItemID       = ID[Item]
	MeasureID    = ID[Measure]
	FileID       = ID[File]
	JobID        = ID[Job]
	InquiryID    = ID[Inquiry]
	AppealID     = ID[Appeal]
)

// NewID returns a fresh, time-ordered id.
func NewID[T any]() ID[T] {
	return ID[T]{uuid.Must(uuid.NewV7())}
}

// IDFrom gives a UUID its kind.
func IDFrom[T any](u uuid.UUID) ID[T] { return ID[T]{u} }

// ParseID reads a UUID in its text form.
func ParseID[T any](s string) (ID[T], error) {
	u, err := uuid.Parse(s)
	if err != nil {
		return ID[T]{}, errors.New("not an id")
	}
	return ID[T]{u}, nil
}

// UUID returns the bare UUID, for the rooms that do not know the kinds.
func (i ID[T]) UUID() uuid.UUID { return i.uuid }

// IsZero tells whether the id is unset.
func (i ID[T]) IsZero() bool { return i.uuid == uuid.Nil }

// String returns the text form; empty for the zero id.
func (i ID[T]) String() string {
	if i.IsZero() {
		return ""
	}
	return i.uuid.String()
}

// Value writes the id to the database; the zero id is NULL.
func (i ID[T]) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i.uuid.String(), nil
}

// Scan reads the id from the database; NULL is the zero id.
func (i *ID[T]) Scan(src any) error {
	if src == nil {
		i.uuid = uuid.Nil
		return nil
	}
	if err := i.uuid.Scan(src); err != nil {
		return fmt.Errorf("scan id: %w", err)
	}
	return nil
}

// GormDataType names the column type.
func (ID[T]) GormDataType() string { return "uuid" }

// MarshalText writes the id for JSON.
func (i ID[T]) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads the id from JSON; empty is the zero id.
func (i *ID[T]) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		i.uuid = uuid.Nil
		return nil
	}
	return i.uuid.UnmarshalText(b)
}
