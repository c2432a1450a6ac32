package workflows_test

import (
	"testing"
	"time"

	"insyn/demo"
	"insyn/workflows"
)

// wholeMunicipality are the spreadsheets of Exempelby: fifteen controllers and all that is theirs.
func wholeMunicipality(t testing.TB) []workflows.ImportFile {
	t.Helper()
	files, err := workflows.ImportFolder(demo.Files)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A whole municipality is read in within five seconds. A machine that has other things to do gets three attempts.
func TestWholeMunicipalityIsReadInSeconds(t *testing.T) {
	t.Parallel()
	files := wholeMunicipality(t)
	for range 3 {
		store := importStore(t)
		begun := time.Now()
		importApplied(t, store, files)
		took := time.Since(begun)
		if o := importedRows(t, store); len(o.Controllers) < 15 || len(o.Systems) < 35 || len(o.Activities) < 80 {
			t.Errorf("%d controllers, %d systems, %d activities", len(o.Controllers), len(o.Systems), len(o.Activities))
		}
		if took < 5*time.Second {
			t.Logf("read in within %v", took)
			return
		}
	}
	t.Error("three times it took more than five seconds")
}

// BenchmarkImport reads a whole municipality in, that is there already: everything is read and compared.
func BenchmarkImport(b *testing.B) {
	store := importStore(b)
	files := wholeMunicipality(b)
	for b.Loop() {
		report, err := workflows.Import(b.Context(), store, files, workflows.ImportOptions{Apply: true})
		if err != nil || len(report.Faults) > 0 {
			b.Fatal(report.Faults, err)
		}
	}
}
