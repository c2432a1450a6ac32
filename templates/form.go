package templates

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Fault is one thing that is wrong with a form. Handlers make it of workflows.FieldError.
type Fault struct {
	Field string         // the field's name
	Key   string         // of the text, such as error.reasons-missing
	Args  map[string]any // what fills it
	ID    string         // of the element the summary links to; empty: the field's name
}

// Target is the id of the element that the error summary links to.
func (f Fault) Target() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Field
}

// Faults is what is wrong with a form, in the order of its fields.
type Faults []Fault

// On is what is wrong with a field, or nil.
func (f Faults) On(field string) *Fault {
	for i := range f {
		if f[i].Field == field {
			return &f[i]
		}
	}
	return nil
}

// Field is what the parts of a form are drawn from: input, textarea, select, radios, checkboxes, checkbox, file-input,
// date-input. Templates build it with names in lower case:
//
//	{{template "textarea" (field "name" "about" "label" (t "…") "hint" (t "…") "value" .Data.About "faults" .Faults)}}
type Field struct {
	Name         string
	ID           string // empty: the name
	Label        string // or, of a group, its legend
	Hint         string
	Size         string // of the label: "" (plain), s, m, l or xl
	Heading      bool   // the label is the page's h1
	Hidden       bool   // the label is for screen readers only
	Value        string
	Day          string // date-input: what was typed; the fields are <name>-day, -month and -year
	Month        string
	Year         string
	Options      []Option
	Picks        bool   // radios and checkboxes as a list of rows in a card
	Inline       bool   // radios side by side
	Type         string // of an input; empty: text
	Autocomplete string
	Inputmode    string
	Width        string // of an input, in characters: 2, 3, 4, 5, 10, 20 or 30
	Rows         int    // of a textarea; 0: 5
	Accept       string // of a file
	Multiple     bool   // of a file
	Checked      bool   // of a checkbox
	Faults       Faults
}

// Element is the id of the field's element.
func (f Field) Element() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

// Fault is what is wrong with the field, or nil.
func (f Field) Fault() *Fault { return f.Faults.On(f.Name) }

// Described is the value of aria-describedby: hint and error, or empty.
func (f Field) Described() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.Element()+"-hint")
	}
	if f.Fault() != nil {
		ids = append(ids, f.Element()+"-error")
	}
	return strings.Join(ids, " ")
}

// InputType is the type of an input.
func (f Field) InputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// Height is the number of rows of a textarea.
func (f Field) Height() int {
	const usual = 5
	if f.Rows == 0 {
		return usual
	}
	return f.Rows
}

// OptionID is the id of the option at an index: the first has the field's own, so that the error summary leads to it.
func (f Field) OptionID(i int) string {
	if i == 0 {
		return f.Element()
	}
	return fmt.Sprintf("%s-%d", f.Element(), i+1)
}

// Option is one choice of radios, checkboxes or a select.
type Option struct {
	Value   string
	Label   string
	Hint    string
	Why     string // a line of its own below the hint: why it is suggested
	Checked bool
}

// Link is an address and its words.
type Link struct{ URL, Text string }

// Message is one message of a list (part "messages", given a []Message).
type Message struct {
	By   string // who wrote it
	At   time.Time
	Note string // after the time: read at, not read
	Mine bool   // written by the reader's side
	Text string
}

// TimelineItem is one entry of a timeline (part "timeline", given a []TimelineItem).
type TimelineItem struct {
	At    time.Time // or
	When  string    // words instead of a time, for what is going on or still to come
	Title string
	Text  string
	By    string // on the desk: after the time
	Long  bool   // the time with its weekday and year
	Next  bool   // going on now
	Later bool   // still to come
}

func newField(pairs ...any) (Field, error)   { return build[Field](pairs) }
func newOption(pairs ...any) (Option, error) { return build[Option](pairs) }
func newLink(url, text string) Link          { return Link{url, text} }

// build fills a struct from pairs of a field's name in lower case and a value. A wrong name or type is an error.
func build[T any](pairs []any) (T, error) {
	var out T
	if len(pairs)%2 != 0 {
		return out, errors.New("a name has no value")
	}
	v := reflect.ValueOf(&out).Elem()
	for i := 0; i < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		f := v.FieldByNameFunc(func(s string) bool { return strings.EqualFold(s, name) })
		if !f.IsValid() {
			return out, fmt.Errorf("%T has no %q", out, name)
		}
		given := reflect.ValueOf(pairs[i+1])
		switch {
		case !given.IsValid(): // nil
		case given.Type().AssignableTo(f.Type()):
			f.Set(given)
		case given.Kind() == f.Kind() && given.CanConvert(f.Type()): // a named string type
			f.Set(given.Convert(f.Type()))
		default:
			return out, fmt.Errorf("%T.%s cannot be a %s", out, name, given.Type())
		}
	}
	return out, nil
}

// dict is a map for a part of one's own.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict: a name has no value")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// list is a slice of its arguments; all options make an []Option.
func list(items ...any) any {
	options := make([]Option, 0, len(items))
	for _, item := range items {
		o, ok := item.(Option)
		if !ok {
			return items
		}
		options = append(options, o)
	}
	return options
}
