package workflows_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/pdf/pdfcheck"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

const (
	helpText    = "Ring oss på 0980-31 92 10. Vi har öppet vardagar 8–16.\n- Vi läser brevet för dig.\n- Vi ordnar tolk."
	helpEnglish = "Call us at 0980-31 92 10. We are open on weekdays 8–16.\n- We read the letter to you.\n- We arrange an interpreter."
)

// says is a new text for the place “Behöver du hjälp?”.
func says(swedish, english string, base int64) workflows.NewOwnPart {
	return workflows.NewOwnPart{Slot: "help", Swedish: swedish, English: english, Base: base}
}

func (o *office) save(in workflows.NewOwnPart) int64 {
	o.t.Helper()
	v, err := o.SaveOwnPart(o.t.Context(), o.admin, in)
	o.is(err, nil)
	return v
}

func (o *office) slot(slot, prefix string) workflows.OwnSlot {
	o.t.Helper()
	v, err := o.OwnSlot(o.t.Context(), o.admin, slot, prefix)
	o.is(err, nil)
	return v
}

func TestOwnPartsAreVersions(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	first := o.save(says(helpText, helpEnglish, 0))
	second := o.save(says(helpText+"\nKom till Torget 1.", helpEnglish+"\nCome to Torget 1.", first))
	if first != 1 || second != 2 {
		t.Errorf("versions %d and %d", first, second)
	}
	v := o.slot("help", "")
	if len(v.Versions) != 2 || v.Now.Version != second || v.Versions[0].By == "" || !v.Versions[0].Current || v.Versions[1].Current || v.Versions[0].LIX == 0 {
		t.Errorf("history: %+v", v.Versions)
	}
	_, err := o.SaveOwnPart(ctx, o.admin, says(helpText+"\r\nKom till Torget 1.  ", helpEnglish+"\nCome to Torget 1.", second))
	o.faulty(err, "swedish", "error.own.same")

	// Back to an earlier text is a version of its own; nothing is taken away.
	third, err := o.RestoreOwnPart(ctx, o.admin, "help", "", first, second)
	o.is(err, nil)
	if v := o.slot("help", ""); third != 3 || v.Now.Swedish != helpText || v.Now.Version != third {
		t.Errorf("restored: %+v", v.Now)
	}
	_, err = o.RestoreOwnPart(ctx, o.admin, "help", "", first, second)
	o.is(err, workflows.ErrConflict)
	_, err = o.RestoreOwnPart(ctx, o.admin, "help", "", first, third)
	o.refused(err, "error.own.same")
	_, err = o.RestoreOwnPart(ctx, o.admin, "help", "", 99, third)
	o.is(err, workflows.ErrNotFound)

	entries, _, err := o.OrganisationHistory(ctx, o.admin, 0)
	o.is(err, nil)
	if len(entries) != 4 || entries[0].Kind != "own-part-changed" || entries[0].Slot != "help" || entries[0].Version != 3 || entries[0].By == "" || entries[0].From != o.today {
		t.Errorf("events: %+v", entries)
	}
	o.is(o.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		faults, _, err := tx.VerifyEvents()
		if len(faults) > 0 {
			t.Errorf("the chain does not hold: %v", faults)
		}
		return err
	}), nil)
}

// TestOwnPartsBeginOnADay: a text that is to come does not stand before its day, whatever is written before it.
func TestOwnPartsBeginOnADay(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	summer := says("Sommartid: öppet 9–12.", "Summer: open 9–12.", 0)
	summer.From = o.today.AddDays(10)
	coming := o.save(summer)
	now := o.save(says(helpText, helpEnglish, coming))
	if v := o.slot("help", ""); v.Now.Version != now || v.Coming() == nil || v.Coming().Version != coming || v.Latest() != now {
		t.Errorf("today: %+v", v)
	}
	letter := func() string {
		b, err := o.SampleDocument(ctx, o.admin, "decision", workflows.SampleForm{Lang: "sv"})
		o.is(err, nil)
		return plain(b)
	}
	if s := letter(); !strings.Contains(s, "Vi läser brevet för dig.") || strings.Contains(s, "Sommartid") {
		t.Errorf("a letter of today: %s", s)
	}
	o.Clock.Set(o.Clock.Now().Add(10 * 24 * time.Hour))
	if s := letter(); strings.Contains(s, "Vi läser brevet för dig.") || !strings.Contains(s, "Sommartid") {
		t.Errorf("a letter of the day: %s", s)
	}
	if v := o.slot("help", ""); v.Now.Version != coming || v.Coming() != nil {
		t.Errorf("on the day: %+v", v.Now)
	}
	past := says("Ett.", "One.", now)
	past.From = calendar.DateOf(o.Clock.Now()).AddDays(-1)
	_, err := o.SaveOwnPart(ctx, o.admin, past)
	o.faulty(err, "from", "error.own.from-past")
	past.From = past.From.AddDays(400)
	_, err = o.SaveOwnPart(ctx, o.admin, past)
	o.faulty(err, "from", "error.own.from-far")
}

// TestTwoAdministratorsAtOnce: of many who write from the same version one is first, and the others are told.
func TestTwoAdministratorsAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const n = 8
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			word := strings.Repeat("ja ", i+1)
			_, errs[i] = o.SaveOwnPart(t.Context(), o.admin, says("Vi säger "+word, "We say "+word, 0))
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, workflows.ErrConflict):
			t.Errorf("got %v", err)
		}
	}
	if v := o.slot("help", ""); won != 1 || len(v.Versions) != 1 {
		t.Errorf("%d saved, %d versions", won, len(v.Versions))
	}
}

// TestWhoMayWriteOwnParts: the administrator; the DSO reads.
func TestWhoMayWriteOwnParts(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	o.save(says(helpText, helpEnglish, 0))
	for _, role := range []string{"servicecenter", "ombud SN", "decider SN", "registrator SN", "dso SN", "logreviewer"} {
		a := o.As(role)
		var read error
		if role != "dso SN" {
			read = workflows.ErrForbidden
		}
		_, err := o.OwnSlot(ctx, a, "help", "")
		o.is(err, read)
		_, err = o.OwnDocuments(ctx, a)
		o.is(err, read)
		_, err = o.SampleDocument(ctx, a, "decision", workflows.SampleForm{Lang: "sv"})
		o.is(err, read)
		_, err = o.SaveOwnPart(ctx, a, says("Ett.", "One.", 1))
		o.is(err, workflows.ErrForbidden)
		_, err = o.SampleOwnPart(ctx, a, says("Ett.", "One.", 1), workflows.SampleForm{Lang: "sv"})
		o.is(err, workflows.ErrForbidden)
		_, err = o.RestoreOwnPart(ctx, a, "help", "", 1, 1)
		o.is(err, workflows.ErrForbidden)
	}
	_, err := o.OwnSlot(ctx, o.admin, "decision", "")
	o.is(err, workflows.ErrNotFound)
	_, err = o.OwnSlot(ctx, o.admin, "help", "QQ")
	o.is(err, workflows.ErrNotFound)
}

func TestWhatAnOwnPartMayNotSay(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	for text, key := range map[string]string{
		strings.Repeat("ord ", 300):                              "error.own.long",
		"Ring oss.\u202eMoc\u202c":                               "error.own.hidden",
		"Ring <b>oss</b> i dag.":                                 "error.own.markup",
		"Ring oss &nbsp; i dag.":                                 "error.own.markup",
		"Ring **oss** i dag.":                                    "error.own.markup",
		"Läs [sidan](https://exempelby.example).":                "error.own.markup",
		"Hej {{.Name}}, ring oss.":                               "error.own.placeholder",
		"Hej {namn}, ring oss.":                                  "error.own.placeholder",
		"Ring [telefonnummer] i dag.":                            "error.own.placeholder",
		"Ring XXX i dag.":                                        "error.own.placeholder",
		"Fråga efter 19840401-2380.":                             "error.own.number",
		"Du kan inte överklaga.":                                 "error.own.reserved",
		"Din begäran är beviljad.":                               "error.own.reserved",
		"Vi har inga uppgifter om dig.":                          "error.own.reserved",
		"Vänd dig till Integritetsskyddsmyndigheten.":            "error.own.reserved",
		"Vårt dataskyddsombud är ledigt.":                        "error.own.reserved",
		"Enligt 26 kap. 1 § får du inget veta.":                  "error.own.reserved",
		"Allt annat är hemligt.":                                 "error.own.reserved",
		"Besked finns på imy.se.":                                "error.own.reserved",
		"Your appeal is late. Skicka den till kommunen i morgon": "error.own.reserved",
	} {
		_, err := o.SaveOwnPart(ctx, o.admin, says(text, "Call us.", 0))
		o.faulty(err, "swedish", key)
		_, err = o.SampleOwnPart(ctx, o.admin, says(text, "Call us.", 0), workflows.SampleForm{Lang: "sv"})
		o.faulty(err, "swedish", key)
	}
	_, err := o.SaveOwnPart(ctx, o.admin, says("Ring oss.", "", 0))
	o.faulty(err, "english", "error.own.english-missing")
	_, err = o.SaveOwnPart(ctx, o.admin, says(" ", "Call us.", 0))
	o.faulty(err, "swedish", "error.own.swedish-missing")
	// What is good to say is not mistaken for what is not.
	for i, text := range []string{
		"Vill du ha beslutet uppläst? Ring 0980-31 92 10.", "Skriv till kontakt@exempelby.example eller kom till Torget 1, 999 99 Exempelby.",
		"Öppet 08.00–16.30, lördag 10–14. Text\u00adtelefon: +46 980 31 92 11.", "Bankgirot är 5050-1055. Det kostar 0 kr & går fort.", "Hör av dig: hör@räksmörgås.example.",
	} {
		if _, err := o.SaveOwnPart(ctx, o.admin, says(text, text, int64(i))); err != nil {
			var w workflows.OwnWarned
			errors.As(err, &w)
			t.Errorf("%q: %v %+v %+v", text, err, w.Warnings, err)
		}
	}
}

// TestSlipsAreWarnedOfOnce: what probably is wrong stops the first try and not the second.
func TestSlipsAreWarnedOfOnce(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	for text, key := range map[string]string{
		"Skriv till hej@exempelby.": "own.warning.mail", "Skriv till hej @exempelby.example.": "own.warning.mail",
		"Ring 0980-31 9.": "own.warning.phone", "Ring 0980-31 92 10 55 66.": "own.warning.phone",
		"Förvaltningens tillhandahållande av upplysningar sker företrädesvis måndagsförmiddagar och onsdagseftermiddagar, varvid legitimationshandling erfordras för identifiering av vederbörande sökande.": "own.warning.lix",
	} {
		in := says(text, "Call us.", o.slot("help", "").Latest())
		_, err := o.SaveOwnPart(ctx, o.admin, in)
		var w workflows.OwnWarned
		if !errors.As(err, &w) || len(w.Warnings) != 1 || w.Warnings[0].Key != key || w.Warnings[0].Field != "swedish" {
			t.Errorf("%q: %v %+v", text, err, w.Warnings)
			continue
		}
		in.Warned = w.Digest
		o.save(in)
		in.Swedish, in.Base = text+" Välkommen.", o.slot("help", "").Latest()
		if _, err = o.SaveOwnPart(ctx, o.admin, in); !errors.As(err, &w) {
			t.Errorf("another text was saved on the warning of the first: %v", err)
		}
	}
}

// TestWhoseOwnPartStands: a controller's own text instead of the municipality's; none of the municipality's in a company's letter.
func TestWhoseOwnPartStands(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	o.save(says(helpText, helpEnglish, 0))
	sn := says("Ring socialtjänsten på 0980-31 92 77.", "Call the social services at 0980-31 92 77.", 0)
	sn.Prefix = "SN"
	own := o.save(sn)
	sample := func(prefix string) string {
		in := workflows.NewOwnPart{Slot: "opening", Prefix: prefix, Swedish: "Välkommen att höra av dig.", English: "You are welcome to contact us."}
		b, err := o.SampleOwnPart(ctx, o.admin, in, workflows.SampleForm{Lang: "sv"})
		o.is(err, nil)
		return plain(b)
	}
	if s := sample("KS"); !strings.Contains(s, "Ring oss på") || !strings.Contains(s, "Välkommen att höra av dig.") || !strings.Contains(s, "Exempel. Personen finns inte") {
		t.Errorf("KS: %s", s)
	}
	if s := sample("SN"); strings.Contains(s, "Ring oss på") || !strings.Contains(s, "0980-31 92 77") {
		t.Errorf("SN: %s", s)
	}
	if s := sample("EBAB"); strings.Contains(s, "Ring oss på") || !strings.Contains(s, "Välkommen") {
		t.Errorf("EBAB: %s", s)
	}
	if v := o.slot("help", "SN"); v.Municipality.Swedish != helpText || len(v.Versions) != 1 {
		t.Errorf("SN: %+v", v)
	}
	if v := o.slot("opening", ""); len(v.Versions) != 0 {
		t.Error("a sample was saved")
	}
	// An empty text of its own lets the municipality's stand again.
	sn.Swedish, sn.English, sn.Base = "", "", own
	o.save(sn)
	if s := sample("SN"); !strings.Contains(s, "Ring oss på") {
		t.Errorf("SN, empty: %s", s)
	}
}

// plain is a document's text with its spaces folded.
func plain(b []byte) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(string(b), "\u00a0", " ")), " ")
}

// TestALetterHasTheTextOfItsDay: the next letter has the new text; the one that is sealed keeps its own.
func TestALetterHasTheTextOfItsDay(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	o := &office{w, t, w.As("admin"), calendar.DateOf(w.Clock.Now())}
	ctx := context.Background()
	o.save(says(helpText, helpEnglish, 0))
	maja := w.Resident(workflowtest.Person().Number)
	letter := func() (models.FileID, string) {
		number := w.Request(maja, "KS")
		w.Work()
		w.Answer("KS", number+"-KS", models.OutcomeGranted)
		w.Work()
		mine, err := w.MyRequest(ctx, maja, number)
		o.is(err, nil)
		return mine.Cases[0].Letter.ID, w.Read(w.OpenAnswer(ctx, maja, mine.Cases[0].Letter.ID))
	}
	first, before := letter()
	if n := count(t, w, "select count(*) from events where kind = 'decided' and data->>'template' like 'decision-sv-%, parts-1'"); n != 1 {
		t.Error("the event of the decision does not say which own parts the letter has")
	}
	if !strings.Contains(before, ", parts-1") {
		t.Error("the file's keywords do not say which own parts the letter has")
	}
	o.save(says("Ring oss på 0980-31 92 99.", "Call us at 0980-31 92 99.", 1))
	_, after := letter()
	if again := w.Read(w.OpenAnswer(ctx, maja, first)); again != before {
		t.Error("the sealed letter has changed")
	}
	if s := aloud(t, []byte(before)); !strings.Contains(s, "Vi läser brevet för dig.") || strings.Contains(s, "0980-31 92 99") {
		t.Errorf("the first letter: %s", s)
	}
	if s := aloud(t, []byte(after)); strings.Contains(s, "Vi läser brevet för dig.") || !strings.Contains(s, "0980-31 92 99") {
		t.Errorf("the second letter: %s", s)
	}
}

func TestCompareOwn(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, c := range workflows.CompareOwn("Ring oss i dag.\nVi har öppet.", "Ring oss gärna i dag.\nVi har stängt.") {
		switch {
		case c.Gone:
			b.WriteString("-(" + c.Text + ")")
		case c.New:
			b.WriteString("+(" + c.Text + ")")
		default:
			b.WriteString(c.Text)
		}
	}
	if got, want := b.String(), "Ring oss +(gärna )i dag.\nVi har -(öppet.)+(stängt.)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := workflows.CompareOwn("", ""); len(got) != 0 {
		t.Errorf("nothing became %v", got)
	}
}

// TestEveryDocumentHasASample: each kind of document, in both languages, as a page and as a PDF, with the text of each of its places.
func TestEveryDocumentHasASample(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	base := map[string]int64{}
	for _, slot := range templates.Slots() {
		in := says("Platsen heter "+string(slot)+".", "The place is "+string(slot)+".", base[string(slot)])
		in.Slot = string(slot)
		o.save(in)
	}
	for _, d := range templates.DocumentParts() {
		for lang, begin := range map[string]string{"sv": "Platsen heter ", "en": "The place is "} {
			page, err := o.SampleDocument(ctx, o.admin, d.Name, workflows.SampleForm{Lang: lang})
			o.is(err, nil)
			file, err := o.SampleDocument(ctx, o.admin, d.Name, workflows.SampleForm{Lang: lang, PDF: true})
			o.is(err, nil)
			pdfcheck.Report(t, d.Name, file)
			for what, text := range map[string]string{"page": plain(page), "pdf": aloud(t, file)} {
				for _, slot := range templates.Slots() {
					has := slices.ContainsFunc(d.Parts, func(p templates.DocumentPart) bool { return p.Slot == slot })
					if strings.Contains(text, begin+string(slot)+".") != has {
						t.Errorf("%s, %s, %s: the place %s stands there: %v, want %v: %s", d.Name, lang, what, slot, !has, has, text)
					}
				}
				if !strings.Contains(text, "Exempel.") && !strings.Contains(text, "Example.") {
					t.Errorf("%s, %s, %s does not say that it is an example", d.Name, lang, what)
				}
			}
		}
	}
}
