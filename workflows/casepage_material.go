package workflows

import (
	"errors"

	"insyn/models"
)

// materialPerPage is how much material a page shows.
const materialPerPage = 50

// MaterialAt says which page of a case's material to show.
type MaterialAt struct {
	Page int           // from 1; what is beyond the last is the last
	Open models.ItemID // the page that this one is on, if it is the case's
}

// MaterialPage is the page of the material that is shown.
type MaterialPage struct {
	Page, Pages int // from 1
	First, Last int // numbers of the first and the last piece on it; 0 when there is none
	Total       int
}

func firstOf(at []MaterialAt) MaterialAt {
	if len(at) == 0 {
		return MaterialAt{}
	}
	return at[0]
}

// fillMaterial loads a page of the material, and the counts of all of it.
func (s *Service) fillMaterial(at MaterialAt) func(*models.Tx, *CaseView) error {
	return func(tx *models.Tx, v *CaseView) (err error) {
		id := v.Case.ID
		if v.ItemCounts, err = tx.CountItems(id); err != nil {
			return err
		}
		total := 0
		for _, c := range v.ItemCounts {
			total += c.N
		}
		if total == 0 {
			v.ItemsAt = MaterialPage{Page: 1, Pages: 1}
			return nil
		}
		page, err := pageOf(tx, id, at)
		if err != nil {
			return err
		}
		v.ItemsAt = pageAt(page, total)
		rows, err := tx.ItemPage(id, models.ItemQuery{Skip: v.ItemsAt.First - 1, Limit: materialPerPage})
		if err != nil {
			return err
		}
		systems := map[models.SearchID]string{}
		for _, y := range v.Searches {
			systems[y.ID] = y.System
		}
		for _, i := range rows {
			v.Items = append(v.Items, itemView(i, systems[i.SearchID]))
		}
		v.NextItem, err = tx.FirstUnmarked(id, at.Open)
		return err
	}
}

// pageOf is the page asked for, or the one that the open item is on.
func pageOf(tx *models.Tx, id models.CaseID, at MaterialAt) (int, error) {
	if at.Open.IsZero() {
		return at.Page, nil
	}
	i, err := tx.Item(id, at.Open)
	if errors.Is(err, models.ErrNotFound) {
		return at.Page, nil
	}
	if err != nil {
		return 0, err
	}
	before, err := tx.ItemsBefore(id, i)
	return before/materialPerPage + 1, err
}

// pageAt is a page among those that there are.
func pageAt(page, total int) MaterialPage {
	pages := (total + materialPerPage - 1) / materialPerPage
	page = min(max(page, 1), pages)
	first := (page-1)*materialPerPage + 1
	return MaterialPage{Page: page, Pages: pages, First: first, Last: min(first+materialPerPage-1, total), Total: total}
}

func itemView(i models.Item, system string) ItemView {
	row := ItemView{Item: i, System: system}
	if i.File != nil {
		f := fileView(*i.File)
		row.File = &f
	}
	if i.Ground != nil {
		row.GroundText = "ground." + *i.Ground
	}
	return row
}
