package templates_test

import (
	"bytes"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"insyn/templates"
)

// only is what is compiled in, without the pages of portal and desk, and with the files given.
func only(t *testing.T, files map[string]string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(templates.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasPrefix(name, "portal/") || strings.HasPrefix(name, "desk/") ||
			strings.HasSuffix(name, "/portal.json") || strings.HasSuffix(name, "/desk.json") {
			return nil
		}
		data, err := fs.ReadFile(templates.Files(), name)
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// load is a set with the files given; without any it is the same set for every test.
func load(t *testing.T, files map[string]string) *templates.Set {
	t.Helper()
	if files == nil {
		return plain(t)
	}
	s, err := templates.Load(only(t, files), templates.DefaultLook("Exempelby kommun"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain loads once what takes long under the race detector; a set is safe for concurrent use.
func plain(t *testing.T) *templates.Set {
	t.Helper()
	loading.Do(func() { loaded, errLoad = templates.Load(only(t, nil), templates.DefaultLook("Exempelby kommun")) })
	if errLoad != nil {
		t.Fatal(errLoad)
	}
	return loaded
}

var (
	loading sync.Once
	loaded  *templates.Set
	errLoad error
)

func TestPagesAreDrawnInTheirLayout(t *testing.T) {
	t.Parallel()
	s := load(t, map[string]string{
		"portal/_row.html": `{{define "row"}}<b>{{.}}</b>{{end}}`,
		"portal/try.html": `{{define "before"}}{{template "back" (link "/mina" (t "nav.mine"))}}{{end}}{{define "main-class"}}question{{end}}
{{define "main"}}<h1>{{.Title}}</h1>{{template "row" .Data}}
{{template "textarea" (field "name" "about" "label" "Vad?" "hint" "Kort" "value" "<x>" "faults" .Faults)}}
{{template "radios" (field "name" "kind" "label" "Hur?" "value" "post" "picks" true "options" (list (option "value" "portal" "label" "Här") (option "value" "post" "label" "Post" "hint" "hem")) "faults" .Faults)}}{{end}}`,
		"desk/try.html": `{{define "main"}}<h1>{{.Title}}</h1>{{end}}`,
	})
	var b bytes.Buffer
	err := s.Page(&b, "portal/try", templates.View{
		Lang: "sv", Title: "Prov", Data: "a & b",
		Faults: templates.Faults{{Field: "about", Key: "error.text-missing"}},
		Shell:  templates.PortalShell{LoggedIn: true, UserName: "Maja", HomeURL: "/", MineURL: "/mina", LogoutURL: "/logga-ut", LangURL: "/en/x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<html lang="sv"`, "<title>Fel: Prov – Insyn – Exempelby kommun</title>", `class="question"`, "<b>a &amp; b</b>", `href="/mina" class="govuk-back-link"`,
		`<a href="#about">`, `aria-describedby="about-hint about-error"`, "&lt;x&gt;</textarea>", `value="post" checked`, `id="kind-2"`, `/assets/app.`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page has no %q:\n%s", want, b.String())
		}
	}
	b.Reset()
	if err := s.Page(&b, "desk/try", templates.View{Lang: "en", Title: "Try", Shell: templates.DeskShell{
		UserName: "Johan", HomeURL: "/arbete", SearchURL: "/arbete/sok", LogoutURL: "/x", Nav: []templates.NavItem{{URL: "/arbete", Text: "Today", Count: 3}},
		Controllers: []templates.DeskController{{ID: "1", Name: "Socialnämnden", Open: 12, Current: true}},
	}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<html lang="en"`, "12 cases", `name="q"`, `class="count">3`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page has no %q:\n%s", want, b.String())
		}
	}
}

func TestAFaultyTemplateStopsTheStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"a text that is not there":       {`{{define "main"}}{{t "no.such"}}{{end}}`, "no.such"},
		"in a branch":                    {`{{define "main"}}{{if .Data}}{{range .Data}}{{t "no.such"}}{{end}}{{end}}{{end}}`, "no.such"},
		"in an argument":                 {`{{define "main"}}{{template "back" (link "/" (t "no.such"))}}{{end}}`, "no.such"},
		"a text without its argument":    {`{{define "main"}}{{t "days.left"}}{{end}}`, `"n"`},
		"an argument nobody uses":        {`{{define "main"}}{{t "nav.back" "x" 1}}{{end}}`, `"x"`},
		"a template that is not there":   {`{{define "main"}}{{template "nobody" .}}{{end}}`, "nobody"},
		"an icon that is not there":      {`{{define "main"}}{{icon "nothing"}}{{end}}`, "nothing"},
		"broken syntax":                  {`{{define "main"}}{{if}}{{end}}`, "missing value"},
		"HTML that cannot be made safe":  {`{{define "main"}}<a href={{if .Data}}"{{end}}x">{{end}}`, "portal/bad.html"},
		"an unknown function in a page":  {`{{define "main"}}{{shout .Title}}{{end}}`, "shout"},
		"a text in a variable's keyword": {`{{define "main"}}{{$x := t "no.such"}}{{$x}}{{end}}`, "no.such"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := templates.Load(only(t, map[string]string{"portal/bad.html": c.text}), templates.DefaultLook("Exempelby kommun"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %s", err, c.want)
			}
		})
	}
}

func TestNothingIsWrittenOfAPageThatFails(t *testing.T) {
	t.Parallel()
	s := load(t, map[string]string{"portal/try.html": `{{define "main"}}{{.Data.Missing}}{{end}}`})
	var b bytes.Buffer
	if err := s.Page(&b, "portal/try", templates.View{Shell: templates.PortalShell{}, Data: struct{ X int }{}}); err == nil || b.Len() > 0 {
		t.Errorf("error %v and %d bytes", err, b.Len())
	}
	if err := s.Page(&b, "portal/nowhere", templates.View{}); err == nil {
		t.Error("a page that is not there was drawn")
	}
}
