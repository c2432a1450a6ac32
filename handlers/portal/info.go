package portal

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"insyn/workflows"
)

type startPage struct {
	// Begin is where a request for access begins.
	Begin string
	// Others are the rights that the e-service does not take yet, as the last part of their keys.
	Others   []string
	LoggedIn bool
	Mine     string
}

// start is the first page.
func (p *portal) start(c *gin.Context) error {
	_, logged := p.visitor(c)
	data := startPage{Begin: loginPath("/ny"), Others: otherRights(), LoggedIn: logged, Mine: "/mina"}
	if logged {
		data.Begin = "/ny"
	}
	return p.show(c, http.StatusOK, view{page: "portal/start", title: "portal.start.title", current: "start", data: data})
}

// otherRights are reached by phone, visit or letter: they have no form here, and a right needs none.
func otherRights() []string {
	return []string{"rectification", "erasure", "restriction", "objection", "portability", "consent"}
}

// aboutSections are the sections of a page about the service, by the last part of their keys, and the name of its keys;
// an unknown page has none.
func aboutSections(page string) ([]string, string) {
	switch page {
	case "uppgifter":
		return []string{"who", "what", "why", "receivers", "how-long", "logs", "rights", "complain", "dpo"}, "privacy"
	case "tillganglighet":
		return []string{"how", "known", "tested", "tell", "supervision"}, "accessibility"
	case "kakor":
		return []string{"necessary", "which", "none"}, "cookies"
	}
	return nil, ""
}

type aboutPage struct {
	Key      string
	Sections []string
}

// about is one of the pages about the service itself.
func (p *portal) about(c *gin.Context) error {
	sections, key := aboutSections(c.Param("page"))
	if key == "" {
		return workflows.ErrNotFound
	}
	return p.show(c, http.StatusOK, view{page: "portal/om", title: "portal." + key + ".title", data: aboutPage{key, sections}})
}
