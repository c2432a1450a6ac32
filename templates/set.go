package templates

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"insyn/internal/i18n"
	"insyn/internal/pdf"
)

//go:embed */*.html letters/document.css locales/*/*.json assets/app.css
var embedded embed.FS

// Files are the templates, texts and assets that are compiled in.
func Files() fs.FS { return embedded }

// Set is every template in every language, in one municipality's look. It is safe for concurrent use.
type Set struct {
	look      Look
	texts     *i18n.Catalog
	pages     map[string]*template.Template // "sv portal/start"
	documents map[string]*template.Template // "sv letters/decision"
	versions  map[string]string             // of the documents
	mark      *pdf.Logo                     // of the municipality, for letters and extracts
	mails     mailSet
	assets    assets
	style     template.CSS // of letters and extracts
}

// New reads what is compiled in. The look is checked for contrast.
func New(look Look) (*Set, error) { return Load(embedded, look) }

// Load is New with other files, for tests. Every file must be in its place: layout, portal, desk, letters, extract,
// mails, locales, assets.
func Load(fsys fs.FS, look Look) (*Set, error) {
	if err := look.check(); err != nil {
		return nil, err
	}
	texts, err := i18n.Load(fsys)
	if err != nil {
		return nil, err
	}
	s := &Set{look: look, texts: texts, pages: map[string]*template.Template{}, documents: map[string]*template.Template{}, versions: map[string]string{}}
	if s.mark, err = pdf.ParseLogo([]byte(look.printed())); err != nil {
		return nil, fmt.Errorf("look: the logo cannot be printed: %w", err)
	}
	if s.assets, err = loadAssets(fsys, look); err != nil {
		return nil, err
	}
	for _, lang := range texts.Languages() {
		for _, area := range []string{"portal", "desk"} {
			if err := s.loadPages(fsys, lang, area); err != nil {
				return nil, err
			}
		}
		if err := s.loadDocuments(fsys, lang); err != nil {
			return nil, err
		}
		if err := s.loadMails(fsys, lang); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// loadPages parses the pages of portal or desk: layout/parts.html and the area's layout, the area's own parts (files whose
// name begins with an underscore), then one page.
func (s *Set) loadPages(fsys fs.FS, lang, area string) error {
	files, err := fs.Glob(fsys, area+"/*.html")
	if err != nil || len(files) == 0 {
		return err
	}
	base, err := parseFiles(s.root(lang), fsys, "layout/parts.html", "layout/"+area+".html")
	if err != nil {
		return err
	}
	var pages []string
	for _, file := range files {
		if !strings.HasPrefix(path.Base(file), "_") {
			pages = append(pages, file)
		} else if base, err = parseFiles(base, fsys, file); err != nil {
			return err
		}
	}
	for _, file := range pages {
		own, err := base.Clone()
		if err != nil {
			return fmt.Errorf("clone for %s: %w", file, err)
		}
		if own, err = parseFiles(own, fsys, file); err != nil {
			return err
		}
		if err := s.verify(own, file, "layout"); err != nil {
			return err
		}
		s.pages[lang+" "+strings.TrimSuffix(file, ".html")] = own
	}
	return nil
}

// root is an empty template with the functions of a language.
func (s *Set) root(lang string) *template.Template {
	return template.New("root").Funcs(s.funcs(lang)).Option("missingkey=error")
}

func parseFiles(t *template.Template, fsys fs.FS, files ...string) (*template.Template, error) {
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("read template: %w", err)
		}
		if t, err = t.New(file).Parse(string(text)); err != nil {
			return nil, fmt.Errorf("parse %s: %w", file, err)
		}
	}
	return t, nil
}

// View is what a page is drawn from. In a page, {{.Data}} is the page's own view model and {{.Shell}} the header's.
type View struct {
	Lang   string // sv or en
	Title  string // of the page, without the service's name; no personal data, it ends up in browser histories
	Faults Faults // what is wrong with a form: the title then says so, and the layout draws the error summary
	Data   any    // the page's own
	Shell  any    // PortalShell or DeskShell
}

// page is the dot of layouts and pages.
type page struct {
	View
	Look Look
}

// Page draws portal/<name>.html or desk/<name>.html, named "portal/start" or "desk/queue", in its layout. Nothing is
// written to w unless the whole page could be drawn.
func (s *Set) Page(w io.Writer, name string, v View) error {
	t, ok := s.pages[s.Lang(v.Lang)+" "+name]
	if !ok {
		return fmt.Errorf("no page %s", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", page{v, s.look}); err != nil {
		return fmt.Errorf("draw page %s: %w", name, err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Pages lists the pages, such as "portal/start".
func (s *Set) Pages() []string {
	var names []string
	for key := range s.pages {
		if name, ok := strings.CutPrefix(key, i18n.Default+" "); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Lang is the language nearest to a tag or an Accept-Language header: sv unless it asks for another that is there.
func (s *Set) Lang(tags string) string { return s.texts.Match(tags) }

// T is the text of a key, for titles and the like that handlers need.
func (s *Set) T(lang, key string, args i18n.Args) string { return s.texts.Printer(lang).T(key, args) }

// Texts is the catalogue of texts.
func (s *Set) Texts() *i18n.Catalog { return s.texts }

// Look is the municipality's look and contact data.
func (s *Set) Look() Look { return s.look }
