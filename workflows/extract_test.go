package workflows_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

func TestTheExtractIsPreviewedAsItIsReleased(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := decidedCase(t, false)
	stored := func() (n int64) {
		s.must(s.DB.Owner.Raw("select count(*) from files").Scan(&n).Error)
		return n
	}
	before := stored()
	var seen []byte
	for _, role := range []string{"ombud BUN", "decider BUN", "dso BUN"} {
		write, err := s.PreviewExtract(ctx, s.As(role), s.number)
		if err != nil {
			t.Fatalf("%s: %v", role, err)
		}
		var b bytes.Buffer
		s.must(write(&b))
		seen = b.Bytes()
	}
	for _, role := range []string{"registrator BUN", "ombud SN", "servicecenter"} {
		if _, err := s.PreviewExtract(ctx, s.As(role), s.number); !errors.Is(err, workflows.ErrNotFound) {
			t.Errorf("%s: %v", role, err)
		}
	}
	if stored() != before {
		t.Error("a preview is stored")
	}
	if v := s.View("ombud BUN", s.number); v.Package != nil {
		t.Error("there is a package before there is a decision")
	}
	s.Decide("BUN", s.number)
	if _, err := s.PreviewExtract(ctx, s.As("decider BUN"), s.number); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("a preview of what is decided: %v", err)
	}
	s.Work()
	v := s.View("ombud BUN", s.number)
	if v.Package == nil || s.View("registrator BUN", s.number).Package != nil {
		t.Fatal("the package is not for those who may read it")
	}
	content, _ := unzipped(t, []byte(s.Read(s.CaseFile(ctx, s.As("ombud BUN"), s.number, v.Package.ID))))
	if !bytes.Equal(content["Registerutdrag.pdf"], seen) {
		t.Error("what is released is another than what was shown")
	}
}

// workbook is a spreadsheet with two records.
func workbook(t *testing.T) string {
	t.Helper()
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	for cell, text := range map[string]string{"A1": "Datum", "B1": "Vad", "A2": "2026-04-01", "B2": "Utvecklingssamtal", "A3": "2026-04-02", "B3": "Uppföljning"} {
		if err := book.SetCellStr("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// withTables is a case that is ready to be decided, whose material is tables of several kinds, whole and not.
func withTables(t *testing.T) staged {
	t.Helper()
	s := decidedCase(t, false)
	s.Do("decider BUN", s.number, workflows.SendBack{Why: "Tabeller till."})
	book := workbook(t)
	for _, f := range []struct{ name, content string }{
		{"samtal.csv", "Datum;H\xe4ndelse\r\n2026-03-01;\xc5sa ringde\r\n"}, // Windows-1252
		{"bred.csv", "A;B;C;D;E;F;G;H;Anteckning\r\n1;2;3;4;5;6;7;8;bred rad\r\n"},
		{"flikar.tsv", "Dag\tVad\r\n2026-05-01\tLedig\r\n"},
		{"blad.xlsx", book},
		{"trasig.xlsx", book[:len(book)-200]},
	} {
		v := s.View("ombud BUN", s.number)
		s.Write("ombud BUN", s.number, workflows.AddItem{Search: v.Searches[0].ID, Title: f.name, File: workflowtest.File(f.name, f.content)})
		v = s.View("ombud BUN", s.number)
		s.Write("ombud BUN", s.number, workflows.Dispose{Item: v.Items[len(v.Items)-1].ID, Disposition: models.Release})
	}
	s.Propose("BUN", s.number, models.OutcomeGranted)
	return s
}

// extractOf is a document of a case's extract as it stands.
func (s staged) extractOf(purpose string) []byte {
	s.T.Helper()
	all, err := s.ExtractDocuments(context.Background(), s.As("decider BUN"), s.number)
	s.must(err)
	var b bytes.Buffer
	s.must(all[purpose](&b))
	return b.Bytes()
}

func TestTablesOfEveryKindAreInTheExtract(t *testing.T) {
	t.Parallel()
	s := withTables(t)
	doc := s.extractOf(models.FileExtractJSON)
	if err := fits(t, extractSchema(t), doc); err != nil {
		t.Error(err)
	}
	var x struct {
		Systems []struct {
			Items []struct {
				Title, File string
				Tables      []struct{ Records []map[string]string }
			}
		}
	}
	s.must(json.Unmarshal(doc, &x))
	want := map[string]string{"samtal.csv": "Händelse=Åsa ringde", "bred.csv": "Anteckning=bred rad", "flikar.tsv": "Vad=Ledig", "blad.xlsx": "Vad=Utvecklingssamtal", "trasig.xlsx": ""}
	for _, i := range x.Systems[0].Items {
		cell, mine := want[i.Title]
		delete(want, i.Title)
		switch heading, text, _ := strings.Cut(cell, "="); {
		case !mine:
		case i.File == "":
			t.Errorf("%s does not lie beside", i.Title)
		case cell == "" && len(i.Tables) != 0:
			t.Errorf("%s is a table", i.Title)
		case cell != "" && (len(i.Tables) != 1 || i.Tables[0].Records[0][heading] != text):
			t.Errorf("%s: %+v", i.Title, i.Tables)
		}
	}
	if len(want) != 0 {
		t.Errorf("not in the extract: %v", want)
	}
	s.tablesAsCSV()
	cmd := exec.Command("pdftotext", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(s.extractOf(models.FileExtractPDF))
	said, err := cmd.Output()
	s.must(err)
	for _, text := range []string{"Åsa ringde", "bred rad", "Ledig", "Utvecklingssamtal", "trasig.xlsx"} {
		if !strings.Contains(strings.ReplaceAll(string(said), "\u00a0", " "), text) {
			t.Errorf("the PDF does not say %q", text)
		}
	}
}

// tablesAsCSV holds the extract as a table to what withTables has: rows that are all as long as the widest.
func (s staged) tablesAsCSV() {
	s.T.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(s.extractOf(models.FileExtractCSV), []byte("\uFEFF"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	s.must(err)
	kinds := map[string]int{}
	for _, row := range rows[1:] {
		kinds[row[4]]++
	}
	if last := rows[0][len(rows[0])-1]; last != "Fält 9" || kinds["rubriker"] != 4 || kinds["rad"] != 5 || kinds["fil"] != 6 {
		s.T.Errorf("the widest has %s; %v", last, kinds)
	}
}

// TestADamagedTableLiesBeside: it is still released, byte for byte.
func TestADamagedTableLiesBeside(t *testing.T) {
	t.Parallel()
	s := withTables(t)
	s.Decide("BUN", s.number)
	s.Work()
	content, _ := unzipped(t, []byte(s.Read(s.OpenAnswer(context.Background(), s.maja, s.mine(s.number).Package.ID))))
	book := 0
	for name, b := range content {
		if strings.HasSuffix(name, ".xlsx") && bytes.HasPrefix(b, []byte("PK")) {
			book++
		}
	}
	if _, ok := content["Handlingar/Handling 0004.tsv"]; book != 2 || !ok {
		t.Errorf("%d workbooks of 2 in %d files", book, len(content))
	}
}

// TestAnExtractThatNobodyTakesStops: a reader that goes away ends the drawing.
func TestAnExtractThatNobodyTakesStops(t *testing.T) {
	t.Parallel()
	s := decidedCase(t, false)
	write, err := s.PreviewExtract(context.Background(), s.As("decider BUN"), s.number)
	s.must(err)
	r, w := io.Pipe()
	s.must(r.Close())
	if err := write(w); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}
