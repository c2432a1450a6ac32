package pdfcheck

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// mark is one run of marked content that belongs to the structure.
type mark struct {
	tag     string
	text    strings.Builder
	claimed *elem
}

// tokens: dictionary and array marks, strings, names, numbers and operators.
var tokens = regexp.MustCompile(`<<|>>|\[|\]|<[0-9A-Fa-f\s]*>|\((?:\\.|[^\\()])*\)|/[^\s<>\[\]()/]*|[^\s<>\[\]()/]+`)

// paints are the operators that paint.
//
//nolint:gochecknoglobals // made once, never written
var paints = map[string]bool{"Tj": true, "TJ": true, "'": true, `"`: true, "S": true, "s": true, "f": true, "F": true, "f*": true,
	"B": true, "B*": true, "b": true, "b*": true, "sh": true, "Do": true, "BI": true}

// opened is a marked-content sequence that is open.
type opened struct {
	mark     *mark // nil in an artifact
	artifact bool
	actual   *string // the words it stands for
}

// page checks one page: its dictionary, its annotations and its content.
func (c *checker) page(p *page) {
	if c.name(p.dict["Tabs"]) != "S" {
		c.bad("tabs", "page %d: Tabs is not S", p.number)
	}
	if p.dict["AA"] != nil {
		c.bad("action", "page %d: an action of its own", p.number)
	}
	for _, o := range c.array(p.dict["Annots"]) {
		c.annotation(p, number(o), c.dict(o))
	}
	b, err := c.PageContent(p.dict, p.number)
	if err != nil {
		c.bad("content", "page %d: %v", p.number, err)
		return
	}
	fonts := map[string]*font{}
	for name, o := range c.dict(c.dict(p.dict["Resources"])["Font"]) {
		fonts[name] = c.fonts[number(o)]
	}
	c.content(p, string(b), fonts)
}

func (c *checker) annotation(p *page, num int, d types.Dict) {
	if s := c.name(d["Subtype"]); s != "Link" {
		c.bad("annotation", "page %d: annotation %q", p.number, s)
	}
	if strings.TrimSpace(c.text(d["Contents"])) == "" {
		c.bad("annotation-contents", "page %d: link %d has no Contents", p.number, num)
	}
	if f, _ := c.integer(d["F"]); f&4 == 0 || f&3 != 0 {
		c.bad("annotation-flags", "page %d: link %d is hidden or not printed", p.number, num)
	}
	if d["A"] == nil && d["Dest"] == nil {
		c.bad("destination", "page %d: link %d leads nowhere", p.number, num)
	}
	if d["Dest"] != nil {
		c.destination("page "+strconv.Itoa(p.number)+": a link", d["Dest"])
	}
	c.annots[num] = &annot{dict: d, page: p.number}
}

// content checks that everything painted belongs to the structure or is an artifact, and reads the text.
func (c *checker) content(p *page, b string, fonts map[string]*font) {
	var stack []opened
	var args []string
	var f *font
	depth := 0
	for _, t := range tokens.FindAllString(b, -1) {
		switch {
		case t == "BDC" || t == "BMC":
			stack = append(stack, c.begin(p, args, stack))
			args = nil
		case t == "EMC":
			if len(stack) == 0 {
				c.bad("mark-balance", "page %d: EMC without a beginning", p.number)
			} else {
				if o := stack[len(stack)-1]; o.actual != nil && o.mark != nil {
					o.mark.text.WriteString(*o.actual)
				}
				stack = stack[:len(stack)-1]
			}
			args = nil
		case t == "Tf":
			if len(args) >= 2 {
				if f = fonts[args[len(args)-2][1:]]; f == nil {
					c.bad("font-unknown", "page %d: font %s", p.number, args[len(args)-2])
				}
			}
			args = nil
		case paints[t]:
			if len(stack) == 0 {
				c.bad("unmarked", "page %d: %s outside marked content", p.number, t)
			}
			if t == "Tj" || t == "TJ" || t == "'" {
				c.show(p, f, args, stack)
			}
			args = nil
		case t == "q":
			depth++
		case t == "Q":
			depth--
		case strings.ContainsAny(t[:1], "/<([]>+-.0123456789"):
			args = append(args, t)
		default:
			args = nil
		}
	}
	if len(stack) != 0 {
		c.bad("mark-balance", "page %d: %d marked-content sequences are left open", p.number, len(stack))
	}
	if depth != 0 {
		c.bad("content", "page %d: q and Q do not match", p.number)
	}
}

// begin notes a new marked-content sequence.
func (c *checker) begin(p *page, args []string, stack []opened) opened {
	o := opened{}
	if len(stack) > 0 {
		o = opened{mark: stack[len(stack)-1].mark, artifact: stack[len(stack)-1].artifact}
	}
	if len(args) == 0 {
		c.bad("mark-balance", "page %d: marked content without a tag", p.number)
		return o
	}
	tag, id := args[0][1:], -1
	for i, a := range args[:len(args)-1] {
		switch a {
		case "/MCID":
			id, _ = strconv.Atoi(args[i+1])
		case "/ActualText":
			s := unhex(args[i+1])
			o.actual = &s
		}
	}
	switch {
	case tag == "Artifact":
		if o.mark != nil {
			c.bad("artifact-nested", "page %d: an artifact inside text", p.number)
		}
		return opened{artifact: true}
	case id >= 0:
		if len(stack) > 0 {
			c.bad("mcid-nested", "page %d: MCID %d inside other marked content", p.number, id)
		}
		if p.marks[id] != nil {
			c.bad("mcid-twice", "page %d: MCID %d is used twice", p.number, id)
			return o
		}
		o.mark = &mark{tag: tag}
		p.marks[id] = o.mark
	case o.mark == nil && !o.artifact:
		c.bad("unmarked", "page %d: %s is neither text of the structure nor an artifact", p.number, tag)
	}
	return o
}

// show reads the text of a showing operator.
func (c *checker) show(p *page, f *font, args []string, stack []opened) {
	var to *mark
	for _, o := range stack {
		if o.mark != nil {
			to = o.mark
		}
		if o.actual != nil {
			to = nil
			break
		}
	}
	for _, a := range args {
		if len(a) < 2 || a[0] != '<' || a == "<<" {
			continue
		}
		for i := 1; i+4 < len(a); i += 4 {
			code, err := strconv.ParseUint(a[i:i+4], 16, 16)
			if err != nil || f == nil {
				c.bad("text", "page %d: text that cannot be read", p.number)
				return
			}
			s, ok := f.unicode[uint16(code)]
			if code == 0 || !ok {
				c.bad("font-unicode", "page %d: a character of %s that stands for nothing", p.number, f.name)
				return
			}
			if to != nil {
				to.text.WriteString(s)
			}
		}
	}
}
