package pdfcheck

import (
	"fmt"
	"strings"
)

// Aloud returns the document's text as a screen reader has it: through the structure, in reading order, one line for each
// paragraph, heading, list item, fact and row. A picture is read by its alternative text.
func Aloud(data []byte) (string, error) {
	c, err := read(data)
	if err != nil {
		return "", fmt.Errorf("pdfcheck: %w", err)
	}
	c.everyObject()
	for i := range c.pages {
		c.page(&c.pages[i])
	}
	c.structure()
	var b strings.Builder
	for _, e := range c.elems {
		if e.typ == "Document" {
			c.aloud(&b, e)
		}
	}
	return b.String(), nil
}

func (c *checker) aloud(b *strings.Builder, e *elem) {
	switch e.typ {
	case "Figure":
		b.WriteString(c.text(e.dict["Alt"]) + "\n")
	case "LI", "TR":
		var parts []string
		for _, k := range e.kids {
			if k.elem != nil {
				if s := strings.TrimSpace(k.elem.words()); s != "" {
					parts = append(parts, s)
				}
			}
		}
		sep := " "
		if e.typ == "TR" {
			sep = "\t"
		}
		b.WriteString(strings.Join(parts, sep) + "\n")
	case "Document", "Sect", "L", "Table", "THead", "TBody", "TOC":
		for _, k := range e.kids {
			if k.elem != nil {
				c.aloud(b, k.elem)
			}
		}
	default:
		b.WriteString(strings.TrimSpace(e.words()) + "\n")
	}
}
