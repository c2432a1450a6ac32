package workflows

import (
	"bytes"
	"context"
	"slices"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
)

// sampleNumber is no case's: the numbers of cases begin at 1.
const sampleNumber = "EXEMPEL-00000"

// SampleForm is what a sample is drawn as.
type SampleForm struct {
	Lang string // sv or en
	PDF  bool   // as it would be sent; else as a page
}

// SampleOwnPart is the document that a place is in, for somebody who does not exist, with a text as it has been typed. It says that
// it is an example. Nothing is stored. What would be wrong when the text is saved is wrong here too.
func (s *Service) SampleOwnPart(ctx context.Context, actor models.Actor, in NewOwnPart, as SampleForm) ([]byte, error) {
	var body []byte
	err := s.administer(ctx, actor, func(tx *models.Tx) error {
		v, err := ownSlot(tx, in.Slot, in.Prefix)
		if err != nil {
			return err
		}
		in.Swedish, in.English = tidyOwnText(in.Swedish), tidyOwnText(in.English)
		if wrong, _ := in.examine(v.Slot); len(wrong) > 0 {
			return Invalid{wrong}
		}
		typed := models.OwnPart{Version: v.Latest(), Slot: in.Slot, ControllerID: v.Controller.ID, Swedish: in.Swedish, English: in.English, ActiveFrom: v.Today}
		body, err = s.sample(tx, v.Controller, DocumentOf(v.Slot).Name, as, &typed)
		return err
	})
	return seen(body, err)
}

// SampleDocument is a kind of document as it would be sent today, for somebody who does not exist.
func (s *Service) SampleDocument(ctx context.Context, actor models.Actor, document string, as SampleForm) ([]byte, error) {
	if !seesOwnParts(actor) {
		return nil, ErrForbidden
	}
	if !slices.ContainsFunc(templates.DocumentParts(), func(d templates.DocumentKind) bool { return d.Name == document }) {
		return nil, ErrNotFound
	}
	var body []byte
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		body, err = s.sample(tx, models.Controller{}, document, as, nil)
		return err
	})
	return seen(body, err)
}

// DocumentOf is the first kind of document that has a slot.
func DocumentOf(slot templates.Slot) templates.DocumentKind {
	for _, d := range templates.DocumentParts() {
		if slices.ContainsFunc(d.Parts, func(p templates.DocumentPart) bool { return p.Slot == slot }) {
			return d
		}
	}
	return templates.DocumentKind{}
}

// sample draws a document from a controller, or from the first committee when it is the municipality's texts that are shown.
func (s *Service) sample(tx *models.Tx, ctl models.Controller, document string, as SampleForm, typed *models.OwnPart) ([]byte, error) {
	today := calendar.DateOf(tx.Now)
	if ctl.ID.IsZero() {
		all, err := tx.ControllersOn(today)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(c models.Controller) bool { return c.Kind.Authority() && !c.Sensitive })
		if i < 0 {
			return nil, Refusal{Key: "guard.own-no-controller"}
		}
		ctl = all[i]
	}
	rows, err := tx.OwnPartsOn(ctl.ID, today)
	if err != nil {
		return nil, err
	}
	if typed != nil {
		rows = slices.DeleteFunc(rows, func(p models.OwnPart) bool { return p.Slot == typed.Slot && p.ControllerID == typed.ControllerID })
		rows = append(rows, *typed)
	}
	parts := resolveParts(rows, ctl, as.Lang).In(document)
	parts.Example = true
	if document == "extract" {
		return s.samplePage(as, s.sampleExtract(ctl, today, as.Lang, parts))
	}
	if document != "decision" {
		return s.noticeSample(as, s.sampleNotice(ctl, document, today, as.Lang, parts))
	}
	d := s.sampleLetter(ctl, today, as.Lang, parts)
	if !as.PDF {
		return s.Templates.Letter(as.Lang, d)
	}
	var b bytes.Buffer
	_, err = s.Templates.LetterPDF(&b, as.Lang, d)
	return b.Bytes(), err
}

func (s *Service) samplePage(as SampleForm, d templates.ExtractDoc) ([]byte, error) {
	var b bytes.Buffer
	if !as.PDF {
		err := s.Templates.ExtractHTML(&b, as.Lang, d)
		return b.Bytes(), err
	}
	_, err := s.Templates.ExtractPDF(&b, as.Lang, d)
	return b.Bytes(), err
}

// sampleLetter has every required part that the controller's letters can have.
func (s *Service) sampleLetter(ctl models.Controller, today calendar.Date, lang string, parts templates.OwnParts) templates.LetterDoc {
	say := func(key string) string { return s.Templates.T(lang, key, nil) }
	d := templates.LetterDoc{Controller: letterhead(ctl), Number: sampleNumber, Date: today, ToName: say("own.sample.name"), ToAddress: say("own.sample.address"),
		Received: today.AddDays(-20), Released: 3, Searched: 4, DecidedBy: say("own.sample.decider"), Title: say("own.sample.title"), DelegationNumber: "4.3",
		Remedy: string(models.RemedyForvaltningsratt), Outcome: string(models.OutcomePartial), Parts: parts}
	if !ctl.Kind.Authority() {
		d.Remedy, d.DelegationNumber = string(models.RemedyIMYAndCourt), ""
	}
	if ctl.Sensitive {
		d.Outcome = string(models.OutcomeNeutral)
		return d
	}
	d.Withheld = []templates.Withheld{{Title: say("own.sample.withheld"), Explanation: say("ground.dsl-5-2.suggestion"), Ground: "dsl-5-2"}}
	return d
}

func (s *Service) sampleExtract(ctl models.Controller, today calendar.Date, lang string, parts templates.OwnParts) templates.ExtractDoc {
	say := func(key string) string { return s.Templates.T(lang, key, nil) }
	d := templates.ExtractDoc{Controller: letterhead(ctl), Number: sampleNumber, Made: today, Person: say("own.sample.name"), Received: today.AddDays(-20), Parts: parts}
	d.Own = []templates.OwnData{{Title: say("extract.own.request"), At: today.AddDays(-20).In(calendar.Stockholm()), Text: say("extract.own.everything")}}
	if !ctl.Sensitive {
		item := templates.ExtractItem{Title: say("own.sample.item"), Text: say("own.sample.text")}
		d.Systems = []templates.ExtractSystem{{Name: say("own.sample.system"), Count: 1, Items: func(visit func(templates.ExtractItem) error) error { return visit(item) }}}
	}
	return d
}

func (s *Service) noticeSample(as SampleForm, n templates.Notice) ([]byte, error) {
	if !as.PDF {
		return s.Templates.Notice(as.Lang, n)
	}
	var b bytes.Buffer
	_, err := s.Templates.NoticePDF(&b, as.Lang, n)
	return b.Bytes(), err
}

// sampleNotice is the letter that asks for something, the receipt, or for all others the one about more time.
func (s *Service) sampleNotice(ctl models.Controller, document string, today calendar.Date, lang string, parts templates.OwnParts) templates.Notice {
	say := func(key string) string { return s.Templates.T(lang, key, nil) }
	head := templates.NoticeHead{Controller: letterhead(ctl), Number: sampleNumber, Date: today, ToName: say("own.sample.name"), ToAddress: say("own.sample.address"),
		Right: string(models.Access), Received: today.AddDays(-20), Parts: parts}
	due := s.reckonFiled(head.Received, calendar.Date{}, nil, document == "notice", today)
	switch document {
	case "complete":
		return templates.CompletionDoc{NoticeHead: head, Reason: "specification", Question: say("own.sample.question"), AnswerBy: AnswerBy(today), Portal: true}
	case "receipt":
		return templates.ReceiptDoc{NoticeHead: head, Due: due.Due, Steps: due.Steps, Addressees: []string{ctl.Name}, Answer: "post"}
	default:
		d := templates.ExtensionDoc{NoticeHead: head, Before: due.Due, Until: due.Extended, Steps: due.Steps, Ground: "complexity", Reason: say("own.sample.text"),
			DecidedBy: say("own.sample.decider"), Title: say("own.sample.title")}
		if ctl.Kind.Authority() {
			d.DelegationNumber = "4.5"
		}
		return d
	}
}
