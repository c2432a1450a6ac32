package templates

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"insyn/internal/calendar"
)

// Controller is the sender of a letter or extract.
type Controller struct {
	Name      string // “Socialnämnden”
	Kind      string // namnd, styrelse, revision, bolag or stiftelse
	Sensitive bool   // whether there is anything at all may be secret there
	Court     string // where its decisions are appealed: “Förvaltningsrätten i Exempelstad”
	Address   string // postal address, lines parted by line breaks or commas
	Email     string
	Phone     string
	DPOName   string
	DPOEmail  string
	DPOPhone  string
}

// Authority reports whether the controller is an authority: its decisions can be appealed, and its letters carry the
// municipality's name and mark. Companies and foundations are legal persons of their own.
func (c Controller) Authority() bool { return c.Kind != "bolag" && c.Kind != "stiftelse" }

// Possessive is the name in the genitive, as Swedish writes it: Socialnämndens, Kommunens revisorers, Exempelhus. English
// puts “of” before the name and leaves it as it is.
func (c Controller) Possessive(lang string) string {
	if calendar.IsEnglish(lang) {
		return c.Name
	}
	for _, end := range []string{"s", "x", "z"} {
		if strings.HasSuffix(c.Name, end) {
			return c.Name
		}
	}
	return c.Name + "s"
}

// AddressLines is the address line by line.
func (c Controller) AddressLines() []string { return lines(c.Address) }

func lines(address string) []string {
	var out []string
	for line := range strings.FieldsFuncSeq(address, func(r rune) bool { return r == '\n' || r == ',' }) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// source is what a document is made from: its files, and the beginnings of the keys of the texts it says.
type source struct{ files, texts []string }

// documents are the templates of letters and extracts.
func documents() map[string]source {
	letter := []string{"letter.", "ground."}
	notice := []string{"letter.", "notice.", "desk.receipt."}
	return map[string]source{
		"letters/decision":   {[]string{"letters/parts.html", "letters/remedy.html", "letters/decision.html"}, letter},
		"letters/change":     {[]string{"letters/parts.html", "letters/remedy.html", "letters/change.html"}, letter},
		"letters/extension":  {[]string{"letters/parts.html", "letters/remedy.html", "letters/notice.html", "letters/extension.html"}, notice},
		"letters/completion": {[]string{"letters/parts.html", "letters/notice.html", "letters/completion.html"}, notice},
		"letters/receipt":    {[]string{"letters/parts.html", "letters/notice.html", "letters/receipt.html"}, notice},
		"letters/forwarding": {[]string{"letters/parts.html", "letters/notice.html", "letters/forwarding.html"}, notice},
		"letters/service":    {[]string{"letters/parts.html", "letters/notice.html", "letters/service.html"}, notice},
		"extract/extract":    {[]string{"letters/parts.html", "extract/extract.html"}, []string{"letter.", "extract."}},
	}
}

func (s *Set) loadDocuments(fsys fs.FS, lang string) error {
	css, err := fs.ReadFile(fsys, "letters/document.css")
	if err != nil {
		return fmt.Errorf("read the style of documents: %w", err)
	}
	s.style = template.CSS(strings.TrimSpace(s.look.properties() + "\n" + string(css))) //nolint:gosec // our own file
	for name, from := range documents() {
		t, err := parseFiles(s.root(lang), fsys, from.files...)
		if err != nil {
			return err
		}
		if err := s.verify(t, name, "document"); err != nil {
			return err
		}
		s.documents[lang+" "+name] = t
		if s.versions[lang+" "+name], err = s.version(fsys, lang, name, from); err != nil {
			return err
		}
	}
	return nil
}

// version is a short name for what a document is made from: another file or text, another version.
func (s *Set) version(fsys fs.FS, lang, name string, from source) (string, error) {
	const shown = 4 // bytes of the hash
	h := sha256.New()
	for _, file := range from.files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return "", fmt.Errorf("read template: %w", err)
		}
		fmt.Fprintf(h, "%q %q\n", file, text)
	}
	for _, key := range s.texts.Keys() {
		if slices.ContainsFunc(from.texts, func(begins string) bool { return strings.HasPrefix(key, begins) }) {
			fmt.Fprintf(h, "%q %q\n", key, s.texts.Texts(lang, key))
		}
	}
	return path.Base(name) + "-" + lang + "-" + hex.EncodeToString(h.Sum(nil)[:shown]), nil
}

// draw draws a document as HTML; the bytes are the same for the same data.
func (s *Set) draw(w io.Writer, lang, name string, data any) error {
	if err := s.documents[s.Lang(lang)+" "+name].ExecuteTemplate(w, "document", data); err != nil {
		return fmt.Errorf("draw %s: %w", name, err)
	}
	return nil
}

// document is a document as HTML, in memory.
func (s *Set) document(lang, name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := s.draw(&b, lang, name, data); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// DocumentPolicy is the Content-Security-Policy under which letters and extracts are shown in a browser: their own style
// and nothing else, from nowhere.
func (s *Set) DocumentPolicy() string {
	sum := sha256.Sum256([]byte(s.style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
}
