package postgres

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// SQLSTATE codes that callers tell apart.
const (
	CodeUniqueViolation      = "23505"
	CodeForeignKeyViolation  = "23503"
	CodeCheckViolation       = "23514"
	CodeSerializationFailure = "40001"
	CodeDeadlock             = "40P01"
	CodeLockNotAvailable     = "55P03"
	CodeInsufficientRights   = "42501"
	CodeUndefinedTable       = "42P01"
)

// ErrorCode returns the SQLSTATE and the name of the violated constraint of a database error, both empty for any other
// error. They are all of a database error that may be shown or logged: its text repeats values from the statement.
func ErrorCode(err error) (sqlstate, constraint string) {
	var pgErr *pgconn.PgError
	if !errors.As(err, &pgErr) {
		return "", ""
	}
	return pgErr.Code, pgErr.ConstraintName
}
