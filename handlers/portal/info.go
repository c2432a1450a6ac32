package portal

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"insyn/models"
	"insyn/workflows"
)

type startPage struct {
	// Begin is where a request for access begins.
	Begin string
	// Changes are the other rights that are taken here.
	Changes []choice
	// Others are the rights that the e-service does not take yet, as the last part of their keys.
	Others   []string
	LoggedIn bool
	Mine     string
}

// choice is a right that the person may begin with.
type choice struct {
	Right models.Right
	Begin string
}

// begin is where a request about a right begins for somebody who is logged in, or is not.
func begin(r models.Right, logged bool) string {
	if logged {
		return newPath(r)
	}
	return loginPath(newPath(r))
}

// start is the first page.
func (p *portal) start(c *gin.Context) error {
	_, logged := p.visitor(c)
	data := startPage{Begin: begin(models.Access, logged), Others: otherRights(), LoggedIn: logged, Mine: "/mina"}
	for _, r := range workflows.Rights()[1:] {
		data.Changes = append(data.Changes, choice{r.Right, begin(r.Right, logged)})
	}
	return p.show(c, http.StatusOK, view{page: "portal/start", title: "portal.start.title", current: "start", data: data})
}

// otherRights are reached by phone, visit or letter: they have no form here, and a right needs none.
func otherRights() []string {
	return []string{"restriction", "objection", "portability", "consent"}
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
