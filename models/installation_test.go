package models_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"insyn/models"
)

func TestTheFirstKeyStoreIsRemembered(t *testing.T) {
	t.Parallel()
	store, _ := newWorld(t).store(t)
	first, other := uuid.New(), uuid.New()
	for _, asked := range []uuid.UUID{first, other, first} {
		var known uuid.UUID
		if err := store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) (err error) {
			known, err = tx.KeyStoreInUse(asked)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if known != first {
			t.Errorf("asked with %s the key store in use is %s, not the first", asked, known)
		}
	}
}
