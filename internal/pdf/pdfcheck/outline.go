package pdfcheck

import (
	"fmt"
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
	n := c.outlineKids(root, number(c.root["Outlines"]), 1, &have)
	if count, _ := c.integer(root["Count"]); count != n {
		c.bad("outline-count", "the outline says it shows %d entries and has %d", count, n)
	}
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

// outlineKids walks the entries under d and returns how many there are.
func (c *checker) outlineKids(d types.Dict, num, level int, have *[]entry) int {
	n, prev := 0, 0
	if level > 10 {
		return 0
	}
	var last int
	for ref := d["First"]; ref != nil; {
		e := c.dict(ref)
		if e == nil || n > 1_000_000 {
			c.bad("outline-links", "an entry that is not there")
			return n
		}
		last = number(ref)
		*have = append(*have, entry{level, strings.TrimSpace(c.text(e["Title"]))})
		if number(e["Parent"]) != num || number(e["Prev"]) != prev {
			c.bad("outline-links", "entry %d does not lead back", len(*have))
		}
		c.destination(fmt.Sprintf("outline entry %d", len(*have)), e["Dest"])
		under := c.outlineKids(e, last, level+1, have)
		if count, _ := c.integer(e["Count"]); count != under && count != -under {
			c.bad("outline-count", "an entry says it shows %d entries and has %d", count, under)
		}
		n += 1 + under
		prev = last
		ref = e["Next"]
	}
	if last != number(d["Last"]) {
		c.bad("outline-links", "the last entry is another than the one named")
	}
	return n
}
