package docgen_test

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"insyn/internal/docgen"
)

const root = "../.."

func TestGeneratedPartsAreFresh(t *testing.T) {
	t.Parallel()
	packages, err := docgen.Packages(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range docgen.Pages() {
		is, should, err := docgen.Fresh(root, p, packages)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(is, should) {
			t.Errorf("%s is not what the code says; run go generate ./internal/docgen", p.Path)
		}
	}
}

func TestFillKeepsTheRest(t *testing.T) {
	t.Parallel()
	page := "before\n<!-- generated: x; go generate ./... -->\nold\n<!-- end of generated -->\nafter\n"
	got, err := docgen.Fill([]byte(page), "x", "new\n")
	if err != nil {
		t.Fatal(err)
	}
	want := "before\n<!-- generated: x; go generate ./... -->\n\nnew\n\n<!-- end of generated -->\nafter\n"
	if string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if again, err := docgen.Fill(got, "x", "new\n"); err != nil || string(again) != want {
		t.Errorf("filled again: %q, %v", again, err)
	}
	if _, err := docgen.Fill([]byte("no place"), "x", "new\n"); err == nil {
		t.Error("a page without a place was filled")
	}
}

// TestRoomsDrawsWhatIsImported draws a small house: arrows that follow from others and rooms for tests are left out.
func TestRoomsDrawsWhatIsImported(t *testing.T) {
	t.Parallel()
	house := []docgen.Package{
		{Path: "cmd/insyn", Imports: []string{"handlers/desk", "models", "internal/clock"}},
		{Path: "handlers/desk", Imports: []string{"models"}},
		{Path: "internal/clock"},
		{Path: "internal/testkit", Imports: []string{"migrations"}},
		{Path: "models", Imports: []string{"internal/clock"}},
	}
	want := strings.Join([]string{"```mermaid", "graph TD", `  cmd_insyn["cmd/insyn"]`, `  handlers_desk["handlers/desk"]`, `  models["models"]`,
		`  internal["internal"]`, "  cmd_insyn --> handlers_desk", "  handlers_desk --> models", "  models --> internal", "```", ""}, "\n")
	if got := docgen.Rooms(house); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// link matches the target of a Markdown link or picture.
var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinksLeadSomewhere follows every link between the pages to a file, and to a heading where it names one.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, found...)
	}
	if len(pages) < 10 {
		t.Fatalf("only %d pages found", len(pages))
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			target, err := url.Parse(m[1])
			if err != nil {
				t.Errorf("%s: %q is no address", page, m[1])
				continue
			}
			if target.Scheme != "" || target.Host != "" {
				continue
			}
			to := page
			if target.Path != "" {
				to = filepath.Join(filepath.Dir(page), filepath.FromSlash(target.Path))
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, m[1])
				continue
			}
			if target.Fragment != "" && !hasHeading(t, to, target.Fragment) {
				t.Errorf("%s leads to %s, a heading that is not there", page, m[1])
			}
		}
	}
}

var notInAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)

func hasHeading(t *testing.T, page, anchor string) bool {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		heading := strings.TrimLeft(line, "#")
		if heading == line {
			continue
		}
		made := strings.ReplaceAll(strings.ToLower(notInAnchor.ReplaceAllString(strings.TrimSpace(heading), "")), " ", "-")
		if made == anchor {
			return true
		}
	}
	return false
}
