package portal_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"insyn/models"
	"insyn/workflows"
)

func TestSuggestionsAreShownAndNothingIsChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.u.register = map[string][]workflows.Because{
		"SN":  {{Relation: "client", Activities: []string{"Ekonomiskt bistånd", "Budgetrådgivning", "Familjerätt", "Stödsamtal", "Skuldsanering"}}},
		"EBO": {{Relation: "tenant", Activities: []string{"Hyresavtal"}}, {Relation: "applicant", Activities: []string{"Bostadskö"}}},
	}
	b := w.browser()
	p := b.begin()
	at := p.url.Path
	var asked []string
	p.walk(func(n *html.Node) bool {
		if attr(n, "name") == "koppling" {
			asked = append(asked, attr(n, "value"))
		}
		return false
	})
	for _, code := range workflows.RelationCodes() {
		if !slices.Contains(asked, code) {
			t.Errorf("%s is not asked", code)
		}
	}
	if len(asked) != len(workflows.RelationCodes())+1 {
		t.Errorf("%d are asked", len(asked))
	}
	form := with(p, "visa", "1", "namnd", "KS")
	form["koppling"] = []string{"client", "tenant", "applicant"}
	p = b.post(at, form).want(http.StatusOK, at)
	for _, words := range []string{"Förslag till dig", "Förslag: Som någon som har fått stöd, vård eller hjälp (Ekonomiskt bistånd, Budgetrådgivning, Familjerätt och två saker till).",
		"Förslag: Som hyresgäst (Hyresavtal). Som sökande, till exempel till ett jobb eller en bostad (Bostadskö).", "Övriga", "Två har uppgifter om sådant du kryssade."} {
		if !p.says(words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if f := p.fields(); !slices.Equal(f["namnd"], []string{"KS"}) || !slices.Equal(f["koppling"], []string{"client", "applicant", "tenant"}) && len(f["koppling"]) != 3 {
		t.Errorf("ticked are %v and %v", f["namnd"], f["koppling"])
	}
	// What was ticked goes to the one controller where it leaves no doubt, and is kept nowhere else.
	form = with(p)
	form["namnd"], form["koppling"] = []string{"KS", "SN", "EBO"}, []string{"client", "tenant", "applicant"}
	form.Del("visa")
	b.post(at, form).want(http.StatusOK, strings.Replace(at, "namnder", "om/KS", 1))
	for _, d := range w.u.drafts {
		got := map[string]string{}
		for _, a := range d.view.Form.Controllers {
			i := slices.IndexFunc(w.u.controllers, func(k models.Controller) bool { return k.ID == a.Controller })
			got[w.u.controllers[i].Prefix] = a.About.Relation
		}
		if got["KS"] != "" || got["SN"] != "client" || got["EBO"] != "" {
			t.Errorf("kept: %v", got)
		}
	}
	if p := b.get(strings.Replace(at, "namnder", "om/SN", 1)); p.fields().Get("relation") != "client" || p.says("Som väljare") {
		t.Error("the question to the social committee does not begin from what was ticked, or asks what has nothing to do with it")
	}
	p = b.get(at)
	if f := p.fields(); len(f["koppling"]) != 0 {
		t.Errorf("the page remembers %v", f["koppling"])
	}
	b.post(at, with(p))
	if p := b.get(strings.Replace(at, "namnder", "om/SN", 1)); p.fields().Get("relation") != "client" {
		t.Error("what was said to the social committee is lost when the list is saved again")
	}
	p = b.get(at)
	form = with(p, "visa", "1")
	form["koppling"] = []string{"vet-inte"}
	if p := b.post(at, form); !p.says("Längst ner kan du fråga alla") {
		t.Error("who does not know is not helped")
	}
}
