package main

import (
	"bytes"
	"net/url"
	"strings"

	"insyn/internal/visitor"
)

// person is somebody at a browser. Everything the browser was shown is kept, to see afterwards what reached whom.
type person struct {
	t       *tour
	name    string
	role    string // in the closing table
	browser *visitor.Visitor
	page    *visitor.Page
	shown   [][]byte
}

// person is the one with this name, with a browser of their own from the first time on.
func (t *tour) person(name, role string) *person {
	if p, ok := t.people[name]; ok {
		return p
	}
	p := &person{t: t, name: name, role: role, browser: t.visit()}
	t.people[name] = p
	return p
}

// at remembers what is on the screen now.
func (p *person) at(page *visitor.Page, err error) *person {
	if err != nil {
		p.t.fail("%s: %w", p.name, err)
	}
	p.page = page
	p.shown = append(p.shown, page.Body)
	return p
}

// open types an address and logs in if asked to.
func (p *person) open(address string) *person {
	p.at(p.browser.Get(p.t.ctx, address))
	return p.identify()
}

// identify chooses oneself at the identity provider when its page is shown.
func (p *person) identify() *person {
	if !strings.HasPrefix(p.page.URL.String(), p.t.stack.IdP.URL()) {
		return p
	}
	p.at(p.page.Form(visitor.ActionEnds("/authorize")).Submit(p.t.ctx, p.name))
	if strings.Contains(p.page.URL.Path, "/logga-in") {
		p.t.fail("%s: expected to be logged in, but saw %d “%s”", p.name, p.page.Status, p.page.Heading())
	}
	return p
}

// follow opens a link by its text.
func (p *person) follow(text string) *person {
	p.at(p.page.Follow(p.t.ctx, text))
	return p.identify()
}

// send sends a form that has been filled in, with a button.
func (p *person) send(f *visitor.Form, button string) *person {
	return p.at(f.Submit(p.t.ctx, button))
}

// post sends fields to an address that the page may not offer.
func (p *person) post(address string, values url.Values) *person {
	return p.at(p.page.Send(p.t.ctx, address, values))
}

// form finds a form of the page.
func (p *person) form(m ...visitor.Match) *visitor.Form { return p.page.Form(m...) }

// sees demands that the page is an ordinary one that says all of the texts.
func (p *person) sees(texts ...string) *person {
	p.status(200)
	return p.reads(texts...)
}

// reads demands that the page says all of the texts, whatever its status.
func (p *person) reads(texts ...string) *person {
	for _, text := range texts {
		p.t.check(p.page.Has(text), "%s: expected “%s” on %s, but the page (%d, “%s”) says: %s",
			p.name, text, p.page.URL.Path, p.page.Status, p.page.Heading(), excerpt(p.page))
	}
	return p
}

// misses demands that the page says none of the texts.
func (p *person) misses(texts ...string) *person {
	for _, text := range texts {
		p.t.check(!p.page.Has(text), "%s: expected “%s” not to be on %s, but it is", p.name, text, p.page.URL.Path)
	}
	return p
}

// lacks demands that the page has no such part.
func (p *person) lacks(selectors ...string) *person {
	for _, sel := range selectors {
		p.t.check(len(p.page.Find(sel)) == 0, "%s: expected no part %s on %s, but there is one", p.name, sel, p.page.URL.Path)
	}
	return p
}

// status demands the answer's status.
func (p *person) status(want int) *person {
	p.t.check(p.page.Status == want, "%s: expected %d from %s, but got %d “%s”: %s",
		p.name, want, p.page.URL.Path, p.page.Status, p.page.Heading(), excerpt(p.page))
	return p
}

// offered demands that the page has such a form; refused that it has not.
func (p *person) offered(what string, m ...visitor.Match) *person {
	p.t.check(p.page.Offers(m...), "%s: expected to be offered %s on %s, but there is no such form", p.name, what, p.page.URL.Path)
	return p
}

func (p *person) notOffered(what string, m ...visitor.Match) *person {
	p.t.check(!p.page.Offers(m...), "%s: expected not to be offered %s on %s, but there is such a form", p.name, what, p.page.URL.Path)
	return p
}

// excerpt is what stands out on a page: its alerts, or else how it begins.
func excerpt(p *visitor.Page) string {
	text := ""
	for _, selector := range []string{"[role=alert]", "[role=status]", ".govuk-error-summary", ".govuk-error-message"} {
		for _, e := range p.Find(selector) {
			text += e.Text() + " "
		}
	}
	if text == "" {
		for _, e := range p.Find("main") {
			text = e.Text()
		}
	}
	const limit = 400
	if r := []rune(strings.Join(strings.Fields(text), " ")); len(r) > limit {
		return string(r[:limit]) + " …"
	} else if len(r) > 0 {
		return string(r)
	}
	return "nothing"
}

// saw tells whether the browser was ever shown a text, in a page or a file.
func (p *person) saw(text string) bool {
	for _, body := range p.shown {
		for _, v := range shapes(text) {
			if bytes.Contains(body, v) {
				return true
			}
		}
	}
	return false
}

// absent demands the answer of something that does not exist: the same as for an address that is made up, in every byte
// but the request's id and the address itself.
func (p *person) absent(address, madeUp string) {
	p.t.probes++
	got, err := p.browser.Get(p.t.ctx, address)
	p.at(got, err)
	made, err := p.browser.Get(p.t.ctx, madeUp)
	p.at(made, err)
	p.same(got, made, address, madeUp)
}

// absentPost is absent for a form.
func (p *person) absentPost(address, madeUp string, values url.Values) {
	p.t.probes++
	from := p.page
	got, err := from.Send(p.t.ctx, address, values)
	p.at(got, err)
	made, err := from.Send(p.t.ctx, madeUp, values)
	p.at(made, err)
	p.same(got, made, address, madeUp)
}

func (p *person) same(got, made *visitor.Page, address, madeUp string) {
	p.t.check(got.Status == 404, "%s: expected 404 from %s, but got %d “%s”", p.name, address, got.Status, got.Heading())
	p.t.check(made.Status == 404, "%s: expected 404 from the made-up %s, but got %d “%s”", p.name, madeUp, made.Status, made.Heading())
	a, b := anonymous(got, address), anonymous(made, madeUp)
	p.t.check(a == b, "%s: expected %s to answer as a made-up address does, byte for byte, but it does not: %s", p.name, address, firstDifference(a, b))
}

// anonymous is an answer without what differs by itself: the request's id, the time and the address asked for.
func anonymous(p *visitor.Page, address string) string {
	var b strings.Builder
	for _, name := range []string{"Content-Type", "Content-Length", "Cache-Control", "Content-Language", "Content-Security-Policy", "Vary", "Set-Cookie", "Location"} {
		if name != "Content-Length" { // of a body that repeats the address; the body itself is compared
			b.WriteString(name + ": " + strings.Join(p.Header.Values(name), ", ") + "\n")
		}
	}
	b.Write(p.Body)
	s := strings.ReplaceAll(b.String(), p.Header.Get("X-Request-Id"), "ID")
	u, err := url.Parse(address)
	if err != nil {
		return s
	}
	s = strings.ReplaceAll(s, u.EscapedPath(), "ADDRESS")
	for part := range strings.SplitSeq(u.Path, "/") {
		if strings.ContainsAny(part, "0123456789") {
			s = strings.ReplaceAll(s, part, "NUMBER")
		}
	}
	return s
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	const around = 60
	return strings.Join(strings.Fields(a[max(0, i-around):min(len(a), i+around)]), " ") + " ≠ " +
		strings.Join(strings.Fields(b[max(0, i-around):min(len(b), i+around)]), " ")
}
