package templates_test

import (
	"io/fs"
	"strings"
	"testing"

	"insyn/internal/i18n"
	"insyn/templates"
)

// catalogue is every text that is compiled in, those of the pages too.
func catalogue(t *testing.T) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(templates.Files())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryTextIsThereInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, fault := range catalogue(t).Check() {
		t.Error(fault)
	}
}

func TestTheSwedishIsPlainAndTheEnglishIsEnglish(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, fault := range c.CheckSwedish("nav.other-lang") {
		t.Error(fault)
	}
	for _, fault := range c.CheckEnglish("nav.other-lang") {
		t.Error(fault)
	}
}

func TestNoTextShoutsOrIsLeftUnfinished(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, lang := range c.Languages() {
		for _, key := range c.Keys() {
			for _, text := range c.Texts(lang, key) {
				if strings.Contains(text, "!") && key != "mail.hello" {
					t.Errorf("%s: %s has an exclamation mark", lang, key)
				}
				if strings.Contains(text, "TODO") || strings.Contains(text, "  ") {
					t.Errorf("%s: %s: %q", lang, key, text)
				}
			}
		}
	}
}

func TestEveryStatusHasItsWords(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for _, key := range []string{
		"resident.received", "resident.searching", "resident.checking", "resident.deciding", "resident.done", "resident.waiting",
		"resident.withdrawn", "resident.late", "staff.assigned", "staff.searching", "staff.in-review", "staff.ready", "staff.ready-waiting",
		"staff.decided", "staff.released", "staff.closed", "staff.awaiting-subject", "staff.withdrawn", "staff.overdue",
		"search.nothing", "search.not-searched", "search.open", "item.release", "item.withhold", "item.undecided", "review.open",
		"review.no-remarks", "review.remarks", "review.declined", "review.timed-out", "review.recalled", "intake.open", "intake.done",
	} {
		if !c.Has("status." + key) {
			t.Errorf("no text status.%s", key)
		}
	}
	page := `{{define "main"}}{{status "staff" "in-review"}}{{status "resident" "late"}}{{bare (status "search" "found" "n" 3)}}{{tag "wait" "x"}}{{end}}`
	got := draw(t, page, nil)
	for _, want := range []string{
		`<span class="status status--wait">Hos dataskyddsombudet</span>`, `<span class="status status--late">Försenat</span>`,
		`<span class="status status--bare status--done">Hittade 3</span>`, `<span class="status status--wait">x</span>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func TestWhatWorkflowsNameHasItsWords(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for prefix, keys := range map[string]string{
		"timeline.": `request-submitted fanned-out taken asked answered extended proposed review-offered review-answered review-timed-out
			sent-back decided released closed withdrawn paused resumed message-to-subject message-from-subject attested item-added item-disposed
			item-removed note-added review-replied diary-entered served handed-over letter-opened downloaded controller-added controller-removed
			person-asked person-answered request-withdrawn request-closed reminded`,
		"guard.": `searches-left items-undecided items-missing outcome-mismatch reply-missing review-pending too-late-to-extend already-extended
			too-late-to-ask no-delegation biased manifest-changed letter-changed already-sent no-controllers`,
		"error.": `text-missing text-too-long reasons-missing file-too-large file-type file-empty file-name hits-missing why-missing ground-missing
			explanation-missing date-missing date-wrong date-future number-form email-form address-missing choose-one title-missing
			unbiased-missing authority-missing`,
		"ground.": "osl-26-1 osl-26-5 osl-23-2 osl-17-1 osl-12-3 art-15-4 dsl-5-2 dsl-5-1-company",
	} {
		for key := range strings.FieldsSeq(keys) {
			switch prefix {
			case "timeline.":
				hasText(t, c, prefix+key, prefix+"staff."+key)
			case "ground.":
				hasText(t, c, prefix+key+".name", prefix+key+".law", prefix+key+".help", prefix+key+".suggestion")
			default:
				hasText(t, c, prefix+key)
			}
		}
	}
}

func hasText(t *testing.T, c *i18n.Catalog, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if !c.Has(key) {
			t.Errorf("no text %s", key)
		}
	}
}

func TestThePagesThatAreThereAreDrawnAtStart(t *testing.T) {
	t.Parallel()
	s, err := templates.New(templates.DefaultLook("Exempelby kommun"))
	if err != nil {
		t.Fatal(err)
	}
	for _, area := range []string{"portal", "desk"} {
		files, err := fs.Glob(templates.Files(), area+"/[^_]*.html")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if name := strings.TrimSuffix(file, ".html"); !strings.Contains(" "+strings.Join(s.Pages(), " ")+" ", " "+name+" ") {
				t.Errorf("%s is no page", name)
			}
		}
	}
}
