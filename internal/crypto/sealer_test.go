package crypto

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/tink"
	"pgregory.net/rapid"
)

func TestSealedBytesOpenInTheirPlaceOnly(t *testing.T) {
	t.Parallel()
	d := openDir(t, storeRoot(t), "k1=a")
	s := NewSealer(d)
	keys := []uuid.UUID{uuid.New(), uuid.New()}
	for _, id := range keys {
		if err := d.Create(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	name := rapid.StringMatching(`[ab]{0,3}`)
	row := rapid.SampledFrom([]uuid.UUID{uuid.New(), uuid.New()})
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) (uuid.UUID, AAD) {
			return rapid.SampledFrom(keys).Draw(t, label+" key"),
				AAD{Table: name.Draw(t, label+" table"), Column: name.Draw(t, label+" column"), Row: row.Draw(t, label+" row")}
		}
		key, at := draw("sealed")
		otherKey, elsewhere := draw("opened")
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		c, err := s.Seal(ctx, key, at, plain)
		if err != nil {
			t.Fatal(err)
		}
		if len(c) != len(plain)+34 {
			t.Errorf("%d bytes became %d", len(plain), len(c))
		}
		got, err := s.Open(ctx, otherKey, elsewhere, c)
		if key == otherKey && at == elsewhere {
			if err != nil || !bytes.Equal(got, plain) {
				t.Errorf("in its place: %v", err)
			}
		} else if !errors.Is(err, ErrTampered) || got != nil {
			t.Errorf("sealed for %v, opened as %v: %v", at, elsewhere, err)
		}
	})
}

// Each part of the place counts by itself; drawing at random seldom changes just one.
func TestEachPartOfThePlaceCounts(t *testing.T) {
	t.Parallel()
	d, id := openDir(t, storeRoot(t), "k1=a"), uuid.New()
	c := sealed(t, d, id, "x")
	for name, elsewhere := range map[string]AAD{
		"another table":    {Table: "case", Column: place.Column, Row: place.Row},
		"another column":   {Table: place.Table, Column: "texts", Row: place.Row},
		"another row":      {Table: place.Table, Column: place.Column, Row: uuid.New()},
		"no row":           {Table: place.Table, Column: place.Column},
		"the border moved": {Table: place.Table + "t", Column: "ext", Row: place.Row},
	} {
		if _, err := NewSealer(d).Open(t.Context(), id, elsewhere, c); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryAlteredByteIsFound(t *testing.T) {
	t.Parallel()
	d, id := openDir(t, storeRoot(t), "k1=a"), uuid.New()
	c := sealed(t, d, id, "hemligt innehåll")
	s := NewSealer(d)
	for i := range c {
		bad := bytes.Clone(c)
		bad[i] ^= 0x10
		if _, err := s.Open(t.Context(), id, place, bad); !errors.Is(err, ErrTampered) {
			t.Errorf("byte %d: %v", i, err)
		}
		if _, err := s.Open(t.Context(), id, place, c[:i]); !errors.Is(err, ErrTampered) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
}

func TestSealingTwiceDiffersAndHides(t *testing.T) {
	t.Parallel()
	d, id := openDir(t, storeRoot(t), "k1=a"), uuid.New()
	a := sealed(t, d, id, "hemligt innehåll")
	b := sealed(t, d, id, "hemligt innehåll")
	if bytes.Equal(a, b) {
		t.Error("equal texts can be told to be equal")
	}
	if bytes.Contains(a, []byte("hemligt")) {
		t.Error("the text is not hidden")
	}
	_, err := NewSealer(d).Open(t.Context(), id, AAD{Table: "x"}, a)
	if err == nil || strings.Contains(err.Error(), "hemligt") {
		t.Errorf("error: %v", err)
	}
}

// brokenStore is a key store whose disk fails.
type brokenStore struct{ err error }

func (b brokenStore) Create(context.Context, uuid.UUID) error { return b.err }

func (b brokenStore) AEAD(context.Context, uuid.UUID) (tink.AEAD, error) { return nil, b.err }

func (b brokenStore) Destroy(context.Context, uuid.UUID) error { return b.err }

func TestFaultOfTheStoreIsNotTakenForTampering(t *testing.T) {
	t.Parallel()
	fault := errors.New("disk fault")
	s := NewSealer(brokenStore{err: fault})
	_, sealErr := s.Seal(t.Context(), uuid.New(), place, nil)
	_, openErr := s.Open(t.Context(), uuid.New(), place, []byte{1})
	for _, err := range []error{
		sealErr, openErr,
		s.CheckKey(t.Context(), uuid.New()), s.CreateKey(t.Context(), uuid.New()), s.DestroyKey(t.Context(), uuid.New()),
	} {
		if !errors.Is(err, fault) || IsUnreadable(err) {
			t.Errorf("error: %v", err)
		}
	}
}
