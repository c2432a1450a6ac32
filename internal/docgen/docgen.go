// Package docgen writes the parts of the documentation that the code knows best: the settings, which room imports which,
// and what each package is for. A page holds a generated part between two lines,
//
//	<!-- generated: NAME; go generate ./... -->
//	<!-- end of generated -->
//
// and the test of this package fails when what stands there is not what the code says.
package docgen

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

//go:generate go run ./cmd/docgen ../..

// Page is a file with generated parts. Path is relative to the root of the repository, with slashes.
type Page struct {
	Path  string
	Parts []Part
}

// Part is one generated part of a page.
type Part struct {
	Name   string
	Render func(packages []Package) string
}

// Pages lists every page with generated parts.
func Pages() []Page {
	return []Page{
		{"README.md", []Part{{"settings", func([]Package) string { return settings() }}}},
		{"docs/architecture.md", []Part{{"rooms", Rooms}, {"mechanisms", mechanisms}}},
	}
}

const endMark = "<!-- end of generated -->\n"

func beginMark(name string) string { return "<!-- generated: " + name + "; go generate ./... -->\n" }

// Fill puts a part's text in its place in a page. It fails when the page has no place for it.
func Fill(page []byte, name, text string) ([]byte, error) {
	before, rest, begun := bytes.Cut(page, []byte(beginMark(name)))
	_, after, ended := bytes.Cut(rest, []byte(endMark))
	if !begun || !ended {
		return nil, fmt.Errorf("no place for the generated part %s", name)
	}
	var out bytes.Buffer
	out.Write(before)
	out.WriteString(beginMark(name))
	out.WriteString("\n" + text + "\n" + endMark)
	out.Write(after)
	return out.Bytes(), nil
}

// Fresh returns a page as it stands below root, and as it should.
func Fresh(root string, p Page, packages []Package) (is, should []byte, err error) {
	if is, err = os.ReadFile(filepath.Join(root, filepath.FromSlash(p.Path))); err != nil { //nolint:gosec // G304: one of Pages
		return nil, nil, err
	}
	should = is
	for _, part := range p.Parts {
		if should, err = Fill(should, part.Name, part.Render(packages)); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", p.Path, err)
		}
	}
	return is, should, nil
}

// Write brings every page below root up to date. Pages that are fresh are not touched.
func Write(root string, packages []Package) error {
	var failed error
	for _, p := range Pages() {
		is, should, err := Fresh(root, p, packages)
		if err == nil && !bytes.Equal(is, should) {
			err = os.WriteFile(filepath.Join(root, filepath.FromSlash(p.Path)), should, 0o644) //nolint:gosec // G306: documentation
		}
		failed = errors.Join(failed, err)
	}
	return failed
}
