package workflows

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"insyn/internal/pdf/pdfcheck"
	"insyn/models"
	"insyn/templates"
)

// The table of letters: right × outcome × kind of controller × sensitive → what must be said of a remedy, and what must stand in
// the letter. It walks the rights, outcomes and kinds that there are, so that a further one is covered or goes red.

// combination is a row of the table with what was found.
type combination struct {
	right     RightRule
	outcome   models.Outcome
	kind      models.ControllerKind
	sensitive bool
	found     found
}

// found is what the ombud has laid into the case.
type found struct {
	items    []models.Item
	measures []models.Measure
}

func (c combination) String() string {
	return fmt.Sprintf("%s/%s/%s/sensitive=%t", c.right.Right, c.outcome, c.kind, c.sensitive)
}

func (f found) material() material { return weigh([]models.Search{}, f.counts(), f.measures) }

// counts are the items as the database counts them.
func (f found) counts() []models.ItemCount {
	out := []models.ItemCount{}
	for _, i := range f.items {
		out = append(out, models.ItemCount{Disposition: i.Disposition, N: 1})
	}
	return out
}

// withheld are the items that are not released.
func (f found) withheld() []models.Item {
	return slices.DeleteFunc(slices.Clone(f.items), func(i models.Item) bool { return *i.Disposition == models.Release })
}

func outcomes() []models.Outcome {
	return []models.Outcome{models.OutcomeGranted, models.OutcomeSupplemented, models.OutcomePartial, models.OutcomeNothingFound, models.OutcomeNeutral, models.OutcomeRefused}
}

// materials are the ways that a case can stand when a right is decided, up to two of each thing.
func materials(r RightRule, kind models.ControllerKind) []found {
	open, secret := groundsOf(r.Right, kind)
	all := []found{{items: []models.Item{}, measures: []models.Measure{}}}
	each := func(most int, add func(f *found)) {
		var more []found
		for _, f := range all {
			for range most {
				f = found{slices.Clone(f.items), slices.Clone(f.measures)}
				add(&f)
				more = append(more, f)
			}
		}
		all = append(all, more...)
	}
	search := models.NewID[models.Search]()
	if r.Works == WorksCopies {
		release, withhold := models.Release, models.Withhold
		each(2, func(f *found) {
			f.items = append(f.items, models.Item{TitleText: "Ansökan från mars 2025", Disposition: &release})
		})
		each(1, func(f *found) {
			f.items = append(f.items, models.Item{TitleText: "En skrivelse från september 2025", Disposition: &withhold, Ground: &secret,
				ExplanationText: "Den innehåller uppgifter som en annan person har lämnat. Personen kan ta skada om vi lämnar ut dem."})
		})
		each(1, func(f *found) {
			f.items = append(f.items, models.Item{TitleText: "En utredning som vi har börjat skriva", Disposition: &withhold, Ground: &open,
				ExplanationText: "Texten är inte färdig och ingen annan har fått den"})
		})
		return all
	}
	for _, kind := range r.Measures {
		each(1, func(f *found) {
			f.measures = append(f.measures, models.Measure{SearchID: search, Kind: kind, WhatText: fmt.Sprintf("Adressen på Storgatan %d ändras", len(f.measures)+4)})
		})
	}
	for _, ground := range []string{open, secret} {
		each(1, func(f *found) {
			f.measures = append(f.measures, models.Measure{SearchID: search, Kind: models.MeasureKeep, Ground: &ground, WhatText: "Utredningen från mars 2025",
				ExplanationText: "Den visar vad vi bedömde då"})
		})
	}
	return all
}

// groundsOf are one ground that may be told and one that must not, of those that a right has at a kind of controller.
func groundsOf(r models.Right, kind models.ControllerKind) (open, secret string) {
	for _, g := range GroundsFor(r, kind.Authority()) {
		if g.Secret && secret == "" {
			secret = g.Code
		} else if !g.Secret {
			open = g.Code
		}
	}
	return open, secret
}

// table lists every combination that is possible with all that may be found in it, and every one that is not.
func table() (possible, impossible []combination) {
	for _, r := range Rights() {
		for _, o := range outcomes() {
			for _, kind := range models.ControllerKinds() {
				for _, sensitive := range []bool{false, true} {
					all := materials(r, kind)
					fits := func(f found) bool {
						rule := r.Outcome(o)
						// Refused for whom it comes from: it says nothing of what there is (refusableFor).
						return rule.fits != nil && (rule.fits(f.material(), sensitive) || o == models.OutcomeRefused && f.material().empty())
					}
					n := len(possible)
					for _, f := range all {
						if fits(f) {
							possible = append(possible, combination{r, o, kind, sensitive, f})
						}
					}
					if n < len(possible) {
						continue
					}
					for _, f := range all {
						impossible = append(impossible, combination{r, o, kind, sensitive, f})
					}
				}
			}
		}
	}
	return possible, impossible
}

// draft gathers the letter of a combination as the service would.
func (c combination) draft(t testing.TB, set *templates.Set, lang string) draft {
	t.Helper()
	received := time.Date(2027, time.April, 1, 8, 0, 0, 0, time.UTC)
	diary := "SN-2027-00118"
	court := ""
	if c.kind.Authority() {
		court = "Förvaltningsrätten i Exempelstad"
	}
	notSearched, found := models.NotSearched, models.Found
	search := models.NewID[models.Search]()
	if len(c.found.measures) > 0 {
		search = c.found.measures[0].SearchID
	}
	w := &work{s: &Service{Deps: Deps{Templates: set}}, tx: &models.Tx{Now: received.AddDate(0, 0, 29)},
		c: &models.Case{Number: "INS-2027-00042-SN", Right: c.right.Right, Outcome: &c.outcome, Language: lang, DiaryNumber: &diary,
			ReceivedOn: dateOf(received), DueOn: dateOf(received.AddDate(0, 0, 32)), DueHard: dateOf(received.AddDate(0, 0, 32))},
		ctl: models.Controller{Name: nameOf(c.kind), Kind: c.kind, Sensitive: c.sensitive, Court: court, Address: "Torggatan 1, 999 99 Exempelby",
			Email: "namnd@exempelby.example", Phone: "0980-31 92 00", DPOName: "Sara Nyberg", DPOEmail: "dataskyddsombudet@exempelby.example", DPOPhone: "0980-31 92 20"},
		loadedSearches: []models.Search{{ID: search, System: "Lifecare", Result: &found}, {System: "Kameror i receptionen", Result: &notSearched, Text: "Inspelningen raderas efter 48 timmar och finns inte kvar"}},
		loadedCounts:   c.found.counts(), loadedWithheld: c.found.withheld(), loadedMeasures: c.found.measures, loadedReviews: []models.Review{{}}}
	p := proposal{}
	if c.right.Outcome(c.outcome).Reasons {
		p.Reasons = "Vi har prövat varje uppgift för sig."
	}
	d, err := w.draft(authority{number: "4.3", by: models.Staff{Name: "Karin Åhl", Title: "Förvaltningschef"}},
		models.Person{Name: "Maja Lindqvist", Address: "Björkvägen 4\n999 91 Exempelby"}, p, templates.OwnParts{})
	if err != nil {
		t.Fatalf("%v: %v", c, err)
	}
	return d
}

// nameOf is a sender's name by its kind.
func nameOf(kind models.ControllerKind) string {
	if kind.Authority() {
		return "Exempelnämnden"
	}
	return "Exempelby Bostäder"
}

// pdf is the letter of a combination, sealed, and as it is read aloud.
func (c combination) pdf(t *testing.T, set *templates.Set, lang string) (sealed []byte, aloud string) {
	t.Helper()
	sealed, _, err := c.draft(t, set, lang).sealable()
	if err != nil {
		t.Fatalf("%v, %s: %v", c, lang, err)
	}
	aloud, err = pdfcheck.Aloud(sealed)
	if err != nil {
		t.Fatalf("%v, %s: %v", c, lang, err)
	}
	return sealed, aloud
}

var (
	setOnce sync.Once
	setAll  *templates.Set
	errSet  error
)

// letterSet is the templates as they are compiled in.
func letterSet(t testing.TB) *templates.Set {
	t.Helper()
	setOnce.Do(func() { setAll, errSet = templates.New(templates.DefaultLook("Exempelby kommun")) })
	if errSet != nil {
		t.Fatal(errSet)
	}
	return setAll
}

// remedyOf is what the law gives, said here once more on its own: nothing against what is not against the person; an authority's
// decision is appealed to the administrative court (7 kap. 2 § dataskyddslagen), a company's is taken to IMY or a general court
// (art 77 and 79).
func remedyOf(o models.Outcome, kind models.ControllerKind) (models.Remedy, bool) {
	against := o != models.OutcomeGranted && o != models.OutcomeNothingFound
	authority := kind == models.KindNamnd || kind == models.KindStyrelse || kind == models.KindRevision
	switch {
	case !against:
		return models.RemedyNone, false
	case authority:
		return models.RemedyForvaltningsratt, true
	default:
		return models.RemedyIMYAndCourt, false
	}
}

func TestEveryCombinationHasItsRemedyAndItsLetter(t *testing.T) {
	t.Parallel()
	possible, impossible := table()
	set := letterSet(t)
	seen := map[string]bool{}
	for _, c := range possible {
		seen[fmt.Sprint(c.right.Right, c.outcome)] = true
		remedy, appealable := remedyFor(c.right.Right, c.outcome, c.kind)
		if want, may := remedyOf(c.outcome, c.kind); remedy != want || appealable != may {
			t.Errorf("%v: remedy %s, appealable %t; want %s, %t", c, remedy, appealable, want, may)
		}
		if _, err := c.draft(t, set, "sv").page(); err != nil {
			t.Errorf("%v with %+v: %v", c, c.found.material(), err)
		}
	}
	for _, r := range Rights() {
		for _, o := range r.Outcomes {
			if !seen[fmt.Sprint(r.Right, o.Outcome)] {
				t.Errorf("%s is never %s", r.Right, o.Outcome)
			}
		}
	}
	for _, c := range impossible {
		if _, err := c.draft(t, set, "sv").page(); err == nil {
			t.Errorf("%v with %+v: a letter is made", c, c.found.material())
		}
	}
	if len(possible) < 300 || len(impossible) < 300 {
		t.Errorf("%d letters that may be and %d that may not: the table is not walked", len(possible), len(impossible))
	}
}

// part is something that a letter must say, or must not.
type part struct{ name, text string }

// parts are what a Swedish letter of a combination must say, and what it must not.
func (c combination) parts() (must, never []part) {
	must = []part{{"addressee", "Maja Lindqvist"}, {"street", "Björkvägen 4"}, {"postcode", "999 91 Exempelby"},
		{"date", "30 april 2027"}, {"diary number", "Diarienummer SN-2027-00118"}, {"number", "INS-2027-00042-SN"}, {"the decision's heading", "\nBeslut\n"},
		{"when it was asked", "torsdag 1 april 2027"}, {"who decided", "Karin Åhl Förvaltningschef"}, {"why there is no signature", "Därför saknas underskrift"},
		{"the officer for data protection", "Dataskyddsombud\nSara Nyberg\ndataskyddsombudet@exempelby.example"}, {"IMY", "imy.se"}, {"contact", "Kontakt\n0980-31 92 00"}}
	must = append(must, part{"what is decided", c.sentence()})
	remedy, _ := remedyOf(c.outcome, c.kind)
	if c.kind.Authority() {
		must = append(must, part{"sender", "\nExempelby kommun\nExempelby kommun\nExempelnämnden\nDatum"}, part{"the delegation", "punkt 4.3 i Exempelnämndens delegeringsförteckning"})
	} else {
		must = append(must, part{"sender", "\nExempelby Bostäder\nDatum"}, part{"the mandate", "fattat för Exempelby Bostäder"})
		never = append(never, part{"the municipality", "Exempelby kommun"}, part{"a delegation", "delegation"}, part{"the administrative court", "örvaltningsrätt"}, part{"the administrative law", "förvaltningslagen"})
	}
	switch remedy {
	case models.RemedyForvaltningsratt:
		must = append(must, part{"the court", "hos Förvaltningsrätten i Exempelstad"}, part{"where it is sent", "Skicka till Exempelnämnden, Exempelby kommun, Torggatan 1, 999 99 Exempelby"},
			part{"how long", "inom tre veckor från den dag du fick beslutet"}, part{"holidays", "räcker det att det kommer nästa vardag"}, part{"which decision", "vilket beslut du överklagar, gärna numret SN-2027-00118"},
			part{"what change", "hur du vill att beslutet ska ändras och varför"}, part{"who", "ditt namn, personnummer, telefonnummer och din adress"},
			part{"a mandate", "fullmakt"}, part{"the complaint does not stop the time", "ändrar inte tiden för att överklaga"})
	case models.RemedyIMYAndCourt:
		must = append(must, part{"no authority", "är inte en myndighet"}, part{"article 77", "artikel 77"}, part{"article 79", "artikel 79"})
		never = append(never, part{"an appeal", "Du kan överklaga"})
	default:
		never = append(never, part{"an appeal", "överklag"})
	}
	told, untold := c.told()
	return append(must, told...), append(never, untold...)
}

// sentence is what is decided, in the letter's words.
func (c combination) sentence() string {
	change := map[models.Outcome]string{models.OutcomeGranted: "Vi %s uppgifterna om dig.", models.OutcomePartial: "Vi %s en del av uppgifterna om dig.", models.OutcomeRefused: "Vi %s inte uppgifterna.",
		models.OutcomeSupplemented: "Vi lägger till det du har berättat.%.0s", models.OutcomeNothingFound: "inte hittat de uppgifter som du vill%.0s", models.OutcomeNeutral: "har vi inga uppgifter som vi kan %s."}
	access := map[models.Outcome]string{models.OutcomeGranted: "Du får en kopia av de uppgifter vi har om dig. Det är", models.OutcomePartial: "Du får en kopia av de uppgifter vi har om dig.",
		models.OutcomeRefused: "Vi lämnar inte ut de uppgifter du har bett om.", models.OutcomeNothingFound: "inte hittat några uppgifter om dig",
		models.OutcomeNeutral: "Utöver uppgifterna i detta ärende har vi inga uppgifter som vi kan lämna ut till dig."}
	switch c.right.Right {
	case models.Access:
		return access[c.outcome]
	case models.Rectification:
		if c.outcome == models.OutcomeNeutral {
			return fmt.Sprintf(change[c.outcome], "rätta")
		}
		return fmt.Sprintf(change[c.outcome], "rättar")
	case models.Erasure:
		if c.outcome == models.OutcomeNeutral {
			return fmt.Sprintf(change[c.outcome], "radera")
		}
		return fmt.Sprintf(change[c.outcome], "raderar")
	default:
		return "no words for the right " + string(c.right.Right)
	}
}

// told is what must be said of the material, and what must not: of the neutral answer nothing depends on it.
func (c combination) told() (must, never []part) {
	if c.sensitive {
		never = append(never, part{"the review", "Dataskyddsombudet har fått"})
	} else {
		must = append(must, part{"the review", "Dataskyddsombudet har fått titta på underlaget"})
	}
	if c.outcome == models.OutcomeNeutral {
		must = append(must, part{"that the answer is the same", "Vi ger samma svar vare sig det finns sådana uppgifter eller inte."})
		never = append(never, part{"what was not searched", "Kameror"}, part{"how much was searched", "ett av våra system"}, part{"reasons", "prövat varje uppgift"})
	} else {
		must = append(must, part{"what was searched", "Vi har letat i ett av våra system."}, part{"what was not searched, and why", "Kameror i receptionen: Inspelningen raderas efter 48 timmar"})
		if c.right.Outcome(c.outcome).Reasons {
			must = append(must, part{"reasons", "Vi har prövat varje uppgift för sig."})
		}
	}
	for _, i := range c.found.items {
		if *i.Disposition == models.Withhold {
			all := []part{{"what is withheld", i.TitleText}, {"why", i.ExplanationText}}
			if c.outcome == models.OutcomeNeutral {
				never = append(never, all...)
			} else {
				must = append(must, append(all, part{"the law", lawOf(*i.Ground)})...)
			}
		}
	}
	for _, m := range c.found.measures {
		switch secret := m.Kind == models.MeasureKeep && secretGround(*m.Ground); {
		case m.Kind != models.MeasureKeep:
			must = append(must, part{"what is done", "Lifecare: " + m.WhatText})
		case c.outcome == models.OutcomeNeutral:
			never = append(never, part{"what is kept", m.WhatText})
		case !c.sensitive || !secret:
			must = append(must, part{"what is kept", m.WhatText}, part{"the law", lawOf(*m.Ground)})
		}
	}
	return must, never
}

// lawOf is a stump of the reference that a ground must give.
func lawOf(ground string) string {
	chapter, section := "", ""
	if n, _ := fmt.Sscanf(strings.ReplaceAll(ground, "-", " "), "osl %s %s", &chapter, &section); n == 2 {
		return chapter + " kap. " + section + " §"
	}
	switch {
	case strings.HasPrefix(ground, "dsl-5-1"):
		return "5 kap. 1 § andra stycket dataskyddslagen"
	case strings.HasPrefix(ground, "dsl-5-2"):
		return "5 kap. 2 § dataskyddslagen"
	case strings.HasPrefix(ground, "art-16"):
		return "artikel 16"
	case strings.HasPrefix(ground, "art-15-4"):
		return "artikel 15.4"
	default:
		return "artikel 17"
	}
}

// flat is text on one line a paragraph, with plain spaces and hyphens.
func flat(text string) string {
	return "\n" + strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2011", "-", "\u00ad", "", "\u200b", "").Replace(text)
}

// lacks lists the parts that a letter should say and does not, and those it says and should not.
func (c combination) lacks(aloud string) (missing, wrong []string) {
	must, never := c.parts()
	text := flat(aloud)
	for _, p := range must {
		if !strings.Contains(text, p.text) {
			missing = append(missing, p.name)
		}
	}
	for _, p := range never {
		if strings.Contains(text, p.text) {
			wrong = append(wrong, p.name)
		}
	}
	return missing, wrong
}

func TestEveryLetterSaysWhatItMust(t *testing.T) {
	t.Parallel()
	possible, _ := table()
	set := letterSet(t)
	for _, c := range outer(possible) {
		t.Run(fmt.Sprintf("%v/%+v", c, c.found.material()), func(t *testing.T) {
			t.Parallel()
			sealed, aloud := c.pdf(t, set, "sv")
			missing, wrong := c.lacks(aloud)
			if len(missing)+len(wrong) > 0 {
				t.Errorf("missing %q, should not be there %q:\n%s", missing, wrong, aloud)
			}
			if again, _ := c.pdf(t, set, "sv"); !bytes.Equal(sealed, again) {
				t.Error("another letter the second time")
			}
		})
	}
}

// TestAPartThatIsTakenOutIsMissed takes each required part out of the templates, once, and looks whether it is missed.
func TestAPartThatIsTakenOutIsMissed(t *testing.T) {
	t.Parallel()
	partial := func(right models.Right, kind models.ControllerKind) combination {
		possible, _ := table()
		i := slices.IndexFunc(possible, func(c combination) bool {
			return c.right.Right == right && c.kind == kind && c.outcome == models.OutcomePartial && !c.sensitive
		})
		return possible[i]
	}
	court, company, erasure := partial(models.Access, models.KindNamnd), partial(models.Access, models.KindBolag), partial(models.Erasure, models.KindNamnd)
	const parts, remedy, decision, change = "letters/parts.html", "letters/remedy.html", "letters/decision.html", "letters/change.html"
	for _, x := range []struct {
		part, file, taken string
		c                 combination
	}{
		{"sender", parts, `{{.Controller.Name}}</span></span>`, court},
		{"sender", parts, `<span class="brand__kommun">{{.Look.Municipality}}</span>`, court},
		{"the officer for data protection", parts, `{{with .Controller.DPOEmail}}{{mailto .}}<br>{{end}}`, court},
		{"contact", parts, `{{with .Controller.Phone}}{{.}}<br>{{end}}`, court},
		{"addressee", decision, `{{.ToName}}`, court},
		{"street", decision, `{{range .To}}<br>{{nb .}}{{end}}`, court},
		{"date", decision, `{{t "letter.day" "date" .Date}}`, court},
		{"diary number", decision, `<dd>{{.}}</dd>`, court},
		{"number", decision, `<dd>{{.Number}}</dd>`, court},
		{"the decision's heading", decision, `<h2>{{t "letter.decision"}}</h2>`, court},
		{"what is decided", decision, `{{t "letter.partial" "n" (len .Withheld)}}`, court},
		{"what is withheld", decision, `{{swedish (sentence (nb .Title))}}`, court},
		{"why", decision, `{{swedish (sentence (nb .Explanation))}}`, court},
		{"the law", decision, `{{t (print "ground." .Ground ".law")}}`, court},
		{"reasons", decision, `<p>{{swedish (nb .)}}</p>`, court},
		{"when it was asked", decision, `{{t "letter.asked" "date" .Received}}`, court},
		{"what was searched", decision, `{{t "letter.searched" "n" .Searched}}`, court},
		{"what was not searched, and why", decision, `{{swedish (print .System ": " (sentence (nb .Why)))}}`, court},
		{"the review", decision, `{{t "letter.reviewed"}}`, court},
		{"what is done", change, `{{swedish (print .System ": " (sentence (nb .What)))}}`, erasure},
		{"what is kept", change, `{{swedish (sentence (nb .Title))}}`, erasure},
		{"who decided", remedy, `{{.DecidedBy}}`, court},
		{"the delegation", remedy, `{{t "letter.sign.delegation" "number" .DelegationNumber "whose" (.Controller.Possessive lang)}}`, court},
		{"the mandate", remedy, `{{t "letter.sign.mandate" "controller" .Controller.Name}}`, company},
		{"the court", remedy, `{{t "letter.appeal.to" "court" .Controller.Court "controller" .Controller.Name}}`, court},
		{"how long", remedy, `{{th "letter.appeal.how"}}`, court},
		{"which decision", remedy, `<li>{{t "letter.appeal.which" "number" .Ref}}</li>`, court},
		{"what change", remedy, `<li>{{t "letter.appeal.change"}}</li>`, court},
		{"who", remedy, `{{t "letter.appeal.who"}}`, court},
		{"where it is sent", remedy, `{{t "letter.appeal.send" "controller" .Controller.Name "municipality" .Look.Municipality}}`, court},
		{"a mandate", remedy, `{{t "letter.appeal.send-end"}}`, court},
		{"IMY", remedy, `<p>{{t "letter.appeal.imy"}}</p>`, court},
		{"no authority", remedy, `<p>{{t "letter.company.none" "controller" .Controller.Name}}</p>`, company},
		{"article 77", remedy, `<p>{{t "letter.company.can"}}</p>`, company},
	} {
		t.Run(x.part+" "+x.file, func(t *testing.T) {
			t.Parallel()
			set := without(t, x.file, x.taken)
			_, aloud := x.c.pdf(t, set, "sv")
			if missing, _ := x.c.lacks(aloud); !slices.Contains(missing, x.part) {
				t.Errorf("it is not missed; %q is:\n%s", missing, aloud)
			}
			// Each letter tells what it was made from.
			if _, before, err := x.c.draft(t, letterSet(t), "sv").sealable(); err != nil || before == versionOf(t, x.c, set) {
				t.Errorf("the changed templates have the same version %s (%v)", before, err)
			}
		})
	}
}

func versionOf(t *testing.T, c combination, set *templates.Set) string {
	t.Helper()
	_, version, err := c.draft(t, set, "sv").sealable()
	if err != nil {
		t.Fatal(err)
	}
	return version
}

// without is the templates with one thing taken out of a file, everywhere in it.
func without(t *testing.T, file, taken string) *templates.Set {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(templates.Files(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		// The pages have nothing to do with it, and take long to parse.
		if strings.HasPrefix(path, "portal/") || strings.HasPrefix(path, "desk/") {
			return nil
		}
		text, err := fs.ReadFile(templates.Files(), path)
		if path == file {
			if !bytes.Contains(text, []byte(taken)) {
				t.Fatalf("%s does not have %s", file, taken)
			}
			text = bytes.ReplaceAll(text, []byte(taken), []byte(ends(taken)))
		}
		files[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	set, err := templates.Load(files, templates.DefaultLook("Exempelby kommun"))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// outer are the first and the last of each run of combinations that differ in what was found only.
func outer(all []combination) []combination {
	var out []combination
	for i, c := range all {
		if i == 0 || i == len(all)-1 || all[i-1].String() != c.String() || all[i+1].String() != c.String() {
			out = append(out, c)
		}
	}
	return out
}

// ends are the ends of elements in what is taken out that do not begin there, and an empty definition where one goes.
func ends(taken string) string {
	if strings.HasPrefix(taken, "<dd>") {
		return "<dd></dd>"
	}
	if i := strings.Index(taken, "</"); i > 0 && !strings.HasPrefix(taken, "<") {
		return taken[i:]
	}
	return ""
}
