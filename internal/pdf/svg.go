package pdf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// shape is a filled path.
type shape struct {
	path    []byte // path construction operators
	r, g, b float64
	alpha   int // per cent
	evenOdd bool
}

// paint is what an element inherits.
type paint struct {
	fill    string
	alpha   float64
	evenOdd bool
	m       matrix
}

var errSVG = errors.New("pdf: the logotype is no drawing this service can read: an svg element with a viewBox or a size, and inside it g, path, rect, circle, ellipse and polygon with plain fills")

// parseSVG reads the subset of SVG that logotypes are made of. Anything it would have to leave out is an error: half a
// coat of arms is worse than none.
func parseSVG(data []byte) (*Logo, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Entity = map[string]string{}
	l := &Logo{}
	stack := []paint{{fill: "#000", alpha: 1, m: identity}}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w (%w)", errSVG, err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			a := attributes(t)
			p, err := stack[len(stack)-1].with(a)
			if err != nil {
				return nil, err
			}
			stack = append(stack, p)
			switch t.Name.Local {
			case "svg":
				if len(stack) == 2 {
					if err := l.size(a, &stack[1]); err != nil {
						return nil, err
					}
				}
			case "title", "desc", "metadata", "defs", "style":
				if t.Name.Local == "style" {
					return nil, errSVG
				}
				if err := d.Skip(); err != nil {
					return nil, fmt.Errorf("%w (%w)", errSVG, err)
				}
				stack = stack[:len(stack)-1]
			case "g":
			default:
				s, ok, err := drawShape(t.Name.Local, a, p)
				if err != nil {
					return nil, err
				}
				if ok {
					l.shapes = append(l.shapes, s)
				}
			}
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
	if l.w <= 0 || l.h <= 0 || len(l.shapes) == 0 {
		return nil, errSVG
	}
	return l, nil
}

// attributes are an element's, those in style included.
func attributes(t xml.StartElement) map[string]string {
	a := map[string]string{}
	for _, at := range t.Attr {
		if at.Name.Space == "" {
			a[at.Name.Local] = strings.TrimSpace(at.Value)
		}
	}
	for decl := range strings.SplitSeq(a["style"], ";") {
		if k, v, ok := strings.Cut(decl, ":"); ok {
			a[strings.TrimSpace(k)] = strings.TrimSpace(v)
		}
	}
	return a
}

// size reads the viewBox, or else width and height.
func (l *Logo) size(a map[string]string, p *paint) error {
	if v := numbers(a["viewBox"]); len(v) == 4 {
		l.w, l.h = v[2], v[3]
		p.m = p.m.mul(matrix{1, 0, 0, 1, -v[0], -v[1]})
		return nil
	}
	l.w, l.h = number(a["width"]), number(a["height"])
	if !(l.w > 0) || !(l.h > 0) {
		return errSVG
	}
	return nil
}

func (p paint) with(a map[string]string) (paint, error) {
	if f := a["fill"]; f != "" {
		p.fill = f
	}
	if s := a["stroke"]; s != "" && s != "none" {
		return p, errSVG
	}
	for _, k := range []string{"opacity", "fill-opacity"} {
		if v, ok := a[k]; ok {
			o, err := strconv.ParseFloat(v, 64)
			if err != nil || !(o >= 0 && o <= 1) {
				return p, errSVG
			}
			p.alpha *= o
		}
	}
	if r := a["fill-rule"]; r != "" {
		p.evenOdd = r == "evenodd"
	}
	if t := a["transform"]; t != "" {
		m, err := parseTransform(t)
		if err != nil {
			return p, err
		}
		p.m = p.m.mul(m)
	}
	return p, nil
}

// drawShape turns one element into a shape; ok is false when it paints nothing.
func drawShape(name string, a map[string]string, p paint) (s shape, ok bool, err error) {
	b := &pathBuilder{m: p.m}
	switch name {
	case "path":
		err = b.path(a["d"])
	case "rect":
		rx, ry := number(a["rx"]), number(a["ry"])
		if a["ry"] == "" {
			ry = rx
		}
		if a["rx"] == "" {
			rx = ry
		}
		b.rect(number(a["x"]), number(a["y"]), number(a["width"]), number(a["height"]), rx, ry)
	case "circle":
		b.ellipse(number(a["cx"]), number(a["cy"]), number(a["r"]), number(a["r"]))
	case "ellipse":
		b.ellipse(number(a["cx"]), number(a["cy"]), number(a["rx"]), number(a["ry"]))
	case "polygon":
		v := numbers(a["points"])
		for i := 0; i+1 < len(v); i += 2 {
			if i == 0 {
				b.move(v[0], v[1])
			} else {
				b.lineTo(v[i], v[i+1])
			}
		}
		b.close()
	default:
		return s, false, errSVG
	}
	if err != nil || p.fill == "none" || p.alpha == 0 || b.out.Len() == 0 {
		return s, false, err
	}
	if b.bad {
		return s, false, errSVG
	}
	s = shape{path: b.out.Bytes(), alpha: int(math.Round(p.alpha * 100)), evenOdd: p.evenOdd}
	s.r, s.g, s.b, err = parseColor(p.fill)
	return s, err == nil, err
}

// parseColor reads #rgb, #rrggbb, white and black.
func parseColor(s string) (r, g, b float64, err error) {
	switch s {
	case "white":
		s = "#fff"
	case "black":
		s = "#000"
	}
	if len(s) == 4 {
		s = "#" + strings.Repeat(s[1:2], 2) + strings.Repeat(s[2:3], 2) + strings.Repeat(s[3:4], 2)
	}
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return 0, 0, 0, errSVG
	}
	return float64(v>>16) / 255, float64(v>>8&255) / 255, float64(v&255) / 255, nil
}

// number reads a length without a unit, or in px.
func number(s string) float64 {
	v, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(s), "px"), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}
