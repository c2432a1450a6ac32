package pdf

import (
	"bytes"
	"fmt"
)

// elem is an open structure element. It is written out, and forgotten, when it is closed; its parent keeps its number.
type elem struct {
	num, parent int
	typ, attrs  string // attrs: further entries of its dictionary, as they stand in the file
	kids        bytes.Buffer
}

// open begins an element inside parent.
func (w *Writer) open(parent *elem, typ, attrs string) *elem {
	e := &elem{num: w.out.reserve(), parent: parent.num, typ: typ, attrs: attrs}
	fmt.Fprintf(&parent.kids, "%d 0 R ", e.num)
	return e
}

// shut writes the element; nothing may be added to it after.
func (w *Writer) shut(e *elem) {
	w.out.put(e.num, "<</Type /StructElem /S /%s /P %d 0 R /K [%s]%s>>", e.typ, e.parent, bytes.TrimSpace(e.kids.Bytes()), e.attrs)
	e.kids = bytes.Buffer{}
}

// begin starts a run of marked content on this page that belongs to e. Runs do not nest.
func (w *Writer) begin(e *elem) {
	p := w.pg
	w.op("/%s <</MCID %d>> BDC", e.typ, len(p.owners))
	fmt.Fprintf(&e.kids, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", p.num, len(p.owners))
	p.owners = append(p.owners, e.num)
}

// end ends a run of marked content or an artifact.
func (w *Writer) end() { w.op("EMC") }

// artifact marks what fn paints as no part of the text: rules, repeated table heads, page feet.
func (w *Writer) artifact(props string, fn func()) {
	if props == "" {
		w.op("/Artifact BMC")
	} else {
		w.op("/Artifact <<%s>> BDC", props)
	}
	fn()
	w.end()
}

// key gives out the next key of the parent tree, whose value is set later.
func (w *Writer) key() int {
	w.parents = append(w.parents, 0)
	return len(w.parents) - 1
}

// keysPerLeaf is how many keys a leaf of the parent tree holds.
const keysPerLeaf = 500

// finishStructure writes the Document element, the parent tree and the root of both, and returns the root's number.
func (w *Writer) finishStructure() int {
	root := w.out.reserve()
	w.root.parent = root
	w.shut(w.root)
	var leaves bytes.Buffer
	for i := 0; i < len(w.parents); i += keysPerLeaf {
		last := min(i+keysPerLeaf, len(w.parents))
		var nums bytes.Buffer
		for k := i; k < last; k++ {
			fmt.Fprintf(&nums, "%d %d 0 R ", k, w.parents[k])
		}
		fmt.Fprintf(&leaves, "%d 0 R ", w.out.add("<</Limits [%d %d] /Nums [%s]>>", i, last-1, nums.Bytes()))
	}
	tree := w.out.add("<</Kids [%s]>>", leaves.Bytes())
	w.out.put(root, "<</Type /StructTreeRoot /K [%d 0 R] /ParentTree %d 0 R /ParentTreeNextKey %d>>", w.root.num, tree, len(w.parents))
	return root
}
