package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"insyn/internal/calendar"
)

func texts(s Sheet) [][]string {
	out := make([][]string, len(s.Rows))
	for i, row := range s.Rows {
		for _, c := range row {
			out[i] = append(out[i], c.Text)
		}
	}
	return out
}

// readOne reads content that holds one sheet and no fault.
func readOne(t *testing.T, content []byte) Sheet {
	t.Helper()
	sheets, faults, err := Read("prov", bytes.NewReader(content), DefaultLimits())
	if err != nil || len(faults) > 0 || len(sheets) != 1 {
		t.Fatalf("%d sheets, faults %v, %v", len(sheets), faults, err)
	}
	return sheets[0]
}

func TestEncodingsAndSeparators(t *testing.T) {
	t.Parallel()
	want := [][]string{{"Nämnd", "Ärende", "Nr"}, {"SN", "Åtgärd – “öppet”", "007"}}
	text := "Nämnd;Ärende;Nr\r\nSN;Åtgärd – “öppet”;007\r\n"
	latin, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(text, ";", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"utf-8":             text,
		"utf-8 with a mark": "\ufeff" + text,
		"latin-1":           latin,
		"utf-16 with tabs":  wide,
		"commas":            strings.ReplaceAll(text, ";", ","),
		"unix lines":        strings.ReplaceAll(text, "\r\n", "\n"),
		"old mac lines":     strings.ReplaceAll(text, "\r\n", "\r"),
		"quoted":            "\"Nämnd\";\"Ärende\";\"Nr\"\r\n\"SN\";\"Åtgärd – “öppet”\";\"007\"",
		"blanks at ends":    "Nämnd ; Ärende;\u00a0Nr\n\u200bSN;Åtgärd – “öppet”;007\n;;\n\n",
		"decomposed":        "Na\u0308mnd;A\u0308rende;Nr\nSN;A\u030atga\u0308rd – “o\u0308ppet”;007\n",
	} {
		if diff := cmp.Diff(want, texts(readOne(t, []byte(content)))); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	// Excel's own line is emptied, so that the rows keep their numbers; it beats what is more frequent.
	if diff := cmp.Diff([][]string{nil, {"a,b,c", "d"}}, texts(readOne(t, []byte("sep=;\na,b,c;d\n")))); diff != "" {
		t.Errorf("sep=:\n%s", diff)
	}
}

func TestRowsKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	content := "a;b\n\n\"två\nrader\";x\n;;\nsist;y\n"
	want := [][]string{{"a", "b"}, nil, {"två\nrader", "x"}, {"", "", ""}, {"sist", "y"}}
	if diff := cmp.Diff(want, texts(readOne(t, []byte(content)))); diff != "" {
		t.Error(diff)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	small := DefaultLimits()
	small.Bytes, small.Rows, small.Columns, small.CellRunes = 100, 3, 3, 10
	for name, c := range map[string]struct {
		content string
		want    Fault
	}{
		"too large":        {strings.Repeat("a;b\n", 26), Fault{File: "prov", Key: FaultFileSize, Args: Args{"max": "0 MB"}}},
		"too many rows":    {"a\nb\nc\nd\n", Fault{File: "prov", Row: 4, Key: FaultRowCount, Args: maxArg(3)}},
		"too many columns": {"a;b;c;d\n", Fault{File: "prov", Row: 1, Key: FaultColumnCount, Args: maxArg(3)}},
		"too long a cell":  {"a;bbbbbbbbbbb\n", Fault{File: "prov", Row: 1, Column: "B", Found: "bbbbbbbbbbb", Key: FaultCellLength, Args: maxArg(10)}},
		"a control mark":   {"a;b\x07\n", Fault{File: "prov", Row: 1, Column: "B", Key: FaultControl}},
		"open quote":       {"a\n\n\"b;c\n", Fault{File: "prov", Row: 3, Key: FaultQuote}},
		"binary":           {"a\x00b", Fault{File: "prov", Key: FaultFileKind}},
		"old excel":        {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Fault{File: "prov", Key: FaultFileOld}},
		"broken zip":       {"PK\x03\x04abc", Fault{File: "prov", Key: FaultFileDamaged}},
	} {
		_, faults, err := Read("/some/where/prov", strings.NewReader(c.content), small)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]Fault{c.want}, faults); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if _, _, err := Read("prov", failing{}, small); !errors.Is(err, errBroken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

type failing struct{}

var errBroken = errors.New("broken")

func (failing) Read([]byte) (int, error) { return 0, errBroken }

// What encoding/csv writes with any separator is read back the same, each cell in its place.
func TestCSVReadsWhatWasWritten(t *testing.T) {
	t.Parallel()
	cell := rapid.Map(rapid.StringMatching(`[a-zåäö0-9;,\t"\n .#-]{0,12}`), func(s string) string { return clean(s) })
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(2, 6).Draw(t, "columns")
		separator := rapid.SampledFrom([]rune{';', ',', '\t'}).Draw(t, "separator")
		head := make([]string, columns)
		for i := range head {
			head[i] = fmt.Sprintf("rubrik%d", i)
		}
		rows := [][]string{head}
		for range rapid.IntRange(0, 8).Draw(t, "rows") {
			rows = append(rows, rapid.SliceOfN(cell, columns, columns).Draw(t, "row"))
		}
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		w.Comma, w.UseCRLF = separator, rapid.Bool().Draw(t, "crlf")
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		sheets, faults, err := Read("prov.csv", &out, DefaultLimits())
		if err != nil || len(faults) > 0 {
			t.Fatalf("faults %v, %v", faults, err)
		}
		for len(rows) > 1 && strings.Join(rows[len(rows)-1], "") == "" {
			rows = rows[:len(rows)-1]
		}
		if diff := cmp.Diff(rows, texts(sheets[0])); diff != "" {
			t.Error(diff)
		}
	})
}

// Whatever the bytes, reading ends without panic, within its limits, and gives text that the database takes.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"a;b\n1;2\n", "sep=,\n\"a\nb\",c", "\xff\xfea\x00;\x00", "PK\x03\x04", "å\xe5;\"", "\r\r;\r"} {
		f.Add([]byte(seed))
	}
	limits := DefaultLimits()
	limits.Rows, limits.Columns, limits.CellRunes = 50, 10, 100
	f.Fuzz(func(t *testing.T, content []byte) {
		sheets, faults, err := Read("prov", bytes.NewReader(content), limits)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sheets {
			if len(s.Rows) > limits.Rows {
				t.Errorf("%d rows", len(s.Rows))
			}
			for _, row := range texts(s) {
				for _, text := range row {
					if !utf8.ValidString(text) || hasControl(text) || utf8.RuneCountInString(text) > limits.CellRunes {
						t.Errorf("cell %q", text)
					}
				}
			}
		}
		for _, fault := range faults {
			if fault.Key == "" || fault.File == "" || fault.Row < 0 {
				t.Errorf("fault %+v", fault)
			}
		}
	})
}

// book makes a workbook of one sheet.
func book(t *testing.T, edit func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	edit(f)
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func set(t *testing.T, f *excelize.File, cells map[string]any) {
	t.Helper()
	for cell, value := range cells {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExcelHabits(t *testing.T) {
	t.Parallel()
	content := book(t, func(f *excelize.File) {
		set(t, f, map[string]any{
			"A1": "Register för Exempelby", "A3": "Nämnd", "B3": "Datum", "C3": " Tele fon ", "D3": "Antal",
			"A4": "SN", "B4": 46053, "C4": "0980-31 92 00", "D4": 12, "B5": "2026-01-31", "C5": 70, "D5": 1234567890123,
			"A6": "SN", "B6": "2026-01-31", "C6": "980319200", "D6": "7",
			"A8": "KS", "B8": 46053.5, "D8": 1.5,
		})
		format := "0000"
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			t.Fatal(err)
		}
		date, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{
			f.SetCellStyle("Sheet1", "C5", "C5", style), f.SetCellStyle("Sheet1", "B4", "B4", date),
			f.MergeCell("Sheet1", "A1", "D1"), f.MergeCell("Sheet1", "A4", "A5"),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := f.NewSheet("Dold"); err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetVisible("Dold", false); err != nil {
			t.Fatal(err)
		}
	})
	faults := &Faults{}
	columns := []Column{{Key: "n", Heading: "Nämnd", Required: true}, {Key: "d", Heading: "Datum"}, {Key: "t", Heading: "Tele fon"}, {Key: "a", Heading: "Antal"}}
	table := Open(readOne(t, content), columns, nil, faults)
	records := table.Records()
	if faults.Any() || len(records) != 4 || records[0].Row != 4 || records[3].Row != 8 {
		t.Fatalf("faults %v, %d records", faults.List(), len(records))
	}
	for i, want := range []struct {
		name string
		date calendar.Date
		tel  string
		n    int
	}{{"SN", calendar.New(2026, 1, 31), "0980-31 92 00", 12}, {"SN", calendar.New(2026, 1, 31), "0070", -1}, {"SN", calendar.New(2026, 1, 31), "", 7}, {"KS", calendar.New(2026, 1, 31), "", -1}} {
		r := records[i]
		if got := r.Line("n", 10); got != want.name {
			t.Errorf("row %d: name %q", r.Row, got)
		}
		if got := r.Date("d"); got != want.date {
			t.Errorf("row %d: date %q", r.Row, got)
		}
		if got := r.Code("t", 20); got != want.tel {
			t.Errorf("row %d: phone %q", r.Row, got)
		}
		if got := r.Integer("a", 1, 100, -1); got != want.n {
			t.Errorf("row %d: number %d", r.Row, got)
		}
	}
	want := []Fault{ // row 5 has too large a number; row 6 a number of a telephone without its zero, though in a text cell; row 8 a fraction
		{File: "prov", Sheet: "Sheet1", Row: 5, Column: "D", Heading: "Antal", Found: "1234567890123", Key: FaultInteger, Args: Args{"min": "1", "max": "100"}},
		{File: "prov", Sheet: "Sheet1", Row: 6, Column: "C", Heading: "Tele fon", Found: "980319200", Key: FaultZeroLost},
		{File: "prov", Sheet: "Sheet1", Row: 8, Column: "D", Heading: "Antal", Found: "1.5", Key: FaultInteger, Args: Args{"min": "1", "max": "100"}},
	}
	if diff := cmp.Diff(want, faults.List()); diff != "" {
		t.Error(diff)
	}
}

func TestDatesOfOldMacsAndBounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number string
		mac    bool
		want   string
	}{
		{"46053", false, "2026-01-31"}, {"44591", true, "2026-01-31"}, {"2026", false, ""}, {"20260131", false, ""},
		{"1e300", false, ""}, {"-5", false, ""}, {"46053.25", false, "2026-01-31"}, {"18264", false, "1950-01-01"}, {"18263", false, ""},
	} {
		got, ok := serialDate(c.number, c.mac)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%s (1904: %v): %v %v, want %q", c.number, c.mac, got, ok, c.want)
		}
	}
}

func TestColumnLetters(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA"} {
		if got := ColumnLetter(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestFaultsAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("namn;dag\n")
	for range 1500 {
		b.WriteString("x;i går\n")
	}
	faults := &Faults{}
	table := Open(readOne(t, []byte(b.String())), []Column{{Key: "n", Heading: "Namn"}, {Key: "d", Heading: "Dag"}}, nil, faults)
	for _, r := range table.Records() {
		r.Date("d")
	}
	if len(faults.List()) != maxFaults || !faults.Cut() {
		t.Errorf("%d faults, cut %v", len(faults.List()), faults.Cut())
	}
}

func TestWrittenDates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-01-31": "2026-01-31", "2026-1-5": "2026-01-05", "2026-01-31 00:00:00": "2026-01-31", "20260131": "2026-01-31", "2026.01.31": "2026-01-31",
		"2026/01/31": "2026-01-31", "31.1.2026": "2026-01-31", "31/1 2026": "2026-01-31", "31 januari 2026": "2026-01-31", "den 31 januari 2026": "2026-01-31",
		"1:e februari 2026": "2026-02-01", "31  Jan. 2026": "2026-01-31", "5 sep 2026": "2026-09-05",
		"1/2/2026": "", "31 smarch 2026": "", "2026-02-30": "", "31.1.26": "", "i höstas": "", "2026-01-31 08:00": "", "0026-01-31": "", "januari 2026": "", "": "",
	} {
		got, ok := writtenDate(text)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q: %v %v, want %q", text, got, ok, want)
		}
	}
}

// A formula counts by the value that the file holds; a file without it is not read as if the cell were empty.
func TestFormulas(t *testing.T) {
	t.Parallel()
	content := book(t, func(f *excelize.File) {
		set(t, f, map[string]any{"A1": "Namn", "B1": "Dag", "C1": "Titel", "A2": "x"})
		if err := f.SetCellFormula("Sheet1", "B2", "TODAY()"); err != nil {
			t.Fatal(err)
		}
	})
	for cell, want := range map[string]string{
		`<c r="B2"><f>TODAY()</f><v>46053</v></c>`:    "46053",
		`<c r="B2" t="str"><f>TODAY()</f><v></v></c>`: "",
		`<c r="B2"><f>TODAY()</f><v></v></c>`:         "fault",
		`<c r="B2"><f>TODAY()</f></c>`:                "fault",
	} {
		sheets, faults, err := Read("prov", bytes.NewReader(withCell(t, content, cell)), DefaultLimits())
		if err != nil || len(sheets) != 1 {
			t.Fatalf("%s: %v %v", cell, faults, err)
		}
		if want == "fault" {
			if diff := cmp.Diff([]Fault{{File: "prov", Sheet: "Sheet1", Row: 2, Column: "B", Found: "=TODAY()", Key: FaultFormula}}, faults); diff != "" {
				t.Errorf("%s:\n%s", cell, diff)
			}
			continue
		}
		if got := append(texts(sheets[0])[1], "")[1]; got != want || len(faults) > 0 {
			t.Errorf("%s: %q, %v", cell, got, faults)
		}
	}
}

// withCell writes the workbook's cell B2 as given.
func withCell(t *testing.T, content []byte, cell string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "xl/worksheets/sheet1.xml" {
			changed := regexp.MustCompile(`<c r="B2".*?</c>`).ReplaceAll(body, []byte(cell))
			if bytes.Equal(changed, body) {
				t.Fatalf("no cell B2 in %s", body)
			}
			body = changed
		}
		part, err := w.Create(f.Name)
		if err == nil {
			_, err = part.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What a name was made into by a phone or a word processor is the same name; an apostrophe in front of a sign is no part of it.
func TestNamesAreComparedFolded(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{"Vård\u00a0och  omsorg": "vård och omsorg", "ＰｒｏＣａｐｉｔａ": "ProCapita", "Lex–Register": "lex-register"} {
		if Fold(a) != Fold(b) {
			t.Errorf("%q and %q differ", a, b)
		}
	}
	if !readNumbers(t)["text"] || readNumbers(t)["number"] {
		t.Errorf("4.10 as text and 4.1 as a number: %v", readNumbers(t))
	}
	if got := texts(readOne(t, []byte("a;b\n'=1+1;'-x\n'åt;''\n")))[1:]; !cmp.Equal(got, [][]string{{"=1+1", "-x"}, {"'åt", "''"}}) {
		t.Errorf("apostrophes: %q", got)
	}
}

func TestHeadingsNearlyRight(t *testing.T) {
	t.Parallel()
	columns := []Column{{Key: "n", Heading: "Förkortning", Required: true}, {Key: "d", Heading: "DSO"}, {Key: "x", Heading: "Namn", Required: true}}
	for head, want := range map[string][]Fault{
		"Forkortning;Namn;DSO":  {{Column: "A", Heading: "Forkortning", Found: "Forkortning", Key: FaultHeadingSpelt, Args: Args{"expected": "Förkortning"}}},
		"Namn;DSO":              {{Heading: "Förkortning", Key: FaultHeadingMissing}},
		"Förkortning;DSO;Färg":  {{Column: "C", Heading: "Färg", Found: "Färg", Key: FaultHeadingInstead, Args: Args{"expected": "Namn"}}},
		"Förkortning;Namn;Färg": {{Column: "C", Heading: "Färg", Found: "Färg", Key: FaultHeadingUnknown, Args: Args{"expected": "Förkortning, DSO, Namn"}}},
	} {
		faults := &Faults{}
		Open(readOne(t, []byte(head+"\na;b;c\n")), columns, nil, faults)
		for i := range want {
			want[i].File, want[i].Row = "prov", 1
		}
		got := slices.DeleteFunc(faults.List(), func(f Fault) bool { return f.Key == FaultHeadingEmpty })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", head, diff)
		}
	}
}

// readNumbers tells of a cell formatted as text, and of one that is a number, whether its content is kept as it was typed.
func readNumbers(t *testing.T) map[string]bool {
	t.Helper()
	sheet := readOne(t, book(t, func(f *excelize.File) { set(t, f, map[string]any{"A1": "Nr", "B1": "Nr", "A2": "4.10", "B2": 4.1}) }))
	return map[string]bool{"text": sheet.Rows[1][0] == Cell{Text: "4.10"}, "number": sheet.Rows[1][1].Number == ""}
}
