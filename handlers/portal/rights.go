package portal

import (
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// slug is a right's word in an address.
func slug(r models.Right) string {
	switch r {
	case models.Access:
		return "registerutdrag"
	case models.Rectification:
		return "rattelse"
	case models.Erasure:
		return "radering"
	default:
		return ""
	}
}

// rightOf is the right that an address names; no name is the right of access.
func rightOf(name string) (models.Right, error) {
	if name == "" {
		return models.Access, nil
	}
	for _, r := range workflows.Rights() {
		if slug(r.Right) == name {
			return r.Right, nil
		}
	}
	return "", workflows.ErrNotFound
}

// newPath is where a request about a right begins.
func newPath(r models.Right) string {
	if r == models.Access {
		return "/ny"
	}
	return "/ny/" + slug(r)
}

// rightNoun is the key of a right's name.
func rightNoun(r models.Right) string { return "portal.right." + string(r) + ".noun" }

// question is one of a right's questions as the page asks it.
type question struct {
	Field, Label, Hint string // the two last are keys
	Value              string
	Options            []templates.Option // none: free text
}

// questions are what a right asks at each controller, with what is answered already.
func (p *portal) questions(lang string, r models.Right, about models.About) []question {
	var out []question
	for _, q := range workflows.RightOf(r).Asks {
		key := "ask." + string(r) + "." + q.Field
		row := question{Field: q.Field, Label: key, Hint: key + ".hint", Value: about.Answer(q.Field)}
		for _, code := range q.Choices {
			row.Options = append(row.Options, templates.Option{Value: code, Label: p.Texts.T(lang, key+"."+code, nil)})
		}
		out = append(out, row)
	}
	return out
}

// said is what a person has said to one controller, for reading.
type said struct {
	models.About
	Answers []answered
}

// answered is an answer to one of the right's questions.
type answered struct {
	Label  string // key; empty where the right asks one thing only
	Text   string
	Choice string // key, of a coded answer
}

func saidOf(r models.Right, about models.About) said {
	s := said{About: about}
	asks := workflows.RightOf(r).Asks
	for _, q := range asks {
		a := answered{Text: about.Answer(q.Field)}
		if a.Text == "" {
			continue
		}
		key := "ask." + string(r) + "." + q.Field
		if len(asks) > 1 {
			a.Label = key
		}
		if len(q.Choices) > 0 {
			a.Choice, a.Text = key+"."+a.Text, ""
		}
		s.Answers = append(s.Answers, a)
	}
	return s
}
