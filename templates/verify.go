package templates

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"text/template/parse"
)

// verify walks a finished template before it is used: every text, icon and template it names must be there, and every
// text must be given the arguments it wants. Then it makes html/template do its escaping, which it else does at first use.
func (s *Set) verify(t *template.Template, file, entry string) error {
	for _, part := range t.Templates() {
		if part.Tree == nil || part.Tree.Root == nil {
			continue
		}
		w := walker{set: s, all: t}
		w.list(part.Tree.Root)
		if len(w.faults) > 0 {
			return fmt.Errorf("template %s (%s): %w", part.Name(), file, errors.Join(w.faults...))
		}
	}
	var escape *template.Error
	if err := t.ExecuteTemplate(io.Discard, entry, nil); errors.As(err, &escape) {
		return fmt.Errorf("template %s: %w", file, err)
	}
	return nil
}

// walker collects the faults of one template.
type walker struct {
	set    *Set
	all    *template.Template
	faults []error
}

func (w *walker) fault(format string, args ...any) {
	w.faults = append(w.faults, fmt.Errorf(format, args...))
}

func (w *walker) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, node := range l.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			w.pipe(n.Pipe)
		case *parse.IfNode:
			w.branch(&n.BranchNode)
		case *parse.RangeNode:
			w.branch(&n.BranchNode)
		case *parse.WithNode:
			w.branch(&n.BranchNode)
		case *parse.TemplateNode:
			if found := w.all.Lookup(n.Name); found == nil || found.Tree == nil {
				w.fault("line %d: no template %q", n.Line, n.Name)
			}
			w.pipe(n.Pipe)
		}
	}
}

func (w *walker) branch(b *parse.BranchNode) {
	w.pipe(b.Pipe)
	w.list(b.List)
	w.list(b.ElseList)
}

func (w *walker) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for _, cmd := range p.Cmds {
		w.command(cmd)
		for _, arg := range cmd.Args {
			if inner, ok := arg.(*parse.PipeNode); ok {
				w.pipe(inner)
			}
		}
	}
}

// command looks at calls with a constant first argument: t "key", th "key" and icon "name".
func (w *walker) command(cmd *parse.CommandNode) {
	if len(cmd.Args) < 2 {
		return
	}
	name, ok := cmd.Args[0].(*parse.IdentifierNode)
	if !ok {
		return
	}
	first, ok := cmd.Args[1].(*parse.StringNode)
	if !ok {
		return
	}
	switch name.Ident {
	case "t", "th":
		w.text(first.Text, cmd.Args[2:], name.Ident == "th")
	case "icon", "iconLarge":
		if _, ok := icons()[first.Text]; !ok {
			w.fault("no icon %q", first.Text)
		}
	}
}

func (w *walker) text(key string, given []parse.Node, html bool) {
	if !w.set.texts.Has(key) {
		w.fault("no text %q", key)
		return
	}
	if len(given) == 1 { // a map of arguments, known only when drawn
		return
	}
	var names []string
	for i := 0; i < len(given); i += 2 {
		name, ok := given[i].(*parse.StringNode)
		if !ok {
			return
		}
		names = append(names, name.Text)
	}
	for _, want := range w.set.texts.Args(key) {
		if !slices.Contains(names, want) {
			w.fault("text %q is not given %q", key, want)
		}
	}
	for _, name := range names {
		if !slices.Contains(w.set.texts.Args(key), name) && (!html || !w.linked(key, name)) {
			w.fault("text %q does not use %q", key, name)
		}
	}
}

func (w *walker) linked(key, name string) bool {
	return strings.Contains(strings.Join(w.set.texts.Texts("sv", key), ""), "]("+name+")")
}
