package desk

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"insyn/models"
	"insyn/workflows"
)

// decided makes the case on the bench one with a decision that has been released and appealed.
func (b *bench) decided(timing workflows.Timing) {
	v := &b.service.view
	at := time.Date(2027, 4, 14, 8, 0, 0, 0, time.UTC)
	v.Case.State, v.Case.DecidedAt, v.Case.ReleasedAt, v.Case.AppealUntil = models.CaseReleased, &at, &at, day(2027, 5, 6)
	v.Controller.Court, v.Today, v.Appealable = "Förvaltningsrätten i Exempelstad", day(2027, 4, 21), true
	v.Actions = []workflows.Allowed{{Action: workflows.ActionRegisterAppeal}}
	v.Appeals = []workflows.AppealView{{Appeal: models.Appeal{Channel: models.AppealLetter, ArrivedOn: day(2027, 4, 20), HandOverBy: day(2027, 4, 27)},
		Timing: timing, Last: day(2027, 5, 6), By: "Petra Nyström"}}
}

func TestTheCasePageSaysWhoMustActOnAnAppeal(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleRegistrator)
	for timing, words := range map[workflows.Timing]string{
		workflows.TimingInTime:         "till Förvaltningsrätten i Exempelstad senast tisdag 27 april 2027",
		workflows.TimingLate:           "Det får inte avvisas om förseningen beror på fel i hänvisningen",
		workflows.TimingServiceUnknown: "Ta reda på när beslutet nådde sökanden",
		workflows.TimingNoAppeal:       "Beslutet har ingen överklagandehänvisning",
	} {
		b.decided(timing)
		must(t, b.get(casePageAt), http.StatusOK, words, "Kom in tisdag 20 april 2027, med posten.", "Petra Nyström", "Sista dag att överklaga är torsdag 6 maj 2027", "Pröva överklagandet")
	}
}

func TestAnAppealIsEntered(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleRegistrator)
	b.decided(workflows.TimingInTime)
	send := func(file string, pairs ...string) *httptest.ResponseRecorder {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		fields := b.form(pairs...)
		for i := 0; i < len(fields); i += 2 {
			_ = w.WriteField(fields[i], fields[i+1])
		}
		if file != "" {
			part, _ := w.CreateFormFile("file", "overklagande.pdf")
			_, _ = part.Write([]byte(file))
		}
		_ = w.Close()
		r := httptest.NewRequest(http.MethodPost, casePageAt+"/overklagande", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		return b.send(r)
	}
	day := []string{"channel", "letter", "arrived-on-day", "20", "arrived-on-month", "4", "arrived-on-year", "2027", "text", "Vill ha mer."}
	if to := send("%PDF", day...).Header().Get("Location"); to != casePageAt+"#overklagande" {
		t.Errorf("led to %q", to)
	}
	in, ok := b.lastInput().(workflows.RegisterAppeal)
	if !ok || in.Channel != "letter" || in.ArrivedOn.String() != "2027-04-20" || in.Text != "Vill ha mer." || in.File == nil {
		t.Errorf("%+v", in)
	}
	body := must(t, send("", "channel", "mail", "arrived-on-day", "31", "arrived-on-month", "4", "arrived-on-year", "2027", "text", "Står kvar."), http.StatusUnprocessableEntity, "Står kvar.", "Datumet finns inte")
	mustNot(t, body, "⟦")
}

func TestThePaperAtTheCounterAndTheListOfAppeals(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleServicecenter)
	kase := models.NewID[models.Case]()
	b.service.intake = workflows.IntakeView{Request: models.Request{Number: "INS-2027-00042", Version: 3, Right: models.Access}, Today: day(2027, 4, 21),
		Cases: []workflows.IntakeCase{{ID: kase, Number: "INS-2027-00042-SN", Controller: b.social, Done: true, Due: day(2027, 5, 3)}}}
	page := root + "/begaran/INS-2027-00042"
	must(t, b.get(page), http.StatusOK, "Ta emot ett papper till en nämnd", "Läs det inte")
	form := []string{"version", "3", "case", kase.String(), "channel", "desk", "arrived-on-day", "20", "arrived-on-month", "4", "arrived-on-year", "2027"}
	if to := b.post(page+"/papper", form...).Header().Get("Location"); to != page {
		t.Errorf("led to %q", to)
	}
	if !slices.Contains(b.service.calls, "paper desk 2027-04-20") {
		t.Errorf("asked for %v", b.service.calls)
	}
	must(t, b.post(page+"/papper", "version", "3", "channel", "desk"), http.StatusUnprocessableEntity, "Välj")

	b = newBench(t, models.RoleDecider)
	b.service.appeals = []workflows.AppealItem{{Number: number, Person: "Maja Lindqvist", ArrivedOn: day(2027, 4, 12), HandOverBy: day(2027, 4, 19), DaysLeft: -2, Timing: workflows.TimingServiceUnknown}}
	must(t, b.get(root), http.StatusOK, "Överklaganden att pröva", "Maja Lindqvist", "2 dagar försenat", "Delgivning saknas")
}
