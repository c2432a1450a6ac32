package visitor

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// Submit sends the form with a button, found by its text; "" is the first button. A required field that is empty stops it,
// as it would in a browser.
func (f *Form) Submit(ctx context.Context, button string) (*Page, error) {
	if f.err != nil {
		return nil, f.err
	}
	b, err := f.button(button)
	if err != nil {
		return nil, err
	}
	if err := f.complete(b); err != nil {
		return nil, err
	}
	to, err := f.action(b)
	if err != nil {
		return nil, err
	}
	j := journey{method: http.MethodGet, to: to, from: f.page, form: true}
	method, _ := attr(f.node, "method")
	if m, ok := attr(b.node, "formmethod"); ok {
		method = m
	}
	pairs := f.pairs(b)
	switch {
	case !strings.EqualFold(method, "post"):
		to.RawQuery = texts(pairs).Encode()
	case f.multipart():
		j.method, j.body = http.MethodPost, stream(pairs)
	default:
		j.method, j.body = http.MethodPost, encoded(texts(pairs))
	}
	return f.page.v.travel(ctx, j)
}

// complete is what a browser checks before it sends.
func (f *Form) complete(button *control) error {
	if _, ok := attr(f.node, "novalidate"); ok {
		return nil
	}
	if _, ok := attr(button.node, "formnovalidate"); ok {
		return nil
	}
	for _, c := range f.controls {
		if _, required := attr(c.node, "required"); required && !f.answered(c) {
			return fmt.Errorf("field %s must be filled in on %s", c.name, f.page.describe())
		}
	}
	return nil
}

func (f *Form) answered(c *control) bool {
	switch c.kind {
	case "radio":
		return f.Value(c.name) != ""
	case "checkbox":
		return c.on
	case "file":
		return len(c.files) > 0
	}
	return f.Value(c.name) != ""
}

// pair is one entry of what is sent, in the order of the page.
type pair struct {
	name, value string
	files       []File
	isFile      bool
}

func (f *Form) pairs(button *control) []pair {
	var out []pair
	for _, c := range f.controls {
		if c.name == "" {
			continue
		}
		switch c.kind {
		case "radio", "checkbox":
			if c.on {
				out = append(out, pair{name: c.name, value: c.value})
			}
		case "select":
			for _, o := range c.options {
				if o.on {
					out = append(out, pair{name: c.name, value: o.value})
				}
			}
		case "submit", "image":
			if c == button {
				out = append(out, pair{name: c.name, value: c.value})
			}
		case "button", "reset":
		case "file":
			out = append(out, pair{name: c.name, files: c.files, isFile: true})
		case "textarea":
			// A browser sends line ends as CR LF.
			out = append(out, pair{name: c.name, value: strings.ReplaceAll(strings.ReplaceAll(c.value, "\r\n", "\n"), "\n", "\r\n")})
		default:
			out = append(out, pair{name: c.name, value: c.value})
		}
	}
	return out
}

// multipart tells whether the form says that it carries files.
func (f *Form) multipart() bool {
	kind, _ := attr(f.node, "enctype")
	return strings.EqualFold(kind, "multipart/form-data")
}

// texts are the entries of a form without files. A file field in such a form sends its file's name, as browsers do.
func texts(pairs []pair) url.Values {
	v := url.Values{}
	for _, p := range pairs {
		if !p.isFile {
			v.Add(p.name, p.value)
			continue
		}
		for _, f := range p.files {
			v.Add(p.name, f.Name)
		}
	}
	return v
}

func encoded(v url.Values) *payload {
	s := v.Encode()
	return &payload{mediaType: "application/x-www-form-urlencoded", length: int64(len(s)),
		open: func() io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }}
}

// stream writes the form while it is sent: files are never held whole.
func stream(pairs []pair) *payload {
	r, w := io.Pipe()
	m := multipart.NewWriter(w)
	return &payload{mediaType: m.FormDataContentType(), length: -1, open: func() io.ReadCloser {
		go func() {
			err := writeParts(m, pairs)
			if err == nil {
				err = m.Close()
			}
			_ = w.CloseWithError(err) // never fails
		}()
		return r
	}}
}

func writeParts(m *multipart.Writer, pairs []pair) error {
	for _, p := range pairs {
		if !p.isFile {
			if err := m.WriteField(p.name, p.value); err != nil {
				return fmt.Errorf("write field: %w", err)
			}
			continue
		}
		files := p.files
		if len(files) == 0 {
			files = []File{{Body: strings.NewReader("")}} // no file chosen: an empty part without a name
		}
		for _, f := range files {
			if err := writeFile(m, p.name, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeFile(m *multipart.Writer, field string, f File) error {
	// Browsers escape quotes and line ends by percent and nothing else.
	escape := strings.NewReplacer("\"", "%22", "\r", "%0D", "\n", "%0A")
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="%s"`, escape.Replace(field), escape.Replace(f.Name)))
	kind := f.Type
	if kind == "" {
		kind = "application/octet-stream"
	}
	h.Set("Content-Type", kind)
	w, err := m.CreatePart(h)
	if err != nil {
		return fmt.Errorf("begin file: %w", err)
	}
	if _, err := io.Copy(w, f.Body); err != nil {
		return fmt.Errorf("send file: %w", err)
	}
	return nil
}
