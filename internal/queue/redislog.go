package queue

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/redis/go-redis/v9"
)

// RouteRedisLog sends what the Redis library itself remarks, such as a failed dial, to log instead of standard error.
// The library has one logger for the whole process, so only a command calls this, once, before it connects.
func RouteRedisLog(log *slog.Logger) { redis.SetLogger(redisLog{log}) }

type redisLog struct{ log *slog.Logger }

// Printf implements the library's logger. Its remarks name addresses and counts, never keys or values.
func (l redisLog) Printf(ctx context.Context, format string, args ...any) {
	l.log.WarnContext(ctx, "redis", slog.String("remark", fmt.Sprintf(format, args...)))
}
