package workflows

import (
	"context"
	"errors"
	"fmt"

	"insyn/internal/calendar"
	"insyn/internal/crypto"
	"insyn/internal/identity"
	"insyn/models"
)

// fanOut makes one case for each controller the request goes to that has none: its due date, its search list from that
// controller's register as it was when the request came, and word to its ombud. No case knows of the others. It may run any number of times.
func (s *Service) fanOut(ctx context.Context, j models.Job) error {
	return s.effect(ctx, j, func(tx *models.Tx, j models.Job) error {
		// Held, so that no case is opened of a request that is being taken back.
		r, err := tx.LockRequest(j.RequestID)
		if err != nil {
			return err
		}
		switch r.State {
		case models.RequestWithdrawn, models.RequestClosed:
			return errNeedless
		case models.RequestSubmitted:
			if err := s.moveRequest(tx, &r, 0, RequestFanOut, nil); err != nil {
				return err
			}
		case models.RequestActive, models.RequestAwaiting:
			// A controller was added later; the request's own state stays.
		default:
			return fmt.Errorf("request state %s is unknown", r.State)
		}
		person, err := tx.RequestPerson(r)
		if err != nil {
			return err
		}
		addressees, err := tx.Addressees(r.ID)
		if err != nil {
			return err
		}
		for _, a := range addressees {
			s.Failpoint("fan-out-case")
			if err := s.openCase(tx, r, person, a); err != nil {
				return err
			}
		}
		return promise(tx, models.Job{Kind: string(JobReceipt), Key: "receipt:" + r.ID.String(), RequestID: r.ID}, nil)
	})
}

// openCase makes the case of one addressee, unless it exists.
func (s *Service) openCase(tx *models.Tx, r models.Request, person models.Person, a models.Addressee) error {
	ctl, err := tx.Controller(a.ControllerID)
	if err != nil {
		return err
	}
	c := &models.Case{ID: a.CaseID, Number: r.Number + "-" + ctl.Prefix, RequestID: r.ID, ControllerID: ctl.ID, SubjectID: r.SubjectID,
		Right: r.Right, State: models.CaseAssigned, Language: r.Language, ReceivedAt: r.ReceivedAt, ReceivedOn: a.ReceivedOn, ClockRule: clockRule}
	if a.AddedBy == "servicecenter" {
		c.ReceivedAt = a.CreatedAt
	}
	paper, err := paperOf(tx, r, c.ReceivedOn)
	if err != nil {
		return err
	}
	if err := setClock(c, s.reckonFiled(c.ReceivedOn, paper, nil, false, calendar.DateOf(tx.Now)), 1); err != nil {
		return err
	}
	if err := tx.InsertCase(c, person); err != nil {
		if errors.Is(err, ErrConflict) {
			return nil
		}
		return err
	}
	systems, err := tx.Systems(ctl.ID, c.ReceivedOn)
	if err != nil {
		return err
	}
	for _, y := range systems {
		if err := tx.InsertSearch(&models.Search{ID: models.NewID[models.Search](), CaseID: c.ID, ControllerID: ctl.ID, SystemID: y.ID}); err != nil {
			return err
		}
	}
	if err := tx.IndexCase(*c, caseTokens(s.Lookup, ctl.ID, person)); err != nil {
		return err
	}
	if _, err := tx.CaseEvent(*c, "fanned-out", models.ForStaff, map[string]any{"due": c.DueOn, "systems": len(systems)}); err != nil {
		return err
	}
	return promise(tx, models.Job{Kind: string(JobNotify), Key: "notify:new-case:" + c.ID.String(), RequestID: r.ID, CaseID: c.ID, ControllerID: ctl.ID},
		map[string]any{"mail": "new-case", "role": models.RoleOmbud})
}

// caseTokens are what a case can be found by at its controller: the words of the name, and the number; and those of whoever
// acts for the person.
func caseTokens(k *crypto.LookupKey, c models.ControllerID, p models.Person) [][]byte {
	scope := c.UUID()
	names, numbers := []string{p.Name}, []string{p.Number}
	if p.Agent != nil {
		names, numbers = append(names, p.Agent.Name), append(numbers, p.Agent.Number)
	}
	var tokens [][]byte
	for _, n := range numbers {
		if n != "" {
			tokens = append(tokens, k.Token(scope[:], crypto.NormaliseNumber(n)))
		}
	}
	for _, name := range names {
		for _, word := range crypto.NormaliseWords(name) {
			tokens = append(tokens, k.Token(scope[:], word))
		}
	}
	return tokens
}

// queryTokens are the tokens of what somebody wrote in the search box.
func queryTokens(k *crypto.LookupKey, c models.ControllerID, query string, year int) [][]byte {
	scope := c.UUID()
	if n, err := identity.ParseNumber(query, year); err == nil {
		return [][]byte{k.Token(scope[:], n.String12())}
	}
	var tokens [][]byte
	for _, word := range crypto.NormaliseWords(query) {
		tokens = append(tokens, k.Token(scope[:], word))
	}
	return tokens
}

// settleRequest closes a request when all its cases have come to an end.
func (s *Service) settleRequest(tx *models.Tx, j models.Job) error {
	r, err := tx.Request(j.RequestID)
	if err != nil {
		return err
	}
	if r.State != models.RequestActive && r.State != models.RequestAwaiting {
		return errNeedless
	}
	addressees, err := tx.Addressees(r.ID)
	if err != nil {
		return err
	}
	cases, err := tx.CasesOfRequest(r.ID)
	if err != nil {
		return err
	}
	ended := 0
	for _, c := range cases {
		if c.State == models.CaseClosed || c.State == models.CaseWithdrawn {
			ended++
		}
	}
	if ended < len(addressees) {
		return errNeedless
	}
	return s.moveRequest(tx, &r, 0, RequestSettle, nil)
}
