package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the formats a logotype may have
	_ "image/png"
)

// Logo is a picture that was read and may be used in any number of documents.
type Logo struct {
	w, h   float64 // its own units
	shapes []shape // a drawing
	rgb    []byte  // or a picture of px × py points
	px, py int
}

// maxLogo is the largest side of a picture, in points of its own.
const maxLogo = 4000

// ParseLogo reads an SVG drawing of filled paths, rectangles, circles, ellipses and polygons, or a PNG or JPEG picture.
// A picture's transparent parts become white, as the paper is.
func ParseLogo(data []byte) (*Logo, error) {
	if head := bytes.TrimSpace(data[:min(len(data), 512)]); bytes.HasPrefix(head, []byte("<")) || bytes.HasPrefix(head, []byte("\xef\xbb\xbf<")) {
		return parseSVG(data)
	}
	conf, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("pdf: the logotype is neither SVG, PNG nor JPEG")
	}
	if conf.Width < 1 || conf.Height < 1 || conf.Width > maxLogo || conf.Height > maxLogo {
		return nil, fmt.Errorf("pdf: a logotype of %d × %d points; at most %d × %d", conf.Width, conf.Height, maxLogo, maxLogo)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("pdf: reading the logotype: %w", err)
	}
	b := img.Bounds()
	l := &Logo{w: float64(b.Dx()), h: float64(b.Dy()), px: b.Dx(), py: b.Dy(), rgb: make([]byte, 0, 3*b.Dx()*b.Dy())}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, a := img.At(x, y).RGBA() // premultiplied
			white := 0xffff - a
			l.rgb = append(l.rgb, byte((r+white)>>8), byte((g+white)>>8), byte((bl+white)>>8))
		}
	}
	return l, nil
}

// widthFor is how wide the picture is when it is height points high.
func (l *Logo) widthFor(height float64) float64 { return height * l.w / l.h }

// graphics are the resources of pictures in one document.
type graphics struct {
	images map[*Logo]int
	order  []*Logo
	alphas []int // per cent
}

// resources are the entries of the resource dictionary.
func (g *graphics) resources() string {
	var b bytes.Buffer
	if len(g.order) > 0 {
		b.WriteString(" /XObject <<")
		for i, l := range g.order {
			fmt.Fprintf(&b, "/I%d %d 0 R ", i+1, g.images[l])
		}
		b.WriteString(">>")
	}
	if len(g.alphas) > 0 {
		b.WriteString(" /ExtGState <<")
		for _, a := range g.alphas {
			fmt.Fprintf(&b, "/A%d <</Type /ExtGState /ca %.2f>> ", a, float64(a)/100)
		}
		b.WriteString(">>")
	}
	return b.String()
}

// Figure writes a picture at the left margin, widthMM millimetres wide, with the words that stand for it.
func (w *Writer) Figure(l *Logo, alt string, widthMM float64) {
	if w.err != nil {
		return
	}
	if l == nil || !(widthMM > 0) {
		w.fail(errors.New("pdf: a figure needs a picture and a width"))
		return
	}
	wide := min(widthMM*mm, width)
	high := wide * l.h / l.w
	if room := pageHeight - top - bottom; high > room {
		wide, high = wide*room/high, room
	}
	parent := w.parent
	w.add(block{before: 6, after: 8, min: high, height: high, draw: func() {
		w.figure(parent, l, alt, left, w.y, wide)
		w.y += high
	}})
}

// figure draws a picture with its upper left corner at x, y.
func (w *Writer) figure(parent *elem, l *Logo, alt string, x, y, wide float64) {
	if alt = clean(alt); alt == "" {
		w.fail(errors.New("pdf: a figure needs words that stand for it"))
		return
	}
	high := wide * l.h / l.w
	e := w.open(parent, "Figure", fmt.Sprintf(" /Alt %s /A <</O /Layout /Placement /Block /BBox [%.2f %.2f %.2f %.2f]>>",
		text(alt), x, pageHeight-y-high, x+wide, pageHeight-y))
	w.begin(e)
	w.op("q")
	if l.rgb != nil {
		w.op("%.4f 0 0 %.4f %.2f %.2f cm /I%d Do", wide, high, x, pageHeight-y-high, w.image(l))
	} else {
		w.op("%.5f 0 0 %.5f %.2f %.2f cm", wide/l.w, -high/l.h, x, pageHeight-y)
		w.shapes(l.shapes)
	}
	w.op("Q")
	w.end()
	w.shut(e)
}

// image writes a picture once and returns its number among the resources.
func (w *Writer) image(l *Logo) int {
	g := &w.graphics
	if _, ok := g.images[l]; !ok {
		if g.images == nil {
			g.images = map[*Logo]int{}
		}
		n := w.out.reserve()
		w.out.stream(n, fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8", l.px, l.py), l.rgb)
		g.images[l] = n
		g.order = append(g.order, l)
	}
	for i, o := range g.order {
		if o == l {
			return i + 1
		}
	}
	return 0
}

// shapes paints a drawing's shapes.
func (w *Writer) shapes(ss []shape) {
	g := &w.graphics
	for _, s := range ss {
		if s.alpha < 100 && !w.o.A1Twin { // PDF/A-1 allows no transparency
			known := false
			for _, a := range g.alphas {
				known = known || a == s.alpha
			}
			if !known {
				g.alphas = append(g.alphas, s.alpha)
			}
			w.op("q /A%d gs", s.alpha)
		} else {
			w.op("q")
		}
		w.op("%.3f %.3f %.3f rg", s.r, s.g, s.b)
		w.pg.buf.Write(s.path)
		if s.evenOdd {
			w.op("f* Q")
		} else {
			w.op("f Q")
		}
	}
}
