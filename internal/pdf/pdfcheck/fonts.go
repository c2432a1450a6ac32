package pdfcheck

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// font is what each code of a font stands for.
type font struct {
	name    string
	unicode map[uint16]string
}

var bfchar = regexp.MustCompile(`<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>`)

// fontDict checks a font: embedded, and every character known.
func (c *checker) fontDict(num int, d types.Dict) {
	switch c.name(d["Type"]) {
	case "FontDescriptor":
		if d["FontFile"] == nil && d["FontFile2"] == nil && d["FontFile3"] == nil {
			c.bad("font-embedded", "font %s is not embedded", c.name(d["FontName"]))
		}
	case "Font":
		sub := c.name(d["Subtype"])
		if sub == "Type0" {
			f := &font{name: c.name(d["BaseFont"]), unicode: map[uint16]string{}}
			c.fonts[num] = f
			c.readUnicode(f, d["ToUnicode"])
		} else if !strings.HasPrefix(sub, "CIDFont") {
			c.bad("font-kind", "font %d is of kind %s", num, sub)
		}
	}
}

// readUnicode reads the character map, which may hold no replacement, private or empty character.
func (c *checker) readUnicode(f *font, o types.Object) {
	sd, _, err := c.DereferenceStreamDict(o)
	if o == nil || err != nil || sd == nil || sd.Decode() != nil {
		c.bad("font-unicode", "font %s has no ToUnicode", f.name)
		return
	}
	for _, m := range bfchar.FindAllStringSubmatch(string(sd.Content), -1) {
		code, _ := strconv.ParseUint(m[1], 16, 16)
		s := unhex("<" + m[2] + ">")
		for _, r := range s {
			if r == 0 || r == 0xfffd || r == 0xfeff || r >= 0xe000 && r <= 0xf8ff || r >= 0xf0000 {
				c.bad("font-unicode", "font %s: code %s stands for %U", f.name, m[1], r)
			}
		}
		f.unicode[uint16(code)] = s
	}
}

// unhex reads a hexadecimal string of UTF-16, with or without its mark.
func unhex(s string) string {
	s = strings.Trim(s, "<>")
	var u []uint16
	for i := 0; i+4 <= len(s); i += 4 {
		v, err := strconv.ParseUint(s[i:i+4], 16, 16)
		if err != nil {
			return ""
		}
		u = append(u, uint16(v))
	}
	if len(u) > 0 && u[0] == 0xfeff {
		u = u[1:]
	}
	return string(utf16.Decode(u))
}
