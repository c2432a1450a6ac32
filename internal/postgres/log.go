package postgres

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/utils"
)

// slowStatement is when a statement is worth a line in the log.
const slowStatement = time.Second

// statementLog is GORM's logger. It writes neither SQL, nor values, nor the driver's error text: PostgreSQL repeats
// values in its errors ("invalid input syntax for type integer: …"), and values are personal data. What remains is the
// SQLSTATE, the constraint, the time taken and the line of code.
type statementLog struct {
	log *slog.Logger
}

var _ logger.Interface = statementLog{}

// LogMode implements logger.Interface; the level is the slog handler's business.
func (l statementLog) LogMode(logger.LogLevel) logger.Interface { return l }

// Info implements logger.Interface. GORM's own remarks may carry values in their arguments, so those are dropped.
func (l statementLog) Info(context.Context, string, ...any) {}

// Warn implements logger.Interface.
func (l statementLog) Warn(ctx context.Context, format string, _ ...any) {
	l.log.WarnContext(ctx, "orm warning", slog.String("remark", format), slog.String("at", utils.FileWithLineNum()))
}

// Error implements logger.Interface.
func (l statementLog) Error(ctx context.Context, format string, _ ...any) {
	l.log.ErrorContext(ctx, "orm error", slog.String("remark", format), slog.String("at", utils.FileWithLineNum()))
}

// Trace implements logger.Interface; it is called after each statement. The SQL is never asked for.
func (l statementLog) Trace(ctx context.Context, begin time.Time, _ func() (string, int64), err error) {
	// GORM takes begin from the machine's clock, which is not ours to read here: the age is taken by the monotonic
	// part of begin itself.
	took := time.Since(begin)
	switch {
	case err == nil:
		if took >= slowStatement {
			l.log.WarnContext(ctx, "slow database statement", slog.Duration("took", took), slog.String("at", utils.FileWithLineNum()))
		}
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, context.Canceled):
		// An answer, and a caller who left: neither is a fault.
	default:
		code, constraint := ErrorCode(err)
		l.log.WarnContext(ctx, "database statement failed",
			slog.String("sqlstate", code), slog.String("constraint", constraint), slog.Duration("took", took),
			slog.String("at", utils.FileWithLineNum()))
	}
}
