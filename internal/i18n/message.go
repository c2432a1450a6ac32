package i18n

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// message is one key's text: one form, or two chosen by the argument n.
type message struct {
	plural     bool
	one, other form
}

// form is a text cut at its arguments.
type form struct {
	source string
	parts  []part
}

// part is a piece of text, or an argument with the way it is written.
type part struct{ text, arg, format string }

// argument is {name} or {name:format}.
var argument = regexp.MustCompile(`\{([a-z][a-z0-9_]*)(?::([A-Za-z]+))?\}`)

func parse(raw json.RawMessage) (message, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		f, err := cut(text)
		return message{other: f}, err
	}
	var forms map[string]string
	if err := json.Unmarshal(raw, &forms); err != nil {
		return message{}, errors.New("neither a text nor a plural")
	}
	if _, one := forms["one"]; !one || len(forms) != 2 {
		return message{}, errors.New("a plural has one and other")
	}
	if _, other := forms["other"]; !other {
		return message{}, errors.New("a plural has one and other")
	}
	one, err := cut(forms["one"])
	if err != nil {
		return message{}, err
	}
	other, err := cut(forms["other"])
	return message{plural: true, one: one, other: other}, err
}

func cut(text string) (form, error) {
	if strings.TrimSpace(text) == "" {
		return form{}, errors.New("empty")
	}
	text = NoBreak(text)
	f := form{source: text}
	at := 0
	for _, m := range argument.FindAllStringSubmatchIndex(text, -1) {
		if m[0] > at {
			f.parts = append(f.parts, part{text: text[at:m[0]]})
		}
		p := part{arg: text[m[2]:m[3]]}
		if m[4] >= 0 {
			p.format = text[m[4]:m[5]]
		}
		if !slices.Contains(formats(), p.format) {
			return form{}, fmt.Errorf("unknown format %q", p.format)
		}
		f.parts = append(f.parts, p)
		at = m[1]
	}
	if at < len(text) {
		f.parts = append(f.parts, part{text: text[at:]})
	}
	for _, p := range f.parts {
		if strings.ContainsAny(p.text, "{}") {
			return form{}, errors.New("a brace that is no argument")
		}
	}
	return f, nil
}

// args lists the arguments of all forms, sorted; a plural always has n.
func (m message) args() []string {
	var names []string
	if m.plural {
		names = append(names, "n")
	}
	for _, f := range []form{m.one, m.other} {
		for _, p := range f.parts {
			if p.arg != "" {
				names = append(names, p.arg)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// pick is the form for these arguments.
func (m message) pick(args Args) form {
	if m.plural {
		if n, ok := number(args["n"]); ok && n == 1 {
			return m.one
		}
	}
	return m.other
}
