package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
)

// headers are those of every answer.
type headers struct {
	csp  string
	hsts bool
}

func newHeaders(base *url.URL, formTargets []string) headers {
	forms := []string{"'self'"}
	for _, target := range formTargets {
		// Only the origin: a path in a source expression would have to match after redirects, too.
		if u, err := url.Parse(target); err == nil && u.Host != "" {
			forms = append(forms, u.Scheme+"://"+u.Host)
		}
	}
	return headers{
		csp: "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action " +
			strings.Join(forms, " "),
		hsts: base.Scheme == "https",
	}
}

func (h headers) set(to http.Header) {
	to.Set("Content-Security-Policy", h.csp)
	to.Set("X-Content-Type-Options", "nosniff")
	to.Set("Referrer-Policy", "same-origin")
	to.Set("Cross-Origin-Opener-Policy", "same-origin")
	to.Set("Cross-Origin-Resource-Policy", "same-origin")
	to.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if h.hsts {
		to.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// noStore keeps a page out of every cache, the browser's own included: somebody else may press “back” at a library's
// computer.
func noStore(c *gin.Context) { c.Header("Cache-Control", "no-store") }
