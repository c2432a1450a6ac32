package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"insyn/internal/calendar"
)

func TestParseTakesOneFormOnly(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "2026", "2026-3-5", "2026-03-5", "26-03-05", "20260305", "2026/03/05", "2026-03-05 ", " 2026-03-05", "2026-03-05T00:00:00Z",
		"+026-03-05", "-026-03-05", "2026--3-05", "2026-03--5", "2026-+3-05", "000+-01-01", "2026-00-10", "2026-13-01", "2026-01-00",
		"2026-01-32", "2026-02-29", "2100-02-29", "2026-04-31", "0000-01-01", "２０２６-03-05", "2026‑03‑05", "5 mars 2026",
	} {
		if d, err := calendar.Parse(s); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", s, d)
		} else if !d.IsZero() {
			t.Errorf("Parse(%q) gave %v with the error", s, d)
		}
	}
	for _, s := range []string{"2026-03-05", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"} {
		if d, err := calendar.Parse(s); err != nil || d.String() != s {
			t.Errorf("Parse(%q) = %v, %v", s, d, err)
		}
	}
}

// FuzzParse holds Parse against time.Parse, which is lenient in nothing that fits this layout.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-03-05", "2024-02-29", "2026-02-29", "0000-01-01", "2026-3-5", "", "9999-12-31", "20x6-01-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.Parse(s)
		want, wantErr := time.Parse(time.DateOnly, s)
		if accepted, should := err == nil, wantErr == nil && want.Year() != 0; accepted != should {
			t.Fatalf("Parse(%q): %v, time.Parse: %v", s, err, wantErr)
		}
		if err == nil && (d.String() != s || d != calendar.New(want.Date())) {
			t.Fatalf("Parse(%q) = %v", s, d)
		}
	})
}

func TestJSONAndTextComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	type row struct {
		Due   calendar.Date            `json:"due"`
		None  calendar.Date            `json:"none"`
		Empty calendar.Date            `json:"empty,omitzero"`
		ByDay map[calendar.Date]string `json:"by_day"`
	}
	in := row{Due: calendar.New(2026, time.March, 5), ByDay: map[calendar.Date]string{calendar.New(2026, time.May, 1): "x"}}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"due":"2026-03-05","none":"","by_day":{"2026-05-01":"x"}}`; string(text) != want {
		t.Errorf("JSON %s, want %s", text, want)
	}
	out := row{None: in.Due}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	if out.Due != in.Due || !out.None.IsZero() || out.ByDay[calendar.New(2026, time.May, 1)] != "x" {
		t.Errorf("came back as %+v", out)
	}
	if err := json.Unmarshal([]byte(`{"due":"2026-02-30"}`), &out); err == nil {
		t.Error("30 February was read from JSON")
	}
}

func TestDatabaseValuesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyDate().Draw(t, "date")
		value, err := in.Value()
		if err != nil {
			t.Fatal(err)
		}
		if value != in.String() {
			t.Errorf("value %v, want %v", value, in)
		}
		// The zone a driver puts on a date column says nothing about the date.
		zone := time.FixedZone("somewhere", rapid.IntRange(-12, 14).Draw(t, "zone")*60*60)
		for _, src := range []any{value, []byte(in.String()), in.In(time.UTC), in.In(zone)} {
			var out calendar.Date
			if err := out.Scan(src); err != nil || out != in {
				t.Errorf("Scan(%#v) = %v, %v, want %v", src, out, err, in)
			}
		}
	})
}

func TestNullIsTheZeroDate(t *testing.T) {
	t.Parallel()
	if value, err := (calendar.Date{}).Value(); value != nil || err != nil {
		t.Errorf("value %v, %v, want NULL", value, err)
	}
	d := calendar.New(2026, time.March, 5)
	if err := d.Scan(nil); err != nil || !d.IsZero() {
		t.Errorf("NULL was read as %v, %v", d, err)
	}
	if err := d.Scan(17); err == nil {
		t.Error("a number was read as a date")
	}
	if err := d.Scan("igår"); err == nil {
		t.Error("a word was read as a date")
	}
	if got := (calendar.Date{}).GormDataType(); got != "date" {
		t.Errorf("column type %q", got)
	}
}
