package workflows_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"insyn/internal/crypto"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// drafted is a draft to the social committee.
func drafted(t *testing.T) (staged, models.RequestID) {
	t.Helper()
	w := workflowtest.New(t)
	s := staged{World: w, maja: w.Resident("197701172392")}
	ctx := context.Background()
	id, err := w.NewDraft(ctx, s.maja, models.Access, "sv")
	s.must(err)
	s.must(w.SaveDraft(ctx, s.maja, id, 1, func(f *workflows.DraftForm) {
		f.Controllers = []workflows.DraftAddressee{{Controller: w.Controllers["SN"].ID, About: models.About{Text: "Från början"}}}
	}))
	return s, id
}

// stored counts the files in the file store, whole or begun.
func (s staged) stored() int {
	s.T.Helper()
	n := 0
	s.must(filepath.WalkDir(s.Files, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}

func TestUploadsAreHeldToSizeAndKind(t *testing.T) {
	t.Parallel()
	s, id := drafted(t)
	s.Settings.UploadMax = 10_000
	attach := func(name, body string) error {
		_, err := s.Attach(context.Background(), s.maja, id, s.Controllers["SN"].ID, *workflowtest.File(name, body))
		return err
	}
	for name, body := range map[string]string{
		"program.pdf": "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + strings.Repeat("\x00", 200),
		"sida.txt":    "<!DOCTYPE html><html><script>alert(1)</script></html>",
		"bild.png":    `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`,
		"skript.txt":  "#!/bin/sh\nrm -rf /\n",
		"elf.jpg":     "\x7fELF\x02\x01\x01\x00" + strings.Repeat("\x00", 200),
		"tom.txt":     "",
		"stor.txt":    strings.Repeat("a", 10_001),
		"stor2.txt":   strings.Repeat("a", 200_000),
		"sidan2.html": "<html><body>hej</body></html>",
		"bild2.svg":   `<svg xmlns="http://www.w3.org/2000/svg"></svg>`,
	} {
		if err := attach(name, body); !field(err, "file") {
			t.Errorf("%s was taken: %v", name, err)
		}
	}
	if n := s.stored(); n != 0 {
		t.Errorf("%d files are left of what was refused", n)
	}
	s.must(attach("precis.txt", strings.Repeat("a", 10_000)))
	s.must(attach("blankett.pdf", "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"))
	if n := s.stored(); n != 2 {
		t.Errorf("%d files stored", n)
	}
}

// broken is a stream that ends in the middle.
type broken struct{ io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestAnUploadThatBreaksOffLeavesNothing(t *testing.T) {
	t.Parallel()
	s, id := drafted(t)
	in := workflows.IncomingFile{Name: "halv.txt", Body: broken{strings.NewReader(strings.Repeat("halv ", 100_000))}}
	if _, err := s.Attach(context.Background(), s.maja, id, s.Controllers["SN"].ID, in); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the broken upload: %v", err)
	}
	v, err := s.Draft(context.Background(), s.maja, id)
	if err != nil || len(v.Files) != 0 || s.stored() != 0 {
		t.Errorf("%d records, %d files, %v", len(v.Files), s.stored(), err)
	}
}

func TestDetachAndDiscardRemoveBytesAndKeys(t *testing.T) {
	t.Parallel()
	s, id := drafted(t)
	ctx := context.Background()
	var views []workflows.FileView
	for _, name := range []string{"ett.txt", "två.txt"} {
		f, err := s.Attach(ctx, s.maja, id, s.Controllers["SN"].ID, *workflowtest.File(name, "Ett brev."))
		s.must(err)
		views = append(views, f)
	}
	omar := s.Resident("198404012380")
	if err := s.Detach(ctx, omar, id, views[0].ID); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("another person removed a file: %v", err)
	}
	s.must(s.Detach(ctx, s.maja, id, views[0].ID))
	v, err := s.Draft(ctx, s.maja, id)
	if err != nil || len(v.Files) != 1 || v.Files[0].Name != "två.txt" || s.stored() != 1 {
		t.Errorf("%d records, %d files, %v", len(v.Files), s.stored(), err)
	}
	keys := []uuid.UUID{id.UUID(), v.Form.Controllers[0].Case.UUID()}
	s.must(s.DiscardDraft(ctx, s.maja, id))
	for _, key := range keys {
		if _, err := s.Sealer.Seal(ctx, key, crypto.AAD{Table: "t", Column: "c", Row: key}, []byte("x")); !errors.Is(err, crypto.ErrKeyDestroyed) {
			t.Errorf("a key of the draft lives: %v", err)
		}
	}
	if _, err := s.Draft(ctx, s.maja, id); !errors.Is(err, workflows.ErrNotFound) || s.stored() != 0 {
		t.Errorf("after discarding: %v, %d files", err, s.stored())
	}
}

func TestADraftIsNobodyElsesAndIsNotReceived(t *testing.T) {
	t.Parallel()
	s, id := drafted(t)
	ctx := context.Background()
	for name, a := range map[string]models.Actor{"another person": s.Resident("198404012380"), "an ombud": s.As("ombud SN"), "the servicecenter": s.As("servicecenter"), "nobody": {}} {
		_, read := s.Draft(ctx, a, id)
		_, attach := s.Attach(ctx, a, id, s.Controllers["SN"].ID, *workflowtest.File("a.txt", "a"))
		_, submit := s.Submit(ctx, a, id, workflowtest.Person())
		for what, err := range map[string]error{"read": read, "attached to": attach, "sent": submit, "discarded": s.DiscardDraft(ctx, a, id),
			"saved": s.SaveDraft(ctx, a, id, 2, func(*workflows.DraftForm) {})} {
			if !errors.Is(err, workflows.ErrNotFound) {
				t.Errorf("%s by %s: %v", what, name, err)
			}
		}
	}
	s.Work()
	var n struct{ Requests, Cases, Jobs, Events, Concerns int }
	s.must(s.DB.Owner.Raw(`select (select count(*) from requests) as requests, (select count(*) from cases) as cases, (select count(*) from jobs) as jobs,
		(select count(*) from events) as events, (select count(*) from concerns) as concerns`).Scan(&n).Error)
	if n != (struct{ Requests, Cases, Jobs, Events, Concerns int }{}) {
		t.Errorf("a draft has made %+v", n)
	}
	if mine, err := s.MyRequests(ctx, s.maja); err != nil || len(mine) != 0 {
		t.Errorf("%d requests, %v", len(mine), err)
	}
}

func TestOfTwoTabsTheFirstIsKept(t *testing.T) {
	t.Parallel()
	s, id := drafted(t)
	ctx := context.Background()
	say := func(text string) error {
		return s.SaveDraft(ctx, s.maja, id, 2, func(f *workflows.DraftForm) { f.Controllers[0].About.Text = text })
	}
	if won := race(t, func() error { return say("ett") }, func() error { return say("två") }, func() error { return say("tre") }); won != 1 {
		t.Errorf("%d tabs won", won)
	}
	v, err := s.Draft(ctx, s.maja, id)
	s.must(err)
	kept := v.Form.Controllers[0].About.Text
	if err := say("sent"); !errors.Is(err, workflows.ErrConflict) {
		t.Errorf("an old tab: %v", err)
	}
	if v, err = s.Draft(ctx, s.maja, id); err != nil || v.Form.Controllers[0].About.Text != kept || v.Version != 3 {
		t.Errorf("kept %q at version %d, %v", v.Form.Controllers[0].About.Text, v.Version, err)
	}
}

// TestWhatIsSaidToOneIsReadByNoOther: text and attachment go to that controller's case and nowhere else.
func TestWhatIsSaidToOneIsReadByNoOther(t *testing.T) {
	t.Parallel()
	s, id := drafted(t)
	ctx := context.Background()
	s.must(s.SaveDraft(ctx, s.maja, id, 2, func(f *workflows.DraftForm) {
		f.Controllers = append(f.Controllers, workflows.DraftAddressee{Controller: s.Controllers["BUN"].ID, About: models.About{Text: "Skolan"}})
	}))
	_, err := s.Attach(ctx, s.maja, id, s.Controllers["SN"].ID, *workflowtest.File("brev.txt", "Ett brev."))
	s.must(err)
	s.request, err = s.Submit(ctx, s.maja, id, workflowtest.Person())
	s.must(err)
	s.Work()
	sn, bun := s.View("ombud SN", s.request+"-SN"), s.View("ombud BUN", s.request+"-BUN")
	if sn.About.Text != "Från början" || len(sn.Files) != 1 || bun.About.Text != "Skolan" || len(bun.Files) != 0 {
		t.Errorf("SN: %q %d files, BUN: %q %d files", sn.About.Text, len(sn.Files), bun.About.Text, len(bun.Files))
	}
	if _, _, err := s.CaseFile(ctx, s.As("ombud BUN"), s.request+"-BUN", sn.Files[0].ID); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("the other controller opens the attachment: %v", err)
	}
	if got := s.Read(s.CaseFile(ctx, s.As("ombud SN"), s.request+"-SN", sn.Files[0].ID)); got != "Ett brev." {
		t.Errorf("the attachment reads %q", got)
	}
}

func FuzzFileName(f *testing.F) {
	for _, name := range []string{"", ".", "..", "../../etc/passwd", `C:\Users\maja\brev.docx`, "a/b/c", "con\x00tract.pdf", "\u202Egpj.exe", strings.Repeat("å", 300) + ".pdf",
		"namn\r\nSet-Cookie: x", `"x"; filename=y`, "\xff\xfe", "  .  ", "x." + strings.Repeat("y", 200)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := workflows.FileName(name)
		switch {
		case got == "" || got == "." || got == "..":
			t.Errorf("%q gives %q", name, got)
		case utf8.RuneCountInString(got) > 120 || !utf8.ValidString(got):
			t.Errorf("%q gives %d runes, valid %v", name, utf8.RuneCountInString(got), utf8.ValidString(got))
		case strings.ContainsAny(got, "/\\:*?\"<>|\r\n\x00") || strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }):
			t.Errorf("%q gives %q", name, got)
		case workflows.FileName(got) != got:
			t.Errorf("%q gives %q, and that %q", name, got, workflows.FileName(got))
		}
	})
}

// TestStoredNamesSayNothing looks in the file store for the names and the words of what was sent.
func TestStoredNamesSayNothing(t *testing.T) {
	t.Parallel()
	s, id := drafted(t)
	_, err := s.Attach(context.Background(), s.maja, id, s.Controllers["SN"].ID, *workflowtest.File("maja-lindqvist.txt", "Hemlig text om Maja."))
	s.must(err)
	s.must(filepath.WalkDir(s.Files, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(path, "maja") || strings.HasSuffix(path, ".txt") || bytes.Contains(b, []byte("Maja")) || bytes.Contains(b, []byte("lindqvist")) {
			t.Errorf("%s tells", d.Name())
		}
		return err
	}))
}
