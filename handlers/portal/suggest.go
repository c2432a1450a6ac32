package portal

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// What the person ticks here says a lot about a life. It stays in the form: it is sent to be answered with suggestions, and
// drawn again in the answer. What is kept of it is one relation with each controller that is chosen, in what is said to that
// controller alone (domain.md 13 P1).

// unsure is the tick of those who do not know.
const unsure = "vet-inte"

// life is a group of relations under one heading.
type life struct {
	Key   string // of the heading: portal.life.<key>
	Codes []string
}

// lives are the relations a person may tick, by what they are about. Every code of workflows.Relations stands in one of them.
func lives() []life {
	return []life{
		{"school", []string{"preschool-child", "pupil", "adult-student", "guardian"}},
		{"support", []string{"client", "care-recipient", "patient", "ward", "trustee", "relative", "foster-carer"}},
		{"work", []string{"employee", "applicant", "politician"}},
		{"home", []string{"tenant", "property-owner", "builder", "neighbour"}},
		{"other", []string{"library-user", "visitor", "association", "customer", "business", "supplier", "correspondent", "voter"}},
	}
}

// askBlock is the question that suggestions come from.
type askBlock struct {
	Groups []askGroup
	Unsure bool // “jag vet inte” is ticked
	Asked  bool // suggestions were asked for
	Open   bool
}

type askGroup struct {
	Key     string
	Options []templates.Option
}

// asking draws the question with what is ticked.
func (p *portal) asking(c *gin.Context, ticked []string, asked bool) askBlock {
	b := askBlock{Unsure: slices.Contains(ticked, unsure), Asked: asked, Open: !asked && len(ticked) > 0}
	for _, l := range lives() {
		g := askGroup{Key: l.Key}
		for _, code := range l.Codes {
			g.Options = append(g.Options, templates.Option{Value: code, Label: p.Texts.T(web.Lang(c), "portal.relation."+code, nil), Checked: slices.Contains(ticked, code)})
		}
		b.Groups = append(b.Groups, g)
	}
	return b
}

// named is how many activities a suggestion names before it counts the rest.
const named = 3

// why composes the line of a suggestion: as what, and what the controller does with data about such people.
func (p *portal) why(c *gin.Context, g workflows.Suggestion) string {
	t := func(key string, args map[string]any) string { return p.Texts.T(web.Lang(c), key, args) }
	lines := make([]string, 0, len(g.Why))
	for _, b := range g.Why {
		what := strings.Join(b.Activities[:min(named, len(b.Activities))], ", ")
		if more := len(b.Activities) - named; more > 0 {
			what = t("portal.suggest.more", map[string]any{"what": what, "n": more})
		}
		lines = append(lines, t("portal.suggest.because", map[string]any{"as": t("portal.relation."+b.Relation, nil), "what": what}))
	}
	return t("portal.suggest.why", map[string]any{"why": strings.Join(lines, " ")})
}

// suggestions asks the register whom somebody with these relations may want to ask.
func (p *portal) suggestions(c *gin.Context, ticked []string) ([]workflows.Suggestion, error) {
	if len(ticked) == 0 {
		return nil, nil
	}
	return p.Service.Suggest(c.Request.Context(), actor(c), ticked)
}

// oneRelation is what the person was to a controller, where what was ticked leaves no doubt; else the controller's own question
// asks.
func oneRelation(suggested []workflows.Suggestion, id models.ControllerID) string {
	for _, g := range suggested {
		if g.Controller.ID == id && len(g.Why) == 1 {
			return g.Why[0].Relation
		}
	}
	return ""
}

// ticks are the relations of a form.
func ticks(form url.Values) []string { return form["koppling"] }
