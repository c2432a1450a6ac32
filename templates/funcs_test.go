package templates_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/templates"
)

// draw draws a page of the portal and gives what lies in its main.
func draw(t *testing.T, page string, data any) string {
	t.Helper()
	s := load(t, map[string]string{"portal/try.html": page})
	var b bytes.Buffer
	if err := s.Page(&b, "portal/try", templates.View{Lang: "sv", Title: "Prov", Data: data, Shell: templates.PortalShell{}}); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(b.String(), `<main`)
	_, rest, _ = strings.Cut(rest, ">")
	rest, _, _ = strings.Cut(rest, "</main>")
	return strings.TrimSpace(rest)
}

func TestFunctionsWriteAsThePagesDo(t *testing.T) {
	t.Parallel()
	data := struct {
		Due calendar.Date
		At  time.Time
	}{calendar.New(2027, time.May, 3), time.Date(2027, time.April, 1, 7, 12, 0, 0, time.UTC)}
	wants := map[string]string{
		`{{dateLong .Data.Due}}`:            "måndag 3\u00a0maj 2027",
		`{{dateMedium .Data.Due}}`:          "måndag 3\u00a0maj",
		`{{dateDayMonth .Data.Due}}`:        "3\u00a0maj",
		`{{dateShort .Data.Due}}`:           "mån 3\u00a0maj",
		`{{dateISO .Data.Due}}`:             "2027-05-03",
		`{{dateShort (dayOf .Data.At)}}`:    "tors 1\u00a0april",
		`{{time .Data.At}}`:                 "kl.\u00a09.12",
		`{{capital (instant .Data.At)}}`:    "Torsdag 1\u00a0april 2027 kl.\u00a09.12",
		`{{instantISO .Data.At}}`:           "2027-04-01T09:12",
		`{{days 12}}`:                       "12 dagar kvar",
		`{{days 2}}`:                        "2 dagar kvar",
		`{{days 1}}`:                        "i morgon",
		`{{days 0}}`:                        "i dag",
		`{{days -1}}`:                       "1 dag försenat",
		`{{days -2}}`:                       "2 dagar försenat",
		`{{size 2140000}}`:                  "2,1\u00a0MB",
		`{{number 12}} {{number 13}}`:       "tolv 13",
		`{{pnr "198404012380"}}`:            "19840401-2380",
		`{{pnr "x"}}`:                       "x",
		`{{tel "0980-31 92 00"}}`:           "&#43;46980319200",
		`{{nb "999 99 Exempelby"}}`:         "999\u00a099 Exempelby",
		`{{sentence "Nej"}}{{sentence ""}}`: "Nej.",
		`{{lang}}`:                          "sv",
	}
	var page strings.Builder
	for _, call := range slices.Sorted(maps.Keys(wants)) {
		page.WriteString("<li>" + call + "</li>")
	}
	got := draw(t, `{{define "main"}}`+page.String()+`{{end}}`, data)
	for _, call := range slices.Sorted(maps.Keys(wants)) {
		var item string
		item, got, _ = strings.Cut(strings.TrimPrefix(got, "<li>"), "</li>")
		if item != wants[call] {
			t.Errorf("%s: %q, want %q", call, item, wants[call])
		}
	}
}

func TestTheStepsToADueDateAreSentences(t *testing.T) {
	t.Parallel()
	steps := deadline.ForResponse(deadline.Input{Received: calendar.New(2027, time.April, 1)}).Steps
	got := draw(t, `{{define "main"}}{{template "calc" (steps .Data)}}{{end}}`, steps)
	if !strings.HasPrefix(got, `<ol class="calc"><li>Begäran kom in torsdag`) || !strings.Contains(got, "3\u00a0maj 2027") {
		t.Error(got)
	}
}

func TestAFieldSaysWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	faults := templates.Faults{{Field: "when", Key: "error.date-wrong"}, {Field: "file", Key: "error.file-too-large", Args: map[string]any{"max": 50_000_000}}}
	got := draw(t, `{{define "main"}}{{template "error-summary" .Data}}
{{template "date-input" (field "name" "when" "label" "När?" "day" "31" "month" "2" "year" "2027" "faults" .Data)}}
{{template "file-input" (field "name" "file" "label" "Fil" "faults" .Data)}}
{{template "select" (field "name" "kind" "label" "Vad?" "value" "b" "options" (list (option "value" "a" "label" "A") (option "value" "b" "label" "B")))}}
{{template "checkboxes" (field "name" "who" "label" "Vilka?" "picks" true "options" (list (option "value" "sn" "label" "Socialnämnden" "checked" true "why" "Förslag")))}}
{{template "checkbox" (field "name" "sure" "label" "Ja")}}{{template "input" (field "name" "mail" "label" "Mejl" "type" "email" "autocomplete" "email" "width" "20")}}{{end}}`, faults)
	for _, want := range []string{
		"Du behöver ändra två saker", `<a href="#when">Datumet finns inte.`, `name="when-day" type="text" inputmode="numeric" value="31"`,
		`id="file-error"`, "högst 50\u00a0MB", `<option value="b" selected>`, `type="checkbox" value="sn" checked aria-describedby="who-item-hint"`,
		`<span class="why">Förslag</span>`, `name="sure" type="checkbox" value="1"`, `type="email" value="" autocomplete="email"`, "govuk-input--width-20",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, bad := range []string{`(field "nmae" "x")`, `(field "name")`, `(field "rows" "many")`} {
		s := load(t, map[string]string{"portal/try.html": `{{define "main"}}{{template "input" ` + bad + `}}{{end}}`})
		if err := s.Page(&bytes.Buffer{}, "portal/try", templates.View{Shell: templates.PortalShell{}}); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestMessagesAndTimelineAreDrawn(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, time.April, 20, 8, 5, 0, 0, time.UTC)
	got := draw(t, `{{define "main"}}{{template "messages" .Data.M}}{{template "timeline-big" .Data.T}}{{end}}`, map[string]any{
		"M": []templates.Message{{By: "Du", At: at, Note: "läst", Mine: true, Text: "Hej!\n\n<b>Ja</b>"}},
		"T": []templates.TimelineItem{{At: at, Title: "Du fick en fråga"}, {When: "Nu", Title: "De arbetar", Next: true}, {At: at, Title: "x", Long: true, By: "Johan"}},
	})
	for _, want := range []string{
		`<li class="msg msg--me">`, "<p>Hej!</p><p>&lt;b&gt;Ja&lt;/b&gt;</p>", "kl.\u00a010.05</time> · läst", `<li class="is-next"><span class="when">Nu</span>`,
		"20\u00a0april kl.\u00a010.05</time><h3>Du fick en fråga", "Tisdag 20\u00a0april 2027 kl.\u00a010.05 · Johan",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestTextsWithLinksAreSafe(t *testing.T) {
	t.Parallel()
	s := load(t, map[string]string{
		"locales/sv/try.json": `{"try.link": "Hej {name}, [läs **mer** här](to)."}`,
		"locales/en/try.json": `{"try.link": "Hello {name}, [read **more** here](to)."}`,
		"portal/try.html":     `{{define "main"}}{{th "try.link" "name" .Data.Name "to" .Data.To}}{{end}}`,
	})
	for to, want := range map[string]string{
		"/mina?a=1&b=2":       `<a class="govuk-link" href="/mina?a=1&amp;b=2">läs <strong>mer</strong> här</a>`,
		"javascript:alert(1)": `, läs <strong>mer</strong> här.`,
	} {
		var b bytes.Buffer
		if err := s.Page(&b, "portal/try", templates.View{Data: map[string]string{"Name": "<i>[x](to)**", "To": to}, Shell: templates.PortalShell{}}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) || strings.Contains(b.String(), "<i>") || strings.Count(b.String(), "läs") != 1 {
			t.Errorf("%s: no %s in\n%s", to, want, b.String())
		}
	}
}
