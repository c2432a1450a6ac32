package desk

import (
	"errors"
	"net/http"
	"testing"

	"insyn/models"
)

func TestTheExtractIsShownAsItWillBe(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleDecider)
	b.service.view = readyCase(b.service.view)
	w := b.get(casePageAt + "/utdrag")
	must(t, w, http.StatusOK, "%PDF")
	for name, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff",
		"Content-Disposition": `inline; filename="Registerutdrag ` + b.service.view.Case.Number + `.pdf"`} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	b.service.err = errors.New("the store is down")
	w = b.get(casePageAt + "/utdrag")
	mustNot(t, must(t, w, http.StatusInternalServerError), "%PDF")
	if got := w.Header().Get("Content-Type"); got == "application/pdf" {
		t.Error("a failure is said to be a PDF")
	}
}
