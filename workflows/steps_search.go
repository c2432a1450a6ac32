package workflows

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/models"
)

// doAttest stores the result of one or more searches.
func doAttest(w *work) error {
	in := w.in.(Attest)
	searches, err := w.searches()
	if err != nil {
		return err
	}
	var why string
	switch in.Result {
	case models.Nothing:
	case models.Found:
		if in.Hits < 1 || in.Hits > 100_000 {
			return invalid("hits", "error.hits-missing")
		}
	case models.NotSearched:
		if why, err = text("why", in.Why); err != nil {
			return invalid("why", "error.why-missing")
		}
	default:
		return invalid("result", "error.choose-one")
	}
	if len(in.Searches) == 0 {
		return invalid("searches", "error.choose-one")
	}
	if in.Result != models.Found {
		if err := w.withoutItems(in.Searches); err != nil {
			return err
		}
	}
	for _, id := range in.Searches {
		i := slices.IndexFunc(searches, func(s models.Search) bool { return s.ID == id })
		if i < 0 {
			return ErrNotFound
		}
		row := searches[i]
		row.Result, row.Text, row.AttestedBy, row.Hits = &in.Result, why, w.tx.Actor.Staff, 0
		if in.Result == models.Found {
			row.Hits = in.Hits
		}
		if err := w.tx.Attest(&row); err != nil {
			return err
		}
	}
	w.event["result"], w.event["n"] = in.Result, len(in.Searches)
	return nil
}

// withoutItems refuses “nothing” for a system that has material: one of the two is wrong.
func (w *work) withoutItems(searches []models.SearchID) error {
	items, err := w.counts()
	if err != nil {
		return err
	}
	for _, i := range items {
		if slices.Contains(searches, i.SearchID) {
			return invalid("result", "error.has-items")
		}
	}
	measures, err := w.measures()
	if err != nil {
		return err
	}
	for _, m := range measures {
		if slices.Contains(searches, m.SearchID) {
			return invalid("result", "error.has-items")
		}
	}
	return nil
}

// preparedItem is an item whose file lies sealed in the store already.
type preparedItem struct {
	AddItem
	file *models.File
}

func (p preparedItem) action() Action { return ActionAddItem }

// prepare streams the file into the store before the transaction begins. If the transaction fails the sweep removes it.
func (in AddItem) prepare(ctx context.Context, s *Service, actor models.Actor, on On) (Input, error) {
	if in.File == nil {
		return preparedItem{AddItem: in}, nil
	}
	var c models.Case
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		if c, err = tx.Case(on.Case); err != nil {
			return err
		}
		switch r, _ := recordOf(ActionAddItem); {
		case !may(actor, c, r.Who):
			return ErrForbidden
		case !slices.Contains(r.In, c.State) || c.Version != on.Version:
			return ErrConflict
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	f, err := s.storeFile(ctx, storing{key: c.ID, controller: c.ControllerID, subject: c.SubjectID, purpose: models.FileItem, field: "file"}, *in.File)
	if err != nil {
		return nil, err
	}
	return preparedItem{AddItem: in, file: f}, nil
}

// doAddItem adds a text or a file to the extract.
func doAddItem(w *work) error {
	in := w.in.(preparedItem)
	searches, err := w.searches()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(searches, func(s models.Search) bool { return s.ID == in.Search })
	if i < 0 {
		return invalid("search", "error.choose-one")
	}
	if searches[i].Result == nil || *searches[i].Result != models.Found {
		return invalid("search", "error.search-without-hits")
	}
	item := &models.Item{ID: models.NewID[models.Item](), CaseID: w.c.ID, ControllerID: w.c.ControllerID, SearchID: in.Search, AddedBy: w.tx.Actor.Staff}
	item.TitleText = strings.TrimSpace(in.Title)
	switch {
	case in.file != nil:
		if item.TitleText == "" {
			item.TitleText = in.file.NameText
		}
		if err := w.tx.InsertFile(in.file); err != nil {
			return err
		}
		item.FileID, item.SHA256 = in.file.ID, in.file.SHA256
	default:
		if item.TitleText == "" {
			return invalid("title", "error.title-missing")
		}
		if item.BodyText, err = text("text", in.Text); err != nil {
			return err
		}
		// Keyed: a short text could be guessed from a plain hash. The manifest hashes the opened text anew.
		scope := w.c.ID.UUID()
		item.SHA256 = w.s.Lookup.Token(scope[:], item.BodyText)
	}
	w.event["item"] = item.ID
	return w.tx.InsertItem(item)
}

// doDispose marks an item released or withheld on a ground.
func doDispose(w *work) error {
	in := w.in.(Dispose)
	item, err := w.tx.Item(w.c.ID, in.Item)
	if err != nil {
		return err
	}
	item.Disposition, item.Ground, item.ExplanationText, item.DraftSince = &in.Disposition, nil, "", calendar.Date{}
	switch in.Disposition {
	case models.Release:
	case models.Withhold:
		if err := w.withhold(&item, in); err != nil {
			return err
		}
	default:
		return invalid("disposition", "error.choose-one")
	}
	w.event["item"], w.event["disposition"] = item.ID, in.Disposition
	return w.tx.Dispose(&item)
}

// withhold puts the ground on an item, and what the letter says about it.
func (w *work) withhold(item *models.Item, in Dispose) error {
	var faults []FieldError
	g, ok := groundFor(w.c.Right, in.Ground, w.ctl.Kind.Authority())
	if !ok {
		faults = append(faults, FieldError{Field: "ground", Key: "error.ground-missing"})
	}
	explanation, err := text("explanation", in.Explanation)
	if err != nil {
		faults = append(faults, FieldError{Field: "explanation", Key: "error.explanation-missing"})
	}
	faults = append(faults, printable("explanation", explanation)...)
	if lacking := printable("explanation", item.TitleText); len(lacking) > 0 {
		// The title is not in this form: the item is added anew under another.
		faults = append(faults, FieldError{Field: "explanation", Key: "error.letter-place.title", Args: lacking[0].Args})
	}
	if ok && g.Draft {
		switch {
		case in.DraftSince.IsZero():
			faults = append(faults, FieldError{Field: "draft-since", Key: "error.date-missing"})
		case in.DraftSince.After(w.today()):
			faults = append(faults, FieldError{Field: "draft-since", Key: "error.date-future"})
		case !in.DraftSince.AddMonths(12).After(w.today()):
			// The exception is lost after a year (5 kap. 2 § dataskyddslagen).
			faults = append(faults, FieldError{Field: "draft-since", Key: "error.draft-too-old"})
		}
		item.DraftSince = in.DraftSince
	}
	if len(faults) > 0 {
		return Invalid{faults}
	}
	item.Ground, item.ExplanationText = &g.Code, explanation
	return nil
}

// doRemoveItem takes away an item added by mistake. Its bytes go with the sweep.
func doRemoveItem(w *work) error {
	item, err := w.tx.Item(w.c.ID, w.in.(RemoveItem).Item)
	if err != nil {
		return err
	}
	if err := w.tx.DeleteItem(item); err != nil {
		return err
	}
	w.event["item"] = item.ID
	if item.FileID.IsZero() {
		return nil
	}
	return w.tx.DeleteFile(item.FileID)
}

// storing says where a file on its way in belongs.
type storing struct {
	key        models.CaseID
	controller models.ControllerID
	subject    models.SubjectID
	draft      models.RequestID
	purpose    string
	field      string // the form field that faults are shown at
}

// storeFile streams a file from outside into the store, sealed, and returns its record, not yet written.
func (s *Service) storeFile(ctx context.Context, at storing, in IncomingFile) (*models.File, error) {
	id := uuid.Must(uuid.NewV7())
	stored, err := s.storeBytes(ctx, at, id, in.Body, s.Settings.UploadMax, acceptUpload)
	if err != nil {
		return nil, err
	}
	return digested(&models.File{ID: models.IDFrom[models.File](id), CaseID: at.key, ControllerID: at.controller, SubjectID: at.subject, DraftID: at.draft,
		Purpose: at.purpose, NameText: fileName(in.Name), MediaType: stored.MediaType}, stored.Digest), nil
}
