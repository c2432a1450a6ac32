package pdfcheck

import (
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// entry is a line of the outline.
type entry struct {
	level int
	title string
}

// outline checks that the outline holds the document's headings, nested as they are, and that its links agree.
func (c *checker) outline() {
	var want []entry
	for _, e := range c.elems {
		if l := headingLevel(e.typ); l > 0 {
			want = append(want, entry{l, strings.TrimSpace(e.words())})
		}
	}
	root := c.dict(c.root["Outlines"])
	if root == nil {
		if len(want) > 0 {
			c.bad("outline", "no outline")
		}
		return
	}
	var have []entry
	c.outlineKids(root, number(c.root["Outlines"]), 1, &have)
	if len(have) != len(want) {
		c.bad("outline", "%d entries for %d headings", len(have), len(want))
		return
	}
	var path []int // levels of the headings above
	for i, w := range want {
		for len(path) > 0 && path[len(path)-1] >= w.level {
			path = path[:len(path)-1]
		}
		path = append(path, w.level)
		if have[i].title != w.title || have[i].level != len(path) {
			c.bad("outline", "entry %d is not the heading of the text, or at another depth", i+1)
		}
	}
}

// outlineKids walks the entries under d, which has the number num. That counts are right and places are on pages is
// checked when the file is read.
func (c *checker) outlineKids(d types.Dict, num, level int, have *[]entry) {
	prev := 0
	for ref := d["First"]; ref != nil && level < 10; {
		e := c.dict(ref)
		*have = append(*have, entry{level, strings.TrimSpace(c.text(e["Title"]))})
		if number(e["Parent"]) != num || number(e["Prev"]) != prev {
			c.bad("outline-links", "entry %d does not lead back", len(*have))
		}
		prev = number(ref)
		c.outlineKids(e, prev, level+1, have)
		ref = e["Next"]
	}
	if prev != number(d["Last"]) {
		c.bad("outline-links", "the last entry under entry %d is another than the one named", len(*have))
	}
}
