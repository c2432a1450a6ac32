package templates

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"insyn/internal/pdf"
)

// Slot is a place in letters and extracts where the municipality says something in its own words. What a letter must say stands
// in parts of its own, before and after: an own part comes beside them and never instead of them.
type Slot string

// The slots.
const (
	SlotOpening  Slot = "opening"  // first in a decision letter, under its title
	SlotHelp     Slot = "help"     // “Behöver du hjälp?”, last in every letter and extract
	SlotExtract  Slot = "extract"  // first in an extract, under its title
	SlotReceipt  Slot = "receipt"  // in the receipt of a request on paper
	SlotComplete Slot = "complete" // in the letter that asks the person for something
)

// Slots lists the slots in the order they are shown.
func Slots() []Slot {
	return []Slot{SlotOpening, SlotHelp, SlotExtract, SlotReceipt, SlotComplete}
}

// Max is how many characters a part may have. What comes before the decision must not push it off the first page.
func (s Slot) Max() int {
	if s == SlotOpening {
		return 300
	}
	return 800
}

// OwnParts is what is said in the slots of one document, in its language.
type OwnParts struct {
	Texts   map[Slot]OwnPart
	Example bool // the document is an example for whoever writes the texts, and says so
}

// OwnPart is a version of a text.
type OwnPart struct {
	Version int64 // counts the changes of all parts together
	Text    string
}

// OwnBlock is a paragraph or a list of an own part.
type OwnBlock struct {
	Text  string   // of a paragraph
	Items []string // of a list
}

// On gives the blocks of a slot; nothing when nothing is said. Characters that the fonts lack are refused when a text is saved;
// should one be there all the same (the fonts have changed since), it is left out, so that it stops no letter.
func (p OwnParts) On(slot string) []OwnBlock {
	text := strings.Map(visible, p.Texts[Slot(slot)].Text)
	if lacking := pdf.Lacking(text); len(lacking) > 0 {
		text = strings.Map(func(r rune) rune {
			if slices.Contains(lacking, r) {
				return -1
			}
			return r
		}, norm.NFC.String(text))
	}
	return Blocks(text)
}

// Versions names the versions a document is made with: “parts-7-12”. It is empty when the document has no own parts.
func (p OwnParts) Versions() string {
	var all []int64
	for _, part := range p.Texts {
		if len(Blocks(part.Text)) > 0 {
			all = append(all, part.Version)
		}
	}
	slices.Sort(all)
	name := ""
	for _, version := range slices.Compact(all) {
		name += "-" + strconv.FormatInt(version, 10)
	}
	if name == "" {
		return ""
	}
	return "parts" + name
}

// In keeps the parts that a kind of document has a place for.
func (p OwnParts) In(document string) OwnParts {
	out := OwnParts{Texts: map[Slot]OwnPart{}, Example: p.Example}
	for _, d := range DocumentParts() {
		for _, part := range d.Parts {
			if own, ok := p.Texts[part.Slot]; ok && d.Name == document {
				out.Texts[part.Slot] = own
			}
		}
	}
	return out
}

// Blocks cuts a text into paragraphs, one a line, and lists: lines that begin with a dash, a star or a bullet. Characters that
// are not seen, or that turn the order of what stands around them, are left out: however a text came to be stored, it must not
// disturb the rest of a letter.
func Blocks(text string) []OwnBlock {
	var out []OwnBlock
	listed := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(strings.Map(visible, line))
		item, isItem := listItem(line)
		switch {
		case line == "" || isItem && item == "":
			listed = false
		case isItem && listed:
			last := &out[len(out)-1]
			last.Items = append(last.Items, item)
		case isItem:
			out, listed = append(out, OwnBlock{Items: []string{item}}), true
		default:
			out, listed = append(out, OwnBlock{Text: line}), false
		}
	}
	return out
}

// listItem tells whether a line is an item of a list, and what it says.
func listItem(line string) (string, bool) {
	for _, mark := range []string{"- ", "– ", "* ", "• "} {
		if rest, ok := strings.CutPrefix(line+" ", mark); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// visible drops what is not seen: controls, marks of direction, soft hyphens, private and unassigned characters.
func visible(r rune) rune {
	switch {
	case r == '\n':
		return r
	case r == '\t':
		return ' '
	case unicode.IsGraphic(r) && r != unicode.ReplacementChar:
		return r
	default:
		return -1
	}
}

// DocumentPart is a part of a document: a slot, or something that is required and not to be changed.
type DocumentPart struct {
	Name string // of a text: own.part.<Name>
	Slot Slot   // empty: the part is required
}

// DocumentKind is a kind of document with its parts in the order they stand.
type DocumentKind struct {
	Name  string // decision, extract, complete, receipt or notice
	Parts []DocumentPart
}

// DocumentParts lists the documents that have slots, and in which order required parts and slots stand.
func DocumentParts() []DocumentKind {
	kind := func(name string, parts ...string) DocumentKind {
		k := DocumentKind{Name: name}
		for _, p := range parts {
			part := DocumentPart{Name: p}
			if slices.Contains(Slots(), Slot(p)) {
				part.Slot = Slot(p)
			}
			k.Parts = append(k.Parts, part)
		}
		return k
	}
	return []DocumentKind{
		kind("decision", "sender", "title", "opening", "outcome", "reasons", "history", "signature", "remedy", "help", "contact"),
		kind("extract", "sender", "title", "extract", "summary", "material", "rights", "help", "contact"),
		kind("complete", "sender", "title", "missing", "complete", "help", "contact"),
		kind("receipt", "sender", "title", "received", "receipt", "help", "contact"),
		kind("notice", "sender", "title", "message", "help", "contact"),
	}
}
