package workflows

import (
	"encoding/json"
	"fmt"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/models"
)

// clockRule names the version of the rules that set a case's stored due date.
const clockRule = "gdpr-12.3/1"

// reckon computes the case's due dates from its receipt, pauses and extension (domain.md 2.1). An open pause counts to
// today, so that the date shown is never earlier than it will be.
func (s *Service) reckon(received calendar.Date, pauses []models.Pause, extended bool, today calendar.Date) deadline.Response {
	return s.reckonFiled(received, calendar.Date{}, pauses, extended, today)
}

// setClock stores what reckon found, with the event that moved it.
func setClock(c *models.Case, r deadline.Response, event int64) error {
	b, err := json.Marshal(r.Steps)
	if err != nil {
		return fmt.Errorf("encode derivation: %w", err)
	}
	c.DueHard, c.DueOn, c.Derivation, c.ClockEvent = r.Hard, r.Effective(), b, event
	return nil
}

// derivation reads a case's stored derivation.
func derivation(c models.Case) []deadline.Step {
	var steps []deadline.Step
	if json.Unmarshal(c.Derivation, &steps) != nil {
		return nil
	}
	return steps
}
