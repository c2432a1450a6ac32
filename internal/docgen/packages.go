package docgen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
)

// Module is the name of the module; import paths begin with it.
const Module = "insyn"

// Package is what the go command says of a package. Path and Imports are relative to the module, and Imports has only its
// own packages, without those that tests import.
type Package struct {
	Path    string
	Doc     string // the first sentence of the package comment
	Imports []string
}

// Packages lists the packages of the module that root lies in.
func Packages(ctx context.Context, root string) ([]Package, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-e", "-json=ImportPath,Doc,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []Package
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Doc string
			Imports         []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		path, ok := strings.CutPrefix(p.ImportPath, Module+"/")
		if !ok {
			continue // the root has only tests
		}
		own := Package{Path: path, Doc: p.Doc}
		for _, imported := range p.Imports {
			if imported, ok := strings.CutPrefix(imported, Module+"/"); ok {
				own.Imports = append(own.Imports, imported)
			}
		}
		all = append(all, own)
	}
	slices.SortFunc(all, func(a, b Package) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

// test tells whether a package is for tests or for making the documentation, and no part of the service.
func (p Package) test() bool {
	return strings.HasPrefix(p.Path, "internal/testkit") || strings.HasPrefix(p.Path, "internal/docgen") || strings.HasSuffix(p.Path, "test")
}

// room is the part of the house a package belongs to: the first folder, two below handlers and cmd.
func room(path string) string {
	first, rest, _ := strings.Cut(path, "/")
	if first == "handlers" || first == "cmd" {
		second, _, _ := strings.Cut(rest, "/")
		return first + "/" + second
	}
	return first
}

// houseOrder is the order of the rooms from the top of the house down.
func houseOrder() []string {
	return []string{"cmd/insyn", "demo", "handlers/portal", "handlers/desk", "handlers/tasks", "handlers/web", "workflows", "models", "templates", "migrations",
		"internal"}
}

// byHouse sorts rooms from the top down; one that is new comes last.
func byHouse(a, b string) int {
	order := houseOrder()
	place := func(r string) int {
		if i := slices.Index(order, r); i >= 0 {
			return i
		}
		return len(order)
	}
	if d := place(a) - place(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
