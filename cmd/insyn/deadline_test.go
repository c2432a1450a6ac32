package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// deadlineRun runs "insyn deadline ARGS" and returns what it printed and its error.
func deadlineRun(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	var grammar struct {
		Deadline deadlineCmd `cmd:""`
	}
	var out bytes.Buffer
	parser, err := kong.New(&grammar, kong.Name("insyn"), kong.Writers(&out, &out), kong.Exit(func(int) { t.Error("exited") }),
		kong.BindTo(strings.NewReader(stdin), (*io.Reader)(nil)), kong.BindTo(&out, (*io.Writer)(nil)))
	if err != nil {
		t.Fatal(err)
	}
	command, err := parser.Parse(append([]string{"deadline"}, args...))
	if err == nil {
		err = command.Run()
	}
	return out.String(), err
}

func TestDeadlinePrintsOneLinePerArgument(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, stdin, want string }{
		{"response 2026-03-05", "", "2026-03-05 2026-04-07 2026-06-05\n"},
		{"response 2026-03-05 2024-01-31", "", "2026-03-05 2026-04-07 2026-06-05\n2024-01-31 2024-02-29 2024-04-30\n"},
		{"response -", "2026-03-05\r\n\n 2024-01-31", "2026-03-05 2026-04-07 2026-06-05\n2024-01-31 2024-02-29 2024-04-30\n"},
		{"response -", "", ""},
		{"response 2026-05-19", "", "2026-05-19 2026-06-19 2026-08-19\n"},
		{"response --roll-eves 2026-05-19", "", "2026-05-19 2026-06-22 2026-08-19\n"},
		{"response --arrived-by-post 2026-04-07", "", "2026-04-07 2026-05-04 2026-07-02\n"},
		{"response 2026-09-01 --pause 2026-09-03..2026-09-10", "", "2026-09-01 2026-10-08 2026-12-08\n"},
		{"response --pause 2026-09-08..2026-09-12 --pause=2026-09-03..2026-09-10 2026-09-01", "", "2026-09-01 2026-10-12 2026-12-10\n"},
		{"appeal 2026-05-29 2026-12-10", "", "2026-05-29 2026-06-22\n2026-12-10 2027-01-04\n"},
		{"appeal -", "2026-05-29\n2026-12-10\n", "2026-05-29 2026-06-22\n2026-12-10 2027-01-04\n"},
		{"incident 2026-10-23T14:30:00+02:00", "", "2026-10-23T14:30:00+02:00 2026-10-26T13:30:00+01:00\n"},
		{"incident 2026-12-23T15:45:00.5Z", "", "2026-12-23T15:45:00.5Z 2026-12-26T16:45:00.5+01:00\n"},
		{"incident -", "2026-03-27T14:30:00+01:00", "2026-03-27T14:30:00+01:00 2026-03-30T15:30:00+02:00\n"},
	} {
		got, err := deadlineRun(t, c.stdin, strings.Fields(c.args)...)
		if err != nil || got != c.want {
			t.Errorf("deadline %s: %v\n%swant\n%s", c.args, err, got, c.want)
		}
	}
}

func TestDeadlineExplainsBothDatesUnderTheLine(t *testing.T) {
	t.Parallel()
	got, err := deadlineRun(t, "", "response", "--explain", "2027-04-01")
	want := `2027-04-01 2027-05-03 2027-07-01
  Begäran kom in torsdag 1 april 2027. Den dagen räknas inte.
  Svaret ska komma inom en månad (artikel 12.3). Det blir lördag 1 maj.
  Lördag 1 maj är helgdag (första maj). Söndag 2 maj är helg.
  Nästa vardag är måndag 3 maj 2027. Det är sista dagen för svar.
  Besked om förlängning ska skickas senast måndag 3 maj. Lördag 1 maj är helgdag (första maj). Söndag 2 maj är helg.
  Med förlängning ska svaret komma inom tre månader från den dag begäran kom in (artikel 12.3). Det blir torsdag 1 juli.
  Sista dagen för svar är torsdag 1 juli 2027.
`
	if got = strings.ReplaceAll(got, "\u00a0", " "); err != nil || got != want {
		t.Errorf("%v\n%swant\n%s", err, got, want)
	}
	for args, want := range map[string]string{
		"--explain --lang en appeal 2026-05-29":                            "It is the last day to appeal.",
		"appeal 2026-05-29 --explain":                                      "Det är sista dagen att överklaga.",
		"incident --explain --lang=en 2026-10-23T14:30:00+02:00":           "The clocks change",
		"response --explain --arrived-by-post 2026-04-07":                  "ur brevlådan tisdag 7 april 2026",
		"response --explain 2026-09-01 --pause 2026-09-03..2026-09-10":     "Utan uppehåll är sista dagen torsdag 1 oktober.",
		"response --explain --json 2026-09-01 --lang en --lang sv":         `"explanation":["Begäran kom in tisdag 1 september 2026.`,
		"incident --explain --json --lang en 2026-10-23T14:30:00.25+02:00": `"explanation":["The controller became aware`,
	} {
		got, err := deadlineRun(t, "", strings.Fields(args)...)
		if got = strings.ReplaceAll(got, "\u00a0", " "); err != nil || !strings.Contains(got, want) {
			t.Errorf("deadline %s: %v\n%q is not in\n%s", args, err, want, got)
		}
	}
}

func TestDeadlineJSONHasBothTheHardAndThePausedDates(t *testing.T) {
	t.Parallel()
	out, err := deadlineRun(t, "", "response", "--json", "--pause", "2026-09-03..2026-09-10", "2026-09-01", "2026-09-02")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines for two dates", len(lines))
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"input": "2026-09-01", "received": "2026-09-01", "due_hard": "2026-10-01", "due": "2026-10-08",
		"extended_hard": "2026-12-01", "extended": "2026-12-08", "pause_days": 7.0,
	} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	for _, key := range []string{"steps", "extended_steps"} {
		if steps, ok := got[key].([]any); !ok || len(steps) < 4 {
			t.Errorf("%s is %v", key, got[key])
		}
	}
	if _, ok := got["explanation"]; ok {
		t.Error("an explanation that was not asked for")
	}

	out, err = deadlineRun(t, "", "appeal", "--json", "2026-05-29")
	if want := `{"input":"2026-05-29","served":"2026-05-29","due":"2026-06-22","steps":[`; err != nil || !strings.HasPrefix(out, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
}

func TestDeadlineRefusesBadInputInOneLineAndPrintsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args  []string
		stdin string
		want  []string
	}{
		{[]string{"response", "2026-03-05", "2026-02-30"}, "", []string{`"2026-02-30"`, "YYYY-MM-DD"}},
		{[]string{"response", "i går"}, "", []string{`"i går"`, "YYYY-MM-DD"}},
		{[]string{"response", "2026-03-05\nx"}, "", []string{`"2026-03-05\nx"`, "YYYY-MM-DD"}},
		{[]string{"response", "2004-12-31"}, "", []string{`"2004-12-31"`, "2005"}},
		{[]string{"response", "9999-12-31"}, "", []string{`"9999-12-31"`, "9998"}},
		{[]string{"appeal", "2026-3-5"}, "", []string{`"2026-3-5"`, "YYYY-MM-DD"}},
		{[]string{"appeal", "2026-03-05", "-"}, "2026-03-05", []string{`"-"`, "YYYY-MM-DD"}},
		{[]string{"response", "-"}, "2026-03-05\n\n5 mars\n", []string{"line 3", `"5 mars"`, "YYYY-MM-DD"}},
		{[]string{"response", "-"}, "2026-03-05\n" + strings.Repeat("9", 100_000), []string{"after line 1"}},
		{[]string{"incident", "2026-10-23"}, "", []string{`"2026-10-23"`, "RFC 3339"}},
		{[]string{"incident", "2026-10-23T14:30:00"}, "", []string{`"2026-10-23T14:30:00"`, "zone"}},
		{[]string{"incident", "2026-10-23T4:30:00Z"}, "", []string{`"2026-10-23T4:30:00Z"`, "RFC 3339"}},
		{[]string{"incident", "2026-10-23T14:30:00,5Z"}, "", []string{`"2026-10-23T14:30:00,5Z"`, "RFC 3339"}},
		{[]string{"response", "--pause", "2026-09-03", "2026-09-01"}, "", []string{"--pause", `"2026-09-03"`, "FROM..TO"}},
		{[]string{"response", "--pause", "2026-09-10..2026-09-03", "2026-09-01"}, "", []string{"--pause", "FROM..TO"}},
		{[]string{"response", "--pause", "2026-09-03..2026-09-10..2026-09-11", "2026-09-01"}, "", []string{"--pause", "FROM..TO"}},
		{[]string{"response", "--pause", "2026-09-03..2026-09-10", "2026-09-04"}, "", []string{`"2026-09-04"`, "pause begins before"}},
		{[]string{"response"}, "", []string{"<date>"}},
		{[]string{"appeal", "2026-03-05", "--roll-eves"}, "", []string{"--roll-eves"}},
		{[]string{"response", "2026-03-05", "--lang", "de"}, "", []string{"--lang", "sv", "en"}},
	} {
		out, err := deadlineRun(t, c.stdin, c.args...)
		if err == nil {
			t.Errorf("deadline %q was accepted:\n%s", c.args, out)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("deadline %q: %q does not name %s", c.args, err, want)
			}
		}
		if out != "" || strings.Contains(err.Error(), "\n") {
			t.Errorf("deadline %q: printed %q, error %q", c.args, out, err)
		}
	}
}
