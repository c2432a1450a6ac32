package desk

import (
	"bytes"
	"errors"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"insyn/internal/oidc"
	"insyn/models"
	"insyn/workflows"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const number = "INS-2027-00042-SN"

var casePageAt = casePath(number)

func TestCasePage(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	body := must(t, b.get(casePageAt), http.StatusOK, person, "19840401-2380", "Måndag 3 maj 2027", "SN-2027-00118",
		"Sök i två system", "Ekonomiskt bistånd", "Hittade 3", "Inspelningen finns inte kvar.", "Uppgift från en anmälare",
		"Gäller längst till 2 mars 2028", "Förläng tiden", "torsdag 1 juli 2027", "Bara ni som handlägger för Socialnämnden",
		"Sedan: föreslå beslut", "Går inte längre: fråga sökanden", "Två system är kvar att söka i.")
	mustNot(t, body, "Sedan: fråga")
	// What comes later is text with its reason: no button for it, and never a disabled one.
	mustNot(t, body, "disabled", `action="`+casePageAt+`/foresla"`, `action="`+casePageAt+`/fraga"`, `action="`+casePageAt+`/beslut"`,
		`action="`+casePageAt+`/kontroll"`, `action="`+casePageAt+`/diarienummer"`, "<script", " style=")
}

// TestLinksLeadSomewhere: every link within the case page has its target there, whoever reads.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud, models.RoleRegistrator)
	full := b.service.view
	bare := full
	bare.Content, bare.Searches, bare.Items, bare.Messages, bare.Notes, bare.Actions, bare.Case.DiaryNumber = false, nil, nil, nil, nil, nil, nil
	bare = counted(bare)
	for _, v := range []workflows.CaseView{full, readyCase(full), bare} {
		b.service.view = v
		for _, path := range []string{casePageAt, casePageAt + "?andra=" + full.Items[3].ID.String()} {
			body := must(t, b.get(path), http.StatusOK)
			for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(body, -1) {
				if !strings.Contains(body, `id="`+m[1]+`"`) {
					t.Errorf("%s: a link leads to #%s, which is not there", v.Case.State, m[1])
				}
			}
			seen := map[string]bool{}
			for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(body, -1) {
				if seen[m[1]] {
					t.Errorf("%s: the id %s is there twice", v.Case.State, m[1])
				}
				seen[m[1]] = true
			}
		}
	}
}

// TestFormsFollowActions: each form stands on the page when, and only when, its action is allowed.
func TestFormsFollowActions(t *testing.T) {
	t.Parallel()
	forms := map[workflows.Action]string{
		workflows.ActionTake: "borja", workflows.ActionAsk: "fraga", workflows.ActionAnswer: "svar", workflows.ActionExtend: "forlang",
		workflows.ActionPropose: "foresla", workflows.ActionReview: "kontroll", workflows.ActionSendBack: "tillbaka", workflows.ActionAttest: "intyga",
		workflows.ActionAddItem: "underlag", workflows.ActionMessage: "meddelande", workflows.ActionNote: "anteckning",
		workflows.ActionDiary: "diarienummer", workflows.ActionServe: "delgivning", workflows.ActionHandOver: "lamna-over", workflows.ActionReplyReview: "kontrollsvar",
	}
	b := newBench(t, models.RoleOmbud, models.RoleDSO, models.RoleRegistrator)
	b.service.view.Reviews = []workflows.ReviewView{{Review: models.Review{Round: 1, Outcome: str(models.ReviewRemarks), RemarksText: "Sök mer."}}}
	for allowed := range forms {
		b.service.view.Actions, b.service.view.Blocked = allow(allowed), nil
		body := must(t, b.get(casePageAt), http.StatusOK)
		for action, name := range forms {
			there := strings.Contains(body, `action="`+casePageAt+"/"+name+`"`)
			if there != (action == allowed) {
				t.Errorf("may %s: the form %s is there: %t", allowed, name, there)
			}
		}
	}
}

func TestInvalidKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	b.service.err = workflows.Invalid{Fields: []workflows.FieldError{{Field: "ground", Key: "error.choose-one"}}}
	body := must(t, b.post(casePageAt+"/forlang", b.form("reason", "Det är <mycket> att gå igenom.")...), http.StatusUnprocessableEntity,
		"Det är &lt;mycket&gt; att gå igenom.", `href="#forlang-ground"`, `id="forlang-ground"`, `id="forlang-form" open`, "<title>Fel:", number)
	if strings.Count(body, "Det är &lt;mycket&gt;") != 1 {
		t.Error("the text stands in more than one form")
	}
}

func TestConflictAndRefusal(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	b.service.err = workflows.ErrConflict
	must(t, b.post(casePageAt+"/meddelande", b.form("text", "Hej igen.")...), http.StatusConflict,
		"Någon annan hann före. Så här ser ärendet ut nu.", "Det här skrev du", "Hej igen.", person)
	b.service.err = workflows.Refusal{Key: "guard.searches-left", Args: map[string]any{"n": 2}}
	must(t, b.post(casePageAt+"/foresla", b.form("reasons", "Mina skäl.")...), http.StatusConflict, "Två system är kvar", "Mina skäl.")
	b.service.err = errors.New("database is away")
	must(t, b.post(casePageAt+"/meddelande", b.form("text", "Hej.")...), http.StatusInternalServerError)
}

// TestFormWithoutVersionHasLost: version 0 would mean an action without a form, which no race can stop.
func TestFormWithoutVersionHasLost(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	for _, version := range []string{"", "0", "-1", "x"} {
		must(t, b.post(casePageAt+"/meddelande", "case", b.service.view.Case.ID.String(), "version", version, "text", "Hej."), http.StatusConflict)
	}
	if len(b.service.inputs) != 0 {
		t.Error("a form without a version reached the use cases")
	}
}

func TestInputs(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud, models.RoleDSO, models.RoleRegistrator)
	v := b.service.view
	item := v.Items[3].ID
	for _, c := range []struct {
		form  string
		pairs []string
		want  workflows.Input
	}{
		{"borja", nil, workflows.Take{}},
		{"fraga", []string{"reason", "identity", "text", " Vem är du? "}, workflows.Ask{Reason: "identity", Text: "Vem är du?"}},
		{"forlang", []string{"ground", "number", "reason", "Många."}, workflows.Extend{Ground: "number", Reason: "Många."}},
		{"foresla", []string{"outcome", "partial", "reasons", "Skäl.", "ask-review", "1"}, workflows.Propose{Outcome: "partial", Reasons: "Skäl.", AskReview: true}},
		{"kontroll", []string{"outcome", "remarks", "remarks", "Sök mer."}, workflows.ReviewAnswer{Outcome: "remarks", Remarks: "Sök mer."}},
		{"kontrollsvar", []string{"reply", "Gjort."}, workflows.ReplyReview{Text: "Gjort."}},
		{"bedom", []string{"item", item.String(), "disposition", "withhold", "ground", "osl-26-5", "explanation", "Nej.", "draft-since-day", "2", "draft-since-month", "3", "draft-since-year", "2027"},
			workflows.Dispose{Item: item, Disposition: "withhold", Ground: "osl-26-5", Explanation: "Nej.", DraftSince: day(2027, 3, 2)}},
		{"bedom", []string{"item", item.String(), "disposition", "release", "ground", "osl-26-5"}, workflows.Dispose{Item: item, Disposition: "release"}},
		{"ta-bort", []string{"item", item.String()}, workflows.RemoveItem{Item: item}},
		{"diarienummer", []string{"number", "SN 2027/118"}, workflows.Diary{Number: "SN 2027/118"}},
		{"delgivning", []string{"method", "post", "served-on-day", "04", "served-on-month", "5", "served-on-year", "2027", "evidence", "Kvitto."}, workflows.Serve{Method: "post", ServedOn: day(2027, 5, 4), Evidence: "Kvitto."}},
		{"lamna-over", []string{"to", v.Colleagues[0].ID.String()}, workflows.HandOver{To: v.Colleagues[0].ID}},
	} {
		w := b.post(casePageAt+"/"+c.form, b.form(c.pairs...)...)
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), casePageAt) {
			t.Errorf("%s: status %d to %q", c.form, w.Code, w.Header().Get("Location"))
		}
		if got := b.lastInput(); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.form, got, c.want)
		}
		if on := b.service.ons[len(b.service.ons)-1]; on != (workflows.On{Case: v.Case.ID, Version: 7}) {
			t.Errorf("%s: on %+v", c.form, on)
		}
	}
}

func TestAttest(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	v := b.service.view
	first, second := v.Searches[0].ID.String(), v.Searches[1].ID.String()
	body := must(t, b.get(casePageAt), http.StatusOK, "Markera 2 som inga träffar")
	for _, id := range []string{first, second} {
		if !regexp.MustCompile(`name="searches" value="` + id + `"[^>]* checked`).MatchString(body) {
			t.Error("a system that is not attested is not ticked from the start")
		}
	}
	b.post(casePageAt+"/intyga", b.form("searches", first, "searches", second)...)
	got, ok := b.lastInput().(workflows.Attest)
	if !ok || len(got.Searches) != 2 || got.Result != models.Nothing {
		t.Fatalf("the bulk became %+v", b.lastInput())
	}
	// One system's own form opens by address, keeps what was typed, and leads on to the next.
	must(t, b.get(casePageAt+"?andra="+first), http.StatusOK, `id="intyga-`+first+`-result"`, "Vad gav sökningen?", "Spara och ta nästa")
	w := b.post(casePageAt+"/intyga", b.form("search", first, "result", "found", "hits", "3", "next", second)...)
	if to := w.Header().Get("Location"); to != casePageAt+"?andra="+second+"#eftersokning" {
		t.Errorf("leads to %q", to)
	}
	got, _ = b.lastInput().(workflows.Attest)
	if len(got.Searches) != 1 || got.Result != models.Found || got.Hits != 3 {
		t.Errorf("one system became %+v", got)
	}
	b.service.err = workflows.Invalid{Fields: []workflows.FieldError{{Field: "why", Key: "error.why-missing"}}}
	must(t, b.post(casePageAt+"/intyga", b.form("search", second, "result", "not-searched")...), http.StatusUnprocessableEntity,
		`href="#intyga-`+second+`-form"`, "Skriv varför du inte har sökt.")
	n := len(b.service.inputs)
	must(t, b.post(casePageAt+"/intyga", b.form("search", second, "result", "found", "hits", "många")...), http.StatusUnprocessableEntity, "Skriv ett helt tal")
	if len(b.service.inputs) != n {
		t.Error("what cannot be read reached the use cases")
	}
}

func (b *bench) upload(content string, file bool, pairs ...string) *httptest.ResponseRecorder {
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	for i := 0; i < len(pairs); i += 2 {
		_ = m.WriteField(pairs[i], pairs[i+1])
	}
	name := ""
	if file {
		name = "Maja Lindqvist.pdf"
	}
	part, _ := m.CreateFormFile("file", name)
	_, _ = part.Write([]byte(content))
	_ = m.Close()
	r := httptest.NewRequest(http.MethodPost, casePageAt+"/underlag", &buf)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return b.send(r)
}

func TestAddItem(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	search := b.service.view.Searches[2].ID.String()
	w := b.upload("%PDF-1.7", true, b.form("search", search, "title", "Journal")...)
	must(t, w, http.StatusSeeOther)
	in, ok := b.lastInput().(workflows.AddItem)
	if !ok || in.Title != "Journal" || in.File == nil || in.File.Name != "Maja Lindqvist.pdf" || b.service.files[0] != "%PDF-1.7" {
		t.Errorf("the file became %+v", b.lastInput())
	}
	must(t, b.upload("", false, b.form("search", search, "title", "Utdrag", "text", "Text.")...), http.StatusSeeOther)
	if in, _ = b.lastInput().(workflows.AddItem); in.File != nil || in.Text != "Text." {
		t.Errorf("the text became %+v", in)
	}
	b.service.err = workflows.Invalid{Fields: []workflows.FieldError{{Field: "file", Key: "error.file-type"}}}
	must(t, b.upload("MZ", true, b.form("search", search, "title", "Program")...), http.StatusUnprocessableEntity,
		`value="Program"`, `href="#underlag-file"`, "Den filtypen kan vi inte ta emot")
	b.service.err = nil
	must(t, b.upload(strings.Repeat("x", patience*uploadMax+1), true, b.form("search", search, "title", "Stor")...), http.StatusUnprocessableEntity, "Filen är för stor", `value="Stor"`)
}

func TestDecisionPage(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleDecider)
	b.service.view = readyCase(b.service.view)
	at := casePageAt + "/beslut"
	must(t, b.get(at), http.StatusOK, "Johan Ekström föreslår", "Bifall till del.", "Skrivelse", "Uppgift från en anmälare", "Någon annan har lämnat uppgifterna.",
		"Inga synpunkter", "Underlaget är samma nu som då.", "Punkt 4.3", "§ 18", "går att överklaga till förvaltningsrätten", "Är du jävig?", "Besluta enligt förslaget", casePageAt+"/brev", casePageAt+"/utdrag", "Så ser utdraget ut (PDF)")
	d := b.service.view.Delegations[0].ID
	for _, c := range []struct {
		unbiased, by, want string
	}{{"", d.String(), "Svara på om du är jävig."}, {"no", d.String(), "Du har sagt att du är jävig."}, {"yes", "", "Välj vilken delegation"}} {
		must(t, b.post(at, b.form("unbiased", c.unbiased, "delegation", c.by)...), http.StatusUnprocessableEntity, c.want)
	}
	if len(b.service.inputs) != 0 {
		t.Fatal("an unfinished decision reached the use cases")
	}
	must(t, b.post(at, b.form("unbiased", "yes", "delegation", d.String())...), http.StatusSeeOther)
	if got := b.lastInput(); got != (workflows.Decide{Delegation: d, Unbiased: true}) {
		t.Errorf("decided %+v", got)
	}
	must(t, b.post(at, b.form("unbiased", "yes", "delegation", "meeting", "meeting-on-day", "20", "meeting-on-month", "4", "meeting-on-year", "2027", "meeting-paragraph", "12")...), http.StatusSeeOther)
	if got := b.lastInput(); got != (workflows.Decide{MeetingOn: day(2027, 4, 20), MeetingParagraph: "12", Unbiased: true}) {
		t.Errorf("decided %+v", got)
	}
	must(t, b.post(at, b.form("unbiased", "yes", "delegation", "meeting", "meeting-on-day", "31", "meeting-on-month", "4", "meeting-on-year", "2027")...), http.StatusUnprocessableEntity,
		"Datumet finns inte.", `href="#beslut-meeting-on"`, `id="beslut-meeting-on" name="meeting-on-day" type="text" inputmode="numeric" value="31"`)
	must(t, b.post(at, b.form("unbiased", "yes", "delegation", d.String(), "mask", "yes", "mask-reason", "Hot i telefon.")...), http.StatusSeeOther)
	if got := b.lastInput(); got != (workflows.Decide{Delegation: d, Unbiased: true, Mask: true, MaskReason: "Hot i telefon."}) {
		t.Errorf("decided %+v", got)
	}
	b.service.err = workflows.Invalid{Fields: []workflows.FieldError{{Field: "letter", Key: "error.letter-place.reasons", Args: map[string]any{"characters": "”漢” (U+6F22)"}}}}
	must(t, b.post(at, b.form("unbiased", "yes", "delegation", d.String(), "mask", "yes", "mask-reason", "Hot i telefon.")...), http.StatusUnprocessableEntity,
		"Skälen har tecken som inte går att skriva ut: ”漢” (U&#43;6F22).", `href="#beslut-letter"`, `id="beslut-letter"`, "Hot i telefon.</textarea>", `value="yes" checked`)
	must(t, b.get(casePageAt+"/brev?som=pdf"), http.StatusUnprocessableEntity, "Skälen har tecken som inte går att skriva ut", "Se brevet som PDF")
	b.service.err = nil
	w := b.get(casePageAt + "/brev?som=pdf")
	must(t, w, http.StatusOK, "%PDF")
	for name, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Content-Disposition": `inline; filename="Beslut ` + b.service.view.Case.Number + `.pdf"`} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	b.service.err = workflows.ErrConflict
	must(t, b.post(at+"/tillbaka", b.form("why", "Se över skälen.")...), http.StatusConflict, "Någon annan hann före", "Se över skälen.")
	b.service.err = nil
	b.service.view.Actions = nil
	b.service.view.Blocked = []workflows.Allowed{{Action: workflows.ActionDecide, Why: &workflows.Refusal{Key: "guard.manifest-changed"}}}
	mustNot(t, must(t, b.get(at), http.StatusOK, "Underlaget är ändrat sedan förslaget"), "<button class=\"govuk-button\">Besluta", "disabled")
	b.service.view.Proposal = nil
	if w := b.get(at); w.Code != http.StatusSeeOther {
		t.Errorf("nothing proposed: status %d", w.Code)
	}
}

func TestReviewForm(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleDSO)
	v := readyCase(b.service.view)
	v.Case.State = models.CaseInReview
	v.Reviews[0].Outcome, v.Reviews[0].ClosedAt = nil, nil
	v.Actions = allow(workflows.ActionReview)
	b.service.view = v
	mustNot(t, must(t, b.get(casePageAt), http.StatusOK, "Det du skriver till ombudet kan bli allmän handling.", "Svar senast fredag 23 april", "Hemlig text.", "Avstår"),
		"/meddelande\"", "/anteckning\"", "/beslut\" method")
}

func TestPartsByRole(t *testing.T) {
	t.Parallel()
	cases, requests, log := "Sökande och nummer", "Vad ärendena innehåller syns inte här.", "Öppna läsloggen"
	for _, c := range []struct {
		role models.Role
		has  []string
		not  []string
	}{
		{models.RoleOmbud, []string{cases, "Klara ärenden"}, []string{requests, log}},
		{models.RoleDSO, []string{cases, "Läslogg"}, []string{requests}},
		{models.RoleDecider, []string{cases}, []string{requests, log}},
		{models.RoleRegistrator, []string{"Att registrera", "Klara ärenden"}, []string{cases, requests, log, "Väntar på mig"}},
		{models.RoleServicecenter, []string{requests}, []string{"Klara ärenden", log, "Väntar på mig"}},
		{models.RoleLogReviewer, []string{log}, []string{`role="search"`, requests, "Klara ärenden", "Väntar på mig"}},
		{models.RoleAdmin, []string{"Din roll har inga ärenden här."}, []string{requests, "Klara ärenden", log}},
	} {
		b := newBench(t, c.role)
		b.service.queue = workflows.Queue{Items: []workflows.QueueItem{{ID: models.NewID[models.Case](), Number: number, Person: person, Right: models.Access,
			State: models.CaseSearching, Due: day(2027, 5, 3), DaysLeft: 12, Group: "mine", Next: "next.searching"}}, Counts: map[string]int{"mine": 1}}
		body := must(t, b.get(root), http.StatusOK, c.has...)
		mustNot(t, body, c.not...)
	}
}

// TestEveryRoute walks through the router: without a login nothing is shown, and a role reaches its own routes only.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	for _, role := range append(models.Roles(), "") {
		b := newBench(t, role)
		if role == "" {
			b.session.login = nil
		}
		for _, r := range b.site.Routes() {
			if r.Door != "desk" || r.Rule.Kind != models.StaffKind {
				continue
			}
			path := strings.NewReplacer(":number", number, ":file", models.NewID[models.File]().String()).Replace(r.Pattern)
			w := b.send(httptest.NewRequest(r.Method, path, nil))
			admitted := len(r.Rule.Roles) == 0
			for _, x := range r.Rule.Roles {
				admitted = admitted || x == role
			}
			switch {
			case role == "":
				if to := w.Header().Get("Location"); r.Method == http.MethodGet && !strings.HasPrefix(to, loginPath) || r.Method == http.MethodPost && w.Code != http.StatusUnauthorized {
					t.Errorf("not logged in: %s %s answers %d %q", r.Method, r.Pattern, w.Code, to)
				}
			case !admitted && w.Code != http.StatusForbidden:
				t.Errorf("%s: %s %s answers %d", role, r.Method, r.Pattern, w.Code)
			case admitted && w.Code == http.StatusForbidden:
				t.Errorf("%s: %s %s is closed", role, r.Method, r.Pattern)
			}
		}
		if role == "" && len(b.service.calls) != 0 {
			t.Errorf("not logged in, but the use cases were asked: %v", b.service.calls)
		}
	}
}

var requestID = regexp.MustCompile(`nämn [A-Z0-9]+`)

// TestNotFoundAndNotYours: the two cannot be told apart.
func TestNotFoundAndNotYours(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	answer := func(number string) string {
		w := b.get(casePath(number))
		if w.Code != http.StatusNotFound {
			t.Fatalf("%s: status %d", number, w.Code)
		}
		return requestID.ReplaceAllString(w.Body.String(), "")
	}
	if answer("INS-2027-99999-SN") != answer("INS-2027-00042-BUN") {
		t.Error("a case of another controller looks another way than one that is not there")
	}
}

func TestNoNamesInTitlesOrAddresses(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud, models.RoleDecider, models.RoleServicecenter)
	b.service.view = readyCase(b.service.view)
	b.service.intake = exampleIntake(b.social, b.school)
	for _, path := range []string{casePageAt, casePageAt + "/beslut", intakePath("INS-2027-00042"), root, donePath, ownLogPath} {
		body := must(t, b.get(path), http.StatusOK)
		title := body[strings.Index(body, "<title>"):strings.Index(body, "</title>")]
		mustNot(t, title, "Maja", "Lindqvist", "⟦")
		for _, m := range regexp.MustCompile(`(?:href|action)="([^"]*)"`).FindAllStringSubmatch(body, -1) {
			mustNot(t, html.UnescapeString(m[1]), "Maja", "Lindqvist", "19840401")
		}
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	b.service.queue.Items = []workflows.QueueItem{{ID: models.NewID[models.Case](), Number: number, Person: person, Right: models.Access,
		State: models.CaseReleased, Due: day(2027, 5, 3), Group: "done", Next: "next.released"}}
	w := b.post(searchPath, "q", " maja lindqvist ")
	must(t, w, http.StatusOK, person, "En träff.", `value="maja lindqvist"`)
	if b.service.filter.Search != "maja lindqvist" || b.service.filter.Controller != b.social.ID {
		t.Errorf("searched for %+v", b.service.filter)
	}
	if to := b.post(searchPath, "q", "ins-2027-00042-sn").Header().Get("Location"); to != casePageAt {
		t.Errorf("a number leads to %q", to)
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleRegistrator)
	w := b.get(casePageAt + "/fil/" + models.NewID[models.File]().String())
	must(t, w, http.StatusOK, "innehåll")
	h := w.Header()
	if d := h.Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="INS-2027-00042-SN-`) || !strings.HasSuffix(d, `.pdf"`) {
		t.Errorf("the file is called %q", d)
	}
	if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", h)
	}
	if w := b.get(casePageAt + "/fil/1"); w.Code != http.StatusNotFound {
		t.Errorf("no file: status %d", w.Code)
	}
}

// TestOneControllerAtATime: the actor is narrowed to the controller of the case, else to the one chosen.
func TestOneControllerAtATime(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	b.service.at = []models.Controller{b.social, b.school}
	b.service.actor = models.StaffActor(b.service.staff.ID, models.Grant{Role: models.RoleOmbud, Controller: b.social.ID}, models.Grant{Role: models.RoleOmbud, Controller: b.school.ID})
	last := func() []models.Grant { return b.service.actors[len(b.service.actors)-1].Grants }
	b.get(root)
	if g := last(); len(g) != 1 || g[0].Controller != b.social.ID {
		t.Errorf("the first page is for %v", g)
	}
	b.get(casePath("INS-2027-00042-BUN"))
	if g := last(); len(g) != 1 || g[0].Controller != b.school.ID {
		t.Errorf("the school's case is read as %v", g)
	}
	w := b.get(switchPath + "?controller=BUN")
	r := httptest.NewRequest(http.MethodGet, root, nil)
	for _, k := range w.Result().Cookies() {
		r.AddCookie(k)
	}
	must(t, b.send(r), http.StatusOK, "Barn- och utbildningsnämnden")
	if g := last(); len(g) != 1 || g[0].Controller != b.school.ID {
		t.Errorf("after the switch the page is for %v", g)
	}
	if w := b.get(switchPath + "?controller=KS"); w.Code != http.StatusNotFound {
		t.Errorf("a controller that is not theirs: status %d", w.Code)
	}
}

// TestDSOSeesAllThatAppointed: a DSO's work would else hide behind the menu.
func TestDSOSeesAllThatAppointed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.service.at = []models.Controller{b.social, b.school}
	b.service.actor = models.StaffActor(b.service.staff.ID, models.Grant{Role: models.RoleDSO, Controller: b.social.ID}, models.Grant{Role: models.RoleDSO, Controller: b.school.ID})
	must(t, b.get(root), http.StatusOK, "Alla som har utsett dig")
	if g := b.service.actors[0].Grants; len(g) != 2 || !b.service.filter.Controller.IsZero() {
		t.Errorf("the page is for %v", g)
	}
}

func TestRightsEndInRunningSessions(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	must(t, b.get(casePageAt), http.StatusOK)
	b.service.actor.Grants = nil
	must(t, b.get(casePageAt), http.StatusForbidden, "Du har ingen roll i dag")
	if b.session.login != nil {
		t.Error("the session goes on")
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	b.session.login = nil
	to := b.get(casePageAt).Header().Get("Location")
	if to != "/arbete/logga-in?till=%2Farbete%2Farende%2FINS-2027-00042-SN" {
		t.Fatalf("sent to %q", to)
	}
	b.get(to)
	b.service.known["johan@sn.example"] = b.service.staff
	b.login.who = oidc.Identity{Issuer: "i", Subject: "s", Email: "johan@sn.example", EmailVerified: false}
	must(t, b.get(answerPath+"?state=s1&code=c"), http.StatusForbidden, "Du finns inte i Insyn")
	for _, call := range b.service.calls {
		if call == "login johan@sn.example" {
			t.Error("an address nobody has verified was used")
		}
	}
	must(t, b.get(answerPath+"?state=s1&code=c"), http.StatusBadRequest, "Börja om.")
	b.get(to)
	b.login.who.EmailVerified = true
	if w := b.get(answerPath + "?state=s1&code=c"); w.Header().Get("Location") != casePageAt || b.session.login == nil {
		t.Errorf("after the login sent to %q", w.Header().Get("Location"))
	}
	for _, bad := range []string{"https://evil.example/", "//evil.example", "/", "/min", loginPath, "/arbetex"} {
		if got := deskPath(bad); got != root {
			t.Errorf("%q leads to %q", bad, got)
		}
	}
	b.post(logoutPath)
	if b.session.login != nil {
		t.Error("still logged in")
	}
	must(t, b.get(loggedOutPath), http.StatusOK, "Du är utloggad")
}

// TestExpiredFormKeepsWhatWasTyped: “Du blev utloggad. Det du skrev finns kvar.”
func TestExpiredFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	b.session.login = nil
	must(t, b.post(casePageAt+"/meddelande", b.form("text", "Ett långt \"svar\".")...), http.StatusUnauthorized,
		`action="`+casePageAt+`/meddelande"`, `name="text" value="Ett långt &#34;svar&#34;."`, `name="version" value="7"`, "Skicka igen")
}

func TestIntake(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleServicecenter)
	b.service.intake = exampleIntake(b.social, b.school)
	at := intakePath("INS-2027-00042")
	body := must(t, b.get(at), http.StatusOK, person, "Socialnämnden", "Pågår", "Klart", "Ta bort Socialnämnden", "Lägg till en mottagare", "Kultur")
	mustNot(t, body, "Bifall", "Avslag", "Ekonomiskt bistånd", "Ta bort Barn- och utbildningsnämnden", "disabled")
	must(t, b.post(at+"/lagg-till", "version", "2", "controller", models.NewID[models.Controller]().String(), "reason", "Bad om det."), http.StatusSeeOther)
	if last := b.service.calls[len(b.service.calls)-1]; last != "add Bad om det." {
		t.Errorf("asked for %q", last)
	}
	must(t, b.post(at+"/fraga", "text", "Vem?"), http.StatusConflict, "Någon annan hann före", "Vem?")
	b.service.err = workflows.Invalid{Fields: []workflows.FieldError{{Field: "wish", Key: "error.text-missing"}}}
	id := b.service.intake.Cases[0].ID.String()
	must(t, b.post(at+"/ta-bort", "version", "2", "case", id, "wish", ""), http.StatusUnprocessableEntity, `href="#ta-bort-`+id+`-wish"`, `id="ta-bort-`+id+`-form" open`)
}

func TestEnglish(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud, models.RoleDecider)
	for _, path := range []string{root, casePageAt} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.AddCookie(&http.Cookie{Name: "lang", Value: "en"})
		must(t, b.send(r), http.StatusOK, `lang="en"`, "Officer")
	}
}

// TestRules says by itself who may use what, so that a rule cannot be widened unseen.
func TestRules(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	public := []string{loginPath, answerPath, logoutPath, loggedOutPath}
	for _, r := range b.site.Routes() {
		if r.Door != "desk" {
			continue
		}
		has := func(x models.Role) bool { return slices.Contains(r.Rule.Roles, x) }
		at := r.Method + " " + r.Pattern
		switch {
		case slices.Contains(public, r.Pattern):
			continue
		case r.Rule.Kind != models.StaffKind:
			t.Errorf("%s is open to others than staff", at)
		case strings.HasPrefix(r.Pattern, root+"/begaran/"):
			if !slices.Equal(r.Rule.Roles, []models.Role{models.RoleServicecenter}) {
				t.Errorf("%s is not the servicecenter's alone: %v", at, r.Rule.Roles)
			}
		case strings.HasPrefix(r.Pattern, root+"/arende/"):
			if len(r.Rule.Roles) == 0 || has(models.RoleServicecenter) || has(models.RoleLogReviewer) || has(models.RoleAdmin) {
				t.Errorf("%s is open to those who see no case: %v", at, r.Rule.Roles)
			}
			decides := strings.HasSuffix(r.Pattern, "/beslut") && r.Method == http.MethodPost
			if decides && (has(models.RoleDSO) || has(models.RoleRegistrator)) {
				t.Errorf("%s is open to those who never decide: %v", at, r.Rule.Roles)
			}
			if r.Method == http.MethodPost && strings.HasSuffix(r.Pattern, "/kontroll") && !slices.Equal(r.Rule.Roles, []models.Role{models.RoleDSO}) {
				t.Errorf("%s is not the DSO's alone: %v", at, r.Rule.Roles)
			}
		}
	}
}
