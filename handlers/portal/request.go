package portal

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// requestPage is one request as its person follows it.
type requestPage struct {
	Request  workflows.MyRequest
	Who      from
	Notice   string
	Conflict bool // the page changed while a form on it was filled in
	Total    int
	Done     int
	Left     int
	Asking   []caseBlock // controllers that wait for an answer
	Unread   []caseBlock // controllers whose messages have not been read
	Cases    []caseBlock
	Answers  []caseBlock // with a decision to open
	Letters  []letterGroup
	Talks    []caseBlock // with messages, or a question
	Silent   []caseBlock // open to messages, but none is written
	Timeline []templates.TimelineItem
	Withdraw string // empty when there is nothing to take back
	Question questionForm
	Today    calendar.Date
}

type questionForm struct {
	Action string
	Typed  string
}

// letterGroup is the letters that are no decisions from one sender.
type letterGroup struct {
	From  string
	Files []fileRow
}

// letters are the letters that are no decisions: the servicecenter's first, then each controller's.
func (p *portal) letters(c *gin.Context, r workflows.MyRequest) []letterGroup {
	var out []letterGroup
	add := func(from string, files []workflows.AnswerFile) {
		if len(files) == 0 {
			return
		}
		g := letterGroup{From: from}
		for _, f := range files {
			g.Files = append(g.Files, rowOf(r.Number, f))
		}
		out = append(out, g)
	}
	add(p.Texts.T(web.Lang(c), "notice.servicecenter", nil), r.Notices)
	for _, k := range r.Cases {
		add(k.Controller.Name, k.Notices)
	}
	return out
}

// caseBlock is one controller's part of the page.
type caseBlock struct {
	workflows.MyCase
	Anchor    string // of its own part of the page
	Status    string // as drawn: late stands for any that is
	Files     []fileRow
	Rest      int // released files that are in the package and not in the list
	Messages  []templates.Message
	Field     string // of the reply
	Typed     string // of the reply, when the form is shown again
	Reply     string // where it is sent
	AppealURL string // of the page to appeal on
	Answer    string // where the answer to a question is sent
	AskField  string
	AskTyped  string
	OwnDue    bool // its last day differs from the request's
	Open      bool // the form is unfolded
	DPO       bool
}

// fileRow is a released file in a list.
type fileRow struct {
	workflows.AnswerFile
	URL  string
	Kind string // letter, extract, data, table or item: key of its words
	Type string // pdf, html, json, csv or file: key of its words
}

// Notice tells whether the file is a letter that is no decision.
func (f fileRow) Notice() bool {
	return models.IsNotice(f.Purpose) || f.Purpose == models.NoticeReceipt
}

func rowOf(number string, f workflows.AnswerFile) fileRow {
	row := fileRow{AnswerFile: f, URL: filePath(number, f.ID), Kind: "item", Type: mediaWord(f.MediaType)}
	switch f.Purpose {
	case models.FileLetter:
		row.Kind = "letter"
	case models.FileExtractHTML, models.FileExtractPDF:
		row.Kind = "extract"
	case models.FileManifest:
		row.Kind = "package"
	case models.FileExtractJSON:
		row.Kind = "data"
	case models.FileExtractCSV:
		row.Kind = "table"
	}
	if row.Notice() {
		row.Kind = f.Purpose
	}
	return row
}

// typed is what a form on the page carried, when the page is shown again because of it.
type typed struct {
	faults   templates.Faults
	form     url.Values
	field    string // the field that the text belongs to
	conflict bool
	notice   string
}

func (t typed) text(field string) string {
	if t.field != field {
		return ""
	}
	return t.form.Get("text")
}

// request is the page of one request.
func (p *portal) request(c *gin.Context) error {
	r, err := p.Service.MyRequest(c.Request.Context(), actor(c), c.Param("number"))
	if err != nil {
		return err
	}
	kept, ok, err := p.restore(c, requestPath(r.Number))
	if err != nil {
		return err
	}
	again := typed{}
	if ok {
		again = typed{form: kept, field: keptField(r, kept), notice: "portal.notice.kept"}
	}
	if err := p.Service.ReadMessages(c.Request.Context(), actor(c), r); err != nil {
		return err
	}
	return p.showRequest(c, http.StatusOK, r, again)
}

// keptField finds the form that kept text belongs to: the one of the case it names, else the question.
func keptField(r workflows.MyRequest, form url.Values) string {
	for _, k := range r.Cases {
		if k.ID.String() == form.Get("case") {
			if k.Question != "" && form.Get("slag") == "svar" {
				return askField(k)
			}
			return replyField(k)
		}
	}
	return "text"
}

func replyField(k workflows.MyCase) string { return "text-" + k.Controller.Prefix }

func askField(k workflows.MyCase) string { return "svar-" + k.Controller.Prefix }

func (p *portal) showRequest(c *gin.Context, status int, r workflows.MyRequest, again typed) error {
	notice := again.notice
	if notice == "" && status == http.StatusOK {
		notice = p.Sessions.TakeNotice(c.Request.Context())
	}
	data := requestPage{
		Request: r, Who: fromCases(r.Cases), Notice: notice, Conflict: again.conflict, Total: len(r.Cases), Done: countDone(r.Cases),
		Timeline: p.timeline(c, r), Question: questionForm{requestPath(r.Number) + "/fraga", again.text("text")},
		Today: calendar.DateOf(p.Clock.Now()),
	}
	data.Left = data.Total - data.Done
	withdrawable := r.CanWithdraw
	for _, k := range r.Cases {
		b := p.block(c, r, k, again)
		withdrawable = withdrawable || k.CanWithdraw
		data.Cases = append(data.Cases, b)
		if k.Question != "" {
			data.Asking = append(data.Asking, b)
		}
		if k.Unread > 0 {
			data.Unread = append(data.Unread, b)
		}
		if len(b.Files) > 0 {
			data.Answers = append(data.Answers, b)
		}
		switch {
		case len(k.Messages) > 0 || k.Question != "":
			data.Talks = append(data.Talks, b)
		case k.CanReply && !settled(k):
			data.Silent = append(data.Silent, b)
		}
	}
	data.Letters = p.letters(c, r)
	if withdrawable {
		data.Withdraw = requestPath(r.Number) + "/ta-tillbaka"
	}
	return p.show(c, status, view{page: "portal/begaran", title: "portal.request.title", args: map[string]any{"number": r.Number, "right": p.Texts.T(web.Lang(c), rightNoun(r.Right), nil)},
		current: "requests", faults: again.faults, data: data})
}

func (p *portal) block(c *gin.Context, r workflows.MyRequest, k workflows.MyCase, again typed) caseBlock {
	b := caseBlock{
		MyCase: k, Anchor: "med-" + k.Controller.Prefix, Status: k.Status, Field: replyField(k), AskField: askField(k),
		AppealURL: appealPath(r.Number, k.Controller.Prefix), Reply: requestPath(r.Number) + "/meddelande", Answer: requestPath(r.Number) + "/svara",
		OwnDue: !k.Due.IsZero() && (k.Due != r.Due || k.Extension != nil || k.Paused) && !settled(k),
	}
	if k.Late && !settled(k) {
		b.Status = "late"
	}
	b.Typed, b.AskTyped = again.text(b.Field), again.text(b.AskField)
	b.Open = again.field == b.Field
	if k.Letter != nil {
		b.Files = append(b.Files, rowOf(r.Number, *k.Letter))
	}
	if k.Package != nil {
		b.Files = append(b.Files, rowOf(r.Number, *k.Package))
	}
	listed := 0
	for _, f := range k.Extract {
		if f.Purpose == models.FileItem {
			listed++
		}
	}
	b.Rest = k.MaterialCount - listed
	for _, f := range k.Extract {
		b.Files = append(b.Files, rowOf(r.Number, f))
	}
	for _, m := range k.Messages {
		mine := m.Direction == models.FromSubject
		by := p.Texts.T(web.Lang(c), "portal.message.you", nil)
		switch {
		case !mine && m.Author != "":
			by = m.Author + ", " + k.Controller.Name
		case !mine:
			by = k.Controller.Name
		}
		b.Messages = append(b.Messages, templates.Message{By: by, At: m.At, Mine: mine, Text: m.Text})
	}
	return b
}

// timeline is what has happened, what goes on and what comes.
func (p *portal) timeline(c *gin.Context, r workflows.MyRequest) []templates.TimelineItem {
	t := func(key string, args map[string]any) string { return p.Texts.T(web.Lang(c), key, args) }
	var items []templates.TimelineItem
	year := r.ReceivedOn.Year
	for _, e := range r.Timeline {
		key := "timeline." + e.Key
		if !p.Texts.Texts().Has(key) {
			continue // an event that the person has no words for says nothing to the person
		}
		item := templates.TimelineItem{At: e.At, Title: t(key, e.Args), Long: calendar.DateOf(e.At).Year != year}
		if e.Controller != "" {
			item.Text = e.Controller
		}
		items = append(items, item)
	}
	left := len(r.Cases) - countDone(r.Cases)
	if left == 0 {
		return items
	}
	who := fromCases(openCases(r.Cases))
	key := "portal.now.boards"
	if who.Others > 0 {
		key = "portal.now.mixed"
	}
	items = append(items, templates.TimelineItem{When: t("portal.now", nil), Title: t(key, map[string]any{"n": left}), Next: true})
	if !r.Due.IsZero() {
		title := "portal.later.rest"
		if left == len(r.Cases) {
			title = "portal.later.all"
		}
		items = append(items, templates.TimelineItem{When: t("portal.later.when", map[string]any{"due": r.Due}), Title: t(title, nil),
			Text: t("portal.later.mail", nil), Later: true})
	}
	return items
}

func openCases(cases []workflows.MyCase) []workflows.MyCase {
	var open []workflows.MyCase
	for _, k := range cases {
		if !settled(k) {
			open = append(open, k)
		}
	}
	return open
}
