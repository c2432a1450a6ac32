package workflows

import (
	"context"

	"insyn/internal/calendar"
	"insyn/models"
)

// AppealView is an appeal with what is known of its time, and its files.
type AppealView struct {
	models.Appeal
	Timing Timing
	Last   calendar.Date // last day to appeal as it is known now; zero: not known, or none
	Files  []FileView
	By     string // who registered it; empty for the portal
}

// AppealItem is a row of the appeals that are to be dealt with.
type AppealItem struct {
	Number     string
	Person     string
	Controller string
	Channel    string
	ArrivedOn  calendar.Date
	HandOverBy calendar.Date
	DaysLeft   int // to the day it is to be handed over; negative: late
	Timing     Timing
}

// appealViews loads a case's appeals with their files. last is the last day to appeal, zero while it is not known.
func (s *Service) appealViews(tx *models.Tx, id models.CaseID, last calendar.Date, appealable bool, files []models.File) ([]AppealView, error) {
	rows, err := tx.Appeals(id)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var people []models.StaffID
	for _, a := range rows {
		people = append(people, a.RegisteredBy)
	}
	names := map[models.StaffID]string{}
	if tx.Actor.Kind == models.StaffKind {
		if names, err = tx.StaffNames(present(people)); err != nil {
			return nil, err
		}
	}
	out := make([]AppealView, 0, len(rows))
	for _, a := range rows {
		v := AppealView{Appeal: a, Timing: timingOf(a.ArrivedOn, last, appealable), Last: last, By: names[a.RegisteredBy]}
		for _, f := range files {
			if f.AppealID == a.ID {
				v.Files = append(v.Files, fileView(f))
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// fillAppeals shows on the case page what has come in against the decision, and how the last day came about.
func (s *Service) fillAppeals(tx *models.Tx, v *CaseView) error {
	if v.Case.DecidedAt == nil {
		return nil
	}
	files, err := tx.Files(v.Case.ID, models.FileAppeal)
	if err != nil {
		return err
	}
	v.Appealable = appealable(v.Case, v.Controller)
	if v.Appealable {
		v.AppealSteps = appealSteps(v.Services)
	}
	v.Appeals, err = s.appealViews(tx, v.Case.ID, lastDay(v.Case, v.Controller), v.Appealable, files)
	return err
}

// fillMyAppeals shows the person what has been done against the decision, and what is attached to what is not sent.
func (s *Service) fillMyAppeals(tx *models.Tx, m *MyCase, files []models.File) (err error) {
	if m.Appeals, err = s.appealViews(tx, m.ID, m.AppealUntil, m.CanAppeal, files); err != nil || !m.CanAppeal {
		return err
	}
	services, err := tx.Services(m.ID)
	if err != nil {
		return err
	}
	m.AppealSteps = appealSteps(services)
	for _, f := range files {
		if f.Purpose == models.FileAppeal && f.AppealID.IsZero() {
			m.AppealFiles = append(m.AppealFiles, fileView(f))
		}
	}
	return nil
}

// OpenAppeals lists the appeals at the actor's controllers that somebody must act on, the most urgent first; a zero controller is
// all of them.
func (s *Service) OpenAppeals(ctx context.Context, actor models.Actor, at models.ControllerID) ([]AppealItem, error) {
	if !at.IsZero() {
		actor = actor.At(at)
	}
	var out []AppealItem
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		rows, err := tx.OpenAppeals(actor.Controllers(models.RoleOmbud, models.RoleDecider, models.RoleRegistrator), pageSize)
		if err != nil || len(rows) == 0 {
			return err
		}
		ids := make([]models.CaseID, len(rows))
		for i, a := range rows {
			ids[i] = a.CaseID
		}
		cases, err := tx.CasesByID(ids)
		if err != nil {
			return err
		}
		byID := make(map[models.CaseID]models.Case, len(cases))
		for _, c := range cases {
			byID[c.ID] = c
		}
		controllers, err := s.controllersByID(tx)
		if err != nil {
			return err
		}
		for _, a := range rows {
			c, ctl := byID[a.CaseID], controllers[a.ControllerID]
			p, err := tx.CasePerson(c)
			if err != nil {
				return err
			}
			out = append(out, AppealItem{Number: c.Number, Person: p.Name, Controller: ctl.Name, Channel: a.Channel, ArrivedOn: a.ArrivedOn, HandOverBy: a.HandOverBy,
				DaysLeft: a.HandOverBy.Sub(calendar.DateOf(tx.Now)), Timing: timingOf(a.ArrivedOn, lastDay(c, ctl), appealable(c, ctl))})
		}
		return tx.LogReading("appeals", at, caseIDs(cases)...)
	})
	return seen(out, err)
}
