package workflows

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
)

// document is something the system writes to the person.
type document struct {
	purpose   string
	name      string // in plain Swedish, without personal data
	mediaType string
	body      []byte
}

// documents makes the letter of a case that is ready to be decided and, where the right is answered by copies, the extract. It
// tells which version of the templates the letter is made from.
func (w *work) documents(a authority) ([]document, string, error) {
	person, err := w.tx.CasePerson(*w.c)
	if err != nil {
		return nil, "", err
	}
	d, err := w.letter(a, person)
	if err != nil {
		return nil, "", err
	}
	if err := d.nameless(a); err != nil {
		return nil, "", err
	}
	body, version, err := d.sealable()
	if err != nil {
		return nil, "", err
	}
	docs := []document{{models.FileLetter, letterName(w.c.Number), mediaPDF, body}}
	if RightOf(w.c.Right).Works != WorksCopies {
		return docs, version, nil
	}
	extract, err := w.extractDocuments(person)
	return append(docs, extract...), version, err
}

// mediaPDF is the media type of letters.
const mediaPDF = "application/pdf"

// letterName is what a decision letter is saved as: “Beslut INS-2026-00042-SN.pdf”.
func letterName(number string) string { return "Beslut " + number + ".pdf" }

// extractDocuments makes the extract: a page to read, and JSON and CSV for machines.
func (w *work) extractDocuments(person models.Person) ([]document, error) {
	x, err := w.extract(person)
	if err != nil {
		return nil, err
	}
	view, err := w.extractPage(x)
	if err != nil {
		return nil, err
	}
	page, err := w.s.Templates.Extract(w.c.Language, view)
	if err != nil {
		return nil, fmt.Errorf("make extract: %w", err)
	}
	data, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode extract: %w", err)
	}
	table, err := x.csv(func(key string) string { return w.s.Templates.T(w.c.Language, key, nil) })
	if err != nil {
		return nil, err
	}
	no := w.c.Number
	return []document{
		{models.FileExtractHTML, "registerutdrag-" + no + ".html", "text/html", page},
		{models.FileExtractJSON, "registerutdrag-" + no + ".json", "application/json", data},
		{models.FileExtractCSV, "registerutdrag-" + no + ".csv", "text/csv", table},
	}, nil
}

// behalfOf is the name of the person that a letter is about, where it is addressed to somebody else.
func behalfOf(p models.Person) string {
	if p.Agent == nil {
		return ""
	}
	return p.Name
}

func agentOf(p models.Person) string {
	if p.Agent == nil {
		return ""
	}
	return p.Agent.Name
}

func letterhead(c models.Controller) templates.Controller {
	return templates.Controller{Name: c.Name, Kind: string(c.Kind), Sensitive: c.Sensitive, Court: c.Court, Address: c.Address, Email: c.Email,
		Phone: c.Phone, DPOName: c.DPOName, DPOEmail: c.DPOEmail, DPOPhone: c.DPOPhone}
}

// extract is what a case releases, for machines; the page and the table are made from it. Its field names are documented in
// docs/extract.md and do not change.
type extract struct {
	Case       string          `json:"case"`
	Controller string          `json:"controller"`
	Received   calendar.Date   `json:"received"`
	Made       calendar.Date   `json:"made"`
	Manifest   string          `json:"manifest_sha256"`
	Request    extractRequest  `json:"request"`
	Own        []extractOwn    `json:"own"`
	Systems    []extractSystem `json:"systems"`
}

// extractRequest is the case's own data: what the person sent.
type extractRequest struct {
	Name    string `json:"name"`
	Number  string `json:"personal_identity_number"`
	Email   string `json:"email,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
	Agent   string `json:"representative,omitempty"` // the name of whoever asked for the person
	Text    string `json:"text,omitempty"`
	From    string `json:"period_from,omitempty"`
	To      string `json:"period_to,omitempty"`
}

// extractOwn is something of the case itself: the request, an attachment or a message.
type extractOwn struct {
	Kind string    `json:"kind"` // request, attachment, message-to or message-from
	At   time.Time `json:"at"`
	Text string    `json:"text,omitempty"`
	File string    `json:"file,omitempty"`
}

type extractSystem struct {
	Name       string            `json:"name"`
	Activities []extractActivity `json:"activities"`
	Items      []extractItem     `json:"items"`
}

// extractActivity answers art 15.1 a–h and 15.2, as the register stood that day.
type extractActivity struct {
	Name         string `json:"name"`
	Purpose      string `json:"purpose"`
	LegalBasis   string `json:"legal_basis"`
	Categories   string `json:"categories"`
	Recipients   string `json:"recipients"`
	Storage      string `json:"storage"`
	Source       string `json:"source"`
	ThirdCountry string `json:"third_country,omitempty"`
	Automated    string `json:"automated_decisions,omitempty"`
}

type extractItem struct {
	Title  string `json:"title"`
	Text   string `json:"text,omitempty"`
	File   string `json:"file,omitempty"`
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256"`
}

// extract gathers what is released: per system with released items, its activities and the items. The neutral answer holds
// the case's own data and nothing else, whatever was found.
func (w *work) extract(person models.Person) (extract, error) {
	about, err := w.tx.Concern(w.c.ID)
	if err != nil {
		return extract{}, err
	}
	_, sha, err := w.manifest()
	if err != nil {
		return extract{}, err
	}
	x := extract{Case: w.c.Number, Controller: w.ctl.Name, Received: w.c.ReceivedOn, Made: w.today(), Manifest: fmt.Sprintf("%x", sha),
		Request: extractRequest{Name: person.Name, Number: person.Number, Email: person.Email, Phone: person.Phone, Address: person.Address, Agent: agentOf(person),
			Text: about.Text, From: about.From, To: about.To},
		Systems: []extractSystem{}}
	if x.Own, err = w.ownData(x.Request); err != nil {
		return x, err
	}
	if *w.c.Outcome == models.OutcomeNeutral {
		// The manifest tells how much there was.
		x.Manifest = ""
		return x, nil
	}
	return x, w.fillExtract(&x)
}

func (w *work) fillExtract(x *extract) error {
	searches, err := w.searches()
	if err != nil {
		return err
	}
	items, err := w.items()
	if err != nil {
		return err
	}
	activities, err := w.tx.Activities(w.c.ControllerID, w.c.ReceivedOn) // as the search list
	if err != nil {
		return err
	}
	all, err := w.tx.Files(w.c.ID)
	if err != nil {
		return err
	}
	byID := make(map[models.FileID]models.File, len(all))
	for _, f := range all {
		byID[f.ID] = f
	}
	for _, y := range searches {
		s := extractSystem{Name: y.System, Activities: []extractActivity{}}
		for _, i := range items {
			if i.SearchID == y.ID && i.Disposition != nil && *i.Disposition == models.Release {
				f := byID[i.FileID]
				s.Items = append(s.Items, extractItem{Title: i.TitleText, Text: i.BodyText, File: f.NameText, Size: f.Size, SHA256: contentHash(i)})
			}
		}
		if len(s.Items) == 0 {
			continue
		}
		for _, a := range activities {
			if a.SystemID == y.SystemID {
				s.Activities = append(s.Activities, extractActivity{a.Name, a.Purpose, a.LegalBasis, a.DataCategories, a.Recipients, a.Storage, a.Source, a.ThirdCountry, a.Automated})
			}
		}
		x.Systems = append(x.Systems, s)
	}
	return nil
}

// extractPage is the extract for reading: what is released, and the case's own data.
func (w *work) extractPage(x extract) (templates.ExtractDoc, error) {
	d := templates.ExtractDoc{Controller: letterhead(w.ctl), Number: x.Case, Made: x.Made, Person: x.Request.Name, Received: x.Received}
	if w.c.DiaryNumber != nil {
		d.Diary = *w.c.DiaryNumber
	}
	var err error
	if d.Parts, err = ownParts(w.tx, w.ctl, w.c.Language, "extract", w.today()); err != nil {
		return d, err
	}
	items, err := w.items()
	if err != nil {
		return d, err
	}
	for _, i := range items {
		if i.Disposition != nil && *i.Disposition == models.Withhold {
			d.Withheld++
		}
	}
	for _, s := range x.Systems {
		row := templates.ExtractSystem{Name: s.Name}
		for _, a := range s.Activities {
			row.Activities = append(row.Activities, templates.ExtractActivity{Name: a.Name, Purpose: a.Purpose, LegalBasis: a.LegalBasis, Categories: a.Categories,
				Recipients: a.Recipients, Storage: a.Storage, Source: a.Source, Automated: a.Automated, ThirdCountry: a.ThirdCountry})
		}
		for _, i := range s.Items {
			item := templates.ExtractItem{Title: i.Title, Text: i.Text, FileName: i.File, Size: i.Size, SHA256: i.SHA256}
			row.Items = append(row.Items, item)
		}
		d.Systems = append(d.Systems, row)
	}
	for _, o := range x.Own {
		text := o.Text
		if o.Kind == ownRequest && text == "" {
			text = w.s.Templates.T(w.c.Language, "extract.own.everything", nil)
		}
		d.Own = append(d.Own, templates.OwnData{Title: w.s.Templates.T(w.c.Language, "extract.own."+o.Kind, nil), At: o.At, Text: text, File: o.File})
	}
	return d, nil
}

// ownRequest is the kind of the request itself among the case's own data.
const ownRequest = "request"

// ownData is what the case itself knows of the person: the request, its attachments and the messages.
func (w *work) ownData(r extractRequest) ([]extractOwn, error) {
	own := []extractOwn{{Kind: ownRequest, At: w.c.ReceivedAt, Text: r.Text}}
	all, err := w.tx.Files(w.c.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if f.Purpose == models.FileAttachment {
			own = append(own, extractOwn{Kind: "attachment", At: f.CreatedAt, File: f.NameText})
		}
	}
	messages, err := w.tx.Messages(w.c.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		kind := "message-to"
		if m.Direction == models.FromSubject {
			kind = "message-from"
		}
		own = append(own, extractOwn{Kind: kind, At: m.CreatedAt, Text: m.Text})
	}
	return own, nil
}

// csv is the extract as a table: one row per item. A byte order mark makes Excel read it as UTF-8; a leading apostrophe keeps
// a text that looks like a formula a text.
func (x extract) csv(label func(key string) string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\uFEFF")
	t := csv.NewWriter(&b)
	t.Comma, t.UseCRLF = ';', true
	rows := [][]string{{"Ärende", "Personuppgiftsansvarig", "System", "Post", "Innehåll", "Fil", "SHA-256"}}
	for _, o := range x.Own {
		rows = append(rows, []string{x.Case, x.Controller, "Insyn", label("extract.own." + o.Kind), o.Text, o.File, ""})
	}
	for _, s := range x.Systems {
		for _, i := range s.Items {
			rows = append(rows, []string{x.Case, x.Controller, s.Name, i.Title, i.Text, i.File, i.SHA256})
		}
	}
	for _, row := range rows {
		for n, cell := range row {
			row[n] = plainCell(cell)
		}
	}
	if err := t.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("encode extract: %w", err)
	}
	return b.Bytes(), nil
}

func plainCell(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@' || s[0] == '\t' || s[0] == '\r') {
		return "'" + s
	}
	return s
}
