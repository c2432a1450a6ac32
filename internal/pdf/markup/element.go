package markup

import (
	"slices"
	"strings"
)

// rule is what the subset says of an element in a role: “p”, or “div.head” where the class tells what it is.
type rule struct {
	in      []string // the roles it may stand directly in
	classes []string // what it may have beside the class of its role
	attrs   []string // beside class, lang and data-at
	text    bool     // it holds text, and perhaps inline elements
	inline  bool
	void    bool // it has no end
	open    func(*reader, *element) error
	shut    func(*reader, *element) error
}

// element is one that is open.
type element struct {
	role    string
	rule    rule
	classes []string
	attrs   map[string]string
	lang    string
	at      string
	style   inlineStyle
}

func (e *element) has(class string) bool { return slices.Contains(e.classes, class) }

// rules is the subset.
func rules() map[string]rule {
	flow := []string{"main", "section", "section.system", "section.page", "section.appeal", "div.item", "div.sign"}
	words := strings.Fields
	text := words("p h1 h2 h3 h4 li dt dd th td address.to span strong b em i a")
	r := map[string]rule{
		"html": {in: words("-")}, "head": {in: words("html")}, "body": {in: words("html"), open: (*reader).begin}, "main": {in: words("body")},
		"meta":  {in: words("head"), attrs: words("charset name content"), void: true},
		"title": {in: words("head"), text: true, open: (*reader).openText, shut: (*reader).shutTitle},
		"style": {in: words("head")},

		"div.head":   {in: words("main"), open: (*reader).openHead},
		"div.brand":  {in: words("div.head")},
		"svg":        {in: words("div.brand"), open: (*reader).openLogo},
		"dl":         {in: words("div.head"), shut: (*reader).shutFacts},
		"address.to": {in: words("main"), text: true, open: (*reader).openTo, shut: (*reader).shutTo},

		"div.item": {in: flow, open: (*reader).openGroup}, "div.sign": {in: flow, open: (*reader).openGroup},
		"section": {in: flow, open: (*reader).openGroup}, "section.system": {in: flow, open: (*reader).openGroup},
		"section.page":   {in: flow, open: (*reader).openPage},
		"section.appeal": {in: words("main section"), open: (*reader).openBox, shut: (*reader).shutBox},
		"nav.contents":   {in: words("main section"), open: (*reader).openContents, shut: (*reader).shutContents},

		"p":  {in: append(words("footer.foot"), flow...), classes: words("small muted lead hash pre keep"), text: true, open: (*reader).openText, shut: (*reader).shutParagraph},
		"ul": {in: flow, open: (*reader).openList, shut: (*reader).shutList}, "ol": {in: flow, open: (*reader).openList, shut: (*reader).shutList},
		"li":       {in: words("ul ol"), text: true, open: (*reader).openText, shut: (*reader).shutItem},
		"dl.facts": {in: flow, open: (*reader).openFacts, shut: (*reader).shutFacts},
		"dt":       {in: words("dl dl.facts"), text: true, open: (*reader).openText, shut: (*reader).shutTerm},
		"dd":       {in: words("dl dl.facts"), text: true, open: (*reader).openText, shut: (*reader).shutDefinition},

		"table.sum": {in: flow, attrs: words("data-columns"), open: (*reader).openTable, shut: (*reader).shutTable},
		"thead":     {in: words("table.sum")}, "tbody": {in: words("table.sum")},
		"tr": {in: words("thead tbody"), open: (*reader).openRow, shut: (*reader).shutRow},
		"th": {in: words("tr"), attrs: words("scope"), text: true, open: (*reader).openHeadCell, shut: (*reader).shutCell},
		"td": {in: words("tr"), text: true, open: (*reader).openText, shut: (*reader).shutCell},

		"footer.foot": {in: words("main"), open: (*reader).openFoot, shut: (*reader).shutFoot},

		"span":   {in: append(words("div.brand"), text...), classes: words("nowrap muted brand__kommun brand__service"), text: true, inline: true, open: (*reader).openSpan, shut: (*reader).shutSpan},
		"a":      {in: text, attrs: words("href"), text: true, inline: true, open: (*reader).openInline},
		"strong": {in: text, text: true, inline: true, open: (*reader).openInline}, "em": {in: text, text: true, inline: true, open: (*reader).openInline},
		"b": {in: text, text: true, inline: true, open: (*reader).openInline, shut: (*reader).shutBold}, "i": {in: text, text: true, inline: true, open: (*reader).openInline},
		"br": {in: text, inline: true, void: true, open: (*reader).openBreak}, "wbr": {in: text, inline: true, void: true, open: (*reader).openWbr},
	}
	for _, h := range words("h1 h2 h3 h4") {
		r[h] = rule{in: append(words("nav.contents"), flow...), text: true, open: (*reader).openText, shut: (*reader).shutHeading}
	}
	return r
}

// role finds the rule of an element: by its name and one of its classes, else by its name.
func role(all map[string]rule, name string, classes []string) (string, rule, bool) {
	for _, c := range classes {
		if r, ok := all[name+"."+c]; ok {
			return name + "." + c, r, true
		}
	}
	r, ok := all[name]
	return name, r, ok
}
