package workflows_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"insyn/internal/calendar"
	"insyn/internal/crypto"
	"insyn/internal/files"
	"insyn/internal/mail"
	"insyn/internal/testkit"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// told is a journey in which everything that a person writes or that is written about a person holds a word of its own, so
// that a word found where it must not be says at once what leaked.
type told struct {
	*workflowtest.World
	t      *testing.T
	log    bytes.Buffer
	words  map[string]string // what it was: the word
	number string
	maja   models.Actor
}

// say makes a text with a word that is nowhere else.
func (j *told) say(what string) string {
	word := fmt.Sprintf("hemligord%02d", len(j.words))
	j.words[what] = word
	return "Det här är " + word + ", och det ska ingen annan läsa."
}

// tell walks a request at three controllers from draft to opened answers, by every door through which text comes in.
func tell(t *testing.T) *told {
	t.Helper()
	j := &told{World: workflowtest.New(t), t: t, words: map[string]string{
		"first name": "Maja", "family name": "Lindqvist", "number": "197701172392", "number as written": "770117-2392", "ten digits": "7701172392",
		"address": "maja.lindqvist@post.example", "phone": "070-1740605", "street": "Kvastgränd 17"}}
	j.Service = j.Another(j.DB, func(d *workflows.Deps) { d.Log = slog.New(slog.NewJSONHandler(&j.log, nil)) })
	failed := map[string]bool{} // each first mail fails, so that failures are logged too
	j.Mails.Fail = func(m mail.Message) error {
		if !failed[m.To] {
			failed[m.To] = true
			return fmt.Errorf("talk to %s about %s: %w", m.To, m.Subject, &mail.Error{Stage: mail.StageTo, Code: 451, Temporary: true})
		}
		return nil
	}
	j.maja = j.Resident("197701172392")
	j.submit()
	j.coordinate()
	j.search()
	j.decide()
	return j
}

func (j *told) ok(err error) {
	j.t.Helper()
	if err != nil {
		j.t.Fatal(err)
	}
}

func (j *told) work() {
	j.t.Helper()
	j.Work()
	j.Clock.Advance(3e9) // past the first back-off
	j.Work()
}

func (j *told) submit() {
	j.t.Helper()
	ctx := context.Background()
	id, err := j.NewDraft(ctx, j.maja, models.Access, "sv")
	j.ok(err)
	bun := j.Controllers["BUN"].ID
	j.ok(j.SaveDraft(ctx, j.maja, id, 1, func(f *workflows.DraftForm) {
		f.Email, f.Phone, f.Answer, f.Address = "maja.lindqvist@post.example", "070-1740605", "post", "Kvastgränd 17"
		for _, p := range []string{"KS", "SN", "BUN"} {
			f.Controllers = append(f.Controllers, workflows.DraftAddressee{Controller: j.Controllers[p].ID,
				About: models.About{Text: j.say("free text to " + p), From: j.say("period to " + p)}})
		}
	}))
	name := j.say("name of an attachment")
	_, err = j.Attach(ctx, j.maja, id, bun, *workflowtest.File(name+".txt", j.say("content of an attachment")))
	j.ok(err)
	// A draft that is never sent.
	other, err := j.NewDraft(ctx, j.maja, models.Access, "sv")
	j.ok(err)
	j.ok(j.SaveDraft(ctx, j.maja, other, 1, func(f *workflows.DraftForm) {
		f.Controllers = []workflows.DraftAddressee{{Controller: bun, About: models.About{Text: j.say("free text of a draft")}}}
	}))
	j.number, err = j.Submit(ctx, j.maja, id, workflowtest.Person())
	j.ok(err)
	j.work()
}

func (j *told) coordinate() {
	j.t.Helper()
	ctx := context.Background()
	center := j.As("servicecenter")
	version := func() int {
		j.t.Helper()
		v, err := j.IntakePage(ctx, center, j.number)
		j.ok(err)
		return v.Request.Version
	}
	j.ok(j.AskPerson(ctx, center, j.number, version(), j.say("question of the servicecenter"), calendar.Date{}))
	j.work()
	j.ok(j.AnswerRequest(ctx, j.maja, j.number, version(), j.say("answer to the servicecenter")))
	j.work()
	j.ok(j.AddController(ctx, center, j.number, version(), j.Controllers["EBAB"].ID, j.say("reason for one controller more")))
	j.work()
	j.ok(j.RemoveController(ctx, center, j.number, version(), j.Case(j.number+"-EBAB").ID, j.say("wish for one controller less")))
	j.work()
}

func (j *told) search() {
	j.t.Helper()
	bun := j.number + "-BUN"
	j.Do("ombud BUN", bun, workflows.Take{})
	j.Do("ombud BUN", bun, workflows.Ask{Reason: "specification", Text: j.say("question of the ombud")})
	j.work()
	j.ok(j.Apply(context.Background(), j.maja, j.On(bun), workflows.Answer{Text: j.say("answer to the ombud")}))
	j.Do("ombud BUN", bun, workflows.Extend{Ground: "complexity", Reason: j.say("reason of an extension")})
	j.Write("ombud BUN", bun, workflows.Message{Text: j.say("message to the person")})
	j.ok(j.Record(context.Background(), j.maja, j.On(bun), workflows.Reply{Text: j.say("message of the person")}))
	j.Write("ombud BUN", bun, workflows.Note{Text: j.say("note")})
	searches := j.View("ombud BUN", bun).Searches
	j.Write("ombud BUN", bun, workflows.Attest{Searches: []models.SearchID{searches[0].ID}, Result: models.Found, Hits: 2})
	j.Write("ombud BUN", bun, workflows.Attest{Searches: []models.SearchID{searches[1].ID}, Result: models.NotSearched, Why: j.say("why not searched")})
	var rest []models.SearchID
	for _, s := range searches[2:] {
		rest = append(rest, s.ID)
	}
	if len(rest) > 0 {
		j.Write("ombud BUN", bun, workflows.Attest{Searches: rest, Result: models.Nothing})
	}
	j.Write("ombud BUN", bun, workflows.AddItem{Search: searches[0].ID, Title: j.say("title of an item"), Text: j.say("body of an item")})
	j.Write("ombud BUN", bun, workflows.AddItem{Search: searches[0].ID, Title: j.say("title of a file"),
		File: workflowtest.File(j.say("name of a file")+".txt", j.say("content of a file"))})
	items := j.View("ombud BUN", bun).Items
	j.Write("ombud BUN", bun, workflows.Dispose{Item: items[0].ID, Disposition: models.Withhold, Ground: j.Ground("BUN"), Explanation: j.say("explanation of a withheld item")})
	j.Write("ombud BUN", bun, workflows.Dispose{Item: items[1].ID, Disposition: models.Release})
	j.work()
}

func (j *told) decide() {
	j.t.Helper()
	ctx := context.Background()
	bun := j.number + "-BUN"
	j.Do("ombud BUN", bun, workflows.Propose{Outcome: models.OutcomePartial, Reasons: j.say("reasons of a proposal that was sent back")})
	j.Do("dso BUN", bun, workflows.ReviewAnswer{Outcome: models.ReviewRemarks, Remarks: j.say("remarks of the DSO")})
	j.Write("ombud BUN", bun, workflows.ReplyReview{Text: j.say("reply to the DSO")})
	j.Do("ombud BUN", bun, workflows.Propose{Outcome: models.OutcomePartial, Reasons: j.say("reasons of a decision")})
	if j.Case(bun).State == models.CaseInReview {
		j.Do("dso BUN", bun, workflows.ReviewAnswer{Outcome: models.ReviewNoRemarks})
	}
	j.Do("decider BUN", bun, workflows.SendBack{Why: j.say("why it was sent back")})
	j.Do("ombud BUN", bun, workflows.Propose{Outcome: models.OutcomePartial, Reasons: j.say("reasons of the decision that stood")})
	if j.Case(bun).State == models.CaseInReview {
		j.Do("dso BUN", bun, workflows.ReviewAnswer{Outcome: models.ReviewNoRemarks})
	}
	j.Decide("BUN", bun)
	j.work()
	j.Answer("SN", j.number+"-SN", models.OutcomeNeutral)
	j.Write("registrator BUN", bun, workflows.Serve{Method: "post", ServedOn: j.Case(bun).ReceivedOn, Evidence: j.say("evidence of service")})
	mine, err := j.MyRequest(ctx, j.maja, j.number)
	j.ok(err)
	for _, c := range mine.Cases {
		if c.Letter != nil {
			j.Read(j.OpenAnswer(ctx, j.maja, c.Letter.ID))
		}
	}
	j.work()
}

// haystack is everything the database holds: each row of each table as text, and each sealed or hashed value as its bytes.
func haystack(t *testing.T, db *testkit.Database) map[string][]byte {
	t.Helper()
	var tables []string
	if err := db.Owner.Raw("select quote_ident(tablename) from pg_tables where schemaname = 'public'").Scan(&tables).Error; err != nil {
		t.Fatal(err)
	}
	binary := regexp.MustCompile(`\\\\x([0-9a-f]+)`)
	out := map[string][]byte{}
	for _, table := range tables {
		var rows []string
		if err := db.Owner.Raw("select row_to_json(x)::text from " + table + " x").Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		for _, row := range rows {
			b.WriteString(row + "\n")
			for _, m := range binary.FindAllStringSubmatch(row, -1) {
				raw, err := hex.DecodeString(m[1])
				if err != nil {
					t.Fatal(err)
				}
				b.Write(raw)
				b.WriteByte('\n')
			}
		}
		out["table "+table] = b.Bytes()
	}
	return out
}

// folder is the names and the contents of all files in a folder.
func folder(t *testing.T, root string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		b.WriteString(filepath.Base(path) + "\n")
		b.Write(content)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestNothingAPersonSaidLiesOpen(t *testing.T) {
	t.Parallel()
	j := tell(t)
	hay := haystack(t, j.DB)
	hay["files"], hay["keys"], hay["log"] = folder(t, j.Files), folder(t, j.KeysDir), j.log.Bytes()
	var mails bytes.Buffer
	for _, m := range j.Mails.All() {
		mails.WriteString(m.Subject + "\n" + m.Text + "\n" + m.HTML + "\n")
	}
	hay["mails"] = mails.Bytes()
	// The eye is open: what may be seen is seen, also inside binary columns.
	var token []byte
	if err := j.DB.Owner.Raw("select number_token from subjects").Row().Scan(&token); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(hay["table subjects"], token) || !bytes.Contains(hay["table cases"], []byte(j.number+"-BUN")) || !bytes.Contains(hay["mails"], []byte(j.number)) ||
		!strings.Contains(j.log.String(), `"code":"mail-to"`) || len(hay["files"]) == 0 {
		t.Fatal("the search does not find what is there")
	}
	for where, content := range hay {
		content = bytes.ToLower(content)
		for what, word := range j.words {
			if bytes.Contains(content, bytes.ToLower([]byte(word))) && (where != "table staff" || !strings.HasSuffix(what, "name")) {
				t.Errorf("%s: holds the %s", where, what)
			}
		}
	}
	// All of it was stored, and opens for whom it is meant.
	page, err := json.Marshal(j.View("ombud BUN", j.number+"-BUN"))
	j.ok(err)
	for _, what := range []string{"free text to BUN", "body of an item", "message of the person", "remarks of the DSO", "why not searched", "number", "name of a file"} {
		if !bytes.Contains(page, []byte(j.words[what])) {
			t.Errorf("the case page has lost the %s", what)
		}
	}
}

// under is the service in a process with another INSYN_KEK.
func (j *told) under(kek string, db *testkit.Database) (*workflows.Service, *crypto.KeyDir, error) {
	j.t.Helper()
	keks, err := crypto.ParseKEKs(kek)
	j.ok(err)
	keys, err := crypto.OpenKeyDir("file://"+j.KeysDir, keks)
	if err != nil {
		return nil, nil, err
	}
	store, err := files.OpenDir("file://" + j.Files)
	j.ok(err)
	sealer := crypto.NewSealer(keys)
	d := j.Deps
	d.Sealer, d.Lookup, d.Store, d.Vault = sealer, keys.LookupKey(), models.NewStore(db.Runtime, sealer, j.Clock), files.NewVault(store, sealer)
	return workflows.New(d), keys, nil
}

// readable opens the case page of BUN, the intake page and the released letter.
func (j *told) readable(s *workflows.Service) error {
	ctx := context.Background()
	v, err := s.CasePage(ctx, j.As("ombud BUN"), j.number+"-BUN")
	if err != nil {
		return err
	}
	page, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if !bytes.Contains(page, []byte(j.words["body of an item"])) {
		return errors.New("the page lacks the item's text")
	}
	if _, err := s.IntakePage(ctx, j.As("servicecenter"), j.number); err != nil {
		return err
	}
	mine, err := s.MyRequest(ctx, j.maja, j.number)
	if err != nil {
		return err
	}
	for _, c := range mine.Cases {
		if c.Letter != nil {
			body, _, err := s.OpenAnswer(ctx, j.maja, c.Letter.ID)
			if err != nil {
				return err
			}
			if err := body.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestKeyEncryptionKeyWrongLostAndRotated(t *testing.T) {
	t.Parallel()
	j := tell(t)
	fresh := func(id string) string {
		t.Helper()
		k, err := crypto.GenerateKEK(id)
		j.ok(err)
		return k
	}
	next := fresh("next")
	var mismatch crypto.ErrKEKMismatch
	if _, _, err := j.under(fresh("test"), j.DB); !errors.As(err, &mismatch) || mismatch.ID != "test" {
		t.Errorf("wrong key: %v, want a mismatch of test", err)
	}
	lost := func(kek, id string) {
		t.Helper()
		var missing crypto.ErrKEKMissing
		if _, _, err := j.under(kek, j.DB); !errors.As(err, &missing) || missing.ID != id {
			t.Errorf("lost key: %v, want that %s is missing", err, id)
		}
	}
	lost(next, "test")
	rotated, keys, err := j.under(next+","+workflowtest.KEK, j.DB)
	j.ok(err)
	if err := j.readable(rotated); err != nil {
		t.Fatalf("rotated, the old key still listed: %v", err)
	}
	lost(next, "test") // not before all is wrapped anew
	if _, err := keys.Rewrap(context.Background()); err != nil {
		t.Fatal(err)
	}
	after, _, err := j.under(next, j.DB)
	j.ok(err)
	if err := j.readable(after); err != nil {
		t.Errorf("after rewrapping, without the old key: %v", err)
	}
	lost(workflowtest.KEK, "next")
}

// sealedValue is a value sealed under the case's key, and where it belongs.
type sealedValue struct {
	place crypto.AAD
	bytes []byte
}

// sealedUnder finds every value in the database that opens under a key, by trying each binary column of each row.
func sealedUnder(t *testing.T, db *testkit.Database, s *crypto.Sealer, key uuid.UUID) []sealedValue {
	t.Helper()
	var columns []struct{ Table, Column string }
	if err := db.Owner.Raw(`select c.table_name as "table", c.column_name as "column" from information_schema.columns c join pg_tables p on p.tablename = c.table_name
		where c.table_schema = 'public' and p.schemaname = 'public' and c.data_type = 'bytea'`).Scan(&columns).Error; err != nil {
		t.Fatal(err)
	}
	var out []sealedValue
	for _, c := range columns {
		var rows []string
		if err := db.Owner.Raw(fmt.Sprintf(`select encode(x.%q, 'hex') || ' ' || concat_ws(' ', row_to_json(x)->>'id', row_to_json(x)->>'case_id') from %q x where x.%q is not null`,
			c.Column, c.Table, c.Column)).Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			parts := strings.Fields(row)
			raw, err := hex.DecodeString(parts[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range parts[1:] {
				u, err := uuid.Parse(id)
				if err != nil {
					continue // a number
				}
				place := crypto.AAD{Table: c.Table, Column: c.Column, Row: u}
				if _, err := s.Open(context.Background(), key, place, raw); err == nil {
					out = append(out, sealedValue{place, raw})
				}
			}
		}
	}
	return out
}

func TestAfterItsKeyIsDestroyedNothingOfACaseOpensNotEvenFromADump(t *testing.T) {
	t.Parallel()
	j := tell(t)
	ctx := context.Background()
	c := j.Case(j.number + "-BUN")
	values := sealedUnder(t, j.DB, j.Sealer, c.ID.UUID())
	tables := map[string]bool{}
	for _, v := range values {
		tables[v.place.String()] = true
	}
	for _, want := range []string{"cases.person", "cases.proposal", "concerns.about", "messages.body", "notes.body", "searches.reason", "items.title", "items.body", "items.explanation",
		"files.name", "reviews.remarks", "reviews.reply", "decisions.reasons", "services.evidence"} {
		if !tables[want] {
			t.Errorf("%s: nothing of the case opens there; found %v", want, tables)
		}
	}
	var fileIDs []string
	j.ok(j.DB.Owner.Raw("select id::text from files where case_id = ?::uuid", c.ID.String()).Scan(&fileIDs).Error)
	if len(fileIDs) < 4 {
		t.Fatalf("%d files of the case", len(fileIDs))
	}
	restored := restore(t, j.DB)
	busy := j.Another(j.DB) // has the key in memory when another process destroys it
	if n := len(sealedUnder(t, j.DB, busy.Sealer, c.ID.UUID())); n != len(values) {
		t.Fatalf("another process opens %d of %d values", n, len(values))
	}
	j.ok(j.Sealer.DestroyKey(ctx, c.ID.UUID()))
	keyLeftNowhere(t, j.KeysDir, c.ID.String())
	for name, db := range map[string]*testkit.Database{"the database": j.DB, "an older dump, restored": restored} {
		for process, s := range map[string]*workflows.Service{"this process": j.Service, "a process that had the key": busy, "a new process": j.Another(db)} {
			for _, v := range values {
				if _, err := s.Sealer.Open(ctx, c.ID.UUID(), v.place, v.bytes); !errors.Is(err, crypto.ErrKeyDestroyed) {
					t.Errorf("%s, %s: %s: %v", name, process, v.place, err)
				}
			}
			if left := sealedUnder(t, db, s.Sealer, c.ID.UUID()); len(left) > 0 {
				t.Errorf("%s, %s: %d values open", name, process, len(left))
			}
			for _, id := range fileIDs {
				if f, err := s.Vault.Open(ctx, c.ID.UUID(), uuid.MustParse(id)); !errors.Is(err, crypto.ErrKeyDestroyed) {
					t.Errorf("%s, %s: file %s: %v", name, process, id, err)
					if err == nil {
						_ = f.Close()
					}
				}
			}
		}
		s := j.Another(db)
		if _, err := s.CasePage(ctx, j.As("ombud BUN"), c.Number); !errors.Is(err, crypto.ErrKeyDestroyed) {
			t.Errorf("%s: the case page: %v", name, err)
		}
		// The case of another controller is none the worse for it.
		if _, err := s.CasePage(ctx, j.As("ombud SN"), j.number+"-SN"); err != nil {
			t.Errorf("%s: the other case: %v", name, err)
		}
	}
	if err := j.Sealer.CreateKey(ctx, c.ID.UUID()); !errors.Is(err, crypto.ErrKeyDestroyed) {
		t.Errorf("a new key under the same id: %v", err)
	}
}

// keyLeftNowhere fails if the key store still has bytes under a key's name: the mark of its destruction is empty, and whoever
// has a copy of the key-encryption key could use anything more.
func keyLeftNowhere(t *testing.T, store, id string) {
	t.Helper()
	marks := 0
	if err := filepath.WalkDir(store, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(d.Name(), id) {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if marks++; info.Size() > 0 {
			t.Errorf("%s: %d bytes are left of the destroyed key", strings.TrimPrefix(path, store), info.Size())
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if marks == 0 {
		t.Error("nothing says that the key was destroyed")
	}
}

// restore copies every table's rows, as a backup holds them, into a database of its own.
func restore(t *testing.T, from *testkit.Database) *testkit.Database {
	t.Helper()
	to := testkit.DB(t)
	ctx := context.Background()
	connect := func(url string) *pgx.Conn {
		t.Helper()
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close(ctx) })
		return conn
	}
	source, target := connect(from.AdminURL), connect(to.AdminURL)
	if _, err := target.Exec(ctx, "set session_replication_role = replica"); err != nil { // tables in any order, no triggers
		t.Fatal(err)
	}
	rows, err := source.Query(ctx, "select tablename from pg_tables where schemaname = 'public' and tablename not like 'goose%'")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tables {
		var dump bytes.Buffer
		quoted := pgx.Identifier{name}.Sanitize()
		if _, err := source.PgConn().CopyTo(ctx, &dump, "copy "+quoted+" to stdout"); err != nil {
			t.Fatal(err)
		}
		if _, err := target.PgConn().CopyFrom(ctx, &dump, "copy "+quoted+" from stdin"); err != nil {
			t.Fatal(err)
		}
	}
	rows, err = source.Query(ctx, "select format('select setval(%L, %s)', quote_ident(sequencename), last_value) from pg_sequences where schemaname = 'public' and last_value is not null and sequencename not like 'goose%'")
	if err != nil {
		t.Fatal(err)
	}
	sequences, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sequences {
		if _, err := target.Exec(ctx, set); err != nil {
			t.Fatal(err)
		}
	}
	return to
}
