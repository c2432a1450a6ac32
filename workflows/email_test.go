package workflows_test

import (
	"context"
	"errors"
	"testing"

	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

func TestAnAddressTheSenderRefusesIsRefusedInTheForm(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	for _, address := range []string{"åsa@post.example", `"maja lindqvist"@post.example`, "maja@", "maja"} {
		id, err := w.NewDraft(ctx, maja, models.Access, "sv")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.SaveDraft(ctx, maja, id, 1, func(f *workflows.DraftForm) {
			f.Email = address
			f.Controllers = []workflows.DraftAddressee{{Controller: w.Controllers["KS"].ID}}
		}); err != nil {
			t.Fatal(err)
		}
		var wrong workflows.Invalid
		if _, err := w.Submit(ctx, maja, id, workflowtest.Person()); !errors.As(err, &wrong) || wrong.Fields[0].Field != "email" {
			t.Errorf("%s: %v", address, err)
		}
	}
}
