package templates_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"insyn/templates"
)

func TestALookThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*templates.Look){
		"a pale brand":          func(l *templates.Look) { l.Brand = "#5a9e92" },
		"a pale strong brand":   func(l *templates.Look) { l.BrandStrong = "#4f8f84" },
		"a dark soft brand":     func(l *templates.Look) { l.BrandSoft = "#8ab0a4" },
		"a dark surface":        func(l *templates.Look) { l.Surface = "#777777" },
		"a dark sunk surface":   func(l *templates.Look) { l.SurfaceSunk = "#bbbbbb" },
		"a colour by name":      func(l *templates.Look) { l.Brand = "green" },
		"a line that is style":  func(l *templates.Look) { l.Line = "red;}body{display:none" },
		"no name":               func(l *templates.Look) { l.Municipality = "" },
		"a logo with a script":  func(l *templates.Look) { l.Logo = `<svg viewBox="0 0 1 1"><script>alert(1)</script></svg>` },
		"a logo with a handler": func(l *templates.Look) { l.Logo = `<svg viewBox="0 0 1 1" onload="x()"/>` },
		"a logo that fetches":   func(l *templates.Look) { l.Logo = `<svg><path fill="url(https://x.example/a)" d="M0 0"/></svg>` },
		"a logo with an image":  func(l *templates.Look) { l.Logo = `<svg><image href="https://x.example/a.png"/></svg>` },
		"a logo with style":     func(l *templates.Look) { l.Logo = `<svg><style>*{color:red}</style></svg>` },
		"a logo that is broken": func(l *templates.Look) { l.Logo = `<svg><path></svg>` },
		"a logo of other kind":  func(l *templates.Look) { l.Logo = `<img src="x">` },
	} {
		look := templates.DefaultLook("Exempelby kommun")
		change(&look)
		if _, err := templates.Load(only(t, nil), look); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	look := templates.DefaultLook("Exempelby kommun")
	look.Logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44"><path fill="#123456" d="M0 0h44v44H0z"/></svg>`
	if _, err := templates.Load(only(t, nil), look); err != nil {
		t.Errorf("a plain logo: %v", err)
	}
}

func TestAssetsAreServedUnderTheirHash(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	path, err := s.AssetPath("app.css")
	if err != nil || !regexp.MustCompile(`^/assets/app\.[0-9a-f]{16}\.css$`).MatchString(path) {
		t.Fatalf("%s, %v", path, err)
	}
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.Assets().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	w := get(path)
	css := w.Body.String()
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if !strings.HasSuffix(css, "--kommun-line:#ddd6c8}") || !strings.Contains(css, "Copyright (c) Crown Copyright") {
		t.Error("the style sheet lacks the look or the notice of its licence")
	}
	rest := strings.ReplaceAll(strings.ToLower(css), "crown copyright", "")
	rest = strings.ReplaceAll(rest, "fonts, crown and images are not used", "")
	for _, not := range []string{"gds transport", "crown", "@font-face", "url(", "@import"} {
		if strings.Contains(rest, not) {
			t.Errorf("the style sheet has %q", not)
		}
	}
	for _, path := range []string{"/assets/app.css", "/assets/app.0000000000000000.css", "/assets/../set.go", "/assets/"} {
		if w := get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	icon, _ := s.AssetPath("favicon.svg")
	if w := get(icon); w.Header().Get("Content-Type") != "image/svg+xml" || !strings.Contains(w.Body.String(), `xmlns="http`) {
		t.Error("no icon")
	}
	other := templates.DefaultLook("Exempelby kommun")
	other.Brand = "#003366"
	o, err := templates.Load(only(t, nil), other)
	if err != nil {
		t.Fatal(err)
	}
	if p, _ := o.AssetPath("app.css"); p == path {
		t.Error("another look has the same address")
	}
	if _, err := s.AssetPath("app.js"); err == nil {
		t.Error("an unknown asset has an address")
	}
}

func TestTheDocumentPolicyAllowsItsOwnStyleOnly(t *testing.T) {
	t.Parallel()
	p := load(t, nil).DocumentPolicy()
	if !strings.HasPrefix(p, "default-src 'none'; style-src 'sha256-") || strings.Contains(p, "unsafe") {
		t.Error(p)
	}
}
