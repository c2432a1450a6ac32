package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestPagesAreWhole walks the pages that everybody has and those of a person, in both languages, and holds each to what
// every page must have.
func TestPagesAreWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	r := w.withRequest(b)
	p := b.postAs(b.get("/ny"), "/ny", nil)
	base := strings.TrimSuffix(p.url.Path, "/namnder")
	b.post(p.url.Path, map[string][]string{"version": p.fields()["version"], "namnd": {"alla"}})
	paths := []string{"/", "/om/uppgifter", "/om/tillganglighet", "/om/kakor", "/kontrollera-paket", "/ny", base + "/namnder", base + "/om/SN", base + "/svar",
		base + "/kontrollera", base + "/slang", "/kvitto/" + r.Number, "/mina", ownPage, ownPage + "/ta-tillbaka",
		ownPage + "/fil/" + r.Cases[0].Letter.ID.String() + "/klar", "/finns-inte"}
	titles := map[string]string{}
	for _, lang := range []string{"sv", "en"} {
		b.get("/?lang=" + lang)
		for _, path := range paths {
			p := b.get(path)
			if p.status != http.StatusOK && path != "/finns-inte" {
				t.Errorf("%s: %d", path, p.status)
			}
			if got := attr(p.find("html", "", ""), "lang"); got != lang {
				t.Errorf("%s: lang is %q", path, got)
			}
			if strings.Contains(p.body, "⟦") || strings.Contains(p.body, "<script") || strings.Contains(p.body, "style=") {
				t.Errorf("%s: a text is missing, or there is a script or a style", path)
			}
			if other, ok := titles[lang+p.title()]; ok {
				t.Errorf("%s and %s have the same title", path, other)
			}
			titles[lang+p.title()] = path
			checkElements(t, path, p)
		}
	}
}

// checkElements: one h1, one main, ids once, labels for fields, words in links and buttons.
func checkElements(t *testing.T, path string, p page) {
	t.Helper()
	count, ids, labels := map[string]int{}, map[string]int{}, map[string]bool{}
	var fields []*html.Node
	p.walk(func(n *html.Node) bool {
		count[n.Data]++
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		switch n.Data {
		case "label":
			labels[attr(n, "for")] = true
		case "textarea", "select":
			fields = append(fields, n)
		case "input":
			if attr(n, "type") != "hidden" {
				fields = append(fields, n)
			}
		case "a", "button":
			if strings.TrimSpace(text(n)) == "" {
				t.Errorf("%s: a link or button says nothing", path)
			}
		}
		return false
	})
	if count["h1"] != 1 || count["main"] != 1 {
		t.Errorf("%s: %d h1, %d main", path, count["h1"], count["main"])
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s: id %s is there %d times", path, id, n)
		}
	}
	for _, f := range fields {
		if !labels[attr(f, "id")] {
			t.Errorf("%s: field %s has no label", path, attr(f, "name"))
		}
		for id := range strings.FieldsSeq(attr(f, "aria-describedby")) {
			if ids[id] == 0 {
				t.Errorf("%s: field %s is described by %s, which is not there", path, attr(f, "name"), id)
			}
		}
	}
	p.walk(func(n *html.Node) bool {
		if to, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && n.Data == "a" && ids[to] == 0 {
			t.Errorf("%s: a link leads to #%s, which is not there", path, to)
		}
		return false
	})
}

func TestLinksOfPublicPagesLeadSomewhere(t *testing.T) {
	t.Parallel()
	b := newWorld(t).browser()
	for _, path := range []string{"/", "/om/uppgifter", "/om/tillganglighet", "/om/kakor"} {
		b.get(path).walk(func(n *html.Node) bool {
			to := attr(n, "href")
			if strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/logga-in") {
				if p := b.get(to); p.status != http.StatusOK {
					t.Errorf("%s links to %s: %d", path, to, p.status)
				}
			}
			return false
		})
	}
}

func TestTheLanguageFollowsTheBrowserUntilOneChooses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	ask := func(accept string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", accept)
		return attr(b.do(req).find("html", "", ""), "lang")
	}
	if got := ask("en-GB,en;q=0.9"); got != "en" {
		t.Errorf("an English browser gets %s", got)
	}
	if got := ask("fi"); got != "sv" {
		t.Errorf("a Finnish browser gets %s", got)
	}
	if p := b.get("/?lang=sv"); p.url.RawQuery != "" {
		t.Errorf("the choice stays in the address: %s", p.url)
	}
	if got := ask("en-GB"); got != "sv" {
		t.Errorf("the choice is not remembered: %s", got)
	}
}
