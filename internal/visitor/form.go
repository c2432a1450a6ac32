package visitor

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Form is a form of a page being filled in. The first thing that goes wrong is remembered and returned by Submit, so that
// a form can be filled in in one sentence.
type Form struct {
	page     *Page
	node     *html.Node
	controls []*control
	err      error
}

// control is a field or button of a form.
type control struct {
	node    *html.Node
	kind    string // input's type, or textarea, select
	name    string
	value   string   // of a text, or of a choice
	on      bool     // a radio or a box is chosen
	options []option // of a select
	files   []File
}

type option struct {
	value, label string
	on           bool
}

// File is a file to attach. Body is read once, while the form is sent.
type File struct {
	Name string
	Type string // media type a browser would guess; "" is application/octet-stream
	Body io.Reader
}

// Match tells whether a form is the one that is looked for.
type Match func(*Form) bool

// ActionEnds matches a form whose address ends so, query and fragment apart.
func ActionEnds(suffix string) Match {
	return func(f *Form) bool {
		u, err := f.action(nil)
		return err == nil && strings.HasSuffix(u.Path, suffix)
	}
}

// HasButton matches a form with a button of that text.
func HasButton(text string) Match {
	return func(f *Form) bool { _, err := f.button(text); return err == nil }
}

// HasValue matches a form in which a field has the value from the start.
func HasValue(name, value string) Match {
	return func(f *Form) bool {
		return slices.ContainsFunc(f.controls, func(c *control) bool { return c.name == name && c.value == value })
	}
}

// HasField matches a form that has a field of that name.
func HasField(name string) Match {
	return func(f *Form) bool {
		return slices.ContainsFunc(f.controls, func(c *control) bool { return c.name == name })
	}
}

// Form finds the one form that every match holds for. A form that is not there, or more than one, is remembered as the
// form's error.
func (p *Page) Form(matches ...Match) *Form {
	found := p.Forms(matches...)
	if len(found) == 1 {
		return found[0]
	}
	var there []string
	for _, f := range p.Forms() {
		if u, err := f.action(nil); err == nil {
			there = append(there, u.Path)
		}
	}
	return &Form{page: p, err: fmt.Errorf("%d forms match on %s; there are %s", len(found), p.describe(), strings.Join(there, ", "))}
}

// Forms lists the forms that every match holds for.
func (p *Page) Forms(matches ...Match) []*Form {
	var out []*Form
	for _, e := range p.Find("form") {
		f := p.readForm(e.node)
		if !slices.ContainsFunc(matches, func(m Match) bool { return !m(f) }) {
			out = append(out, f)
		}
	}
	return out
}

// Offers tells whether the page has a form like this.
func (p *Page) Offers(matches ...Match) bool { return len(p.Forms(matches...)) > 0 }

func (p *Page) readForm(form *html.Node) *Form {
	f := &Form{page: p, node: form}
	id, _ := attr(form, "id")
	for n := range p.doc.Descendants() {
		if n.Type != html.ElementNode || !isControl(n) {
			continue
		}
		if owner, ok := attr(n, "form"); ok {
			if owner != id || id == "" {
				continue
			}
		} else if !within(n, form) {
			continue
		}
		if !disabled(n) {
			f.controls = append(f.controls, readControl(n))
		}
	}
	return f
}

func isControl(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Input, atom.Textarea, atom.Select, atom.Button:
		return true
	}
	return false
}

func within(n, ancestor *html.Node) bool {
	for a := range n.Ancestors() {
		if a == ancestor {
			return true
		}
	}
	return false
}

// disabled tells whether a browser would leave the control out; a disabled fieldset disables all in it.
func disabled(n *html.Node) bool {
	if _, ok := attr(n, "disabled"); ok {
		return true
	}
	for a := range n.Ancestors() {
		if _, ok := attr(a, "disabled"); ok && a.DataAtom == atom.Fieldset {
			return true
		}
	}
	return false
}

func readControl(n *html.Node) *control {
	c := &control{node: n, kind: n.Data}
	c.name, _ = attr(n, "name")
	c.value, _ = attr(n, "value")
	switch n.DataAtom {
	case atom.Input:
		kind, _ := attr(n, "type")
		if c.kind = strings.ToLower(kind); c.kind == "" {
			c.kind = "text"
		}
		_, c.on = attr(n, "checked")
		if _, ok := attr(n, "value"); !ok && (c.kind == "checkbox" || c.kind == "radio") {
			c.value = "on"
		}
	case atom.Textarea:
		c.value = inner(n)
	case atom.Button:
		kind, _ := attr(n, "type")
		if c.kind = strings.ToLower(kind); c.kind == "" {
			c.kind = "submit"
		}
	case atom.Select:
		c.options = readOptions(n)
	}
	return c
}

func readOptions(n *html.Node) []option {
	var out []option
	chosen := false
	for d := range n.Descendants() {
		if d.DataAtom != atom.Option {
			continue
		}
		o := option{label: plain(inner(d))}
		var given bool
		if o.value, given = attr(d, "value"); !given {
			o.value = o.label
		}
		_, o.on = attr(d, "selected")
		chosen = chosen || o.on
		out = append(out, o)
	}
	if _, multiple := attr(n, "multiple"); !chosen && !multiple && len(out) > 0 {
		out[0].on = true
	}
	return out
}

func (f *Form) fail(format string, args ...any) *Form {
	if f.err == nil {
		f.err = fmt.Errorf(format+" on %s", append(args, f.page.describe())...)
	}
	return f
}

// Err is the first thing that went wrong.
func (f *Form) Err() error { return f.err }

// Value is what a field holds now; of radios and boxes the chosen value.
func (f *Form) Value(field string) string {
	for _, c := range f.controls {
		if !f.named(c, field) {
			continue
		}
		switch c.kind {
		case "radio", "checkbox":
			if c.on {
				return c.value
			}
		case "select":
			for _, o := range c.options {
				if o.on {
					return o.value
				}
			}
		default:
			return c.value
		}
	}
	return ""
}

// Fill writes in a text field, found by its name or its label.
func (f *Form) Fill(field, text string) *Form {
	if f.err != nil {
		return f
	}
	for _, c := range f.controls {
		if !c.writable() || !f.named(c, field) {
			continue
		}
		if limit, ok := attr(c.node, "maxlength"); ok {
			if n, err := strconv.Atoi(limit); err == nil && utf8.RuneCountInString(text) > n {
				return f.fail("field %s takes no more than %d characters", field, n)
			}
		}
		if _, locked := attr(c.node, "readonly"); locked {
			return f.fail("field %s cannot be written in", field)
		}
		c.value = text
		return f
	}
	return f.fail("no field %s", field)
}

func (c *control) writable() bool {
	switch c.kind {
	case "hidden", "radio", "checkbox", "submit", "button", "reset", "image", "file", "select":
		return false
	}
	return true
}

// Choose picks one radio button or option: by the group's name or legend, and the choice's value or label.
func (f *Form) Choose(field, choice string) *Form {
	if f.err != nil {
		return f
	}
	var picked *control
	for _, c := range f.controls {
		if c.kind == "select" && f.named(c, field) {
			return f.pick(c, field, choice)
		}
		if c.kind == "radio" && f.named(c, field) && f.chosen(c, choice) {
			picked = c
			break
		}
	}
	if picked == nil {
		return f.fail("no choice %s of %s", choice, field)
	}
	for _, c := range f.controls {
		if c.kind == "radio" && c.name == picked.name {
			c.on = c == picked
		}
	}
	return f
}

func (f *Form) pick(c *control, field, choice string) *Form {
	i := slices.IndexFunc(c.options, func(o option) bool { return o.value == choice || o.label == plain(choice) })
	if i < 0 {
		return f.fail("no choice %s of %s", choice, field)
	}
	for j := range c.options {
		c.options[j].on = j == i
	}
	return f
}

// Tick and Untick set a box: by its name or legend, and its value or label.
func (f *Form) Tick(field, choice string) *Form { return f.box(field, choice, true) }

// Untick empties a box.
func (f *Form) Untick(field, choice string) *Form { return f.box(field, choice, false) }

func (f *Form) box(field, choice string, on bool) *Form {
	if f.err != nil {
		return f
	}
	for _, c := range f.controls {
		if c.kind == "checkbox" && f.named(c, field) && f.chosen(c, choice) {
			c.on = on
			return f
		}
	}
	return f.fail("no box %s of %s", choice, field)
}

// Attach puts files in a file field.
func (f *Form) Attach(field string, files ...File) *Form {
	if f.err != nil {
		return f
	}
	for _, c := range f.controls {
		if c.kind != "file" || !f.named(c, field) {
			continue
		}
		if _, several := attr(c.node, "multiple"); len(files) > 1 && !several {
			return f.fail("field %s takes one file", field)
		}
		c.files = files
		return f
	}
	return f.fail("no file field %s", field)
}

// Choices lists the values that a group of radios, boxes or a select offers.
func (f *Form) Choices(field string) []string {
	var out []string
	for _, c := range f.controls {
		if !f.named(c, field) {
			continue
		}
		if c.kind == "radio" || c.kind == "checkbox" {
			out = append(out, c.value)
		}
		for _, o := range c.options {
			out = append(out, o.value)
		}
	}
	return out
}

// named tells whether a control is meant by its name, its label, or the legend of its group.
func (f *Form) named(c *control, field string) bool {
	if c.name == field {
		return true
	}
	if c.kind == "radio" || c.kind == "checkbox" {
		return legend(c.node) == plain(field)
	}
	return slices.Contains(f.labels(c), plain(field))
}

func (f *Form) chosen(c *control, choice string) bool {
	return c.value == choice || slices.Contains(f.labels(c), plain(choice))
}

// labels are the texts of a control's labels.
func (f *Form) labels(c *control) []string {
	var out []string
	for a := range c.node.Ancestors() {
		if a.DataAtom == atom.Label {
			out = append(out, plain(Element{a}.Text()))
		}
	}
	if id, ok := attr(c.node, "id"); ok {
		for _, l := range f.page.Find("label") {
			if l.Attr("for") == id {
				out = append(out, plain(l.Text()))
			}
		}
	}
	if l, ok := attr(c.node, "aria-label"); ok {
		out = append(out, plain(l))
	}
	return out
}

func legend(n *html.Node) string {
	for a := range n.Ancestors() {
		if a.DataAtom != atom.Fieldset {
			continue
		}
		for c := range a.ChildNodes() {
			if c.DataAtom == atom.Legend {
				return plain(Element{c}.Text())
			}
		}
	}
	return ""
}

// button finds a submit button by its text, its value or its name; "" is the form's first.
func (f *Form) button(text string) (*control, error) {
	for _, match := range []func(*control) bool{
		func(c *control) bool { return text == "" || plain(f.caption(c)) == plain(text) },
		func(c *control) bool { return c.value == text || c.name == text },
		func(c *control) bool { return strings.Contains(plain(f.caption(c)), plain(text)) },
	} {
		for _, c := range f.controls {
			if (c.kind == "submit" || c.kind == "image") && match(c) {
				return c, nil
			}
		}
	}
	return nil, fmt.Errorf("no button “%s” on %s", text, f.page.describe())
}

func (f *Form) caption(c *control) string {
	if c.node.DataAtom == atom.Input {
		return c.value
	}
	return Element{c.node}.Text()
}

// Buttons are the texts of the form's submit buttons.
func (f *Form) Buttons() []string {
	var out []string
	for _, c := range f.controls {
		if c.kind == "submit" {
			out = append(out, plain(f.caption(c)))
		}
	}
	return out
}

// action is where the form goes when it is sent with the button.
func (f *Form) action(button *control) (*url.URL, error) {
	to, _ := attr(f.node, "action")
	if button != nil {
		if own, ok := attr(button.node, "formaction"); ok {
			to = own
		}
	}
	u, err := f.page.URL.Parse(to)
	if err != nil {
		return nil, fmt.Errorf("address of a form: %w", err)
	}
	return u, nil
}
