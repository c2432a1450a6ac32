package demo_test

import (
	"slices"
	"testing"

	"insyn/demo"
	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/internal/crypto"
	"insyn/internal/testkit"
	"insyn/models"
	"insyn/workflows"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// demoStore is a store on a database of the test's own.
func demoStore(t *testing.T) *models.Store {
	t.Helper()
	entry, err := crypto.GenerateKEK("k1")
	if err != nil {
		t.Fatal(err)
	}
	keks, err := crypto.ParseKEKs(entry)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := crypto.OpenKeyDir("file://"+t.TempDir(), keks)
	if err != nil {
		t.Fatal(err)
	}
	return models.NewStore(testkit.DB(t).Runtime, crypto.NewSealer(keys), clock.NewSettable(testkit.Now()))
}

// importDemo imports the spreadsheets, which must have no fault.
func importDemo(t *testing.T, store *models.Store) workflows.ImportReport {
	t.Helper()
	files, err := workflows.ImportFolder(demo.Files)
	if err != nil {
		t.Fatal(err)
	}
	report, err := workflows.Import(t.Context(), store, files, workflows.ImportOptions{Apply: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Faults {
		t.Errorf("fault: %v %q %v", f, f.Found, f.Args)
	}
	if !report.Applied {
		t.Fatal("not applied")
	}
	return report
}

// A second run changes nothing, and the municipality is as large as it says.
func TestExempelbyIsWhole(t *testing.T) {
	t.Parallel()
	store := demoStore(t)
	importDemo(t, store)
	if again := importDemo(t, store); len(again.Changes) > 0 || len(again.Gone) > 0 {
		t.Errorf("the second run changed %v, missed %v", again.Changes, again.Gone)
	}
	var o models.Organisation
	err := store.InTx(t.Context(), models.SystemActor(), func(tx *models.Tx) (err error) {
		o, err = tx.LockOrganisation()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[models.ControllerKind]int{}
	for _, c := range o.Controllers {
		kinds[c.Kind]++
	}
	want := map[models.ControllerKind]int{models.KindStyrelse: 1, models.KindRevision: 1, models.KindNamnd: 10, models.KindBolag: 2, models.KindStiftelse: 1}
	for kind, n := range want {
		if kinds[kind] != n {
			t.Errorf("%d of kind %s, want %d", kinds[kind], kind, n)
		}
	}
	systems := map[string]bool{}
	for _, s := range o.Systems {
		systems[s.Name] = true
	}
	if len(systems) < 35 || len(o.Activities) < 80 {
		t.Errorf("%d systems and %d activities", len(systems), len(o.Activities))
	}
}

// Every case can be handled: each controller has an ombud, a decision maker who may decide everything, a registrator, a DSO
// and something to search. The auditors decide themselves, at meetings, so nobody has a delegation from them.
func TestExempelbyHasEveryoneWhoMustAct(t *testing.T) {
	t.Parallel()
	store := demoStore(t)
	importDemo(t, store)
	var o models.Organisation
	err := store.InTx(t.Context(), models.SystemActor(), func(tx *models.Tx) (err error) {
		o, err = tx.LockOrganisation()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	days := []calendar.Date{calendar.New(2024, 9, 2), calendar.New(2025, 12, 31), calendar.New(2026, 3, 2), calendar.New(2031, 3, 3)}
	for _, c := range o.Controllers {
		for _, day := range days {
			for _, role := range []models.Role{models.RoleOmbud, models.RoleDecider, models.RoleRegistrator, models.RoleDSO} {
				if !slices.ContainsFunc(o.Assignments, func(a models.Assignment) bool {
					return a.ControllerID == c.ID && a.Role == role && !a.ValidFrom.After(day) && (a.ValidTo.IsZero() || !a.ValidTo.Before(day))
				}) {
					t.Errorf("%s has no %s on %s", c.Prefix, role, day)
				}
			}
			if c.Kind == models.KindRevision {
				continue
			}
			for _, kind := range decisionKinds(c.Sensitive) {
				if !slices.ContainsFunc(o.Delegations, func(d models.Delegation) bool {
					return d.ControllerID == c.ID && slices.Contains(d.DecisionKinds, kind) && !d.ValidFrom.After(day) && (d.ValidTo.IsZero() || !d.ValidTo.Before(day))
				}) {
					t.Errorf("%s: nobody may decide %s on %s", c.Prefix, kind, day)
				}
			}
		}
		if c.Kind == models.KindRevision && slices.ContainsFunc(o.Delegations, func(d models.Delegation) bool { return d.ControllerID == c.ID }) {
			t.Errorf("%s has delegated a decision", c.Prefix)
		}
		if !slices.ContainsFunc(o.Activities, func(a models.Activity) bool { return a.ControllerID == c.ID }) {
			t.Errorf("%s has nothing in the register", c.Prefix)
		}
	}
}

// decisionKinds are the kinds of decision somebody must be able to make.
func decisionKinds(sensitive bool) []string {
	kinds := []string{"extension", "rectification-supplement"}
	for _, right := range []string{"access", "rectification", "erasure"} {
		for _, outcome := range []string{"grant", "partial", "refuse", "nothing-found"} {
			kinds = append(kinds, right+"-"+outcome)
		}
		if sensitive {
			kinds = append(kinds, right+"-neutral")
		}
	}
	return kinds
}
