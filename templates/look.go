package templates

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"insyn/internal/calendar"
)

// Look is a municipality's name, colours, logo and how to reach its service centre.
type Look struct {
	Municipality string // “Exempelby kommun”
	Service      string // “Insyn”

	// The seven colours, as #rrggbb. Accent is decoration only and never carries meaning.
	Brand, BrandStrong, BrandSoft, Accent, Surface, SurfaceSunk, Line string

	// Logo is a square drawing as SVG, put into pages and letters as it is; empty: the service's own in the brand colour.
	Logo string

	Phone          string // of the service centre
	PhoneHours     string // “Vardagar kl. 8–16.30”
	PhoneHoursEN   string
	ProtectedPhone string // for people with protected data, who must not use the e-service
	Visit          string // “Stadshuset, Torggatan 1”
	Postal         string // “Exempelby kommun, 999 99 Exempelby”
}

// DefaultLook is the colours of the service with a municipality's name; the contacts are left empty.
func DefaultLook(municipality string) Look {
	return Look{
		Municipality: municipality, Service: "Insyn",
		Brand: "#14524a", BrandStrong: "#0c3832", BrandSoft: "#e5f0eb", Accent: "#d38b25",
		Surface: "#faf7f1", SurfaceSunk: "#f3eee4", Line: "#ddd6c8",
	}
}

// Hours is when the service centre answers, in a language.
func (l Look) Hours(lang string) string {
	if calendar.IsEnglish(lang) && l.PhoneHoursEN != "" {
		return l.PhoneHoursEN
	}
	return l.PhoneHours
}

// The colours that are the same for every municipality and that the seven are measured against (assets/app.scss).
const (
	white    = "#ffffff"
	ink      = "#1f2a28"
	inkMuted = "#56605c"
	focus    = "#1f4fc4"
)

// check measures the contrast of the colours by WCAG 2 and looks through the logo.
func (l Look) check() error {
	if l.Municipality == "" {
		return errors.New("look: the municipality has no name")
	}
	for _, pair := range []struct {
		name, on, name2, under string
		least                  float64
	}{
		{"brand", l.Brand, "white", white, 7},
		{"brand-strong", l.BrandStrong, "white", white, 7},
		{"brand-strong", l.BrandStrong, "brand-soft", l.BrandSoft, 7},
		{"ink", ink, "surface", l.Surface, 7},
		{"ink-muted", inkMuted, "surface-sunk", l.SurfaceSunk, 4.5},
		{"focus", focus, "surface", l.Surface, 3},
	} {
		ratio, err := contrast(pair.on, pair.under)
		if err != nil {
			return fmt.Errorf("look: %s on %s: %w", pair.name, pair.name2, err)
		}
		if ratio < pair.least {
			return fmt.Errorf("look: %s on %s has contrast %.1f, needs %.1f", pair.name, pair.name2, ratio, pair.least)
		}
	}
	for _, c := range []string{l.Accent, l.Line} {
		if _, err := luminance(c); err != nil {
			return fmt.Errorf("look: %w", err)
		}
	}
	return checkLogo(l.Logo)
}

// contrast is the ratio of two colours by WCAG 2, from 1 to 21.
func contrast(a, b string) (float64, error) {
	la, err := luminance(a)
	if err != nil {
		return 0, err
	}
	lb, err := luminance(b)
	if err != nil {
		return 0, err
	}
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05), nil
}

var hexColour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// luminance is the relative luminance of #rrggbb, by WCAG 2.
func luminance(colour string) (float64, error) {
	if !hexColour.MatchString(colour) {
		return 0, fmt.Errorf("%q is no colour like #14524a", colour)
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return 0, err
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum, nil
}

// properties are the look's colours as custom properties, after the style sheet's own.
func (l Look) properties() string {
	return fmt.Sprintf(":root{--kommun-brand:%s;--kommun-brand-strong:%s;--kommun-brand-soft:%s;--kommun-accent:%s;"+
		"--kommun-surface:%s;--kommun-surface-sunk:%s;--kommun-line:%s}",
		l.Brand, l.BrandStrong, l.BrandSoft, l.Accent, l.Surface, l.SurfaceSunk, l.Line)
}

// ownLogo is the service's own mark; %s is the brand colour.
const ownLogo = `<svg class="brand__mark" viewBox="0 0 44 44" aria-hidden="true" focusable="false"><rect width="44" height="44" rx="10" fill="%[1]s"/>` +
	`<circle cx="30" cy="14" r="5" fill="%[2]s"/><path d="M0 27c8-8 15-8 22-1s14 7 22 0v8c0 5.5-4.5 10-10 10H10C4.5 44 0 39.5 0 34Z" fill="#fff" fill-opacity=".92"/>` +
	`<path d="M0 34c8-6 15-5 22 0s14 6 22 1c-.4 5.1-4.8 9-10 9H10C4.5 44 0 39.5 0 34Z" fill="%[1]s" fill-opacity=".55"/></svg>`

// logo is the drawing for pages and letters.
func (l Look) logo() template.HTML {
	if l.Logo == "" {
		return template.HTML(fmt.Sprintf(ownLogo, l.Brand, l.Accent)) //nolint:gosec // checked colours
	}
	return template.HTML(strings.Replace(l.Logo, "<svg", `<svg class="brand__mark" aria-hidden="true" focusable="false"`, 1)) //nolint:gosec // see checkLogo
}

// deskLogo is the drawing on the desk's dark header: the brand colour a fifth of the way to white.
func (l Look) deskLogo() template.HTML {
	if l.Logo != "" {
		return l.logo()
	}
	return template.HTML(fmt.Sprintf(ownLogo, lighter(l.Brand), l.Accent)) //nolint:gosec // checked colours
}

func lighter(colour string) string {
	out := "#"
	for i := 1; i < len(colour); i += 2 {
		n, _ := strconv.ParseUint(colour[i:i+2], 16, 8) // checked by check
		out += fmt.Sprintf("%02x", n+(255-n)/5)
	}
	return out
}

// printed is the drawing for letters and extracts as PDF.
func (l Look) printed() string {
	if l.Logo != "" {
		return l.Logo
	}
	return string(l.logo())
}

// favicon is the drawing as a file of its own.
func (l Look) favicon() string {
	if strings.Contains(l.Logo, "xmlns=") {
		return l.Logo
	}
	return strings.Replace(string(l.logo()), "<svg", `<svg xmlns="http://www.w3.org/2000/svg"`, 1)
}

// checkLogo lets a drawing through that only draws: no script, no style, no handler, no fetch.
func checkLogo(svg string) error {
	if svg == "" {
		return nil
	}
	drawing := []string{"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs", "linearGradient",
		"radialGradient", "stop", "clipPath", "title"}
	attributes := []string{"viewBox", "width", "height", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "points",
		"fill", "fill-opacity", "fill-rule", "clip-rule", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "opacity",
		"transform", "id", "offset", "stop-color", "stop-opacity", "gradientUnits", "gradientTransform", "clip-path", "xmlns"}
	if !strings.HasPrefix(svg, "<svg") {
		return errors.New("look: the logo must begin with <svg")
	}
	dec := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("look: the logo is not well-formed: %w", err)
		}
		switch node := token.(type) {
		case xml.StartElement:
			if !slices.Contains(drawing, node.Name.Local) {
				return fmt.Errorf("look: the logo has a %s element", node.Name.Local)
			}
			for _, a := range node.Attr {
				if !slices.Contains(attributes, a.Name.Local) || strings.Contains(a.Value, "://") && a.Name.Local != "xmlns" {
					return fmt.Errorf("look: the logo has a %s attribute", a.Name.Local)
				}
			}
		case xml.Directive, xml.ProcInst, xml.Comment:
			return errors.New("look: the logo may hold elements only")
		}
	}
}

// postalAddress is the municipality's postal address without its name, for where that stands already.
func (l Look) postalAddress() string {
	return strings.TrimPrefix(strings.TrimPrefix(l.Postal, l.Municipality), ", ")
}
