package pdfcheck

import (
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// elem is a structure element.
type elem struct {
	num     int
	typ     string
	parent  *elem
	kids    []kid
	dict    types.Dict
	hasObjr bool
}

// kid is a child: an element or a mark.
type kid struct {
	elem *elem
	mark *mark
}

// within says where each type may stand; a type that is not here is unknown. Empty: inside Document, Sect or nothing else
// that holds text.
//
//nolint:gochecknoglobals // made once, never written
var within = map[string][]string{
	"Document": {""},
	"Sect":     {"Document", "Sect"},
	"H1":       {"Document", "Sect"}, "H2": {"Document", "Sect"}, "H3": {"Document", "Sect"},
	"H4": {"Document", "Sect"}, "H5": {"Document", "Sect"}, "H6": {"Document", "Sect"},
	"P":      {"Document", "Sect"},
	"Figure": {"Document", "Sect", "P"},
	"Link":   {"P", "H1", "H2", "H3", "H4", "H5", "H6", "LBody", "Lbl", "TD", "TH", "TOCI"},
	"Span":   {"P", "H1", "H2", "H3", "H4", "H5", "H6", "LBody", "Lbl", "TD", "TH", "TOCI"},
	"L":      {"Document", "Sect", "LBody"},
	"LI":     {"L"}, "Lbl": {"LI"}, "LBody": {"LI"},
	"Table": {"Document", "Sect"},
	"THead": {"Table"}, "TBody": {"Table"}, "TR": {"Table", "THead", "TBody"}, "TH": {"TR"}, "TD": {"TR"},
	"TOC": {"Document", "Sect", "TOC"}, "TOCI": {"TOC"},
}

// structure walks the tree in reading order.
func (c *checker) structure() {
	root := c.dict(c.root["StructTreeRoot"])
	if root == nil {
		c.bad("structure", "no StructTreeRoot")
		return
	}
	top := &elem{}
	for _, k := range c.kidsOf(root) {
		c.element(top, number(k), c.dict(k), 0)
	}
	if len(top.kids) != 1 || top.kids[0].elem == nil || top.kids[0].elem.typ != "Document" {
		c.bad("structure", "the tree's top is not one Document")
	}
	c.headings()
	for _, e := range c.elems {
		c.elementRules(e)
	}
	for i := range c.pages {
		p := &c.pages[i]
		for id, m := range p.marks {
			if m.claimed == nil {
				c.bad("mcid-loose", "page %d: MCID %d belongs to no element", p.number, id)
			}
		}
	}
	for n, a := range c.annots {
		if a.claimed == nil {
			c.bad("annotation-loose", "page %d: link %d is in no Link element", a.page, n)
		}
	}
}

// kidsOf are an element's children, one or an array.
func (c *checker) kidsOf(d types.Dict) []types.Object {
	k := d["K"]
	if k == nil {
		return nil
	}
	if a := c.array(k); a != nil {
		return a
	}
	return []types.Object{k}
}

func (c *checker) element(parent *elem, num int, d types.Dict, depth int) {
	e := &elem{num: num, typ: c.name(d["S"]), parent: parent, dict: d}
	if depth > 60 || d == nil || e.typ == "" {
		c.bad("structure", "object %d is no structure element", num)
		return
	}
	c.elems = append(c.elems, e)
	parent.kids = append(parent.kids, kid{elem: e})
	up := 0
	if parent.typ != "" {
		up = parent.num
	}
	if up != 0 && number(d["P"]) != up {
		c.bad("structure-parent", "%s %d names another parent than the one it is in", e.typ, num)
	}
	for _, k := range c.kidsOf(d) {
		kd := c.dict(k)
		switch c.name(kd["Type"]) {
		case "MCR":
			c.markRef(e, kd)
		case "OBJR":
			c.objectRef(e, kd)
		default:
			c.element(e, number(k), kd, depth+1)
		}
	}
}

// markRef ties marked content to its element.
func (c *checker) markRef(e *elem, d types.Dict) {
	p, id := c.byNum[number(d["Pg"])], -1
	if n, ok := c.integer(d["MCID"]); ok {
		id = n
	}
	if p == nil || p.marks[id] == nil {
		c.bad("mcid-unknown", "%s %d claims MCID %d, which is not there", e.typ, e.num, id)
		return
	}
	m := p.marks[id]
	if m.claimed != nil {
		c.bad("mcid-claimed-twice", "page %d: MCID %d belongs to two elements", p.number, id)
	}
	if m.tag != e.typ {
		c.bad("mcid-tag", "page %d: MCID %d is marked %s and belongs to %s", p.number, id, m.tag, e.typ)
	}
	m.claimed = e
	e.kids = append(e.kids, kid{mark: m})
}

func (c *checker) objectRef(e *elem, d types.Dict) {
	a := c.annots[number(d["Obj"])]
	if a == nil {
		c.bad("annotation-unknown", "%s %d names an annotation that is on no page", e.typ, e.num)
		return
	}
	if e.typ != "Link" {
		c.bad("annotation-loose", "page %d: a link is in %s", a.page, e.typ)
	}
	a.claimed, e.hasObjr = e, true
}

// headings go down one level at a time, from 1.
func (c *checker) headings() {
	last := 0
	for _, e := range c.elems {
		l := headingLevel(e.typ)
		if l == 0 {
			continue
		}
		if l > last+1 {
			c.bad("heading-skip", "a heading of level %d after level %d", l, last)
		}
		last = l
	}
	if last == 0 {
		c.bad("heading-none", "the document has no heading")
	}
}

func headingLevel(typ string) int {
	if len(typ) == 2 && typ[0] == 'H' && typ[1] >= '1' && typ[1] <= '6' {
		return int(typ[1] - '0')
	}
	return 0
}

func (c *checker) elementRules(e *elem) {
	allowed, known := within[e.typ]
	switch {
	case !known:
		c.bad("type", "an element of type %q", e.typ)
	case !slices.Contains(allowed, e.parent.typ):
		c.bad("nesting", "%s inside %q", e.typ, e.parent.typ)
	}
	c.lang(e.typ, e.dict["Lang"], false)
	words := strings.TrimSpace(e.words())
	switch e.typ {
	case "H1", "H2", "H3", "H4", "H5", "H6", "P", "Span":
		if words == "" {
			c.bad("empty", "%s %d holds no text", e.typ, e.num)
		}
	case "Link":
		if !e.hasObjr {
			c.bad("link-annotation", "Link %d has no annotation", e.num)
		}
		if words == "" {
			c.bad("empty", "Link %d holds no text", e.num)
		}
	case "Figure":
		if strings.TrimSpace(c.text(e.dict["Alt"])) == "" {
			c.bad("figure-alt", "Figure %d has no words that stand for it", e.num)
		}
		if len(c.array(c.dict(e.dict["A"])["BBox"])) != 4 {
			c.bad("figure-box", "Figure %d does not say where it is", e.num)
		}
	case "TH":
		if s := c.name(c.dict(e.dict["A"])["Scope"]); s != "Column" && s != "Row" && s != "Both" {
			c.bad("th-scope", "TH %d has no Scope", e.num)
		}
	case "L":
		c.list(e)
	case "LI":
		if len(e.kids) == 0 || e.kids[len(e.kids)-1].elem == nil || e.kids[len(e.kids)-1].elem.typ != "LBody" {
			c.bad("list", "LI %d has no body", e.num)
		}
	case "Table":
		c.table(e)
	}
}

func (c *checker) list(e *elem) {
	if len(e.kids) == 0 {
		c.bad("list", "L %d is empty", e.num)
		return
	}
	if first := e.kids[0].elem; first != nil && len(first.kids) > 0 && first.kids[0].elem != nil && first.kids[0].elem.typ == "Lbl" &&
		c.name(c.dict(e.dict["A"])["ListNumbering"]) == "" {
		c.bad("list", "L %d has labels and does not say how it is numbered", e.num)
	}
}

// table checks that every row has as many cells, and that there are heads.
func (c *checker) table(e *elem) {
	var rows []*elem
	for _, k := range e.kids {
		switch {
		case k.elem == nil:
		case k.elem.typ == "TR":
			rows = append(rows, k.elem)
		default:
			for _, r := range k.elem.kids {
				if r.elem != nil {
					rows = append(rows, r.elem)
				}
			}
		}
	}
	heads := false
	for _, r := range rows {
		if len(r.kids) != len(rows[0].kids) {
			c.bad("table-regular", "table %d: a row of %d cells in a table of %d columns", e.num, len(r.kids), len(rows[0].kids))
		}
		for _, k := range r.kids {
			heads = heads || k.elem != nil && k.elem.typ == "TH"
		}
	}
	if !heads {
		c.bad("table-heads", "table %d has no heads", e.num)
	}
}

// words is the text of an element in reading order.
func (e *elem) words() string {
	var b strings.Builder
	for _, k := range e.kids {
		if k.mark != nil {
			b.WriteString(k.mark.text.String())
		} else {
			b.WriteString(k.elem.words())
		}
	}
	return b.String()
}

// parentTree checks that the way back from the content to the structure leads to the same elements.
func (c *checker) parentTree() {
	tree := map[int]types.Object{}
	c.numbers(c.dict(c.dict(c.root["StructTreeRoot"])["ParentTree"]), tree, 0)
	for i := range c.pages {
		p := &c.pages[i]
		key, ok := c.integer(p.dict["StructParents"])
		if !ok {
			c.bad("struct-parents", "page %d has no StructParents", p.number)
			continue
		}
		owners := c.array(tree[key])
		for id, m := range p.marks {
			if m.claimed != nil && (id >= len(owners) || number(owners[id]) != m.claimed.num) {
				c.bad("parent-tree", "page %d: MCID %d does not lead back to its element", p.number, id)
			}
		}
	}
	for n, a := range c.annots {
		key, ok := c.integer(a.dict["StructParent"])
		if !ok || a.claimed != nil && number(tree[key]) != a.claimed.num {
			c.bad("parent-tree", "page %d: link %d does not lead back to its element", a.page, n)
		}
	}
}

// numbers reads a number tree.
func (c *checker) numbers(d types.Dict, into map[int]types.Object, depth int) {
	nums := c.array(d["Nums"])
	for i := 0; i+1 < len(nums); i += 2 {
		if k, ok := c.integer(nums[i]); ok {
			into[k] = nums[i+1]
		}
	}
	if depth > 20 {
		return
	}
	for _, k := range c.array(d["Kids"]) {
		c.numbers(c.dict(k), into, depth+1)
	}
}
