package desk

import (
	"strings"

	"insyn/models"
	"insyn/workflows"
)

// decisionPage is the decision page as its template needs it: the case page's case, told for the one who decides.
type decisionPage struct {
	casePage
	Withhold    []itemRow
	Release     []systemItems
	Found       int // searches with hits
	Nothing     int
	NotSearched []models.Search
	Last        *workflows.ReviewView // the last round of review; nil when the DSO was not offered the extract
	WithNotice  bool                  // the letter carries a notice of how to appeal or complain
	Authority   bool
	MayMeet     bool // the reader may enter a decision that the nämnd itself took at a meeting
}

// systemItems is what is released from one system.
type systemItems struct {
	System string
	Items  []itemRow
}

// newDecisionPage shapes a case for the decision page.
func newDecisionPage(v workflows.CaseView, p posted, mayMeet bool) decisionPage {
	page := decisionPage{casePage: newCasePage(v, p, ""), Authority: v.Controller.Kind.Authority(), MayMeet: mayMeet}
	for _, i := range page.Items {
		switch i.Status {
		case models.Withhold:
			page.Withhold = append(page.Withhold, i)
		case models.Release:
			page.Release = appendTo(page.Release, i)
		}
	}
	for _, s := range v.Searches {
		switch {
		case s.Result == nil:
		case *s.Result == models.Found:
			page.Found++
		case *s.Result == models.Nothing:
			page.Nothing++
		default:
			page.NotSearched = append(page.NotSearched, s)
		}
	}
	if n := len(v.Reviews); n > 0 {
		page.Last = &v.Reviews[n-1]
	}
	if v.Proposal != nil {
		page.WithNotice = workflows.Remedy(v.Case, v.Proposal.Outcome, v.Controller.Kind) != models.RemedyNone
	}
	return page
}

// ToDo are the measures that will be carried out.
func (p decisionPage) ToDo() []workflows.MeasureView { return p.measures(false) }

// Keep are the data that are kept on a ground.
func (p decisionPage) Keep() []workflows.MeasureView { return p.measures(true) }

func (p decisionPage) measures(kept bool) []workflows.MeasureView {
	var out []workflows.MeasureView
	for _, m := range p.Measures {
		if (m.Kind == models.MeasureKeep) == kept {
			out = append(out, m)
		}
	}
	return out
}

// appendTo adds an item under its system; the systems are in the order of their first item.
func appendTo(all []systemItems, i itemRow) []systemItems {
	for n := range all {
		if all[n].System == i.System {
			all[n].Items = append(all[n].Items, i)
			return all
		}
	}
	return append(all, systemItems{System: i.System, Items: []itemRow{i}})
}

// Chosen is the authority chosen beforehand: the one delegation there is, or the nämnd itself when there is none.
func (p decisionPage) Chosen() string {
	switch len(p.Delegations) {
	case 0:
		if p.MayMeet {
			return byMeeting
		}
		return ""
	case 1:
		return p.Delegations[0].ID.String()
	default:
		return ""
	}
}

// Paragraph is the number of the paragraph a delegation was adopted in, without the sign.
func (p decisionPage) Paragraph(d models.Delegation) string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(d.Paragraph), "§"))
}
