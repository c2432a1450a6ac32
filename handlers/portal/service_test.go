package portal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

// useCases stands in for workflows at the service border: enough memory to see what the pages asked for.
type useCases struct {
	mu          sync.Mutex
	controllers []models.Controller
	subjects    map[string]models.SubjectID
	drafts      map[models.RequestID]*storedDraft
	requests    map[string]*workflows.MyRequest
	owners      map[string]models.SubjectID
	opened      []models.FileID
	reopened    int
	asked       int  // for a file again, by anybody
	over        bool // the person may not any more
	recorded    []workflows.Input
	applied     []workflows.Input
	withdrawn   []string
	seen        []int // versions that forms carried
	submits     int
	register    map[string][]workflows.Because // by prefix: what each does, and about whom
	next        error                          // what the next write answers
}

type storedDraft struct {
	owner models.SubjectID
	view  workflows.DraftView
}

func newUseCases() *useCases {
	u := &useCases{subjects: map[string]models.SubjectID{}, drafts: map[models.RequestID]*storedDraft{},
		requests: map[string]*workflows.MyRequest{}, owners: map[string]models.SubjectID{}}
	for i, k := range []models.Controller{
		{Prefix: "KS", Name: "Kommunstyrelsen", Description: "Fakturor, diarium och e‑tjänster.", Kind: models.KindStyrelse},
		{Prefix: "SN", Name: "Socialnämnden", Description: "Stöd och omsorg.", Kind: models.KindNamnd, Sensitive: true},
		{Prefix: "EBO", Name: "Exempelby Bostäder AB", Description: "Hyreslägenheter.", Kind: models.KindBolag},
	} {
		k.ID, k.Position = models.NewID[models.Controller](), i
		u.controllers = append(u.controllers, k)
	}
	return u
}

// fails gives the error that a test wants from the next write, once.
func (u *useCases) fails() error {
	err := u.next
	u.next = nil
	return err
}

func (u *useCases) LoginResident(_ context.Context, number string) (models.SubjectID, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, ok := u.subjects[number]; !ok {
		u.subjects[number] = models.NewID[models.Subject]()
	}
	return u.subjects[number], nil
}

func (u *useCases) SealIdentity(_ context.Context, who workflows.Identity) ([]byte, error) {
	b, err := json.Marshal(who)
	for i := range b {
		b[i] ^= 0x55
	}
	return b, err
}

func (u *useCases) OpenIdentity(_ context.Context, sealed []byte) (who workflows.Identity, err error) {
	b := bytes.Clone(sealed)
	for i := range b {
		b[i] ^= 0x55
	}
	return who, json.Unmarshal(b, &who)
}

func (u *useCases) Controllers(context.Context, models.Actor) ([]models.Controller, error) {
	return u.controllers, nil
}

func (u *useCases) NewDraft(_ context.Context, a models.Actor, right models.Right, lang string) (models.RequestID, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	id := models.NewID[models.Request]()
	u.drafts[id] = &storedDraft{a.Subject, workflows.DraftView{ID: id, Version: 1,
		Form: workflows.DraftForm{Right: right, Answer: "portal", Language: lang}}}
	return id, nil
}

func (u *useCases) own(a models.Actor, id models.RequestID) (*storedDraft, error) {
	d, ok := u.drafts[id]
	if !ok || d.owner != a.Subject {
		return nil, workflows.ErrNotFound
	}
	return d, nil
}

func (u *useCases) Draft(_ context.Context, a models.Actor, id models.RequestID) (workflows.DraftView, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	d, err := u.own(a, id)
	if err != nil {
		return workflows.DraftView{}, err
	}
	v := d.view
	v.Form.Controllers = append([]workflows.DraftAddressee(nil), v.Form.Controllers...)
	return v, nil
}

func (u *useCases) OpenDrafts(_ context.Context, a models.Actor) ([]models.Draft, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	var out []models.Draft
	for id, d := range u.drafts {
		if d.owner == a.Subject && !d.view.Sent {
			out = append(out, models.Draft{ID: id, SubjectID: d.owner, UpdatedAt: now})
		}
	}
	return out, nil
}

func (u *useCases) SaveDraft(_ context.Context, a models.Actor, id models.RequestID, version int, change func(*workflows.DraftForm)) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	d, err := u.own(a, id)
	if err != nil {
		return err
	}
	if d.view.Sent || d.view.Version != version {
		return workflows.ErrConflict
	}
	change(&d.view.Form)
	d.view.Version++
	return nil
}

func (u *useCases) Attach(_ context.Context, a models.Actor, id models.RequestID, c models.ControllerID, f workflows.IncomingFile) (workflows.FileView, error) {
	b, err := io.ReadAll(f.Body)
	if err != nil {
		return workflows.FileView{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	d, err := u.own(a, id)
	if err != nil {
		return workflows.FileView{}, err
	}
	if len(b) == 0 {
		return workflows.FileView{}, workflows.Invalid{Fields: []workflows.FieldError{{Field: "file", Key: "error.file-empty"}}}
	}
	v := workflows.FileView{ID: models.NewID[models.File](), Controller: c, Name: f.Name, Size: int64(len(b)), Purpose: models.FileAttachment}
	d.view.Files = append(d.view.Files, v)
	return v, nil
}

func (u *useCases) Detach(_ context.Context, a models.Actor, id models.RequestID, file models.FileID) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	d, err := u.own(a, id)
	if err != nil {
		return err
	}
	for i, f := range d.view.Files {
		if f.ID == file {
			d.view.Files = append(d.view.Files[:i:i], d.view.Files[i+1:]...)
			return nil
		}
	}
	return workflows.ErrNotFound
}

func (u *useCases) DiscardDraft(_ context.Context, a models.Actor, id models.RequestID) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, err := u.own(a, id); err != nil {
		return err
	}
	delete(u.drafts, id)
	return nil
}

func (u *useCases) Submit(_ context.Context, a models.Actor, id models.RequestID, who workflows.Identity) (string, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	d, err := u.own(a, id)
	if err != nil {
		return "", err
	}
	if who.Name == "" || len(who.Number) != 12 {
		return "", errors.New("submitted without an identity")
	}
	u.submits++
	if d.view.Sent {
		return d.view.Number, nil
	}
	if len(d.view.Form.Controllers) == 0 {
		return "", workflows.Invalid{Fields: []workflows.FieldError{{Field: "controllers", Key: "error.choose-one"}}}
	}
	d.view.Sent, d.view.Number = true, "INS-2027-00042"
	r := sampleRequest(u.controllers[:len(d.view.Form.Controllers)])
	u.requests[r.Number], u.owners[r.Number] = &r, a.Subject
	return r.Number, nil
}

func (u *useCases) ReadMessages(context.Context, models.Actor, workflows.MyRequest) error { return nil }

func (u *useCases) MyRequests(_ context.Context, a models.Actor) ([]workflows.MyRequest, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	var out []workflows.MyRequest
	for n, r := range u.requests {
		if u.owners[n] == a.Subject {
			out = append(out, *r)
		}
	}
	return out, nil
}

func (u *useCases) MyRequest(_ context.Context, a models.Actor, number string) (workflows.MyRequest, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	r, ok := u.requests[number]
	if !ok || u.owners[number] != a.Subject {
		return workflows.MyRequest{}, workflows.ErrNotFound
	}
	return *r, nil
}

func (u *useCases) WithdrawRequest(_ context.Context, _ models.Actor, number string, version int) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.seen = append(u.seen, version)
	if err := u.fails(); err != nil {
		return err
	}
	u.withdrawn = append(u.withdrawn, number)
	return nil
}

func (u *useCases) AnswerRequest(_ context.Context, _ models.Actor, _ string, version int, text string) error {
	return u.write(&u.applied, version, workflows.Answer{Text: text})
}

func (u *useCases) Apply(_ context.Context, _ models.Actor, on workflows.On, in workflows.Input) error {
	return u.write(&u.applied, on.Version, in)
}

func (u *useCases) Record(_ context.Context, _ models.Actor, on workflows.On, in workflows.Input) error {
	return u.write(&u.recorded, on.Version, in)
}

func (u *useCases) write(to *[]workflows.Input, version int, in workflows.Input) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.seen = append(u.seen, version)
	if err := u.fails(); err != nil {
		return err
	}
	*to = append(*to, in)
	return nil
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

func (u *useCases) OpenNotice(context.Context, models.Actor, string, models.FileID) (io.ReadSeekCloser, workflows.FileView, error) {
	return nil, workflows.FileView{}, workflows.ErrNotFound
}

func (u *useCases) OpenAnswer(_ context.Context, a models.Actor, id models.FileID) (io.ReadSeekCloser, workflows.FileView, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for n, r := range u.requests {
		for i := range r.Cases {
			k := &r.Cases[i]
			if u.owners[n] == a.Subject && k.Letter != nil && k.Letter.ID == id {
				u.opened = append(u.opened, id)
				return file{bytes.NewReader([]byte(letterBytes))}, k.Letter.FileView, nil
			}
		}
	}
	return nil, workflows.FileView{}, workflows.ErrNotFound
}

// ReopenAnswer gives what was opened before, and counts.
func (u *useCases) ReopenAnswer(_ context.Context, a models.Actor, id models.FileID) (io.ReadSeekCloser, workflows.FileView, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.asked++
	for n, r := range u.requests {
		for i := range r.Cases {
			k := &r.Cases[i]
			if u.owners[n] == a.Subject && k.Letter != nil && k.Letter.ID == id && slices.Contains(u.opened, id) && !u.over {
				u.reopened++
				return file{bytes.NewReader([]byte(letterBytes))}, k.Letter.FileView, nil
			}
		}
	}
	return nil, workflows.FileView{}, workflows.ErrNotFound
}

const letterBytes = "%PDF-1.7 Beslut"

// now is the day of the tests.
var now = time.Date(2027, time.April, 20, 8, 0, 0, 0, time.UTC)

// sampleRequest is a request on its way: the first controller has answered, the others have not.
func sampleRequest(to []models.Controller) workflows.MyRequest {
	received := calendar.Date{Year: 2027, Month: time.April, Day: 1}
	due := calendar.Date{Year: 2027, Month: time.May, Day: 3}
	r := workflows.MyRequest{ID: models.NewID[models.Request](), Number: "INS-2027-00042", Right: models.Access, State: models.RequestActive,
		Version: 7, ReceivedAt: now.AddDate(0, 0, -19), ReceivedOn: received, Due: due, CanWithdraw: true,
		Timeline: []workflows.TimelineEntry{{At: now.AddDate(0, 0, -19), Key: "request-submitted"}}}
	for i, k := range to {
		c := workflows.MyCase{ID: models.NewID[models.Case](), Number: r.Number + "-" + k.Prefix, Controller: k, Status: "searching",
			StatusOn: received, Version: 3 + i, Due: due, DueHard: due, CanReply: true, CanWithdraw: true}
		if i == 0 && len(to) > 1 {
			c.Status, c.CanWithdraw = "done", false
			c.Letter = &workflows.AnswerFile{FileView: workflows.FileView{ID: models.NewID[models.File](), Purpose: models.FileLetter,
				Name: "Beslut INS-2027-00042-SN.pdf", MediaType: "application/pdf", Size: int64(len(letterBytes)), SHA256: "a1b2"}}
		}
		r.Cases = append(r.Cases, c)
	}
	return r
}

func (u *useCases) AttachAppeal(_ context.Context, a models.Actor, id models.CaseID, f workflows.IncomingFile) (workflows.FileView, error) {
	b, err := io.ReadAll(f.Body)
	if err != nil {
		return workflows.FileView{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	v := workflows.FileView{ID: models.NewID[models.File](), Name: f.Name, Size: int64(len(b)), Purpose: models.FileAppeal}
	return v, u.changeCase(a, id, func(k *workflows.MyCase) { k.AppealFiles = append(k.AppealFiles, v) })
}

func (u *useCases) DetachAppeal(_ context.Context, a models.Actor, id models.CaseID, file models.FileID) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.changeCase(a, id, func(k *workflows.MyCase) {
		k.AppealFiles = slices.DeleteFunc(k.AppealFiles, func(f workflows.FileView) bool { return f.ID == file })
	})
}

func (u *useCases) changeCase(a models.Actor, id models.CaseID, change func(k *workflows.MyCase)) error {
	for number, r := range u.requests {
		for i := range r.Cases {
			if r.Cases[i].ID == id && u.owners[number] == a.Subject {
				change(&r.Cases[i])
				return nil
			}
		}
	}
	return workflows.ErrNotFound
}

// AttachMandate is not asked of the stand-in: the tour does.
func (u *useCases) AttachMandate(context.Context, models.Actor, models.RequestID, workflows.IncomingFile) (workflows.FileView, error) {
	return workflows.FileView{}, u.fails()
}

// DetachMandate is not asked of the stand-in.
func (u *useCases) DetachMandate(context.Context, models.Actor, models.RequestID, models.FileID) error {
	return u.fails()
}

func (u *useCases) Suggest(_ context.Context, _ models.Actor, relations []string) ([]workflows.Suggestion, error) {
	var out []workflows.Suggestion
	for _, k := range u.controllers {
		g := workflows.Suggestion{Controller: k}
		for _, b := range u.register[k.Prefix] {
			if slices.Contains(relations, b.Relation) {
				g.Why = append(g.Why, b)
			}
		}
		if len(g.Why) > 0 {
			out = append(out, g)
		}
	}
	return out, nil
}
