package models_test

import (
	"errors"
	"testing"

	"insyn/models"
)

// TestMaterialIsReadAPageAtATime: a page is read when the one before has been visited whole, and is never longer than two hundred.
func TestMaterialIsReadAPageAtATime(t *testing.T) {
	t.Parallel()
	const all = 450
	read, visited, pages := 0, 0, 0
	page := func(q models.ItemQuery) ([]models.Item, error) {
		if visited != read {
			t.Fatalf("page %d is read while %d of %d have been visited", pages+1, visited, read)
		}
		if q.Limit < 1 || q.Limit > 200 {
			t.Fatalf("a page of %d", q.Limit)
		}
		if after := q.After; (after == nil) != (read == 0) || after != nil && after.Position != read {
			t.Fatalf("page %d begins after %+v", pages+1, after)
		}
		pages++
		var out []models.Item
		for range min(q.Limit, all-read) {
			read++
			out = append(out, models.Item{Position: read, BodyText: "Hej."})
		}
		return out, nil
	}
	last := 0
	err := models.EachItemOf(page, models.ItemQuery{Limit: 7000}, func(i models.Item) error {
		if visited++; i.Position != last+1 {
			t.Errorf("%d comes after %d", i.Position, last)
		}
		last = i.Position
		return nil
	})
	if err != nil || visited != all || pages != 3 {
		t.Errorf("%d visited on %d pages, %v", visited, pages, err)
	}
	enough := errors.New("enough")
	read, visited, pages = 0, 0, 0
	if err := models.EachItemOf(page, models.ItemQuery{}, func(models.Item) error { return enough }); !errors.Is(err, enough) || pages != 1 {
		t.Errorf("%v after %d pages", err, pages)
	}
}
