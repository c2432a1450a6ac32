package workflows_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"insyn/internal/crypto"
	"insyn/internal/mail"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// decidedCase is a case at the school committee with a text and a file to release, at the stage given: ready or decided.
func decidedCase(t *testing.T, decide bool) staged {
	t.Helper()
	w := workflowtest.New(t)
	s := staged{World: w, maja: w.Resident("197701172392")}
	s.request = w.Request(s.maja, "BUN")
	s.number = s.request + "-BUN"
	w.SearchOne("BUN", s.number, models.Release, "")
	v := w.View("ombud BUN", s.number)
	w.Write("ombud BUN", s.number, workflows.AddItem{Search: v.Searches[0].ID, File: workflowtest.File("omdome.txt", "Ett omdöme från våren.")})
	v = w.View("ombud BUN", s.number)
	w.Write("ombud BUN", s.number, workflows.Dispose{Item: v.Items[1].ID, Disposition: models.Release})
	w.Propose("BUN", s.number, models.OutcomeGranted)
	if decide {
		w.Decide("BUN", s.number)
	}
	return s
}

// alter changes rows behind the services' back, as the owner of the database could.
func (s staged) alter(sql string) {
	s.T.Helper()
	res := s.DB.Owner.Exec(sql, s.Case(s.number).ID)
	s.must(res.Error)
	if res.RowsAffected == 0 {
		s.T.Fatalf("nothing altered: %s", sql)
	}
}

// spoil flips a byte in the stored bytes of the case's files of a purpose.
func (s staged) spoil(purpose string) {
	s.T.Helper()
	var ids []string
	s.must(s.DB.Owner.Raw("select id::text from files where case_id = ? and purpose = ?", s.Case(s.number).ID, purpose).Scan(&ids).Error)
	n := 0
	s.must(filepath.WalkDir(s.Files, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for _, id := range ids {
			if !strings.Contains(path, id) && !strings.Contains(path, strings.ReplaceAll(id, "-", "")) {
				continue
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b[len(b)-20] ^= 1
			n++
			return os.WriteFile(path, b, 0o600)
		}
		return nil
	}))
	if n == 0 {
		s.T.Fatalf("no stored %s", purpose)
	}
}

// tampering is what may be altered after the proposal or the decision.
func tampering() map[string]func(s staged) {
	return map[string]func(s staged){
		"an item's disposition": func(s staged) {
			s.alter("update items set disposition = null where case_id = ? and file_id is null")
		},
		"an item added": func(s staged) {
			s.alter(`insert into items select gen_random_uuid(), case_id, controller_id, search_id, 99, title, body, file_id, sha256, disposition, ground, explanation,
				draft_since, added_by, created_at from items where case_id = ? and file_id is not null`)
		},
		"an item taken away": func(s staged) { s.alter("delete from items where case_id = ? and file_id is null") },
		"the hash of an item's file": func(s staged) {
			s.alter("update files set sha256 = sha256('other') where case_id = ? and purpose = 'item'")
		},
		"the manifest's hash": func(s staged) { s.alter("update cases set manifest_sha = sha256('other') where id = ?") },
	}
}

func TestWhatIsAlteredAfterTheProposalIsNotDecided(t *testing.T) {
	t.Parallel()
	for name, alter := range tampering() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := decidedCase(t, false)
			delegation := s.View("decider BUN", s.number).Delegations[0].ID
			alter(s)
			before := traceOf(t, s.DB.Runtime, s.number)
			err := s.Apply(context.Background(), s.As("decider BUN"), s.On(s.number), workflows.Decide{Delegation: delegation, Unbiased: true})
			if !same(err, workflows.Refusal{Key: "guard.manifest-changed"}) && !errors.Is(err, crypto.ErrTampered) {
				t.Errorf("decided on something else: %v", err)
			}
			if after := traceOf(t, s.DB.Runtime, s.number); after != before {
				t.Error("the refusal left a trace")
			}
		})
	}
}

func TestWhatIsAlteredAfterTheDecisionIsNotReleased(t *testing.T) {
	t.Parallel()
	cases := tampering()
	cases["the letter's record"] = func(s staged) {
		s.alter("update files set sha256 = sha256('other') where case_id = ? and purpose = 'letter'")
	}
	cases["the decision's letter"] = func(s staged) {
		s.alter("update decisions set letter_sha = sha256('other') where case_id = ?")
	}
	cases["the extract's record"] = func(s staged) {
		s.alter("update files set sha256 = sha256('other') where case_id = ? and purpose = 'extract-csv'")
	}
	cases["a file of the extract taken away"] = func(s staged) {
		s.alter("delete from files where case_id = ? and purpose = 'extract-json'")
	}
	cases["what a package would say of a file's parts"] = func(s staged) {
		s.alter("update files set parts = sha256('other') where case_id = ? and purpose = 'item'")
	}
	cases["what a package would say of a file's checksum"] = func(s staged) {
		s.alter("update files set crc32 = (crc32 + 1) % 4294967296 where case_id = ? and purpose = 'item'")
	}
	for _, purpose := range []string{models.FileLetter, models.FileExtractPDF, models.FileExtractJSON, models.FileExtractCSV, models.FileItem} {
		cases["the stored bytes of "+purpose] = func(s staged) { s.spoil(purpose) }
	}
	for name, alter := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := decidedCase(t, true)
			alter(s)
			s.Work()
			if c := s.Case(s.number); c.State != models.CaseDecided {
				t.Errorf("the case is %s", c.State)
			}
			var job struct {
				ErrorCode string
				Done      bool
			}
			s.must(s.DB.Owner.Raw("select coalesce(error_code, '') as error_code, done_at is not null as done from jobs where kind = 'release'").Scan(&job).Error)
			if job.Done || !strings.HasPrefix(job.ErrorCode, "guard.") && job.ErrorCode != "sealed-altered" {
				t.Errorf("the job says done %v, code %q", job.Done, job.ErrorCode)
			}
			if _, _, failing, err := s.JobCounts(context.Background()); err != nil || failing != 1 {
				t.Errorf("%d jobs are seen to fail, %v", failing, err)
			}
			if s.mine(s.number).Letter != nil || len(s.toMaja()) != 1 {
				t.Error("the person has been told, or given something")
			}
		})
	}
}

// TestFilesKnowTheirDigests: whatever is stored, made or sent in, is stored with what a package needs to know of it; and a file
// from before that was kept is released all the same.
func TestFilesKnowTheirDigests(t *testing.T) {
	t.Parallel()
	s := decidedCase(t, true)
	var without int64
	s.must(s.DB.Owner.Raw("select count(*) from files where parts is null or crc32 is null").Scan(&without).Error)
	if without != 0 {
		t.Errorf("%d files are stored without their digests", without)
	}
	s.alter("update files set parts = null, crc32 = null where case_id = ?")
	s.Work()
	if c := s.Case(s.number); c.State != models.CaseReleased {
		t.Errorf("the case is %s", c.State)
	}
}

// toMaja are the mails to the person. Before anything is released there is the receipt.
func (s staged) toMaja() []mail.Message {
	var out []mail.Message
	for _, m := range s.Mails.All() {
		if m.To == "maja.lindqvist@post.example" {
			out = append(out, m)
		}
	}
	return out
}

// TestAFileThatNobodyDecidedOnIsNotReleased: a record slipped in beside the answer stays shut.
func TestAFileThatNobodyDecidedOnIsNotReleased(t *testing.T) {
	t.Parallel()
	s := decidedCase(t, true)
	s.must(s.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
		all, err := tx.Files(s.Case(s.number).ID, models.FileExtractCSV)
		if err != nil {
			return err
		}
		f := all[slices.IndexFunc(all, func(f models.File) bool { return f.Purpose == models.FileExtractCSV })]
		f.ID = models.NewID[models.File]()
		return tx.InsertFile(&f)
	}))
	s.Work()
	if got := len(s.mine(s.number).Extract); s.Case(s.number).State != models.CaseReleased || got != 4 {
		t.Errorf("%s with %d files", s.Case(s.number).State, got)
	}
}

func TestWhatIsReleasedIsWhatWasDecided(t *testing.T) {
	t.Parallel()
	s := decidedCase(t, true)
	s.Work()
	var d models.Decision
	s.must(s.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) (err error) {
		d, err = tx.Decision(s.Case(s.number).ID)
		return err
	}))
	c := s.mine(s.number)
	if c.Letter.SHA256 != hexOf(d.LetterSHA) || !bytes.Equal(d.ManifestSHA, s.Case(s.number).ManifestSHA) {
		t.Error("the letter or the manifest is another")
	}
	all := append([]workflows.AnswerFile{*c.Letter}, c.Extract...)
	if len(all) != 5 {
		t.Errorf("%d files", len(all))
	}
	for _, f := range all {
		if got := sha(s.Read(s.OpenAnswer(context.Background(), s.maja, f.ID))); got != f.SHA256 {
			t.Errorf("%s: the bytes are others than the record says", f.Name)
		}
	}
	if _, _, err := s.OpenAnswer(context.Background(), s.Resident("198404012380"), c.Letter.ID); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("another person opens the letter: %v", err)
	}
}
