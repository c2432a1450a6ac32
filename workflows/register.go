package workflows

import (
	"context"
	"slices"
	"strings"

	"insyn/internal/calendar"
	"insyn/models"
)

// RegisterFilter says which part of the register to show.
type RegisterFilter struct {
	Controller models.ControllerID // zero: all that the actor may see
	Query      string              // every word must be somewhere in a system or in one of its activities
	Ended      bool                // also what is not in use on the day
}

// RegisterView is the register of processing activities (art 30) of one controller.
type RegisterView struct {
	Controller models.Controller
	Systems    []RegisterSystem
}

// RegisterSystem is a system with its activities.
type RegisterSystem struct {
	models.System
	InUse      bool // on the day that is asked
	Activities []RegisterActivity
}

// RegisterActivity is an activity with whether it is going on.
type RegisterActivity struct {
	models.Activity
	InUse bool
}

// SearchNote is what the register says of a system on a case's search list: how to search it, and what it is used for.
type SearchNote struct {
	Hint       string
	Activities []string
}

// ProcessingRegister shows systems and activities with all fields: a controller's own to those who work with its cases and the DSO, every
// controller's to the administrator. It holds nothing about residents, so reading it is not logged.
func (s *Service) ProcessingRegister(ctx context.Context, actor models.Actor, f RegisterFilter) ([]RegisterView, error) {
	var out []RegisterView
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		controllers, err := tx.Controllers()
		if err != nil {
			return err
		}
		own := actor.Controllers(models.RoleOmbud, models.RoleDecider, models.RoleDSO)
		controllers = slices.DeleteFunc(controllers, func(c models.Controller) bool {
			return (!f.Controller.IsZero() && c.ID != f.Controller) || (!actor.HasRole(models.RoleAdmin) && !slices.Contains(own, c.ID))
		})
		at := make([]models.ControllerID, len(controllers))
		for i, c := range controllers {
			at[i] = c.ID
		}
		systems, err := tx.RegisterSystems(at)
		if err != nil {
			return err
		}
		activities, err := tx.RegisterActivities(at)
		if err != nil {
			return err
		}
		day := calendar.DateOf(tx.Now)
		for _, c := range controllers {
			v := RegisterView{Controller: c}
			for _, y := range systems {
				if y.ControllerID != c.ID {
					continue
				}
				if row := registerSystem(y, activities, day, f.Ended); (row.InUse || f.Ended) && row.has(f.Query) {
					v.Systems = append(v.Systems, row)
				}
			}
			if len(v.Systems) > 0 {
				out = append(out, v)
			}
		}
		return nil
	})
	return out, err
}

func registerSystem(y models.System, activities []models.Activity, day calendar.Date, ended bool) RegisterSystem {
	row := RegisterSystem{System: y, InUse: within(day, y.ValidFrom, y.ValidTo)}
	for _, a := range activities {
		if a.SystemID == y.ID {
			if use := within(day, a.ValidFrom, a.ValidTo); use || ended {
				row.Activities = append(row.Activities, RegisterActivity{a, use})
			}
		}
	}
	return row
}

func within(day, from, to calendar.Date) bool {
	return (from.IsZero() || !day.Before(from)) && (to.IsZero() || !day.After(to))
}

// has tells whether every word of a query is somewhere in the system or in its activities.
func (y RegisterSystem) has(query string) bool {
	all := []string{y.Name, y.Description, y.Owner, y.SearchHint, y.Category, y.Processor}
	for _, a := range y.Activities {
		all = append(all, a.Name, a.Purpose, a.LegalBasis, a.SubjectCategories, a.DataCategories, a.Recipients, a.Storage, a.Source)
	}
	text := strings.ToLower(strings.Join(all, "\n"))
	for _, word := range strings.Fields(strings.ToLower(query)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// fillSearchNotes says of each system on the search list how it is searched and what it was used for the day the request came:
// the list itself was fixed then.
func (s *Service) fillSearchNotes(tx *models.Tx, v *CaseView) error {
	if len(v.Searches) == 0 {
		return nil
	}
	at := []models.ControllerID{v.Case.ControllerID}
	systems, err := tx.RegisterSystems(at)
	if err != nil {
		return err
	}
	activities, err := tx.Activities(v.Case.ControllerID, v.Case.ReceivedOn)
	if err != nil {
		return err
	}
	v.SearchNotes = make(map[models.SystemID]SearchNote, len(v.Searches))
	for _, y := range systems {
		n := SearchNote{Hint: y.SearchHint}
		for _, a := range activities {
			if a.SystemID == y.ID {
				n.Activities = append(n.Activities, a.Name)
			}
		}
		v.SearchNotes[y.ID] = n
	}
	return nil
}
