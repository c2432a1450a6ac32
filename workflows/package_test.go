package workflows_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"insyn/internal/pack"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// packaged is a released case with a text, a file and a table; its package as the person fetches it.
func packaged(t *testing.T) (s staged, zipped []byte) {
	t.Helper()
	s = decidedCase(t, false)
	s.Do("decider BUN", s.number, workflows.SendBack{Why: "En tabell till."})
	v := s.View("ombud BUN", s.number)
	s.Write("ombud BUN", s.number, workflows.AddItem{Search: v.Searches[0].ID, Title: "Närvaro", File: workflowtest.File("maja-närvaro.csv",
		"Datum;Anteckning\r\n2026-03-01;=1+1\r\n2026-03-02;frånvarande\r\n")})
	v = s.View("ombud BUN", s.number)
	s.Write("ombud BUN", s.number, workflows.Dispose{Item: v.Items[2].ID, Disposition: models.Release})
	s.Propose("BUN", s.number, models.OutcomeGranted)
	s.Decide("BUN", s.number)
	s.Work()
	c := s.mine(s.number)
	if c.Package == nil {
		t.Fatal("there is no package")
	}
	return s, []byte(s.Read(s.OpenAnswer(context.Background(), s.maja, c.Package.ID)))
}

// unzipped are the files of a package by name, and their names in order.
func unzipped(t *testing.T, zipped []byte) (content map[string][]byte, names []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	if err != nil {
		t.Fatal(err)
	}
	content = map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if content[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
	}
	return content, names
}

func TestThePackageHoldsTheAnswerUnderNeutralNames(t *testing.T) {
	t.Parallel()
	s, zipped := packaged(t)
	content, names := unzipped(t, zipped)
	want := []string{"manifest.json", "manifest.sig", "Läs mig först.txt", "Beslut.pdf", "Registerutdrag.pdf", "Registerutdrag.json", "Registerutdrag.csv",
		"Handlingar/Handling 0001.txt", "Handlingar/Handling 0002.csv"}
	if !slices.Equal(names, want) {
		t.Errorf("the package has %q, want %q", names, want)
	}
	c := s.mine(s.number)
	for _, f := range append([]workflows.AnswerFile{*c.Letter, *c.Package}, c.Extract...) {
		low := strings.ToLower(f.Name + strings.Join(names, " "))
		for _, personal := range []string{"maja", "lindqvist", "omdome", "närvaro", "19770117"} {
			if strings.Contains(low, personal) {
				t.Errorf("%q is in the name %s", personal, f.Name)
			}
		}
	}
	if again := s.Read(s.OpenAnswer(context.Background(), s.maja, c.Package.ID)); again != string(zipped) {
		t.Error("other bytes the second time")
	}
	if got := int64(len(zipped)); c.Package.Size != got {
		t.Errorf("the page says %d bytes, it is %d", c.Package.Size, got)
	}
	if string(content["Handlingar/Handling 0001.txt"]) != "Ett omdöme från våren." || sha(string(content["Beslut.pdf"])) != c.Letter.SHA256 {
		t.Error("the files are others than those that were decided")
	}
	if note := string(content[templates.ReadmeName]); !strings.Contains(note, s.number) || !strings.Contains(note, s.Settings.BaseURL+workflows.PackageKeysPath) {
		t.Errorf("the note in the package does not say which case it is, or how it is checked:\n%s", note)
	}
	m, err := pack.ParseManifest(content["manifest.json"])
	if err != nil || m.Package != s.number || len(m.Files) != len(want)-2 {
		t.Errorf("the manifest: %v, %d files, %v", m.Package, len(m.Files), err)
	}
	if _, _, err := s.OpenAnswer(context.Background(), s.Resident("198404012380"), c.Package.ID); err == nil {
		t.Error("another person opens the package")
	}
}

// served is how and how often the case's decision was served, and how often its history says that the letter was opened.
func (s staged) served() (services []models.Service, opened int) {
	s.T.Helper()
	mine, err := s.MyRequest(context.Background(), s.maja, s.request)
	s.must(err)
	for _, e := range mine.Timeline {
		if e.Key == "letter-opened" {
			opened++
		}
	}
	return s.View("registrator BUN", s.number).Services, opened
}

// TestThePackageServesTheDecision: the letter lies in it, so whoever has opened the package has the decision (P9); once in all, in
// whatever order letter and package are opened, and no other file does it.
func TestThePackageServesTheDecision(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]string{
		"the package first": {models.FileManifest, models.FileLetter, models.FileManifest},
		"the letter first":  {models.FileLetter, models.FileManifest, models.FileLetter},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := decidedCase(t, true)
			s.Work()
			c := s.mine(s.number)
			ids := map[string]models.FileID{models.FileManifest: c.Package.ID, models.FileLetter: c.Letter.ID}
			for _, f := range c.Extract {
				s.Read(s.OpenAnswer(context.Background(), s.maja, f.ID))
			}
			if services, opened := s.served(); len(services) != 0 || opened != 0 {
				t.Fatalf("a file that has no letter served the decision: %+v, opened %d times", services, opened)
			}
			for i, purpose := range order {
				s.Read(s.OpenAnswer(context.Background(), s.maja, ids[purpose]))
				services, opened := s.served()
				if len(services) != 1 || services[0].Method != "portal" || opened != 1 {
					t.Fatalf("after %d openings: %+v, the history says that the letter was opened %d times", i+1, services, opened)
				}
				if got := s.mine(s.number); got.Letter.OpenedAt == nil || got.Unopened {
					t.Error("the person's page does not know that the letter was opened")
				}
				s.Clock.Advance(oneDay)
			}
		})
	}
}

func TestThePackageOpensInOtherTools(t *testing.T) {
	t.Parallel()
	_, zipped := packaged(t)
	path := filepath.Join(t.TempDir(), "paket.zip")
	if err := os.WriteFile(path, zipped, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tool := range [][]string{{"unzip", "-tqq", path}, {"python3", "-c", "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None and 'Handlingar/Handling 0001.txt' in z.namelist()", path}} {
		if out, err := exec.Command(tool[0], tool[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", tool[0], err, out)
		}
	}
}

func TestTheExtractForMachinesHasEveryRecord(t *testing.T) {
	t.Parallel()
	_, zipped := packaged(t)
	content, _ := unzipped(t, zipped)
	var x struct {
		Format  string
		Version int
		Systems []struct {
			Items []struct {
				Title, Text, File string
				Tables            []struct {
					Columns []string
					Records []map[string]string
				}
			}
		}
	}
	if err := json.Unmarshal(content["Registerutdrag.json"], &x); err != nil || x.Format != workflows.ExtractFormat || x.Version != workflows.ExtractVersion {
		t.Fatalf("%s %d: %v", x.Format, x.Version, err)
	}
	items := x.Systems[0].Items
	if len(items) != 3 || items[1].File != "Handlingar/Handling 0001.txt" || len(items[2].Tables) != 1 || items[2].Tables[0].Records[0]["Anteckning"] != "=1+1" {
		t.Errorf("the items: %+v", items)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content["Registerutdrag.csv"], []byte("\uFEFF"))))
	r.Comma = ';'
	rows, err := r.ReadAll() // fails if a row is longer than another
	if err != nil {
		t.Fatal(err)
	}
	last := rows[len(rows)-2]
	if got := last[len(last)-2:]; !slices.Equal(got, []string{"2026-03-01", "'=1+1"}) {
		t.Errorf("the record as a row: %q", last)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a cell begins as a formula: %q", cell)
			}
		}
	}
}

func TestAnAlteredManifestIsNotReleased(t *testing.T) {
	t.Parallel()
	for _, purpose := range []string{models.FileManifest, models.FileSignature, models.FileReadme} {
		s := decidedCase(t, true)
		s.spoil(purpose)
		s.Work()
		if c := s.Case(s.number); c.State != models.CaseDecided {
			t.Errorf("%s altered: the case is %s", purpose, c.State)
		}
	}
}
