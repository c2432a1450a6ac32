package pdf_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"insyn/internal/pdf"
	"insyn/internal/pdf/pdfcheck"
)

func TestLogos(t *testing.T) {
	t.Parallel()
	img := image.NewGray(image.Rect(0, 0, 30, 10))
	img.SetGray(3, 3, color.Gray{Y: 200})
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, img, nil); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"the demo's":       []byte(markSVG),
		"png":              chequers(t),
		"jpeg":             jpg.Bytes(),
		"every command":    []byte(`<svg viewBox="-5 -5 90 90"><path d="M1,1 L2 2H9V9l-1-1h-2v-2C1 1 2 2 3 3S4 4 5 5c1 1 2 2 3 3s1 1 2 2Q5 5 6 6T7 7q1 1 2 2t1 1A3 4 10 0 1 9 9a3,4,10,11-2-2z m5 5 .5.5-.5e0-1Z"/></svg>`),
		"shapes in groups": []byte(`<?xml version="1.0"?><svg width="10px" height="20" xmlns="http://www.w3.org/2000/svg"><title>x</title><g fill="#f00" transform="translate(1,2) scale(2) rotate(30 1 1) matrix(1 0 0 1 0 0)"><circle cx="1" cy="1" r="1"/><ellipse cx="1" cy="1" rx="1" ry="2" style="fill:#0f0;fill-rule:evenodd"/><polygon points="0,0 1,0 1,1" fill-opacity=".5"/><rect width="1" height="1" ry=".2" fill="none"/></g></svg>`),
	} {
		l, err := pdf.ParseLogo(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		pdfcheck.Report(t, name, document(t, meta, pdf.Options{}, func(w *pdf.Writer) {
			w.Heading(1, txt("x")...)
			w.Figure(l, "ett märke", 30)
			w.Figure(l, "samma märke, för stort", 3000)
		}))
	}
}

// TestLogosRefused: half a coat of arms is worse than none.
func TestLogosRefused(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"nothing":          "",
		"something else":   "GIF89a",
		"an empty drawing": `<svg viewBox="0 0 1 1"></svg>`,
		"no size":          `<svg><rect width="1" height="1"/></svg>`,
		"a negative size":  `<svg viewBox="0 0 -1 1"><rect width="1" height="1"/></svg>`,
		"a stroke":         `<svg viewBox="0 0 1 1"><path d="M0 0L1 1" stroke="#000"/></svg>`,
		"a gradient":       `<svg viewBox="0 0 1 1"><rect width="1" height="1" fill="url(#a)"/></svg>`,
		"text":             `<svg viewBox="0 0 1 1"><text>x</text></svg>`,
		"a picture in it":  `<svg viewBox="0 0 1 1"><image href="https://x.example/"/></svg>`,
		"a style sheet":    `<svg viewBox="0 0 1 1"><style>a{}</style><rect width="1" height="1"/></svg>`,
		"a script":         `<svg viewBox="0 0 1 1"><script>1</script><rect width="1" height="1"/></svg>`,
		"a broken path":    `<svg viewBox="0 0 1 1"><path d="M0 0 L1"/></svg>`,
		"no path":          `<svg viewBox="0 0 1 1"><path d="L1 1"/></svg>`,
		"out of bounds":    `<svg viewBox="0 0 1 1"><path d="M0 0 L1e300 1"/></svg>`,
		"cut short":        `<svg viewBox="0 0 1 1"><rect width="1" height="1"/>`,
		"an entity":        `<!DOCTYPE svg [<!ENTITY a "b">]><svg viewBox="0 0 1 1"><rect width="&a;" height="1"/></svg>`,
		"a turn unknown":   `<svg viewBox="0 0 1 1"><g transform="skewX(3)"><rect width="1" height="1"/></g></svg>`,
	} {
		if _, err := pdf.ParseLogo([]byte(data)); err == nil || !strings.HasPrefix(err.Error(), "pdf: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseLogo(f *testing.F) {
	f.Add([]byte(markSVG))
	f.Add([]byte(`<svg viewBox="0 0 9 9"><path d="M1 1a3,4,10,11-2-2z"/></svg>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := pdf.ParseLogo(data)
		if err != nil {
			return
		}
		pdfcheck.Report(t, "fuzz", document(t, meta, pdf.Options{}, func(w *pdf.Writer) {
			w.Heading(1, txt("x")...)
			w.Figure(l, "ett märke", 30)
		}))
	})
}
