package workflows_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"insyn/models"
	"insyn/workflows/workflowtest"
)

// TestTheSecondWhoPrintsWaitsForTheFirst: whoever comes while a batch is being made gets that batch, and no error. The first
// stands still with the letters listed until the other waits for its lock, or has listed the same letters.
func TestTheSecondWhoPrintsWaitsForTheFirst(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	number := onPaper(w, w.Resident("197701172392"), "post", home, "SN")
	w.Answer("SN", number+"-SN", models.OutcomeNeutral)
	var listed, done atomic.Int32
	w.Failpoint = func(name string) {
		if name != "letters-listed" || listed.Add(1) > 1 {
			return
		}
		for waiting := 0; waiting == 0 && listed.Load() < 2 && done.Load() == 0; {
			if err := w.DB.Owner.Raw("select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())").Scan(&waiting).Error; err != nil {
				t.Error(err)
				return
			}
		}
	}
	var wait sync.WaitGroup
	ids := make([]models.ID[models.PrintBatch], 2)
	for i := range ids {
		wait.Go(func() {
			defer done.Add(1)
			var err error
			if ids[i], err = w.MakeBatch(ctx, w.As([]string{"registrator SN", "ombud SN"}[i]), w.Controllers["SN"].ID); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if ids[0] != ids[1] {
		t.Error("two batches of the same letters")
	}
}
