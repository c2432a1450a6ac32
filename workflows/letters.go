package workflows

import (
	"fmt"

	"insyn/models"
	"insyn/templates"
)

// letter makes the decision letter of the case's right.
func (w *work) letter(a authority, person models.Person) ([]byte, error) {
	d, err := w.letterHead(a, person)
	if err != nil {
		return nil, err
	}
	var body []byte
	if RightOf(w.c.Right).Works == WorksMeasures {
		body, err = w.changeLetter(d)
	} else {
		body, err = w.accessLetter(d)
	}
	if err != nil {
		return nil, fmt.Errorf("make letter: %w", err)
	}
	return body, nil
}

// letterHead gathers what every decision letter says: who, when, under what authority, what was searched, and the remedy.
func (w *work) letterHead(a authority, person models.Person) (templates.LetterDoc, error) {
	p, err := openProposal(w.tx, *w.c)
	if err != nil {
		return templates.LetterDoc{}, err
	}
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
	if d.Parts, err = ownParts(w.tx, w.ctl, w.c.Language, "decision", w.today()); err != nil {
		return d, err
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

func (w *work) accessLetter(d templates.LetterDoc) ([]byte, error) {
	items, err := w.items()
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		if i.Disposition != nil && *i.Disposition == models.Withhold {
			d.Withheld = append(d.Withheld, templates.Withheld{Title: i.TitleText, Explanation: i.ExplanationText, Ground: *i.Ground})
			continue
		}
		d.Released++
	}
	return w.s.Templates.Letter(w.c.Language, d)
}

func (w *work) changeLetter(head templates.LetterDoc) ([]byte, error) {
	searches, err := w.searches()
	if err != nil {
		return nil, err
	}
	measures, err := w.measures()
	if err != nil {
		return nil, err
	}
	systems := make(map[models.SearchID]string, len(searches))
	for _, y := range searches {
		systems[y.ID] = y.System
	}
	d := templates.ChangeDoc{LetterDoc: head, Right: string(w.c.Right)}
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
	return w.s.Templates.ChangeLetter(w.c.Language, d)
}
