package desk

import (
	"time"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/models"
	"insyn/workflows"
)

const person = "Maja Lindqvist"

// allow lists actions as the tables would.
func allow(actions ...workflows.Action) []workflows.Allowed {
	out := make([]workflows.Allowed, len(actions))
	for i, a := range actions {
		out[i] = workflows.Allowed{Action: a}
	}
	return out
}

// searchingCase is a case in the middle of its searches, as an ombud sees it.
func searchingCase(c models.Controller, handler models.StaffID) workflows.CaseView {
	received := day(2027, 4, 1)
	r := deadline.ForResponse(deadline.Input{Received: received, Today: day(2027, 4, 21)})
	at := time.Date(2027, 4, 9, 7, 0, 0, 0, time.UTC)
	v := workflows.CaseView{
		Case: models.Case{ID: models.NewID[models.Case](), Number: "INS-2027-00042-SN", ControllerID: c.ID, Right: models.Access,
			State: models.CaseSearching, Version: 7, ReceivedAt: time.Date(2027, 4, 1, 7, 12, 0, 0, time.UTC), ReceivedOn: received,
			DueOn: r.Effective(), DueHard: r.Hard, HandlerID: handler, DiaryNumber: str("SN-2027-00118")},
		Controller: c, Content: true, Handler: "Johan Ekström",
		Person: &models.Person{Name: person, Number: "198404012380", Answer: "portal"},
		About:  &models.About{Relation: "client", Text: "Jag vill veta vad som står om mig efter att jag sökte stöd 2025.", From: "2020", To: "i dag"},
		Today:  day(2027, 4, 21), DaysLeft: 12, Steps: r.Steps, CanExtendUntil: r.Hard, ExtendedDue: day(2027, 7, 1),
		SearchesBy: map[models.StaffID]string{handler: "Johan Ekström"},
		Messages: []workflows.MessageView{
			{Direction: models.ToSubject, Author: "Johan Ekström", At: at, Read: true, Text: "Hej! Har du haft kontakt med oss längre tillbaka?"},
			{Direction: models.FromSubject, At: at.Add(time.Hour), Text: "Ja, en kort tid 2016."}},
		Notes:      []workflows.NoteView{{Author: "Lena Hallin", At: at, Text: "Diariet klart. En träff."}},
		Events:     []workflows.TimelineEntry{{At: at, Key: "attested", Staff: "Johan Ekström", Args: map[string]any{"n": float64(2)}}, {At: at, Key: "taken", Staff: "Johan Ekström"}},
		Colleagues: []models.Staff{{ID: models.NewID[models.Staff](), Name: "Lena Hallin"}},
		Actions: allow(workflows.ActionExtend, workflows.ActionAttest, workflows.ActionAddItem, workflows.ActionDispose, workflows.ActionRemoveItem,
			workflows.ActionMessage, workflows.ActionNote, workflows.ActionReplyReview, workflows.ActionHandOver),
		Blocked: []workflows.Allowed{
			{Action: workflows.ActionPropose, Why: &workflows.Refusal{Key: "guard.searches-left", Args: map[string]any{"n": 2}}},
			{Action: workflows.ActionAsk, Why: &workflows.Refusal{Key: "guard.too-late-to-ask", Args: map[string]any{"date": day(2027, 4, 6)}}}},
	}
	search := func(name string, result *string, hits int, why string) models.Search {
		s := models.Search{ID: models.NewID[models.Search](), System: name, Result: result, Hits: hits, Text: why}
		if result != nil {
			s.AttestedBy, s.AttestedAt = handler, &at
		}
		return s
	}
	v.Searches = []models.Search{search("Hemtjänst", nil, 0, ""), search("Färdtjänst", nil, 0, ""),
		search("Ekonomiskt bistånd", str(models.Found), 3, ""), search("Diariet", str(models.Nothing), 0, ""),
		search("Kameror i receptionen", str(models.NotSearched), 0, "Inspelningen finns inte kvar.")}
	item := func(title, body string, how, ground *string, explanation string, since calendar.Date) workflows.ItemView {
		i := workflows.ItemView{System: "Ekonomiskt bistånd", Item: models.Item{ID: models.NewID[models.Item](), SearchID: v.Searches[2].ID,
			Disposition: how, Ground: ground, DraftSince: since, TitleText: title, BodyText: body, ExplanationText: explanation}}
		if ground != nil {
			i.GroundText = "ground." + *ground
		}
		return i
	}
	v.Items = []workflows.ItemView{item("Journal", "Sökte stöd i mars.", str(models.Release), nil, "", calendar.Date{}),
		item("Skrivelse", "Hemlig text.", str(models.Withhold), str("osl-26-5"), "Någon annan har lämnat uppgifterna.", calendar.Date{}),
		item("Påbörjad utredning", "Utkast.", str(models.Withhold), str("dsl-5-2"), "Texten är inte färdig.", day(2027, 3, 2)),
		item("Beslut om stöd", "Bifall.", nil, nil, "", calendar.Date{})}
	v.Items[0].File = &workflows.FileView{ID: models.NewID[models.File](), Name: "journal.pdf", MediaType: "application/pdf", Size: 210_000}
	return counted(v)
}

// counted is a case whose material is all on the page that is shown.
func counted(v workflows.CaseView) workflows.CaseView {
	v.ItemCounts, v.NextItem = nil, models.ItemID{}
	for _, i := range v.Items {
		v.ItemCounts = append(v.ItemCounts, models.ItemCount{SearchID: i.SearchID, Disposition: i.Disposition, N: 1})
		if i.Disposition == nil && v.NextItem.IsZero() {
			v.NextItem = i.ID
		}
	}
	n := len(v.Items)
	v.ItemsAt = workflows.MaterialPage{Page: 1, Pages: 1, First: min(n, 1), Last: n, Total: n}
	return v
}

// readyCase is the same case when it is to be decided.
func readyCase(v workflows.CaseView) workflows.CaseView {
	at := time.Date(2027, 4, 20, 7, 0, 0, 0, time.UTC)
	v.Case.State = models.CaseReady
	for i := range v.Searches {
		if v.Searches[i].Result == nil {
			v.Searches[i].Result = str(models.Nothing)
		}
	}
	v.Items = v.Items[:3]
	v = counted(v)
	o := models.OutcomePartial
	v.Case.Outcome = &o
	v.Proposal = &workflows.ProposalView{Outcome: o, Reasons: "Två handlingar hålls inne.", By: "Johan Ekström", At: at, Released: 1, Withheld: 2}
	v.Reviews = []workflows.ReviewView{{Review: models.Review{Round: 1, OfferedAt: at, ClosesOn: day(2027, 4, 23), Outcome: str(models.ReviewNoRemarks), ClosedAt: &at}, Reviewer: "Sara Nyberg", Same: true}}
	v.Delegations = []models.Delegation{{ID: models.NewID[models.Delegation](), Number: "4.3", Text: "helt eller delvis avslag på begäran om tillgång", AdoptedOn: day(2027, 2, 11), Paragraph: "§ 18"}}
	v.Actions, v.Blocked = allow(workflows.ActionDecide, workflows.ActionSendBack, workflows.ActionNote), nil
	return v
}

// exampleIntake is a request at two controllers as the servicecenter sees it.
func exampleIntake(open, done models.Controller) workflows.IntakeView {
	return workflows.IntakeView{
		Request: models.Request{ID: models.NewID[models.Request](), Number: "INS-2027-00042", Right: models.Access, State: models.RequestActive, Version: 2,
			ReceivedOn: day(2027, 4, 1), ReceivedAt: time.Date(2027, 4, 1, 7, 12, 0, 0, time.UTC)},
		Person: models.Person{Name: person, Number: "198404012380", Phone: "070-123 45 67", Answer: "post", Address: "Storgatan 1, 123 45 Exempelby"},
		Cases: []workflows.IntakeCase{
			{ID: models.NewID[models.Case](), Number: "INS-2027-00042-SN", Controller: open, Due: day(2027, 5, 3)},
			{ID: models.NewID[models.Case](), Number: "INS-2027-00042-BUN", Controller: done, Done: true, Due: day(2027, 5, 3), AddedBy: "servicecenter"}},
		Addable: []models.Controller{{ID: models.NewID[models.Controller](), Name: "Kultur- och fritidsnämnden"}},
		Events:  []workflows.TimelineEntry{{At: time.Date(2027, 4, 1, 7, 12, 0, 0, time.UTC), Key: "request-submitted"}},
		CanAsk:  true, Today: day(2027, 4, 21),
	}
}
