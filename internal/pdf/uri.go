package pdf

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
)

// checkURI returns the address as it may stand in the file: one of four schemes, no control characters, pure ASCII. The
// address itself is left out of errors; it may hold personal data.
func (w *Writer) checkURI(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		w.fail(errors.New("pdf: a link holds a control character or a space"))
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		w.fail(errors.New("pdf: a link cannot be parsed"))
		return ""
	}
	switch u.Scheme = strings.ToLower(u.Scheme); {
	case u.Scheme == "http" || u.Scheme == "https":
		if u.Host == "" {
			w.fail(errors.New("pdf: a web link names no host"))
			return ""
		}
	case (u.Scheme == "mailto" || u.Scheme == "tel") && u.Opaque != "":
	default:
		w.fail(errors.New("pdf: a link's scheme is none of http, https, mailto and tel"))
		return ""
	}
	return ascii(u.String())
}

// ascii writes what is not ASCII percent-encoded.
func ascii(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < 0x80 {
			b.WriteByte(c)
			continue
		}
		b.WriteString("%" + strings.ToUpper(string("0123456789abcdef"[c>>4])+string("0123456789abcdef"[c&15])))
	}
	return b.String()
}
