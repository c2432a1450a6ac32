package i18n_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/i18n"
)

func load(t *testing.T, files map[string]string) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(fsOf(files))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func fsOf(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out["locales/"+name+".json"] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestTextsAreFilledInTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	c := load(t, map[string]string{
		"sv/a": `{"greet": "Hej {name}", "left": {"one": "Ett system är kvar", "other": "{n:Word} system är kvar"}, "due": "Senast {due}, alltså {due:day}"}`,
		"sv/b": `{"big": "Högst {max:size}", "at": "{at}", "of": "{n:word} av {all}"}`,
		"en/a": `{"greet": "Hello {name}", "left": {"one": "One system is left", "other": "{n:Word} systems are left"}, "due": "By {due}, that is {due:day}"}`,
		"en/b": `{"big": "At most {max:size}", "at": "{at}", "of": "{n:word} of {all}"}`,
	})
	due := calendar.New(2027, time.May, 3)
	at := time.Date(2027, time.April, 1, 7, 12, 0, 0, time.UTC)
	for _, x := range []struct {
		lang, key string
		args      i18n.Args
		want      string
	}{
		{"sv", "greet", i18n.Args{"name": "Maja"}, "Hej Maja"},
		{"en", "greet", i18n.Args{"name": "{n}"}, "Hello {n}"},
		{"de", "greet", i18n.Args{"name": "Maja"}, "Hej Maja"},
		{"sv", "left", i18n.Args{"n": 1}, "Ett system är kvar"},
		{"sv", "left", i18n.Args{"n": int64(1)}, "Ett system är kvar"},
		{"sv", "left", i18n.Args{"n": 0}, "Noll system är kvar"},
		{"sv", "left", i18n.Args{"n": 12}, "Tolv system är kvar"},
		{"sv", "left", i18n.Args{"n": 13}, "13 system är kvar"},
		{"en", "left", i18n.Args{"n": 2}, "Two systems are left"},
		{"sv", "left", i18n.Args{"n": 12345}, "12\u00a0345 system är kvar"},
		{"en", "left", i18n.Args{"n": 12345}, "12,345 systems are left"},
		{"sv", "of", i18n.Args{"n": 3, "all": 4}, "tre av 4"},
		{"sv", "due", i18n.Args{"due": due}, "Senast måndag 3\u00a0maj 2027, alltså 3\u00a0maj"},
		{"en", "due", i18n.Args{"due": due}, "By Monday 3\u00a0May 2027, that is 3\u00a0May"},
		{"sv", "at", i18n.Args{"at": at}, "torsdag 1\u00a0april 2027 kl.\u00a09.12"},
		{"sv", "big", i18n.Args{"max": 50_000_000}, "Högst 50\u00a0MB"},
		{"en", "big", i18n.Args{"max": float64(2_140_000)}, "At most 2.1\u00a0MB"},
	} {
		if got := c.Printer(x.lang).T(x.key, x.args); got != x.want {
			t.Errorf("%s %s %v: %q, want %q", x.lang, x.key, x.args, got, x.want)
		}
	}
}

func TestWhatIsMissingIsSeen(t *testing.T) {
	t.Parallel()
	c := load(t, map[string]string{"sv/a": `{"only": "Bara här", "hi": "Hej {name}"}`, "en/a": `{"hi": "Hello {name}"}`})
	for _, x := range []struct{ lang, key, want string }{
		{"sv", "none", "⟦none⟧"}, {"en", "none", "⟦none⟧"}, {"en", "only", "Bara här"}, {"sv", "hi", "Hej ⟦name⟧"},
	} {
		if got := c.Printer(x.lang).T(x.key, nil); got != x.want {
			t.Errorf("%s %s: %q, want %q", x.lang, x.key, got, x.want)
		}
	}
}

func TestAFaultyCatalogueIsRefused(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]map[string]string{
		"not JSON":                 {"sv/a": `{"a": }`},
		"a list":                   {"sv/a": `{"a": ["x"]}`},
		"an empty text":            {"sv/a": `{"a": " "}`},
		"a plural without other":   {"sv/a": `{"a": {"one": "x"}}`},
		"a plural without one":     {"sv/a": `{"a": {"other": "x"}}`},
		"a plural with more":       {"sv/a": `{"a": {"one": "x", "other": "y", "few": "z"}}`},
		"an argument left open":    {"sv/a": `{"a": "x {name"}`},
		"an argument in capitals":  {"sv/a": `{"a": "x {Name}"}`},
		"an unknown format":        {"sv/a": `{"a": "x {n:roman}"}`},
		"a key in two areas":       {"sv/a": `{"a": "x"}`, "sv/b": `{"a": "x"}`},
		"a key twice in a file":    {"sv/a": `{"a": "x", "b": {"one": "1", "other": "2"}, "a": "y"}`},
		"nothing in Swedish":       {"en/a": `{"a": "x"}`},
		"no files":                 {},
		"other areas per language": {"sv/a": `{"a": "x"}`, "en/b": `{"a": "x"}`},
	} {
		if _, err := i18n.Load(fsOf(files)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestTheLanguagesAreCompared(t *testing.T) {
	t.Parallel()
	c := load(t, map[string]string{
		"sv/a": `{"gone": "x", "args": "{a} {b}", "kind": {"one": "1", "other": "{n}"}, "link": "[här](to)", "same": "{a:word}"}`,
		"en/a": `{"new": "x", "args": "{a} {c}", "kind": "{n}", "link": "here", "same": "{a}"}`,
	})
	want := []string{
		"en: args has the arguments [a c], not [a b]", "en: gone has no text", "en: kind is a plural in one language only",
		"en: link has other links", "sv: new has no text",
	}
	if got := c.Check(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestOfficialeseAndStrayWordsAreFound(t *testing.T) {
	t.Parallel()
	c := load(t, map[string]string{
		"sv/a": `{"a": "Vänligen logga in", "b": "Se ovan.", "c": "Fråga the committee", "d": "Samtal och ovanor {from}", "e": "Åtgärd erfordras"}`,
		"en/a": `{"a": "Please log in", "b": "Logga in och börja", "c": "x", "d": "{med}", "e": "x"}`,
	})
	if got := c.CheckSwedish(); !slices.Equal(got, []string{`sv: a says "vänligen"`, `sv: b says "ovan"`, `sv: c says "the"`, `sv: e says "erfordras"`}) {
		t.Errorf("%q", got)
	}
	if got := c.CheckEnglish(); !slices.Equal(got, []string{`en: b says "och"`}) {
		t.Errorf("%q", got)
	}
	if got := c.CheckSwedish("c"); len(got) != 3 {
		t.Errorf("%q", got)
	}
}

func TestTheLanguageIsMatched(t *testing.T) {
	t.Parallel()
	c := load(t, map[string]string{"sv/a": `{"a": "x"}`, "en/a": `{"a": "x"}`})
	for tags, want := range map[string]string{
		"en": "en", "en-GB": "en", "sv-SE": "sv", "": "sv", "de": "sv", "de-DE,en;q=0.8,sv;q=0.2": "en", "EN": "en", "*": "sv",
	} {
		if got := c.Match(tags); got != want {
			t.Errorf("%s: %s, want %s", tags, got, want)
		}
	}
	if got := c.Languages(); !slices.Equal(got, []string{"sv", "en"}) {
		t.Error(got)
	}
}

func TestSizesAreWrittenAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	c := load(t, map[string]string{"sv/a": `{"a": "x"}`, "en/a": `{"a": "x"}`})
	for size, want := range map[int64]string{
		0: "0 byte", 1: "1 byte", 812: "812 byte", 1000: "1 kB", 33_600: "34 kB", 999_400: "999 kB", 1_000_000: "1 MB", 2_140_000: "2,1 MB",
		50_000_000: "50 MB", 999_900_000: "999,9 MB", 1_400_000_000: "1,4 GB",
	} {
		if got := strings.ReplaceAll(c.Printer("sv").Size(size), "\u00a0", " "); got != want {
			t.Errorf("%d: %q, want %q", size, got, want)
		}
	}
	if got := c.Printer("en").Size(1_400_000_000); got != "1.4\u00a0GB" {
		t.Error(got)
	}
}
