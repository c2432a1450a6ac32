package desk

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"insyn/models"
	"insyn/workflows"
)

func (f *fakeService) ProtectCase(_ context.Context, a models.Actor, number string) error {
	f.note("protect "+number, a)
	return f.err
}

func (f *fakeService) UnprotectCase(_ context.Context, a models.Actor, number, reason string) error {
	f.note("lift "+number+" "+reason, a)
	return f.err
}

func (f *fakeService) ProtectRequest(ctx context.Context, a models.Actor, number string) error {
	return f.ProtectCase(ctx, a, number)
}

func (f *fakeService) UnprotectRequest(ctx context.Context, a models.Actor, number, reason string) error {
	return f.UnprotectCase(ctx, a, number, reason)
}

func (f *fakeService) UnhandledProtected(context.Context, models.Actor) (int, error) {
	return f.unhandled, nil
}

// TestMarkingAPerson: who is not cleared is told what follows, and is led away from what is gone.
func TestMarkingAPerson(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	must(t, b.get(casePageAt), http.StatusOK, "Personen har skyddade personuppgifter", "När du har markerat ser du inte längre ärendet")
	if to := b.post(casePageAt+"/skydd", "gor", "markera").Header().Get("Location"); to != casePageAt {
		t.Errorf("led to %s while the case is seen", to)
	}
	seen := b.service.view.Case.Number
	b.service.view.Case.Number = "INS-2027-00001-SN"
	if to := b.post(casePageAt+"/skydd", "gor", "markera").Header().Get("Location"); to != root {
		t.Errorf("led to %s when the case is gone", to)
	}
	if !slices.Contains(b.service.calls, "protect "+number) {
		t.Errorf("asked for %v", b.service.calls)
	}
	b.service.view.Case.Number = seen
	must(t, b.post(casePageAt+"/skydd"), http.StatusBadRequest)
}

// TestLiftingTheMark: with clearance, and with a reason.
func TestLiftingTheMark(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud, models.RoleServicecenter)
	for i := range b.service.actor.Grants {
		b.service.actor.Grants[i].Cleared = true
	}
	b.service.view.Case.Protected = true
	body := must(t, b.get(casePageAt), http.StatusOK, "Kontrollera sekretessen före varje utlämnande", "Skatteverkets förmedlingsuppdrag", "Ta bort markeringen", "Skyddet har upphört")
	mustNot(t, body, "Markera som skyddad")
	b.service.err = workflows.Invalid{Fields: []workflows.FieldError{{Field: "reason", Key: "error.choose-one"}}}
	must(t, b.post(casePageAt+"/skydd", "gor", "hav"), http.StatusUnprocessableEntity, `id="skydd-form" open`, `href="#skydd-reason`)
	b.service.err = nil
	must(t, b.post(casePageAt+"/skydd", "gor", "hav", "reason", "ended"), http.StatusSeeOther)
	if !slices.Contains(b.service.calls, "lift "+number+" ended") {
		t.Errorf("asked for %v", b.service.calls)
	}

	b.service.intake = exampleIntake(b.social, b.school)
	at := intakePath("INS-2027-00042")
	must(t, b.get(at), http.StatusOK, "Markera som skyddad")
	b.service.intake.Request.Protected, b.service.intake.Addable = true, nil
	body = must(t, b.get(at), http.StatusOK, "Ta bort markeringen", "Visas inte")
	mustNot(t, body, "Lägg till en mottagare", "070-")
	must(t, b.post(at+"/skydd", "gor", "hav", "reason", "mistake"), http.StatusSeeOther)
}

// TestCasesWithoutTheClearedAreCounted, for an administrator who sees nothing else.
func TestCasesWithoutTheClearedAreCounted(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleAdmin)
	mustNot(t, must(t, b.get(root), http.StatusOK), "behörig handläggare")
	b.service.unhandled = 1
	must(t, b.get(root), http.StatusOK, "Ett ärende saknar behörig handläggare")
}
