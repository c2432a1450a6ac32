package workflows

import (
	"bytes"
	"errors"
	"fmt"

	"insyn/internal/pdf"
	"insyn/models"
	"insyn/templates"
)

// draft is a decision letter that is ready to be drawn: of one of the two kinds of rights.
type draft struct {
	lang   string
	set    *templates.Set
	access templates.LetterDoc
	change *templates.ChangeDoc // nil for a right that is answered by copies
}

// head is what both kinds say.
func (d draft) head() templates.LetterDoc {
	if d.change != nil {
		return d.change.LetterDoc
	}
	return d.access
}

// page is the letter for a screen.
func (d draft) page() ([]byte, error) {
	if d.change != nil {
		return d.set.ChangeLetter(d.lang, *d.change)
	}
	return d.set.Letter(d.lang, d.access)
}

// sealable is the letter as it is sealed and sent, and the version of the templates it was made from. A character that cannot
// be printed is Invalid beside the field “letter”.
func (d draft) sealable() ([]byte, string, error) {
	var b bytes.Buffer
	var made templates.Made
	var err error
	if d.change != nil {
		made, err = d.set.ChangeLetterPDF(&b, d.lang, *d.change)
	} else {
		made, err = d.set.LetterPDF(&b, d.lang, d.access)
	}
	var missing *pdf.MissingError
	if errors.As(err, &missing) {
		return nil, "", d.unprintable(missing)
	}
	if err != nil {
		return nil, "", fmt.Errorf("make letter: %w", err)
	}
	return b.Bytes(), made.Version, nil
}

// letter gathers the decision letter of the case's right.
func (w *work) letter(a authority, person models.Person) (draft, error) {
	p, err := openProposal(w.tx, *w.c)
	if err != nil {
		return draft{}, err
	}
	parts, err := ownParts(w.tx, w.ctl, w.c.Language, "decision", w.today())
	if err != nil {
		return draft{}, err
	}
	return w.draft(a, person, p, parts)
}

func (w *work) draft(a authority, person models.Person, p proposal, parts templates.OwnParts) (draft, error) {
	d := draft{lang: w.c.Language, set: w.s.Templates}
	head, err := w.letterHead(a, person, p)
	if err != nil {
		return d, err
	}
	head.Parts = parts
	if RightOf(w.c.Right).Works == WorksMeasures {
		change, err := w.changeLetter(head)
		d.change = &change
		return d, err
	}
	d.access, err = w.accessLetter(head)
	return d, err
}

// letterHead gathers what every decision letter says: who, when, under what authority, what was searched, and the remedy.
func (w *work) letterHead(a authority, person models.Person, p proposal) (templates.LetterDoc, error) {
	searches, err := w.searches()
	if err != nil {
		return templates.LetterDoc{}, err
	}
	reviews, err := w.reviews()
	if err != nil {
		return templates.LetterDoc{}, err
	}
	remedy, _ := remedyFor(w.c.Right, *w.c.Outcome, w.ctl.Kind)
	refusal := *w.c.Outcome == models.OutcomePartial || *w.c.Outcome == models.OutcomeRefused
	d := templates.LetterDoc{Controller: letterhead(w.ctl), Number: w.c.Number, Date: w.today(), ToName: person.Receiver(), For: behalfOf(person), ToAddress: person.Address, Protected: w.c.Protected,
		Outcome: string(*w.c.Outcome), Received: w.c.ReceivedOn, Reasons: p.Reasons, Post: person.Answer == "post", Desk: person.Answer == "desk",
		DecidedBy: a.by.Name, Title: a.by.Title, DelegationNumber: a.number, MeetingOn: a.meetingOn, MeetingParagraph: a.meetingParagraph,
		ReviewOffered: len(reviews) > 0, Remedy: string(remedy), Extended: w.c.Extended, Late: w.today().After(w.c.DueOn),
		LateRefusal: refusal && w.today().After(w.c.DueHard)}
	if a.masked {
		d.DecidedBy, d.Masked = "", true
	}
	if w.c.DiaryNumber != nil {
		d.Diary = *w.c.DiaryNumber
	}
	for _, y := range searches {
		if y.Result != nil && *y.Result == models.NotSearched {
			d.NotSearched = append(d.NotSearched, templates.NotSearched{System: y.System, Why: y.Text})
			continue
		}
		d.Searched++
	}
	return d, nil
}

func (w *work) accessLetter(d templates.LetterDoc) (templates.LetterDoc, error) {
	m, err := w.material()
	if err != nil {
		return d, err
	}
	d.Released = m.Released
	withheld, err := w.withheldItems()
	for _, i := range withheld {
		d.Withheld = append(d.Withheld, templates.Withheld{Title: i.TitleText, Explanation: i.ExplanationText, Ground: *i.Ground})
	}
	return d, err
}

func (w *work) changeLetter(head templates.LetterDoc) (templates.ChangeDoc, error) {
	d := templates.ChangeDoc{LetterDoc: head, Right: string(w.c.Right)}
	searches, err := w.searches()
	if err != nil {
		return d, err
	}
	measures, err := w.measures()
	if err != nil {
		return d, err
	}
	systems := make(map[models.SearchID]string, len(searches))
	for _, y := range searches {
		systems[y.ID] = y.System
	}
	var secret []templates.Withheld
	for _, m := range measures {
		switch {
		case m.Kind != models.MeasureKeep:
			d.Changes = append(d.Changes, templates.Change{System: systems[m.SearchID], What: m.WhatText})
		case w.ctl.Sensitive && secretGround(*m.Ground):
			secret = append(secret, templates.Withheld{Title: m.WhatText, Explanation: m.ExplanationText, Ground: *m.Ground})
		default:
			d.Kept = append(d.Kept, templates.Withheld{Title: m.WhatText, Explanation: m.ExplanationText, Ground: *m.Ground})
		}
	}
	if len(d.Kept) == 0 && *w.c.Outcome == models.OutcomePartial {
		// A partial refusal must say what is refused. Beside other grounds, a sensitive controller does not speak of what is secret.
		d.Kept = secret
	}
	return d, nil
}
