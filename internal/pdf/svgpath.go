package pdf

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// matrix is an affine map: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{1, 0, 0, 1, 0, 0} //nolint:gochecknoglobals // a constant in all but name

// mul is the map that does n first, then m.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b, m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f,
	}
}

// parseTransform reads translate, scale, rotate and matrix.
func parseTransform(s string) (matrix, error) {
	m := identity
	for s = strings.Trim(s, " ,\n\t"); s != ""; s = strings.Trim(s, " ,\n\t") {
		name, rest, ok := strings.Cut(s, "(")
		args, after, ok2 := strings.Cut(rest, ")")
		v := numbers(args)
		if !ok || !ok2 {
			return m, errSVG
		}
		switch name = strings.TrimSpace(name); {
		case name == "translate" && len(v) == 1:
			m = m.mul(matrix{1, 0, 0, 1, v[0], 0})
		case name == "translate" && len(v) == 2:
			m = m.mul(matrix{1, 0, 0, 1, v[0], v[1]})
		case name == "scale" && len(v) == 1:
			m = m.mul(matrix{v[0], 0, 0, v[0], 0, 0})
		case name == "scale" && len(v) == 2:
			m = m.mul(matrix{v[0], 0, 0, v[1], 0, 0})
		case name == "rotate" && (len(v) == 1 || len(v) == 3):
			sin, cos := math.Sincos(v[0] * math.Pi / 180)
			r := matrix{cos, sin, -sin, cos, 0, 0}
			if len(v) == 3 {
				r = matrix{1, 0, 0, 1, v[1], v[2]}.mul(r).mul(matrix{1, 0, 0, 1, -v[1], -v[2]})
			}
			m = m.mul(r)
		case name == "matrix" && len(v) == 6:
			m = m.mul(matrix{v[0], v[1], v[2], v[3], v[4], v[5]})
		default:
			return m, errSVG
		}
		s = after
	}
	return m, nil
}

// pathBuilder writes PDF path operators.
type pathBuilder struct {
	m              matrix
	out            bytes.Buffer
	x, y           float64 // current point
	startX, startY float64
	bad            bool // a coordinate was out of all bounds
}

func (b *pathBuilder) pt(x, y float64) string {
	px, py := b.m.a*x+b.m.c*y+b.m.e, b.m.b*x+b.m.d*y+b.m.f
	if !(math.Abs(px) < 1e6) || !(math.Abs(py) < 1e6) {
		b.bad = true
		return "0 0"
	}
	return strconv.FormatFloat(px, 'f', 3, 64) + " " + strconv.FormatFloat(py, 'f', 3, 64)
}

func (b *pathBuilder) move(x, y float64) {
	fmt.Fprintf(&b.out, "%s m\n", b.pt(x, y))
	b.x, b.y, b.startX, b.startY = x, y, x, y
}

func (b *pathBuilder) lineTo(x, y float64) {
	fmt.Fprintf(&b.out, "%s l\n", b.pt(x, y))
	b.x, b.y = x, y
}

func (b *pathBuilder) curve(x1, y1, x2, y2, x, y float64) {
	fmt.Fprintf(&b.out, "%s %s %s c\n", b.pt(x1, y1), b.pt(x2, y2), b.pt(x, y))
	b.x, b.y = x, y
}

func (b *pathBuilder) close() {
	b.out.WriteString("h\n")
	b.x, b.y = b.startX, b.startY
}

// kappa makes four curves look like a circle.
const kappa = 0.5522847498

func (b *pathBuilder) ellipse(cx, cy, rx, ry float64) {
	if !(rx > 0) || !(ry > 0) {
		return
	}
	kx, ky := kappa*rx, kappa*ry
	b.move(cx+rx, cy)
	b.curve(cx+rx, cy+ky, cx+kx, cy+ry, cx, cy+ry)
	b.curve(cx-kx, cy+ry, cx-rx, cy+ky, cx-rx, cy)
	b.curve(cx-rx, cy-ky, cx-kx, cy-ry, cx, cy-ry)
	b.curve(cx+kx, cy-ry, cx+rx, cy-ky, cx+rx, cy)
	b.close()
}

func (b *pathBuilder) rect(x, y, w, h, rx, ry float64) {
	if !(w > 0) || !(h > 0) {
		return
	}
	rx, ry = min(max(rx, 0), w/2), min(max(ry, 0), h/2)
	if rx == 0 || ry == 0 {
		b.move(x, y)
		b.lineTo(x+w, y)
		b.lineTo(x+w, y+h)
		b.lineTo(x, y+h)
		b.close()
		return
	}
	kx, ky := rx*(1-kappa), ry*(1-kappa)
	b.move(x+rx, y)
	b.lineTo(x+w-rx, y)
	b.curve(x+w-kx, y, x+w, y+ky, x+w, y+ry)
	b.lineTo(x+w, y+h-ry)
	b.curve(x+w, y+h-ky, x+w-kx, y+h, x+w-rx, y+h)
	b.lineTo(x+rx, y+h)
	b.curve(x+kx, y+h, x, y+h-ky, x, y+h-ry)
	b.lineTo(x, y+ry)
	b.curve(x, y+ky, x+kx, y, x+rx, y)
	b.close()
}

// path reads path data.
func (b *pathBuilder) path(d string) error {
	s := &scanner{s: d}
	var cmd, last byte
	var cx, cy float64 // last control point
	for {
		s.space()
		if s.done() {
			return nil
		}
		if c := s.s[s.i]; c >= 'A' && c <= 'z' && c != 'e' && c != 'E' {
			cmd = c
			s.i++
		} else if cmd == 'z' || cmd == 'Z' || cmd == 0 {
			return errSVG
		}
		n := map[byte]int{'m': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'q': 4, 't': 2, 'a': 7, 'z': 0}
		want, known := n[cmd|0x20]
		if !known || last == 0 && cmd|0x20 != 'm' {
			return errSVG
		}
		v, ok := s.args(want, cmd|0x20 == 'a')
		if !ok {
			return errSVG
		}
		cx, cy = b.step(cmd, last, v, cx, cy)
		last = cmd | 0x20
		switch cmd { // further pairs after a move are lines
		case 'm':
			cmd = 'l'
		case 'M':
			cmd = 'L'
		}
	}
}

// step draws one segment and returns its last control point.
func (b *pathBuilder) step(cmd, last byte, v []float64, cx, cy float64) (float64, float64) {
	ox, oy := 0.0, 0.0
	if cmd >= 'a' {
		ox, oy = b.x, b.y
	}
	mirror := func(kinds string) (float64, float64) {
		if strings.IndexByte(kinds, last) >= 0 {
			return 2*b.x - cx, 2*b.y - cy
		}
		return b.x, b.y
	}
	switch cmd | 0x20 {
	case 'm':
		b.move(ox+v[0], oy+v[1])
	case 'l':
		b.lineTo(ox+v[0], oy+v[1])
	case 'h':
		b.lineTo(ox+v[0], b.y)
	case 'v':
		b.lineTo(b.x, oy+v[0])
	case 'c':
		cx, cy = ox+v[2], oy+v[3]
		b.curve(ox+v[0], oy+v[1], cx, cy, ox+v[4], oy+v[5])
		return cx, cy
	case 's':
		x1, y1 := mirror("cs")
		cx, cy = ox+v[0], oy+v[1]
		b.curve(x1, y1, cx, cy, ox+v[2], oy+v[3])
		return cx, cy
	case 'q':
		cx, cy = ox+v[0], oy+v[1]
		b.quad(cx, cy, ox+v[2], oy+v[3])
		return cx, cy
	case 't':
		cx, cy = mirror("qt")
		b.quad(cx, cy, ox+v[0], oy+v[1])
		return cx, cy
	case 'a':
		b.arc(v[0], v[1], v[2], v[3] != 0, v[4] != 0, ox+v[5], oy+v[6])
	case 'z':
		b.close()
	}
	return b.x, b.y
}

func (b *pathBuilder) quad(cx, cy, x, y float64) {
	b.curve(b.x+(cx-b.x)*2/3, b.y+(cy-b.y)*2/3, x+(cx-x)*2/3, y+(cy-y)*2/3, x, y)
}

// arc draws an elliptical arc as curves (SVG 1.1, appendix F.6).
func (b *pathBuilder) arc(rx, ry, rot float64, large, sweep bool, x, y float64) {
	rx, ry = math.Abs(rx), math.Abs(ry)
	if rx == 0 || ry == 0 || x == b.x && y == b.y {
		b.lineTo(x, y)
		return
	}
	sin, cos := math.Sincos(rot * math.Pi / 180)
	dx, dy := (b.x-x)/2, (b.y-y)/2
	x1, y1 := cos*dx+sin*dy, -sin*dx+cos*dy
	if l := x1*x1/(rx*rx) + y1*y1/(ry*ry); l > 1 {
		rx, ry = rx*math.Sqrt(l), ry*math.Sqrt(l)
	}
	k := math.Sqrt(max(0, (rx*rx*ry*ry-rx*rx*y1*y1-ry*ry*x1*x1)/(rx*rx*y1*y1+ry*ry*x1*x1)))
	if large == sweep {
		k = -k
	}
	cx1, cy1 := k*rx*y1/ry, -k*ry*x1/rx
	cx, cy := cos*cx1-sin*cy1+(b.x+x)/2, sin*cx1+cos*cy1+(b.y+y)/2
	from := math.Atan2((y1-cy1)/ry, (x1-cx1)/rx)
	sweepBy := math.Atan2((-y1-cy1)/ry, (-x1-cx1)/rx) - from
	if sweep && sweepBy < 0 {
		sweepBy += 2 * math.Pi
	} else if !sweep && sweepBy > 0 {
		sweepBy -= 2 * math.Pi
	}
	n := int(math.Ceil(math.Abs(sweepBy) / (math.Pi / 2)))
	at := func(t float64) (px, py, tx, ty float64) {
		s, c := math.Sincos(t)
		return cx + cos*rx*c - sin*ry*s, cy + sin*rx*c + cos*ry*s, -cos*rx*s - sin*ry*c, -sin*rx*s + cos*ry*c
	}
	d := sweepBy / float64(n)
	h := 4.0 / 3 * math.Tan(d/4)
	for i := range n {
		ax, ay, atx, aty := at(from + d*float64(i))
		ex, ey, etx, ety := at(from + d*float64(i+1))
		if i == n-1 {
			ex, ey = x, y
		}
		b.curve(ax+h*atx, ay+h*aty, ex-h*etx, ey-h*ety, ex, ey)
	}
}

// scanner reads numbers from path data, where they may stand without a space between.
type scanner struct {
	s string
	i int
}

func (s *scanner) done() bool { return s.i >= len(s.s) }

func (s *scanner) space() {
	for !s.done() && strings.IndexByte(" ,\t\r\n", s.s[s.i]) >= 0 {
		s.i++
	}
}

// args reads n numbers; an arc's fourth and fifth are single digits.
func (s *scanner) args(n int, arc bool) ([]float64, bool) {
	var v []float64
	for i := range n {
		s.space()
		if arc && (i == 3 || i == 4) {
			if s.done() || s.s[s.i] != '0' && s.s[s.i] != '1' {
				return nil, false
			}
			v = append(v, float64(s.s[s.i]-'0'))
			s.i++
			continue
		}
		f, ok := s.number()
		if !ok {
			return nil, false
		}
		v = append(v, f)
	}
	return v, true
}

func (s *scanner) number() (float64, bool) {
	start, dot, exp := s.i, false, false
	for ; !s.done(); s.i++ {
		c := s.s[s.i]
		switch {
		case c >= '0' && c <= '9':
		case (c == '+' || c == '-') && (s.i == start || s.s[s.i-1]|0x20 == 'e'):
		case c == '.' && !dot && !exp:
			dot = true
		case c|0x20 == 'e' && !exp && s.i > start:
			exp = true
		default:
			goto parse
		}
	}
parse:
	f, err := strconv.ParseFloat(s.s[start:s.i], 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

// numbers reads all numbers of a list; none when there is something else in it.
func numbers(list string) []float64 {
	s := &scanner{s: list}
	var v []float64
	for s.space(); !s.done(); s.space() {
		f, ok := s.number()
		if !ok {
			return nil
		}
		v = append(v, f)
	}
	return v
}
