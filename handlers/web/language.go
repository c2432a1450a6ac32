package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// Languages of the pages. Swedish is the language of the service.
const (
	Swedish = "sv"
	English = "en"
)

const languageCookie = "lang"

// language settles the language of the request: the cookie, then Accept-Language, then Swedish. ?lang=en on a page sets
// the cookie and shows the page again without it.
func (s *Site) language(c *gin.Context) {
	st := state(c.Request.Context())
	st.route = c.FullPath()
	if want := c.Query("lang"); c.Request.Method == http.MethodGet && (want == Swedish || want == English) {
		http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // G124: Secure whenever the site is https
			Name: languageCookie, Value: want, Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, Secure: s.Secure(), SameSite: http.SameSiteLaxMode,
		})
		q := c.Request.URL.Query()
		q.Del("lang")
		to := LocalPath(c.Request.URL.EscapedPath())
		if len(q) > 0 {
			to += "?" + q.Encode()
		}
		c.Redirect(http.StatusSeeOther, to)
		c.Abort()
		return
	}
	st.lang = negotiate(c.Request)
}

func negotiate(r *http.Request) string {
	if k, err := r.Cookie(languageCookie); err == nil && (k.Value == Swedish || k.Value == English) {
		return k.Value
	}
	// The first of our two languages in the header; the weights are in falling order in what browsers send.
	for tag := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if base == Swedish || base == English {
			return base
		}
	}
	return Swedish
}

// Lang is the language of the request's page, "sv" or "en".
func Lang(c *gin.Context) string {
	if l := state(c.Request.Context()).lang; l != "" {
		return l
	}
	return Swedish
}

// LocalPath returns path if it leads to a page of ours and to nowhere else, otherwise "/". It stands between what a
// browser sends as “where I was going” and a redirect.
func LocalPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}
