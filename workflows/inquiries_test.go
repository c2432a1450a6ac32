package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"insyn/internal/mail"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

const karinsAddress = "karin.berg@post.example"

var forms int64 // see form
var formsLock sync.Mutex

// form is a fresh form's token.
func form() string {
	formsLock.Lock()
	defer formsLock.Unlock()
	forms++
	return fmt.Sprintf("form-%016d", forms)
}

func question() workflows.AskForm {
	return workflows.AskForm{Form: form(), Text: "Hur länge sparar ni mina betyg?", Topic: "how-used", Email: karinsAddress, Language: "sv"}
}

// asks sends a question, without a login for the zero actor.
func asks(w *workflowtest.World, actor models.Actor, change ...func(*workflows.AskForm)) models.Inquiry {
	w.T.Helper()
	in := question()
	if actor.Kind == models.ResidentKind {
		who := workflowtest.Person()
		in.Who = &who
	}
	for _, f := range change {
		f(&in)
	}
	number, err := w.Ask(context.Background(), actor, in)
	if err != nil {
		w.T.Fatal(err)
	}
	return inquiry(w, number)
}

func directly(f *workflows.AskForm) { f.Direct = true }

func inquiry(w *workflowtest.World, number string) models.Inquiry {
	w.T.Helper()
	var q models.Inquiry
	if err := w.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) (err error) {
		q, err = tx.InquiryByNumber(number)
		return err
	}); err != nil {
		w.T.Fatal(err)
	}
	return q
}

// acts takes an action that must succeed, and returns the inquiry as it is then.
func acts(w *workflowtest.World, actor models.Actor, q models.Inquiry, in workflows.InquiryInput) models.Inquiry {
	w.T.Helper()
	now := inquiry(w, q.Number)
	if err := w.ApplyInquiry(context.Background(), actor, workflows.OnInquiry{Inquiry: q.ID, Version: now.Version}, in); err != nil {
		w.T.Fatalf("%T: %v", in, err)
	}
	w.Work()
	return inquiry(w, q.Number)
}

// place is where an inquiry can be: its state, its tier, whether it went straight to the DSO, whether its asker is known.
type inquiryPlace struct {
	state  models.InquiryState
	tier   int
	direct bool
	known  bool
	offer  bool
}

func inquiryPlaces() []inquiryPlace {
	var out []inquiryPlace
	for _, known := range []bool{true, false} {
		for tier := 1; tier <= 3; tier++ {
			for _, s := range []models.InquiryState{models.InquiryOpen, models.InquiryAnswered, models.InquiryClosed} {
				out = append(out, inquiryPlace{s, tier, false, known, false})
			}
		}
		for _, s := range []models.InquiryState{models.InquiryOpen, models.InquiryAnswered, models.InquiryClosed} {
			out = append(out, inquiryPlace{s, 3, true, known, false})
		}
		out = append(out, inquiryPlace{models.InquiryConverted, 1, false, known, !known}, inquiryPlace{models.InquiryAnswered, 1, false, known, true})
	}
	return out
}

func (p inquiryPlace) String() string {
	return fmt.Sprintf("%s tier %d direct %v known %v offer %v", p.state, p.tier, p.direct, p.known, p.offer)
}

// reachInquiry brings a new inquiry there by real steps.
func reachInquiry(w *workflowtest.World, maja models.Actor, p inquiryPlace) models.Inquiry {
	w.T.Helper()
	actor := models.Actor{}
	if p.known {
		actor = maja
	}
	q := asks(w, actor, func(f *workflows.AskForm) {
		f.Direct, f.Controller = p.direct, w.Controllers["SN"].ID
		f.Email = fmt.Sprintf("%s@post.example", f.Form)
	})
	central, sn := w.As("servicecenter"), w.Controllers["SN"].ID
	switch {
	case p.tier == 2:
		q = acts(w, central, q, workflows.PassToOmbud{Controller: sn, Comment: "Kan ni?"})
	case p.tier == 3 && !p.direct:
		q = acts(w, central, q, workflows.PassToDSO{Controller: sn, Comment: "Kan ni?"})
	}
	desk := map[int]models.Actor{1: central, 2: w.As("ombud SN"), 3: w.As("dso SN")}[p.tier]
	switch {
	case p.state == models.InquiryConverted && p.known:
		q = acts(w, central, q, workflows.ConvertInquiry{Right: models.Access, Controllers: []models.ControllerID{sn}})
	case p.offer:
		q = acts(w, central, q, workflows.OfferRequest{Right: models.Access, Controllers: []models.ControllerID{sn}, Text: "Bekräfta."})
		if p.state == models.InquiryConverted {
			q = acts(w, models.InquirerActor(q.ID), q, claim(maja))
		}
	case p.state == models.InquiryAnswered:
		q = acts(w, desk, q, workflows.InquiryAnswer{Text: "I två år."})
	case p.state == models.InquiryClosed:
		q = acts(w, desk, q, workflows.SetAside{Why: "Reklam"})
	}
	if q.State != p.state || q.Tier != p.tier || q.Direct != p.direct {
		w.T.Fatalf("%v: the inquiry is %s in tier %d", p, q.State, q.Tier)
	}
	return q
}

func claim(maja models.Actor) workflows.ClaimInquiry {
	return workflows.ClaimInquiry{Subject: maja.Subject, Who: workflowtest.Person()}
}

// inquiryInputs is an input for every action.
func inquiryInputs(w *workflowtest.World, maja models.Actor) map[workflows.InquiryAction]workflows.InquiryInput {
	to := []models.ControllerID{w.Controllers["SN"].ID}
	return map[workflows.InquiryAction]workflows.InquiryInput{
		workflows.InquiryActAnswer:   workflows.InquiryAnswer{Text: "Ja."},
		workflows.InquiryActToOmbud:  workflows.PassToOmbud{Controller: to[0], Comment: "Kan ni?"},
		workflows.InquiryActToDSO:    workflows.PassToDSO{Controller: to[0], Comment: "Kan ni?"},
		workflows.InquiryActReturn:   workflows.ReturnInquiry{Comment: "Inte vår."},
		workflows.InquiryActFollowUp: workflows.FollowUp{Text: "Och sedan?"},
		workflows.InquiryActSetAside: workflows.SetAside{Why: "Reklam"},
		workflows.InquiryActClose:    workflows.CloseInquiry(),
		workflows.InquiryActConvert:  workflows.ConvertInquiry{Right: models.Access, Controllers: to},
		workflows.InquiryActOffer:    workflows.OfferRequest{Right: models.Access, Controllers: to, Text: "Bekräfta."},
		workflows.InquiryActClaim:    claim(maja),
	}
}

// asker is one of those who may be somebody to an inquiry.
type inquirySomeone struct {
	name  string
	actor models.Actor
	who   workflows.Who
	tier  int // of a desk
}

func inquiryEveryone(w *workflowtest.World, maja models.Actor, q models.Inquiry) []inquirySomeone {
	sn, bun := w.Controllers["SN"].ID, w.Controllers["BUN"].ID
	at := func(r models.Role, c models.ControllerID) models.Actor {
		return models.StaffActor(w.As("ombud SN").Staff, models.Grant{Role: r, Controller: c})
	}
	return []inquirySomeone{
		{"the person", maja, workflows.WhoPerson, 0},
		{"another person", w.Resident("198404012380"), "", 0},
		{"whoever has the code", models.InquirerActor(q.ID), workflows.WhoInquirer, 0},
		{"whoever has another code", models.InquirerActor(models.NewID[models.Inquiry]()), "", 0},
		{"the system", models.SystemActor(), workflows.WhoSystem, 0},
		{"nobody", models.Actor{}, "", 0},
		{"servicecenter", models.StaffActor(w.As("servicecenter").Staff, models.Grant{Role: models.RoleServicecenter}), workflows.WhoServicecenter, 1},
		{"ombud", at(models.RoleOmbud, sn), workflows.WhoOmbud, 2},
		{"ombud elsewhere", at(models.RoleOmbud, bun), "", 0},
		{"decider", at(models.RoleDecider, sn), "", 0},
		{"dso", at(models.RoleDSO, sn), workflows.WhoDSO, 3},
		{"dso elsewhere", at(models.RoleDSO, bun), "", 0},
		{"registrator", at(models.RoleRegistrator, sn), "", 0},
		{"logreviewer", at(models.RoleLogReviewer, models.ControllerID{}), "", 0},
		{"admin", at(models.RoleAdmin, models.ControllerID{}), "", 0},
	}
}

// wantOfInquiry is what the table says, worked out anew from who sees what.
func wantOfInquiry(x inquirySomeone, p inquiryPlace, a workflows.InquiryAction) error {
	sees, acting := false, x.who
	switch x.who {
	case workflows.WhoSystem:
		sees = true
	case workflows.WhoPerson:
		sees = p.known
	case workflows.WhoInquirer:
		sees = true
		if p.known {
			acting = "" // somebody who is known has no use for a code
		}
	case workflows.WhoServicecenter:
		sees = !p.direct
	case workflows.WhoOmbud:
		sees = p.tier == 2
	case workflows.WhoDSO:
		sees = p.tier == 3
	default:
	}
	if !sees {
		return workflows.ErrNotFound
	}
	theirs := false
	for _, t := range workflows.InquiryTransitions() {
		if t.Action != a || !slices.Contains(t.Who, acting) || (p.direct && !t.Direct) || !slices.Contains(t.Tiers, p.tier) || (x.tier != 0 && x.tier != p.tier) {
			continue
		}
		theirs = true
		if !slices.Contains(t.From, p.state) {
			continue
		}
		switch {
		case a == workflows.InquiryActConvert && !p.known:
			return workflows.Refusal{Key: "guard.inquiry-unknown"}
		case a == workflows.InquiryActClaim && !p.offer:
			return workflows.ErrConflict
		}
		return nil
	}
	if !theirs {
		return workflows.ErrForbidden
	}
	return workflows.ErrConflict
}

// TestEveryInquiryActionInEveryPlaceByEveryone: state, tier, straight to the DSO or not, asker known or not.
func TestEveryInquiryActionInEveryPlaceByEveryone(t *testing.T) {
	t.Parallel()
	for _, p := range inquiryPlaces() {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			maja := w.Resident("197701172392")
			q := reachInquiry(w, maja, p)
			for _, x := range inquiryEveryone(w, maja, q) {
				for a, in := range inquiryInputs(w, maja) {
					later := time.Duration(0)
					if a == workflows.InquiryActClose {
						later = 31 * oneDay
					}
					undone(t, w, later, func(svc *workflows.Service, _ *gorm.DB) {
						err := svc.ApplyInquiry(context.Background(), x.actor, workflows.OnInquiry{Inquiry: q.ID, Version: q.Version}, in)
						if want := wantOfInquiry(x, p, a); !same(err, want) {
							t.Errorf("%s by %s: %v, the table says %v", a, x.name, err, want)
						}
					})
				}
				inquiryPageSaysTheSame(t, w, x, p, q)
			}
		})
	}
}

// inquiryPageSaysTheSame compares what the desk's page offers with the table.
func inquiryPageSaysTheSame(t *testing.T, w *workflowtest.World, x inquirySomeone, p inquiryPlace, q models.Inquiry) {
	t.Helper()
	if x.actor.Kind != models.StaffKind {
		return
	}
	v, err := w.InquiryPage(context.Background(), x.actor, q.Number)
	if want := wantOfInquiry(x, p, workflows.InquiryActAnswer); errors.Is(want, workflows.ErrNotFound) != errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("the page of %s: %v", x.name, err)
	}
	if err != nil {
		return
	}
	for _, a := range slices.Sorted(maps.Keys(inquiryInputs(w, x.actor))) {
		want := wantOfInquiry(x, p, a) == nil
		if a == workflows.InquiryActOffer && p.known {
			want = false // who is known needs not be asked
		}
		if v.Can(a) != want {
			t.Errorf("the page of %s offers %s: %v, the table %v", x.name, a, v.Can(a), want)
		}
	}
}

// TestOneOfSixteenMovesAnInquiry: every transition from every place by everyone who may take it.
func TestOneOfSixteenMovesAnInquiry(t *testing.T) {
	t.Parallel()
	for _, p := range inquiryPlaces() {
		if p.state == models.InquiryClosed || p.state == models.InquiryConverted {
			continue
		}
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			maja := w.Resident("197701172392")
			for _, a := range slices.Sorted(maps.Keys(inquiryInputs(w, maja))) {
				for _, x := range inquiryEveryone(w, maja, models.Inquiry{}) {
					if wantOfInquiry(x, p, a) != nil || x.who == "" {
						continue
					}
					raceInquiry(t, w, maja, p, a, x)
				}
			}
		})
	}
}

func raceInquiry(t *testing.T, w *workflowtest.World, maja models.Actor, p inquiryPlace, a workflows.InquiryAction, x inquirySomeone) {
	t.Helper()
	w.Clock.Advance(2 * oneDay) // clear of the limits on asking
	q := reachInquiry(w, maja, p)
	actor, in := x.actor, inquiryInputs(w, maja)[a]
	if x.who == workflows.WhoInquirer {
		actor = models.InquirerActor(q.ID)
	}
	svc := w.Service
	if a == workflows.InquiryActClose {
		svc = at(w, 31*oneDay)
	}
	before := inquiryTrace(t, w, q)
	won := race(t, times(racers, func() error {
		return svc.ApplyInquiry(context.Background(), actor, workflows.OnInquiry{Inquiry: q.ID, Version: q.Version}, in)
	})...)
	after := inquiryTrace(t, w, q)
	want := 1
	if a == workflows.InquiryActFollowUp {
		want = racers // the same words again are there already
	}
	if won != want || after.events != before.events+1 || after.messages > before.messages+1 || after.jobs > before.jobs+1 {
		t.Errorf("%v %s by %s: %d won, %+v before, %+v after", p, a, x.name, won, before, after)
	}
}

type inquiryCount struct{ events, messages, jobs int }

func inquiryTrace(t *testing.T, w *workflowtest.World, q models.Inquiry) inquiryCount {
	t.Helper()
	var n inquiryCount
	for sql, to := range map[string]*int{"select count(*) from events where stream_id = ?": &n.events, "select count(*) from inquiry_messages where inquiry_id = ?": &n.messages,
		"select count(*) from jobs where inquiry_id = ?": &n.jobs} {
		if err := w.DB.Owner.Raw(sql, q.ID).Scan(to).Error; err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// TestStraightToTheDSOIsNothingToOthers: not in lists, counts, numbers, pages, events, jobs nor mails of anybody else.
func TestStraightToTheDSOIsNothingToOthers(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	first := asks(w, models.Actor{})
	q := asks(w, models.Actor{}, directly)
	second := asks(w, models.Actor{})
	if first.Number != "FRG-2026-00001" || second.Number != "FRG-2026-00002" || q.Number != "DSO-2026-00001" {
		t.Errorf("numbers %s, %s and %s: a gap tells", first.Number, q.Number, second.Number)
	}
	w.Work()
	dso := w.As("dso KS")
	for _, m := range w.Mails.All() {
		if strings.Contains(m.Text, q.Number) && !strings.HasPrefix(m.To, "dso") && !isAddressOf(w, dso, m.To) {
			t.Errorf("a mail about it to %s", m.To)
		}
	}
	for name, a := range w.Staff {
		if a.HasRole(models.RoleDSO) {
			continue
		}
		if _, err := w.InquiryPage(ctx, a, q.Number); !errors.Is(err, workflows.ErrNotFound) {
			t.Errorf("%s opens it: %v", name, err)
		}
		desks, err := w.Inquiries(ctx, a)
		if err != nil && !errors.Is(err, workflows.ErrForbidden) {
			t.Fatal(err)
		}
		for _, d := range desks {
			for _, i := range slices.Concat(d.Open, d.Answered, d.PassedOn) {
				if i.ID == q.ID || i.Direct {
					t.Errorf("%s lists it", name)
				}
			}
		}
		n, err := w.OpenInquiries(ctx, a)
		if want := map[bool]int{true: 2}[a.HasRole(models.RoleServicecenter)]; err != nil || n != want {
			t.Errorf("%s counts %d, %v", name, n, err)
		}
		if err := w.Store.InTx(ctx, a, func(tx *models.Tx) error {
			events, err := tx.Events("inquiry", q.ID.UUID(), 10)
			if err != nil || len(events) > 0 {
				t.Errorf("%s sees %d events, %v", name, len(events), err)
			}
			lines, err := tx.InquiryMessages(q.ID)
			if err != nil || len(lines) > 0 {
				t.Errorf("%s sees %d messages, %v", name, len(lines), err)
			}
			if _, err := tx.Inquiry(q.ID); !errors.Is(err, workflows.ErrNotFound) {
				t.Errorf("%s sees the row: %v", name, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	v, err := w.InquiryPage(ctx, dso, q.Number)
	if err != nil || len(v.Messages) != 1 || v.Can(workflows.InquiryActReturn) || v.Can(workflows.InquiryActToOmbud) || !v.Can(workflows.InquiryActAnswer) {
		t.Errorf("the DSO's page: %+v, %v", v, err)
	}
}

func isAddressOf(w *workflowtest.World, a models.Actor, address string) bool {
	w.T.Helper()
	var p models.Staff
	if err := w.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) (err error) {
		p, err = tx.StaffByID(a.Staff)
		return err
	}); err != nil {
		w.T.Fatal(err)
	}
	return p.Email == address
}

// TestAQuestionThroughAllTiers: the thread goes along, what the tiers say among themselves is not the asker's, and the servicecenter
// sees that it was passed on but not what came later.
func TestAQuestionThroughAllTiers(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	q := asks(w, maja)
	central, ombud, dso := w.As("servicecenter"), w.As("ombud SN"), w.As("dso SN")
	acts(w, central, q, workflows.PassToOmbud{Controller: w.Controllers["SN"].ID, Comment: "Gäller er."})
	acts(w, ombud, q, workflows.PassToDSO{Comment: "En principfråga."})
	acts(w, dso, q, workflows.InquiryAnswer{Text: "Så här är det."})
	texts := func(lines []workflows.InquiryLine) string {
		var out []string
		for _, l := range lines {
			out = append(out, l.Text)
		}
		return strings.Join(out, "|")
	}
	asked := question().Text
	for name, want := range map[string]struct {
		actor models.Actor
		text  string
	}{
		"servicecenter": {central, asked + "|Gäller er."},
		"ombud":         {ombud, asked + "|Gäller er.|En principfråga."},
		"dso":           {dso, asked + "|Gäller er.|En principfråga.|Så här är det."},
	} {
		v, err := w.InquiryPage(ctx, want.actor, q.Number)
		if err != nil || texts(v.Messages) != want.text {
			t.Errorf("%s reads %q, %v", name, texts(v.Messages), err)
		}
	}
	mine, err := w.MyInquiry(ctx, maja, q.Number)
	if err != nil || texts(mine.Messages) != asked+"|Så här är det." || mine.Messages[1].Staff != "" {
		t.Errorf("the asker reads %q, %v", texts(mine.Messages), err)
	}
	// Back to whoever it concerns, and on to another: the first ombud no longer has it.
	r := asks(w, maja, func(f *workflows.AskForm) { f.Text = "Vem har hand om vattnet?" })
	acts(w, central, r, workflows.PassToOmbud{Controller: w.Controllers["SN"].ID, Comment: "Er?"})
	acts(w, ombud, r, workflows.ReturnInquiry{Comment: "Nej, skolans."})
	if v, err := w.InquiryPage(ctx, central, r.Number); err != nil || !strings.HasSuffix(texts(v.Messages), "Nej, skolans.") {
		t.Errorf("the servicecenter reads %q, %v", texts(v.Messages), err)
	}
	acts(w, central, r, workflows.PassToOmbud{Controller: w.Controllers["BUN"].ID, Comment: "Er då."})
	if _, err := w.InquiryPage(ctx, ombud, r.Number); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("the first ombud still has it: %v", err)
	}
	acts(w, w.As("ombud BUN"), r, workflows.InquiryAnswer{Text: "Vi."})
	verifyChains(t, w)
}

func verifyChains(t *testing.T, w *workflowtest.World) {
	t.Helper()
	if err := w.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
		faults, _, err := tx.VerifyEvents()
		if len(faults) > 0 {
			t.Errorf("the chains do not hold: %v", faults)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestMailsAboutInquiriesSayNothing: word of an answer has the link and no code, the code comes without a link, and neither tells
// what was asked.
func TestMailsAboutInquiriesSayNothing(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	q := asks(w, models.Actor{})
	acts(w, w.As("servicecenter"), q, workflows.InquiryAnswer{Text: "I två år."})
	link := lastMail(t, w)
	if link.To != karinsAddress || !strings.Contains(link.Text, "/fraga/"+q.ID.String()) || strings.Contains(link.Text, q.Number) || regexp.MustCompile(`\b\d{8}\b`).MatchString(link.Text) {
		t.Errorf("the mail with the link: %s %s", link.To, link.Text)
	}
	sendCode(t, w, q)
	code := lastMail(t, w)
	if code.To != karinsAddress || strings.Contains(code.Text, "http") || strings.Contains(code.HTML, "href") || !regexp.MustCompile(`\b\d{8}\b`).MatchString(code.Text) {
		t.Errorf("the mail with the code: %s %s", code.To, code.Text)
	}
	for _, m := range []mail.Message{link, code} {
		if strings.Contains(m.Text+m.HTML+m.Subject, "betyg") || strings.Contains(m.Text, "två år") {
			t.Errorf("a mail tells: %s", m.Text)
		}
	}
}

func lastMail(t *testing.T, w *workflowtest.World) mail.Message {
	t.Helper()
	all := w.Mails.All()
	if len(all) == 0 {
		t.Fatal("no mail")
	}
	return all[len(all)-1]
}

func sendCode(t *testing.T, w *workflowtest.World, q models.Inquiry) {
	t.Helper()
	if err := w.SendCode(context.Background(), q.ID, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	w.Work()
}

func codeIn(m mail.Message) string { return regexp.MustCompile(`\b\d{8}\b`).FindString(m.Text) }

func wrongCode(err error) bool {
	var in workflows.Invalid
	return errors.As(err, &in) && in.Fields[0].Key == "error.code-wrong"
}

// TestACodeOpensOneInquiryOnce: sixteen at once with the right code, one gets in; and nobody after.
func TestACodeOpensOneInquiryOnce(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	q, other := asks(w, models.Actor{}), asks(w, models.Actor{}, func(f *workflows.AskForm) { f.Email = "omar@post.example" })
	acts(w, w.As("servicecenter"), q, workflows.InquiryAnswer{Text: "I två år."})
	sendCode(t, w, q)
	code := codeIn(lastMail(t, w))
	if _, err := w.OpenByCode(ctx, other.ID, code, ""); !wrongCode(err) {
		t.Errorf("the code opens another inquiry: %v", err)
	}
	won, lost := 0, 0
	var lock sync.Mutex
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			actor, err := w.OpenByCode(ctx, q.ID, code, "")
			lock.Lock()
			defer lock.Unlock()
			switch {
			case err == nil && actor.Inquiry == q.ID && actor.Kind == models.InquirerKind:
				won++
			case wrongCode(err):
				lost++
			default:
				t.Errorf("otherwise: %v", err)
			}
		})
	}
	wg.Wait()
	if won != 1 || won+lost != racers {
		t.Errorf("%d got in, %d did not", won, lost)
	}
	mine, err := w.InquiryByCode(ctx, models.InquirerActor(q.ID))
	if err != nil || len(mine.Messages) != 2 || !mine.CanFollowUp {
		t.Errorf("what the code opens: %+v, %v", mine, err)
	}
	if _, err := w.InquiryByCode(ctx, models.InquirerActor(other.ID)); err != nil {
		t.Error(err)
	}
}

// TestCodesCannotBeGuessed: five attempts at one code, right or wrong, at once or in turn; a new code makes the old one worthless;
// a code runs out.
func TestCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	q := asks(w, models.Actor{})
	sendCode(t, w, q)
	first := codeIn(lastMail(t, w))
	wrong := "00000000"
	if first == wrong {
		wrong = "00000001"
	}
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			if _, err := w.OpenByCode(ctx, q.ID, wrong, ""); !wrongCode(err) {
				t.Errorf("a wrong code: %v", err)
			}
		})
	}
	wg.Wait()
	if _, err := w.OpenByCode(ctx, q.ID, first, ""); !wrongCode(err) {
		t.Errorf("the right code after five wrong ones: %v", err)
	}
	w.Clock.Advance(2 * time.Hour)
	sendCode(t, w, q)
	second := codeIn(lastMail(t, w))
	sendCode(t, w, q)
	third := codeIn(lastMail(t, w))
	if second == third || second == first {
		t.Error("a code comes again")
	}
	if _, err := w.OpenByCode(ctx, q.ID, second, ""); !wrongCode(err) {
		t.Errorf("a code that was replaced: %v", err)
	}
	w.Clock.Advance(15 * time.Minute)
	if _, err := w.OpenByCode(ctx, q.ID, third, ""); !wrongCode(err) {
		t.Errorf("a code that has run out: %v", err)
	}
	sendCode(t, w, q)
	last := codeIn(lastMail(t, w))
	if _, err := w.OpenByCode(ctx, q.ID, " "+last[:4]+" "+last[4:], ""); err != nil {
		t.Errorf("the right code, written in two groups: %v", err)
	}
	var stored int
	if err := w.DB.Owner.Raw("select count(*) from inquiry_codes c, jobs j where position(? in c::text) > 0 or position(? in j::text) > 0", last, last).Scan(&stored).Error; err != nil || stored != 0 {
		t.Errorf("the code is stored %d times, %v", stored, err)
	}
}

// TestAnswersAreTheSameWhetherThereIsAnInquiry: from outside it cannot be told.
func TestAnswersAreTheSameWhetherThereIsAnInquiry(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	for name, id := range map[string]models.InquiryID{"there": asks(w, models.Actor{}).ID, "not there": models.NewID[models.Inquiry](), "of somebody logged in": asks(w, maja).ID} {
		for n := 1; n <= 7; n++ {
			err := w.SendCode(ctx, id, "")
			if want := n > 5; (err != nil) != want || (want && !same(err, workflows.Refusal{Key: "guard.too-many-tries"})) {
				t.Errorf("%s, code %d: %v", name, n, err)
			}
		}
		if _, err := w.OpenByCode(ctx, id, "12345678", ""); !wrongCode(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.Work()
	if n := len(w.Mails.All()); n > 5 {
		t.Errorf("%d mails", n)
	}
}

// TestAskingIsLimited: by the address that answers go to, and by where it comes from; the next day it goes again.
func TestAskingIsLimited(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	try := func(email, from string) error {
		in := question()
		in.Email, in.From = email, from
		_, err := w.Ask(ctx, models.Actor{}, in)
		return err
	}
	limited := workflows.Refusal{Key: "guard.too-many-tries"}
	for n := range 12 {
		if err := try("Karin.Berg@post.example", fmt.Sprintf("192.0.2.%d", n)); same(err, limited) != (n >= 10) || (err != nil && n < 10) {
			t.Errorf("by address, %d: %v", n, err)
		}
	}
	for n := range 32 {
		if err := try(fmt.Sprintf("a%d@post.example", n), "198.51.100.7"); same(err, limited) != (n >= 30) {
			t.Errorf("by network, %d: %v", n, err)
		}
	}
	w.Clock.Advance(24 * time.Hour)
	if err := try(karinsAddress, "198.51.100.7"); err != nil {
		t.Errorf("the next day: %v", err)
	}
	var plain int
	if err := w.DB.Owner.Raw("select count(*) from rate_limits r where r::text like '%198.51%' or r::text like '%karin%'").Scan(&plain).Error; err != nil || plain != 0 {
		t.Errorf("addresses are kept in the open: %d, %v", plain, err)
	}
}

// TestAFormSentTwiceIsOneInquiry: also sixteen times at once.
func TestAFormSentTwiceIsOneInquiry(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	in := question()
	numbers := make(chan string, racers)
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			n, err := w.Ask(context.Background(), models.Actor{}, in)
			if err != nil && !same(err, workflows.Refusal{Key: "guard.too-many-tries"}) {
				t.Error(err)
			}
			numbers <- n
		})
	}
	wg.Wait()
	close(numbers)
	for n := range numbers {
		if n != "" && n != "FRG-2026-00001" {
			t.Errorf("a second inquiry %s", n)
		}
	}
	var n int
	if err := w.DB.Owner.Raw("select count(*) from inquiries").Scan(&n).Error; err != nil || n != 1 {
		t.Errorf("%d inquiries, %v", n, err)
	}
}

// TestAQuestionBecomesARequest: with the asker's own words, received on the day of the question; of somebody known at once, of
// somebody else once they have shown who they are.
func TestAQuestionBecomesARequest(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	q, other := asks(w, maja), asks(w, models.Actor{}, func(f *workflows.AskForm) { f.Text = "Vad har ni om mig?" })
	w.Clock.Advance(6 * oneDay)
	to := []models.ControllerID{w.Controllers["SN"].ID, w.Controllers["BUN"].ID}
	acts(w, w.As("servicecenter"), q, workflows.ConvertInquiry{Right: models.Access, Controllers: to})
	acts(w, w.As("servicecenter"), other, workflows.OfferRequest{Right: models.Access, Controllers: to[:1], Text: "Bekräfta."})
	if now := inquiry(w, other.Number); !now.RequestID.IsZero() {
		t.Error("a request from nobody known")
	}
	acts(w, models.InquirerActor(other.ID), other, claim(maja))
	mine, err := w.MyRequests(ctx, maja)
	if err != nil || len(mine) != 2 {
		t.Fatalf("%d requests, %v", len(mine), err)
	}
	for _, r := range mine {
		if r.ReceivedOn.String() != "2026-09-10" || r.Cases[0].Due.String() != "2026-10-12" {
			t.Errorf("%s received %s, due %s", r.Number, r.ReceivedOn, r.Cases[0].Due)
		}
	}
	for _, c := range []struct {
		q       models.Inquiry
		cases   int
		text    string
		channel models.Channel
	}{{q, 2, question().Text, models.ChannelInquiry}, {other, 1, "Vad har ni om mig?", models.ChannelInquiry}} {
		now := inquiry(w, c.q.Number)
		if err := w.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
			cases, err := tx.CasesOfRequest(now.RequestID)
			if err != nil || len(cases) != c.cases {
				t.Fatalf("%d cases, %v", len(cases), err)
			}
			about, err := tx.Concern(cases[0].ID)
			if err != nil || about.Text != c.text {
				t.Errorf("the case is told %q, %v", about.Text, err)
			}
			f, err := tx.Filing(now.RequestID)
			if err != nil || f.Channel != c.channel || f.RegisteredBy != w.As("servicecenter").Staff {
				t.Errorf("filed as %+v, %v", f, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	verifyChains(t, w)
}

// TestAnsweredInquiriesCloseByThemselves: after thirty days without a further question, and not before.
func TestAnsweredInquiriesCloseByThemselves(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	q := asks(w, models.Actor{})
	acts(w, w.As("servicecenter"), q, workflows.InquiryAnswer{Text: "Ja."})
	for _, c := range []struct {
		days  int
		state models.InquiryState
	}{{29, models.InquiryAnswered}, {1, models.InquiryClosed}} {
		w.Clock.Advance(time.Duration(c.days) * oneDay)
		if err := w.Watch(context.Background()); err != nil {
			t.Fatal(err)
		}
		if now := inquiry(w, q.Number); now.State != c.state {
			t.Errorf("after %d days more it is %s", c.days, now.State)
		}
	}
}

// TestProtectedAskersGetNoMailAndClearedReaders: domain P16.
func TestProtectedAskersGetNoMailAndClearedReaders(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	if err := w.DB.Owner.Exec("update subjects set protected = true where id = ?", maja.Subject).Error; err != nil {
		t.Fatal(err)
	}
	q := asks(w, maja)
	plain := models.StaffActor(w.As("servicecenter").Staff, models.Grant{Role: models.RoleServicecenter})
	cleared := models.StaffActor(w.As("servicecenter").Staff, models.Grant{Role: models.RoleServicecenter, Cleared: true})
	if _, err := w.InquiryPage(ctx, plain, q.Number); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("without clearance: %v", err)
	}
	v, err := w.InquiryPage(ctx, cleared, q.Number)
	if err != nil || v.Can(workflows.InquiryActConvert) || !v.Can(workflows.InquiryActOffer) {
		t.Errorf("with clearance: %v %v", v.Actions, err)
	}
	acts(w, cleared, q, workflows.InquiryAnswer{Text: "Ja."})
	for _, m := range w.Mails.All() {
		if m.To == karinsAddress {
			t.Error("a protected person gets a mail")
		}
	}
}
