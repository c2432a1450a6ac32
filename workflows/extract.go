package workflows

import (
	"context"
	"fmt"
	"strings"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/sheet"
	"insyn/models"
	"insyn/templates"
)

// extract is what a case releases, as it stands at one version of the case: everything but the material itself, which is read a
// page at a time while the documents are written (items).
type extract struct {
	s     *Service
	actor models.Actor

	c       models.Case
	ctl     models.Controller
	made    calendar.Date
	neutral bool // the case's own data and nothing else, whatever was found

	manifest      string // SHA-256 of the manifest, hex; empty in the neutral answer, where it would tell that there was something
	request       extractRequest
	own           []extractOwn
	ownActivities []extractActivity
	systems       []extractSystem // with something that is released
	withheld      int
	parts         templates.OwnParts

	material []models.File         // the files that are released, in the order of their numbers
	numbers  map[models.FileID]int // of those, from 1
	tables   map[models.FileID][]*sheet.Records
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

// extractActivity answers art 15.1 a–d, g, h and 15.2, as the register stood that day.
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

// extractSystem is a system that something is released from.
type extractSystem struct {
	search     models.SearchID
	name       string
	activities []extractActivity
	count      int // pieces of material that are released
}

// ownRequest is the kind of the request itself among the case's own data.
const ownRequest = "request"

// ownSystem is the name under which a register has this service itself.
const ownSystem = "Insyn"

// extract gathers what is released, but for the material itself.
func (w *work) extract(person models.Person) (*extract, error) {
	about, err := w.tx.Concern(w.c.ID)
	if err != nil {
		return nil, err
	}
	x := &extract{s: w.s, actor: w.tx.Actor, c: *w.c, ctl: w.ctl, made: w.today(), neutral: *w.c.Outcome == models.OutcomeNeutral,
		request: extractRequest{Name: person.Name, Number: person.Number, Email: person.Email, Phone: person.Phone, Address: person.Address, Agent: agentOf(person),
			Text: about.Text, From: about.From, To: about.To}}
	if x.own, err = w.ownData(x.request); err != nil {
		return nil, err
	}
	if x.parts, err = ownParts(w.tx, w.ctl, w.c.Language, "extract", w.today()); err != nil {
		return nil, err
	}
	activities, err := w.tx.Activities(w.c.ControllerID, w.c.ReceivedOn) // as the search list
	if err != nil {
		return nil, err
	}
	if x.ownActivities, err = w.ownActivities(activities); err != nil {
		return nil, err
	}
	if x.neutral {
		return x, nil
	}
	return x, w.fillExtract(x, activities)
}

// fillExtract adds what tells of what was found: nothing of it is in the neutral answer.
func (w *work) fillExtract(x *extract, activities []models.Activity) error {
	sha, err := w.manifestSHA()
	if err != nil {
		return err
	}
	x.manifest = fmt.Sprintf("%x", sha)
	searches, err := w.searches()
	if err != nil {
		return err
	}
	counts, err := w.counts()
	if err != nil {
		return err
	}
	released := map[models.SearchID]int{}
	for _, c := range counts {
		switch {
		case c.Disposition == nil:
		case *c.Disposition == models.Release:
			released[c.SearchID] += c.N
		default:
			x.withheld += c.N
		}
	}
	for _, y := range searches {
		if released[y.ID] == 0 {
			continue
		}
		s := extractSystem{search: y.ID, name: y.System, count: released[y.ID], activities: []extractActivity{}}
		for _, a := range activities {
			if a.SystemID == y.SystemID {
				s.activities = append(s.activities, extractActivityOf(a))
			}
		}
		x.systems = append(x.systems, s)
	}
	material, err := w.tx.ReleasedMaterial(w.c.ID)
	if err != nil {
		return err
	}
	x.material, x.numbers = material, make(map[models.FileID]int, len(material))
	for i, f := range material {
		x.numbers[f.ID] = i + 1
	}
	return nil
}

func extractActivityOf(a models.Activity) extractActivity {
	return extractActivity{a.Name, a.Purpose, a.LegalBasis, a.DataCategories, a.Recipients, a.Storage, a.Source, a.ThirdCountry, a.Automated}
}

// ownActivities is what the controller's register says of the processing in this service, where it has the service as a system.
func (w *work) ownActivities(activities []models.Activity) ([]extractActivity, error) {
	systems, err := w.tx.RegisterSystems([]models.ControllerID{w.c.ControllerID})
	if err != nil {
		return nil, err
	}
	var out []extractActivity
	for _, y := range systems {
		if !strings.EqualFold(strings.TrimSpace(y.Name), ownSystem) {
			continue
		}
		for _, a := range activities {
			if a.SystemID == y.ID {
				out = append(out, extractActivityOf(a))
			}
		}
	}
	return out, nil
}

// ownData is what the case itself knows of the person: the request, its attachments and the messages.
func (w *work) ownData(r extractRequest) ([]extractOwn, error) {
	own := []extractOwn{{Kind: ownRequest, At: w.c.ReceivedAt, Text: r.Text}}
	all, err := w.tx.Files(w.c.ID, models.FileAttachment)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		own = append(own, extractOwn{Kind: "attachment", At: f.CreatedAt, File: f.NameText})
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

// items visits what is released from a system, in order. No transaction is open while it is visited.
func (x *extract) items(ctx context.Context, s extractSystem, visit func(models.Item) error) error {
	q := models.ItemQuery{Search: s.search, Disposition: models.Release}
	return x.s.Store.EachItem(ctx, x.actor, x.c.ID, q, visit)
}

// eachFile visits the files that are released, in the order of their numbers.
func (x *extract) eachFile(ctx context.Context, visit func(models.Item) error) error {
	q := models.ItemQuery{Disposition: models.Release, Heads: true}
	return x.s.Store.EachItem(ctx, x.actor, x.c.ID, q, func(i models.Item) error {
		if i.File == nil {
			return nil
		}
		return visit(i)
	})
}

// findTables looks into the files for tables, once for all documents.
func (x *extract) findTables(ctx context.Context) error {
	x.tables = map[models.FileID][]*sheet.Records{}
	if len(x.numbers) == 0 {
		return nil
	}
	return x.eachFile(ctx, func(i models.Item) error {
		if !sheet.MayBeTable(i.File.NameText, i.File.MediaType) {
			return nil
		}
		body, err := x.s.Vault.Open(ctx, x.c.ID.UUID(), i.FileID.UUID())
		if err != nil {
			return err
		}
		defer func() { _ = body.Close() }() // read only
		found, err := sheet.Tables(i.File.NameText, i.File.MediaType, i.File.Size, body, sheet.DefaultTableLimits())
		if len(found) > 0 {
			x.tables[i.FileID] = found
		}
		return err
	})
}

// rows visits the rows of a table in a file.
func (x *extract) rows(ctx context.Context, file models.FileID, t *sheet.Records, visit func([]string) error) error {
	body, err := x.s.Vault.Open(ctx, x.c.ID.UUID(), file.UUID())
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // read only
	return t.Each(body, visit)
}

// path is the name of a released file in the package.
func (x *extract) path(f models.File) string { return materialPath(x.numbers[f.ID], f) }
