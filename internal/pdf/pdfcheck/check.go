// Package pdfcheck looks for faults in the structure of a PDF that claims to be PDF/A-2a and PDF/UA-1: what a machine can
// check of ISO 19005-2 and ISO 14289-1 (the Matterhorn protocol) and what this service asks besides. It is for tests. It
// does not replace veraPDF, and no checker tells whether a text is understood.
package pdfcheck

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/text/language"
)

// Fault is one thing that is wrong.
type Fault struct {
	Rule   string // short and fixed, as “th-scope”
	Detail string
}

func (f Fault) String() string { return f.Rule + ": " + f.Detail }

// Check returns the faults of a document; none is good. A file that cannot be read has the fault “syntax”.
func Check(data []byte) []Fault {
	c, err := read(data)
	if err != nil {
		return []Fault{{"syntax", err.Error()}}
	}
	c.catalog()
	c.metadata()
	c.everyObject()
	for i := range c.pages {
		c.page(&c.pages[i])
	}
	c.structure()
	c.parentTree()
	c.outline()
	return c.faults
}

// Reporter is the part of testing.TB that Report needs.
type Reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// Report fails the test for each fault of the document called name.
func Report(t Reporter, name string, data []byte) {
	t.Helper()
	for _, f := range Check(data) {
		t.Errorf("%s: %v", name, f)
	}
}

// checker is a document being read.
type checker struct {
	*model.XRefTable
	root   types.Dict
	faults []Fault
	pages  []page
	byNum  map[int]*page  // by object number
	elems  []*elem        // in reading order
	annots map[int]*annot // by object number
	fonts  map[int]*font  // by object number
}

// page is one page and what its content marks.
type page struct {
	number, num int // from 1; object number
	dict        types.Dict
	marks       map[int]*mark // by MCID
}

// annot is an annotation found on a page.
type annot struct {
	dict    types.Dict
	page    int
	claimed *elem
}

// withoutConfigDir keeps pdfcpu from reading and writing settings of its own. It sets a variable of that package, so it is done once.
var withoutConfigDir = sync.OnceFunc(api.DisableConfigDir) //nolint:gochecknoglobals // a function that does its work once

func read(data []byte) (*checker, error) {
	withoutConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationStrict
	conf.Offline = true
	ctx, err := api.ReadAndValidate(bytes.NewReader(data), conf)
	if err != nil {
		return nil, err
	}
	c := &checker{XRefTable: ctx.XRefTable, root: ctx.RootDict, byNum: map[int]*page{}, annots: map[int]*annot{}, fonts: map[int]*font{}}
	for p := 1; p <= ctx.PageCount; p++ {
		d, ref, _, err := ctx.PageDict(p, false)
		if err != nil {
			return nil, fmt.Errorf("page %d: %w", p, err)
		}
		c.pages = append(c.pages, page{number: p, num: int(ref.ObjectNumber), dict: d, marks: map[int]*mark{}})
	}
	for i := range c.pages {
		c.byNum[c.pages[i].num] = &c.pages[i]
	}
	return c, nil
}

func (c *checker) bad(rule, format string, a ...any) {
	c.faults = append(c.faults, Fault{rule, fmt.Sprintf(format, a...)})
}

// The following get a value and forgive it for not being there or of another kind: its absence is then the fault.

func (c *checker) dict(o types.Object) types.Dict {
	d, _ := c.DereferenceDict(o)
	return d
}

func (c *checker) array(o types.Object) types.Array {
	a, _ := c.DereferenceArray(o)
	return a
}

func (c *checker) name(o types.Object) string {
	n, _ := c.Dereference(o)
	s, _ := n.(types.Name)
	return s.Value()
}

func (c *checker) integer(o types.Object) (int, bool) {
	n, _ := c.Dereference(o)
	i, ok := n.(types.Integer)
	return i.Value(), ok
}

func (c *checker) isTrue(o types.Object) bool {
	v, _ := c.Dereference(o)
	b, ok := v.(types.Boolean)
	return ok && b.Value()
}

func (c *checker) text(o types.Object) string {
	if o == nil {
		return ""
	}
	s, err := c.DereferenceText(o)
	if err != nil {
		return ""
	}
	return s
}

func number(o types.Object) int {
	if r, ok := o.(types.IndirectRef); ok {
		return int(r.ObjectNumber)
	}
	return 0
}

// catalog checks the document's own dictionary.
func (c *checker) catalog() {
	if c.ID == nil {
		c.bad("id", "the trailer has no ID")
	}
	if c.Encrypt != nil {
		c.bad("encrypted", "the file is encrypted")
	}
	if !c.isTrue(c.dict(c.root["MarkInfo"])["Marked"]) {
		c.bad("marked", "MarkInfo/Marked is not true")
	}
	if !c.isTrue(c.dict(c.root["ViewerPreferences"])["DisplayDocTitle"]) {
		c.bad("display-title", "DisplayDocTitle is not true")
	}
	c.lang("the document", c.root["Lang"], true)
	intents := c.array(c.root["OutputIntents"])
	if len(intents) == 0 || c.dict(intents[0])["DestOutputProfile"] == nil {
		c.bad("output-intent", "no OutputIntent with a colour profile")
	}
	for _, k := range []string{"OpenAction", "AA", "AcroForm", "Collection", "Threads", "AF"} {
		if c.root[k] != nil {
			c.bad("catalog-entry", "the catalog has %s", k)
		}
	}
	names := c.dict(c.root["Names"])
	for _, k := range []string{"JavaScript", "EmbeddedFiles"} {
		if names[k] != nil {
			c.bad("catalog-entry", "the name tree has %s", k)
		}
	}
	if len(c.array(c.dict(c.root["PageLabels"])["Nums"])) == 0 {
		c.bad("page-labels", "no PageLabels")
	}
}

func (c *checker) lang(where string, o types.Object, must bool) {
	s := c.text(o)
	if s == "" {
		if must || o != nil {
			c.bad("lang", "%s has no language", where)
		}
		return
	}
	if _, err := language.Parse(s); err != nil {
		c.bad("lang", "%s: %q is no language tag", where, s)
	}
}

// metadata checks the XMP packet and that it agrees with the Info dictionary.
func (c *checker) metadata() {
	md, _, err := c.DereferenceStreamDict(c.root["Metadata"])
	if err != nil || md == nil {
		c.bad("xmp", "no metadata")
		return
	}
	b := md.Raw
	if md.Decode() == nil {
		b = md.Content
	}
	x := string(b)
	for _, want := range []string{"<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "<dc:title>", "<dc:language>",
		"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/<"} {
		if !strings.Contains(x, want) {
			c.bad("xmp", "no %s", want)
		}
	}
	if c.Info == nil {
		c.bad("info", "no Info dictionary")
		return
	}
	if title := c.text(c.dict(*c.Info)["Title"]); title == "" || !strings.Contains(x, escape(title)) {
		c.bad("info", "Info/Title is missing or not the title of the metadata")
	}
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(s)
}

// everyObject checks what holds wherever it stands: actions and files, and fonts.
func (c *checker) everyObject() {
	nums := make([]int, 0, len(c.Table))
	for n := range c.Table {
		nums = append(nums, n)
	}
	slices.Sort(nums)
	for _, n := range nums {
		e := c.Table[n]
		if e == nil || e.Free {
			continue
		}
		c.walk(n, e.Object, 0)
		if d, ok := e.Object.(types.Dict); ok {
			c.fontDict(n, d)
		}
	}
}

// walk looks for actions and external content in an object.
func (c *checker) walk(num int, o types.Object, depth int) {
	if depth > 20 {
		return
	}
	switch v := o.(type) {
	case types.StreamDict:
		if v.Dict["F"] != nil {
			c.bad("external", "stream %d is in another file", num)
		}
		c.walk(num, v.Dict, depth+1)
	case *types.StreamDict:
		c.walk(num, *v, depth)
	case types.Array:
		for _, k := range v {
			c.walk(num, k, depth+1)
		}
	case types.Dict:
		if v["JS"] != nil {
			c.bad("action", "object %d: JavaScript", num)
		}
		if t := c.name(v["Type"]); t == "Filespec" || t == "F" || t == "EmbeddedFile" {
			c.bad("external", "object %d names a file", num)
		}
		if a := c.dict(v["A"]); a != nil && a["O"] == nil {
			c.action(num, a)
		}
		for _, k := range v {
			if _, ref := k.(types.IndirectRef); !ref {
				c.walk(num, k, depth+1)
			}
		}
	}
}

// action allows links to the web, to mail and to places in the document.
func (c *checker) action(num int, a types.Dict) {
	switch s := c.name(a["S"]); s {
	case "GoTo":
		c.destination(fmt.Sprintf("object %d", num), a["D"])
	case "URI":
		uri := c.text(a["URI"])
		scheme, _, _ := strings.Cut(uri, ":")
		if !slices.Contains([]string{"http", "https", "mailto", "tel"}, strings.ToLower(scheme)) || strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r > '~' }) {
			c.bad("uri", "object %d: an address that is not allowed", num)
		}
	default:
		c.bad("action", "object %d: action %q", num, s)
	}
	if a["Next"] != nil {
		c.bad("action", "object %d: a chain of actions", num)
	}
}

// destination checks that a place is on a page of the document.
func (c *checker) destination(where string, o types.Object) {
	a := c.array(o)
	if len(a) < 2 || c.byNum[number(a[0])] == nil {
		c.bad("destination", "%s leads to no page of the document", where)
	}
}
