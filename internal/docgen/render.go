package docgen

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"insyn/internal/config"
)

// settings is the table of the environment variables.
func settings() string {
	var b strings.Builder
	b.WriteString("| variable | default | what it is |\n|---|---|---|\n")
	for _, v := range config.Variables() {
		def := ""
		if v.Default != "" {
			def = "`" + v.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.Name, def, cell(v.Doc))
	}
	return b.String()
}

// Rooms draws which room imports which. An arrow that follows from others is not drawn, nor is what the mechanisms are to
// one another.
func Rooms(packages []Package) string {
	imports := roomImports(packages)
	var b strings.Builder
	b.WriteString("```mermaid\ngraph TD\n")
	inOrder := slices.SortedFunc(maps.Keys(imports), byHouse)
	for _, from := range inOrder {
		fmt.Fprintf(&b, "  %s[%q]\n", node(from), from)
	}
	for _, from := range inOrder {
		for _, to := range slices.SortedFunc(maps.Keys(imports[from]), byHouse) {
			if !implied(imports, from, to) {
				fmt.Fprintf(&b, "  %s --> %s\n", node(from), node(to))
			}
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// roomImports tells which rooms each room imports, itself left out.
func roomImports(packages []Package) map[string]map[string]bool {
	imports := map[string]map[string]bool{}
	for _, p := range packages {
		if p.test() {
			continue
		}
		from := room(p.Path)
		if imports[from] == nil {
			imports[from] = map[string]bool{}
		}
		for _, imported := range p.Imports {
			if to := room(imported); to != from {
				imports[from][to] = true
			}
		}
	}
	return imports
}

// implied tells whether there is a longer way from a room to one it imports. Rooms do not import in circles: the compiler
// and the architecture test see to that.
func implied(imports map[string]map[string]bool, from, to string) bool {
	for over := range imports[from] {
		if over != to && (imports[over][to] || implied(imports, over, to)) {
			return true
		}
	}
	return false
}

// mechanisms is the table of the packages below internal, with what each is for and which rooms use it.
func mechanisms(packages []Package) string {
	users := map[string][]string{}
	for _, p := range packages {
		if p.test() {
			continue
		}
		for _, imported := range p.Imports {
			by := room(p.Path)
			if by == "internal" {
				by = p.Path
			}
			if !slices.Contains(users[imported], by) {
				users[imported] = append(users[imported], by)
			}
		}
	}
	var b strings.Builder
	b.WriteString("| package | what it is for | used by |\n|---|---|---|\n")
	for _, p := range packages {
		if room(p.Path) != "internal" || strings.Contains(p.Path, "/cmd/") {
			continue
		}
		by := users[p.Path]
		slices.SortFunc(by, byHouse)
		for i, u := range by {
			by[i] = "`" + u + "`"
		}
		if p.test() {
			by = []string{"tests and generators only"}
		}
		fmt.Fprintf(&b, "| [`%s`](../%s) | %s | %s |\n", p.Path, p.Path, cell(purpose(p.Doc)), strings.Join(by, ", "))
	}
	return b.String()
}

// purpose is a package comment's first sentence without "Package name".
func purpose(doc string) string {
	words := strings.SplitN(doc, " ", 3)
	if len(words) == 3 && (words[0] == "Package" || words[0] == "Command") {
		return strings.TrimRight(words[2], ".:")
	}
	return strings.TrimRight(doc, ".:")
}

// cell keeps a text within its cell of a table, and angle brackets as they are written.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ").Replace(s)
}

func node(room string) string { return strings.ReplaceAll(room, "/", "_") }
