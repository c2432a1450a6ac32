package portal

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"insyn/models"
	"insyn/workflows"
)

type draftRow struct {
	Resume, Discard string
	UpdatedAt       time.Time
}

func draftRows(drafts []models.Draft) []draftRow {
	rows := make([]draftRow, 0, len(drafts))
	for _, d := range drafts {
		id := d.ID.String()
		rows = append(rows, draftRow{"/utkast/" + id, draftPath(id, "slang"), d.UpdatedAt})
	}
	return rows
}

type listPage struct {
	Notice    string
	Requests  []requestRow
	Drafts    []draftRow
	Inquiries []workflows.MyInquiry
}

type requestRow struct {
	workflows.MyRequest
	URL    string
	Who    from
	Done   int
	Asks   bool // somebody waits for an answer from the person
	Answer bool // an answer is there that has not been opened
}

// list shows the person's requests and what they have begun to write.
func (p *portal) list(c *gin.Context) error {
	ctx := c.Request.Context()
	requests, err := p.Service.MyRequests(ctx, actor(c))
	if err != nil {
		return err
	}
	drafts, err := p.Service.OpenDrafts(ctx, actor(c))
	if err != nil {
		return err
	}
	inquiries, err := p.Service.MyInquiries(ctx, actor(c))
	if err != nil {
		return err
	}
	data := listPage{Inquiries: inquiries, Notice: p.Sessions.TakeNotice(ctx), Drafts: draftRows(drafts)}
	for _, r := range requests {
		row := requestRow{MyRequest: r, URL: requestPath(r.Number), Who: fromCases(r.Cases), Done: countDone(r.Cases), Asks: r.State == models.RequestAwaiting}
		for _, k := range r.Cases {
			row.Asks = row.Asks || k.Status == "waiting"
			row.Answer = row.Answer || k.Unopened
		}
		data.Requests = append(data.Requests, row)
	}
	return p.show(c, http.StatusOK, view{page: "portal/mina", title: "portal.mine.title", current: "requests", data: data})
}

// from counts whom a request went to: boards and companies go by different words.
type from struct {
	Boards, Others int
	Only           string // the name, when it is one
}

func fromCases(cases []workflows.MyCase) from {
	var f from
	for _, k := range cases {
		if k.Controller.Kind.Authority() {
			f.Boards++
		} else {
			f.Others++
		}
	}
	if len(cases) == 1 {
		f.Only = cases[0].Controller.Name
	}
	return f
}

func countDone(cases []workflows.MyCase) int {
	n := 0
	for _, k := range cases {
		if settled(k) {
			n++
		}
	}
	return n
}

// settled tells whether nothing more is to come in a case.
func settled(k workflows.MyCase) bool {
	return k.Status == "done" || k.Status == "withdrawn" || k.Status == "dismissed"
}
