package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// Check is one thing the service cannot work without.
type Check struct {
	Name string
	Ask  func(context.Context) error
}

// readyTimeout is for all checks together: a load balancer asks every few seconds.
const readyTimeout = 3 * time.Second

// healthz says that the process answers.
func (s *Site) healthz(c *gin.Context) error {
	noStore(c)
	c.String(http.StatusOK, "ok\n")
	return nil
}

// readyz says whether requests should be sent here. It names what does not answer; why is in the log.
func (s *Site) readyz(c *gin.Context) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), readyTimeout)
	defer cancel()
	status, text := http.StatusOK, ""
	for _, check := range s.o.Ready {
		word := "ok"
		if err := check.Ask(ctx); err != nil {
			status, word = http.StatusServiceUnavailable, "fails"
			s.o.Log.WarnContext(ctx, "not ready", slog.String("check", check.Name),
				slog.String("where", trail(err)), slog.String("class", class(err)))
		}
		text += check.Name + " " + word + "\n"
	}
	noStore(c)
	c.String(status, "%s", text)
	return nil
}
