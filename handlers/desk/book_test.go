package desk

import (
	"net/http"
	"slices"
	"testing"

	"insyn/models"
	"insyn/workflows"
)

func TestTheRegisterIsReadable(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	b.service.book = []workflows.RegisterView{{Controller: b.social, Systems: []workflows.RegisterSystem{
		{System: models.System{ID: models.NewID[models.System](), Name: "Combine", Owner: "Socialchefen", SearchHint: "Sök på personnummer.", ValidFrom: day(2020, 1, 1), ValidTo: day(2027, 3, 31)},
			Activities: []workflows.RegisterActivity{{Activity: models.Activity{Name: "Ekonomiskt bistånd", Purpose: "Pröva ansökningar", LegalBasis: "6.1 e", DataCategories: "Ekonomi",
				Relations: models.TextArray{"client"}, JointWith: models.TextArray{"KS", "BUN"}}, InUse: true}}},
	}}}
	must(t, b.get(bookPath+"?sok=bist%C3%A5nd&slutat=1"), http.StatusOK, "Combine", "Används inte i dag", "Sök på personnummer.", "från onsdag 1 januari 2020 till och med onsdag 31 mars 2027",
		"Ekonomiskt bistånd", "Pröva ansökningar", "Som någon som har fått stöd, vård eller hjälp", "KS, BUN", `value="bistånd"`)
	if !slices.Contains(b.service.calls, "book bistånd") {
		t.Errorf("asked for %v", b.service.calls)
	}
	b.service.book = nil
	must(t, b.get(bookPath+"?sok=finnsinte"), http.StatusOK, "Inget i registret stämmer")
	must(t, newBench(t, models.RoleRegistrator).get(bookPath), http.StatusForbidden)
}

func TestASearchRowLeadsToTheRegister(t *testing.T) {
	t.Parallel()
	b := newBench(t, models.RoleOmbud)
	y := b.service.view.Searches[0]
	b.service.view.SearchNotes = map[models.SystemID]workflows.SearchNote{y.SystemID: {Hint: "Sök på personnummer.", Activities: []string{"Hemtjänst", "Boendestöd"}}}
	must(t, b.get(casePageAt), http.StatusOK, "Sök på personnummer.", "Används till: Hemtjänst, Boendestöd", "#system-"+y.SystemID.String())
}
