// Package workflowtest gives tests a small municipality on real PostgreSQL, with a clock they set, real keys and files in a
// temporary folder, and a mailer that remembers. The use cases are the real ones.
package workflowtest

import (
	"context"
	"encoding/base64"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/internal/crypto"
	"insyn/internal/files"
	"insyn/internal/mail"
	"insyn/internal/pack"
	"insyn/internal/testkit"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
	"insyn/workflows/workflowtest/kommun"
)

// World is a municipality of four controllers with its staff.
type World struct {
	*workflows.Service
	T       testing.TB
	DB      *testkit.Database
	Clock   *clock.Settable
	Mails   *Mails
	Keys    *crypto.KeyDir
	KeysDir string
	Files   string

	Controllers map[string]models.Controller // by prefix
	Staff       map[string]models.Actor      // by address before the @, and by role and prefix: "ombud SN"
}

// Mails remembers what is sent. It is safe for concurrent use.
type Mails struct {
	mu   sync.Mutex
	sent []mail.Message
	Fail func(m mail.Message) error // nil: nothing fails
}

// Send remembers a mail.
func (m *Mails) Send(_ context.Context, msg mail.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Fail != nil {
		if err := m.Fail(msg); err != nil {
			return err
		}
	}
	m.sent = append(m.sent, msg)
	return nil
}

// All is what has been sent, in order.
func (m *Mails) All() []mail.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]mail.Message(nil), m.sent...)
}

// Start is a Thursday with nothing special about it, at noon: 2026-09-10.
func Start() time.Time { return time.Date(2026, 9, 10, 10, 0, 0, 0, time.UTC) }

// New makes a world on a database of its own.
func New(t testing.TB) *World {
	t.Helper()
	return On(t, testkit.DB(t))
}

// On makes a world on a database that is given, migrated and empty.
func On(t testing.TB, db *testkit.Database) *World {
	t.Helper()
	w := &World{T: t, DB: db, Clock: clock.NewSettable(Start()), Mails: &Mails{}, KeysDir: t.TempDir(), Files: t.TempDir()}
	w.Service = w.Another(db)
	w.load()
	return w
}

// Another is a second process on the same ground: its own service, the same database, keys and files. change may put
// something else in place of what the service stands on.
func (w *World) Another(db *testkit.Database, change ...func(*workflows.Deps)) *workflows.Service {
	w.T.Helper()
	kek, err := crypto.ParseKEKs(KEK)
	w.must(err)
	w.Keys, err = crypto.OpenKeyDir("file://"+w.KeysDir, kek)
	w.must(err)
	store, err := files.OpenDir("file://" + w.Files)
	w.must(err)
	texts, err := Texts()
	w.must(err)
	sealer := crypto.NewSealer(w.Keys)
	settings := workflows.DefaultSettings()
	settings.BaseURL, settings.MailFrom = "https://insyn.exempelby.example", "Insyn <insyn@exempelby.example>"
	deps := workflows.Deps{Store: models.NewStore(db.Runtime, sealer, w.Clock), Sealer: sealer, Lookup: w.Keys.LookupKey(),
		Vault: files.NewVault(store, sealer), Clock: w.Clock, Templates: texts, Mailer: w.Mails, Log: slog.New(slog.DiscardHandler), Settings: settings, Signing: Signing()}
	for _, f := range change {
		f(&deps)
	}
	return workflows.New(deps)
}

// Signing are the keys that sign the packages of every test world, the same in each process.
func Signing() pack.Keys {
	keys, err := pack.ParseKeys(base64.StdEncoding.EncodeToString([]byte("insyn signs packages in its tests")[:32]), "")
	if err != nil {
		panic(err) // a constant
	}
	return keys
}

// Texts are the letters, extracts and mails, without the pages. They are read once for all worlds of a process.
func Texts() (*templates.Set, error) { return texts() }

// texts never changes once it is read; reading it takes longer than everything else that a world needs.
var texts = sync.OnceValues(func() (*templates.Set, error) { //nolint:gochecknoglobals // see above
	return templates.Load(documents{templates.Files()}, templates.DefaultLook("Exempelby kommun"))
})

// documents hides the pages: the use cases write letters, extracts and mails only.
type documents struct{ fs.FS }

// Open opens everything but pages.
func (d documents) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".html") && (strings.HasPrefix(name, "portal/") || strings.HasPrefix(name, "desk/")) {
		return nil, fs.ErrNotExist
	}
	return d.FS.Open(name)
}

// Glob finds everything but pages.
func (d documents) Glob(pattern string) ([]string, error) {
	if strings.HasPrefix(pattern, "portal/") || strings.HasPrefix(pattern, "desk/") {
		return nil, nil
	}
	return fs.Glob(d.FS, pattern)
}

// KEK is the key-encryption key of every world, as INSYN_KEK would list it. It is no secret.
const KEK = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

func (w *World) must(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

// load imports the small municipality and finds everybody by role.
func (w *World) load() {
	w.T.Helper()
	ctx := context.Background()
	sheets, err := workflows.ImportFolder(kommun.Files)
	w.must(err)
	report, err := workflows.Import(ctx, w.Store, sheets, workflows.ImportOptions{Apply: true})
	w.must(err)
	if len(report.Faults) > 0 {
		w.T.Fatalf("the spreadsheets have faults: %v", report.Faults)
	}
	w.Controllers, w.Staff = map[string]models.Controller{}, map[string]models.Actor{}
	var all []models.RosterRow
	w.must(w.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		cs, err := tx.Controllers()
		if err != nil {
			return err
		}
		for _, c := range cs {
			w.Controllers[c.Prefix] = c
		}
		all, err = tx.Roster(calendar.DateOf(tx.Now))
		return err
	}))
	for _, r := range all {
		key, _, _ := strings.Cut(r.Email, "@")
		who, err := w.LoginStaff(ctx, "https://login.exempelby.example", key, r.Email)
		w.must(err)
		actor, _, _, err := w.StaffActor(ctx, who.ID)
		w.must(err)
		w.Staff[key] = actor
		name := string(r.Role)
		for _, c := range w.Controllers {
			if c.Name == r.Controller {
				name += " " + c.Prefix
			}
		}
		if _, taken := w.Staff[name]; !taken {
			w.Staff[name] = actor
		}
	}
}

// As is the actor of a role: "ombud SN", "decider KS", "dso SN", "registrator BUN", "servicecenter", "logreviewer", "admin".
func (w *World) As(role string) models.Actor {
	w.T.Helper()
	a, ok := w.Staff[role]
	if !ok {
		w.T.Fatalf("nobody is %s", role)
	}
	return a
}

// Resident logs a person in. number is an official test number.
func (w *World) Resident(number string) models.Actor {
	w.T.Helper()
	id, err := w.LoginResident(context.Background(), number)
	w.must(err)
	return models.ResidentActor(id)
}

// Person is who the tests' requests are from.
func Person() workflows.Identity {
	return workflows.Identity{Name: "Maja Lindqvist", Number: "197701172392"}
}

// Request sends an access request to the controllers given and fans it out; it returns the request's number.
func (w *World) Request(actor models.Actor, prefixes ...string) string {
	w.T.Helper()
	number := w.SendRequest(actor, prefixes...)
	w.Work()
	return number
}

// RequestFor sends a request about a right to the controllers given and fans it out; it returns the request's number.
func (w *World) RequestFor(actor models.Actor, right models.Right, prefixes ...string) string {
	w.T.Helper()
	number := w.send(actor, right, prefixes)
	w.Work()
	return number
}

// SendRequest sends an access request to the controllers given and leaves its jobs to a worker.
func (w *World) SendRequest(actor models.Actor, prefixes ...string) string {
	w.T.Helper()
	return w.send(actor, models.Access, prefixes)
}

// said answers every question of a right.
func said(right models.Right, prefix string) models.About {
	var a models.About
	for _, q := range workflows.RightOf(right).Asks {
		a.SetAnswer(q.Field, "Allt ni har, sagt till "+prefix)
		if len(q.Choices) > 0 {
			a.SetAnswer(q.Field, q.Choices[0])
		}
	}
	return a
}

func (w *World) send(actor models.Actor, right models.Right, prefixes []string) string {
	w.T.Helper()
	ctx := context.Background()
	id, err := w.NewDraft(ctx, actor, right, "sv")
	w.must(err)
	w.must(w.SaveDraft(ctx, actor, id, 1, func(f *workflows.DraftForm) {
		f.Email = "maja.lindqvist@post.example"
		for _, p := range prefixes {
			f.Controllers = append(f.Controllers, workflows.DraftAddressee{Controller: w.Controllers[p].ID, About: said(right, p)})
		}
	}))
	number, err := w.Submit(ctx, actor, id, Person())
	w.must(err)
	return number
}

// Work runs every job that is due until none is left, as the worker would.
func (w *World) Work() {
	w.T.Helper()
	ctx := context.Background()
	for range 100 {
		jobs, err := w.Claim(ctx, 100)
		w.must(err)
		if len(jobs) == 0 {
			return
		}
		for _, j := range jobs {
			w.must(w.RunJob(ctx, j.ID))
		}
	}
	w.T.Fatal("jobs promise jobs without end")
}

// Case loads a case as the system sees it.
func (w *World) Case(number string) models.Case {
	w.T.Helper()
	var c models.Case
	w.must(w.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) (err error) {
		c, err = tx.CaseByNumber(number)
		return err
	}))
	return c
}

// On names a case at the version it has now.
func (w *World) On(number string) workflows.On {
	w.T.Helper()
	c := w.Case(number)
	return workflows.On{Case: c.ID, Version: c.Version}
}

// Do takes a transition; it must succeed.
func (w *World) Do(role, number string, in workflows.Input) {
	w.T.Helper()
	if err := w.Apply(context.Background(), w.As(role), w.On(number), in); err != nil {
		w.T.Fatalf("%s %T on %s: %v", role, in, number, err)
	}
}

// Write makes a record; it must succeed.
func (w *World) Write(role, number string, in workflows.Input) {
	w.T.Helper()
	if err := w.Record(context.Background(), w.As(role), w.On(number), in); err != nil {
		w.T.Fatalf("%s %T on %s: %v", role, in, number, err)
	}
}

// View is the case page of a role.
func (w *World) View(role, number string) workflows.CaseView {
	w.T.Helper()
	v, err := w.CasePage(context.Background(), w.As(role), number)
	w.must(err)
	return v
}

// File is a file on its way in.
func File(name, content string) *workflows.IncomingFile {
	return &workflows.IncomingFile{Name: name, Body: strings.NewReader(content)}
}

// Read is all of a file that was opened.
func (w *World) Read(body io.ReadSeekCloser, _ workflows.FileView, err error) string {
	w.T.Helper()
	w.must(err)
	defer func() { _ = body.Close() }() // read only
	b, err := io.ReadAll(body)
	w.must(err)
	return string(b)
}
