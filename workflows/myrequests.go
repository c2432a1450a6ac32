package workflows

import (
	"context"
	"encoding/hex"
	"io"
	"slices"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/models"
)

func fileView(f models.File) FileView {
	v := FileView{ID: f.ID, Controller: f.ControllerID, Purpose: f.Purpose, Name: f.NameText, Own: f.NameText, MediaType: f.MediaType, Size: f.Size,
		SHA256: hex.EncodeToString(f.SHA256), At: f.CreatedAt}
	if f.Number != nil {
		v.Name = materialName(*f.Number, f)
	}
	return v
}

// MyRequests lists the person's requests, newest first, without messages and history.
func (s *Service) MyRequests(ctx context.Context, actor models.Actor) ([]MyRequest, error) {
	var out []MyRequest
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		rows, err := tx.OwnRequests(50)
		if err != nil || len(rows) == 0 {
			return err
		}
		ids := make([]models.RequestID, len(rows))
		shown := make([]uuid.UUID, len(rows))
		for i, r := range rows {
			ids[i], shown[i] = r.ID, r.ID.UUID()
		}
		cases, err := tx.CasesOfSubject(ids)
		if err != nil {
			return err
		}
		controllers, err := s.controllersByID(tx)
		if err != nil {
			return err
		}
		of, err := standingOf(tx, rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			out = append(out, s.myRequest(tx, r, cases, controllers, of).shut())
		}
		return tx.LogReading("my-requests", models.ControllerID{}, shown...)
	})
	return seen(out, err)
}

func (s *Service) controllersByID(tx *models.Tx) (map[models.ControllerID]models.Controller, error) {
	all, err := tx.Controllers()
	if err != nil {
		return nil, err
	}
	by := make(map[models.ControllerID]models.Controller, len(all))
	for _, c := range all {
		by[c.ID] = c
	}
	return by, nil
}

func (s *Service) myRequest(tx *models.Tx, r models.Request, cases []models.Case, controllers map[models.ControllerID]models.Controller, of standing) MyRequest {
	m := MyRequest{ID: r.ID, Number: r.Number, Right: r.Right, State: r.State, Version: r.Version, ReceivedAt: r.ReceivedAt, ReceivedOn: r.ReceivedOn, Protected: r.Protected}
	m.Filing, m.Acting = of.filings[r.ID], of.acting[r.ID]
	m.For, m.Over = of.names[r.ID], m.Acting != nil && m.Acting.Over(calendar.DateOf(tx.Now))
	for _, c := range cases {
		if c.RequestID != r.ID {
			continue
		}
		mc := s.myCase(tx, c, controllers[c.ControllerID])
		m.Cases = append(m.Cases, mc)
		m.CanWithdraw = m.CanWithdraw || mc.CanWithdraw
		if !c.State.Done() && c.DueOn.After(m.Due) {
			m.Due, m.DueSteps = c.DueOn, derivation(c)
		}
	}
	if len(m.Cases) == 0 && r.State == models.RequestSubmitted {
		due := s.reckonFiled(r.ReceivedOn, m.paper(), nil, false, calendar.DateOf(tx.Now))
		m.Due, m.DueSteps, m.CanWithdraw = due.Due, due.Steps, true
	}
	return m
}

// personVersion is the version that every form of the person carries. The case's own counts what its officers do, and so how
// much there was to go through; the person's forms are held to the state alone.
const personVersion = 1

// myCase shows a case in its person's words.
func (s *Service) myCase(tx *models.Tx, c models.Case, ctl models.Controller) MyCase {
	today := calendar.DateOf(tx.Now)
	m := MyCase{ID: c.ID, Number: c.Number, Controller: ctl, Version: personVersion, Due: c.DueOn, DueHard: c.DueHard, Steps: derivation(c),
		Status: residentStatus(c.State, ctl.Sensitive), StatusOn: calendar.DateOf(c.StateSince), Paused: c.State == models.CaseAwaiting,
		Late: !c.State.Done() && c.DueOn.Before(today), CanWithdraw: withdrawable(c.State), CanReply: c.State != models.CaseWithdrawn}
	if ctl.Sensitive && m.Status == "searching" {
		// When a step was taken tells how much there was to go through: the person sees only that the work goes on.
		m.StatusOn = c.ReceivedOn
	}
	if c.ReleasedAt != nil {
		m.StatusOn = calendar.DateOf(*c.ReleasedAt) // that the case was closed later is nothing to the person
		m.AppealUntil, m.Unopened = c.AppealUntil, c.AppealUntil.IsZero()
		m.DecidedOn, m.DiaryNumber = calendar.DateOf(*c.DecidedAt), c.DiaryNumber
		if c.Outcome != nil {
			if m.Remedy, m.CanAppeal = remedyFor(c.Right, *c.Outcome, ctl.Kind); !m.CanAppeal {
				m.AppealUntil = calendar.Date{}
			}
		}
	}
	return m
}

// residentStatus is the key of the person's word for a state. At a sensitive controller the steps between receipt and answer
// have one word, so that neither words nor times differ with what was found.
func residentStatus(state models.CaseState, sensitive bool) string {
	switch state {
	case models.CaseAssigned:
		return "received"
	case models.CaseSearching:
		return "searching"
	case models.CaseInReview:
		if sensitive {
			return "searching"
		}
		return "checking"
	case models.CaseReady, models.CaseDecided, models.CaseExecuting:
		if sensitive {
			return "searching"
		}
		return "deciding"
	case models.CaseReleased, models.CaseClosed:
		return "done"
	case models.CaseAwaiting:
		return "waiting"
	case models.CaseWithdrawn:
		return "withdrawn"
	default:
		return "received"
	}
}

// MyRequest shows one of the person's requests with messages, answers and history.
func (s *Service) MyRequest(ctx context.Context, actor models.Actor, number string) (MyRequest, error) {
	var out MyRequest
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		r, err := tx.RequestByNumber(number)
		if err != nil {
			return err
		}
		if r.SubjectID != actor.Subject {
			return ErrNotFound
		}
		cases, err := tx.CasesOfSubject([]models.RequestID{r.ID})
		if err != nil {
			return err
		}
		controllers, err := s.controllersByID(tx)
		if err != nil {
			return err
		}
		of, err := standingOf(tx, []models.Request{r})
		if err != nil {
			return err
		}
		out = s.myRequest(tx, r, cases, controllers, of)
		if out.Over {
			// What is said and given in the case is for whoever may act; that it was asked is their own.
			out = out.shut()
			return tx.LogReading("my-request", models.ControllerID{}, r.ID.UUID())
		}
		streams := []uuid.UUID{r.ID.UUID()}
		names := map[uuid.UUID]string{}
		for i := range out.Cases {
			streams = append(streams, out.Cases[i].ID.UUID())
			names[out.Cases[i].ID.UUID()] = out.Cases[i].Controller.Name
			if err := s.fillMyCase(tx, &out.Cases[i]); err != nil {
				return err
			}
		}
		pauses, err := tx.RequestPauses(r.ID)
		if err != nil {
			return err
		}
		for i := range pauses {
			if pauses[i].ToDate.IsZero() {
				out.Question = &pauses[i]
			}
		}
		if err := fillMyNotices(tx, &out); err != nil {
			return err
		}
		events, err := tx.OwnEvents(streams)
		if err != nil {
			return err
		}
		for _, e := range events {
			out.Timeline = append(out.Timeline, timelineEntry(e, names[e.StreamID], nil))
		}
		return tx.LogReading("my-request", models.ControllerID{}, streams...)
	})
	return seen(out, err)
}

// ReadMessages notes that the person has been shown the messages of a request. It is apart from MyRequest, which other pages
// ask too.
func (s *Service) ReadMessages(ctx context.Context, actor models.Actor, r MyRequest) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		for _, c := range r.Cases {
			if c.Unread == 0 {
				continue
			}
			if err := tx.MarkRead(c.ID, models.ToSubject); err != nil {
				return err
			}
		}
		return nil
	})
}

// materialListed is how many released files the person's page lists; the rest lie in the package.
const materialListed = 20

// fillMyCase adds messages, the open question and the answer.
func (s *Service) fillMyCase(tx *models.Tx, m *MyCase) error {
	rows, err := tx.Messages(m.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Direction == models.ToSubject && r.ReadAt == nil {
			m.Unread++
		}
	}
	m.Messages = messageViews(rows, nil)
	if m.Paused && len(rows) > 0 && rows[len(rows)-1].Direction == models.ToSubject {
		m.Question = rows[len(rows)-1].Text
	}
	if e, err := tx.Extension(m.ID); err == nil {
		if m.Controller.Sensitive {
			e.Text = "" // why it takes longer there could tell of what was found; the letter says what holds for everybody
		}
		m.Extension = &e
	}
	receipts, err := tx.Deliveries(m.ID)
	if err != nil {
		return err
	}
	if err := s.fillMyClock(tx, m); err != nil {
		return err
	}
	notices, err := noticesOf(tx, m.ID)
	if err != nil {
		return err
	}
	for _, f := range notices {
		m.Notices = append(m.Notices, answerFile(f, receipts))
	}
	if m.Status != "done" {
		return nil
	}
	all, err := tx.Files(m.ID, models.FileLetter, append(extractPurposes(), models.FileAppeal)...)
	if err != nil {
		return err
	}
	material, err := tx.ReleasedFiles(m.ID, 0, materialListed)
	if err != nil {
		return err
	}
	if m.MaterialCount, err = tx.CountReleased(m.ID); err != nil {
		return err
	}
	for _, f := range slices.Concat(all, material) {
		if f.ReleasedAt == nil {
			continue
		}
		if f.Purpose == models.FileSignature || f.Purpose == models.FileReadme {
			continue // they lie in the package
		}
		a := answerFile(f, receipts)
		if d := letterReceipt(receipts, all); d != nil && f.Purpose == models.FileLetter {
			a.OpenedAt = &d.At // it may have come in the package
		}
		switch f.Purpose {
		case models.FileLetter:
			m.Letter = &a
		case models.FileManifest:
			a.FileView = packageView(m.Number, f)
			m.Package = &a
		default:
			m.Extract = append(m.Extract, a)
		}
	}
	return s.fillMyAppeals(tx, m, all)
}

// answerFile is a released file with the first time it was opened.
func answerFile(f models.File, receipts []models.Delivery) AnswerFile {
	a := AnswerFile{FileView: fileView(f)}
	for i := range receipts {
		if receipts[i].FileID == f.ID {
			a.OpenedAt = &receipts[i].At
			break
		}
	}
	return a
}

// fillMyClock adds until when the open question may be answered.
func (s *Service) fillMyClock(tx *models.Tx, m *MyCase) error {
	if !m.Paused {
		return nil
	}
	pauses, err := tx.Pauses(m.ID)
	for _, p := range pauses {
		if p.ToDate.IsZero() {
			m.AnswerBy = p.AnswerBy
		}
	}
	return err
}

// fillMyNotices adds the servicecenter's letters about the request.
func fillMyNotices(tx *models.Tx, m *MyRequest) (err error) {
	rows, err := tx.RequestNotices(m.ID)
	if err != nil {
		return err
	}
	for _, n := range rows {
		m.Notices = append(m.Notices, AnswerFile{FileView: noticeView(n, m.Number), OpenedAt: n.OpenedAt})
	}
	m.Forwardings, err = tx.RequestForwardings(m.ID)
	return err
}

// OpenAnswer opens a released file, or an attachment of the person's own. Read log and receipt, and when it is the decision
// letter its service, are committed before a byte is sent. The first opening of the letter, alone or in the package, starts the
// appeal clock (P9).
func (s *Service) OpenAnswer(ctx context.Context, actor models.Actor, id models.FileID) (io.ReadSeekCloser, FileView, error) {
	var f models.File
	open := func(tx *models.Tx) error {
		var err error
		if f, err = openable(tx, id); err != nil {
			return err
		}
		if err := tx.LogReading("answer", f.ControllerID, id.UUID()); err != nil {
			return err
		}
		if f.ReleasedAt == nil {
			return nil
		}
		return s.receipt(tx, f)
	}
	// Two files may be opened at once, and somebody may be writing in the case: the receipt follows on whatever version.
	err := again(func() error { return s.Store.InTx(ctx, actor, open) }, true)
	if err != nil {
		return nil, FileView{}, err
	}
	return s.openReleased(ctx, actor, f)
}

// handsOverLetter tells whether opening a file hands over the decision letter: it is the letter, or the package, which is always
// sealed with the letter of its decision in it (sealPackage).
func handsOverLetter(purpose string) bool {
	return purpose == models.FileLetter || purpose == models.FileManifest
}

// letterReceipt is the first receipt of the case's letter, opened alone or in the package; nil before that.
func letterReceipt(receipts []models.Delivery, released []models.File) *models.Delivery {
	for i, d := range receipts {
		if slices.ContainsFunc(released, func(f models.File) bool { return f.ID == d.FileID && handsOverLetter(f.Purpose) }) {
			return &receipts[i]
		}
	}
	return nil
}

// handedOver tells whether the letter of a case has been opened before, alone or in the package.
func handedOver(tx *models.Tx, id models.CaseID) (bool, error) {
	letters, err := tx.Files(id, models.FileLetter, models.FileManifest)
	if err != nil {
		return false, err
	}
	receipts, err := tx.Deliveries(id)
	return letterReceipt(receipts, letters) != nil, err
}

// receipt notes a download, and serves the decision when its letter is opened for the first time, alone or in the package.
func (s *Service) receipt(tx *models.Tx, f models.File) error {
	c, err := tx.LockCase(f.CaseID)
	if err != nil {
		return err
	}
	before, err := handedOver(tx, c.ID)
	if err != nil {
		return err
	}
	if err := tx.InsertDelivery(&models.Delivery{ID: models.NewID[models.Delivery](), CaseID: c.ID, ControllerID: c.ControllerID, SubjectID: c.SubjectID, FileID: f.ID}); err != nil {
		return err
	}
	ctl, err := tx.Controller(c.ControllerID)
	if err != nil {
		return err
	}
	kind := "downloaded"
	w := &work{s: s, tx: tx, c: &c, ctl: ctl, from: c.State, event: map[string]any{"file": f.ID}}
	switch {
	case models.IsNotice(f.Purpose):
		kind = "notice-opened" // and serves nothing (P9)
	case handsOverLetter(f.Purpose) && !before:
		kind = "letter-opened"
		served, err := tx.Services(c.ID)
		if err != nil {
			return err
		}
		if len(served) == 0 {
			if err := w.served(&models.Service{Method: "portal", ServedOn: dateOf(tx.Now)}); err != nil {
				return err
			}
		}
	}
	return w.commit(kind, models.ForSubject)
}
