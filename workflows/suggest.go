package workflows

import (
	"context"
	"slices"

	"insyn/internal/calendar"
	"insyn/models"
)

// Suggestion is a controller that a person with certain relations to the municipality may want to ask, and why: what it does,
// by its own register, with data about such people. It says nothing of the person.
type Suggestion struct {
	Controller models.Controller
	Why        []Because // in the order of Relations
}

// Because is one relation with the activities that are about people who have it.
type Because struct {
	Relation   string // a code of Relations
	Activities []string
}

// RelationCodes are the codes of Relations, in their order.
func RelationCodes() []string {
	var out []string
	for _, w := range Relations() {
		out = append(out, w.Code)
	}
	return out
}

// Suggest tells which controllers to ask, in the municipality's own order, from what somebody says they are or were. Codes that
// are none of Relations are passed over. Anybody may ask: what each controller does is public (art 13 and 14), and what was
// answered is neither stored nor logged. None is chosen by it.
func (s *Service) Suggest(ctx context.Context, actor models.Actor, relations []string) ([]Suggestion, error) {
	var asked []string
	for _, code := range RelationCodes() {
		if slices.Contains(relations, code) {
			asked = append(asked, code)
		}
	}
	var out []Suggestion
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		day := calendar.DateOf(tx.Now)
		rows, err := tx.ActivitiesAbout(asked, day)
		if err != nil || len(rows) == 0 {
			return err
		}
		controllers, err := tx.ControllersOn(day)
		if err != nil {
			return err
		}
		for _, c := range controllers {
			if g := (Suggestion{Controller: c, Why: because(rows, c.ID, asked)}); len(g.Why) > 0 {
				out = append(out, g)
			}
		}
		return nil
	})
	return out, err
}

func because(rows []models.ActivityAbout, c models.ControllerID, asked []string) []Because {
	var out []Because
	for _, code := range asked {
		b := Because{Relation: code}
		for _, r := range rows {
			if r.ControllerID == c && r.Relation == code && !slices.Contains(b.Activities, r.Activity) {
				b.Activities = append(b.Activities, r.Activity)
			}
		}
		if len(b.Activities) > 0 {
			out = append(out, b)
		}
	}
	return out
}
