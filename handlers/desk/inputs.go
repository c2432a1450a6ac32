package desk

import (
	"net/url"
	"strconv"
	"strings"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

// reader reads the fields of a form and gathers what cannot be read. Whether what was read makes sense is for workflows.
type reader struct {
	values url.Values
	errors []workflows.FieldError
}

func (r *reader) text(field string) string { return strings.TrimSpace(r.values.Get(field)) }

func (r *reader) wrong(field, key string) {
	r.errors = append(r.errors, workflows.FieldError{Field: field, Key: key})
}

// date reads an optional day from its three fields.
func (r *reader) date(field string) calendar.Date {
	y, m, d := r.text(field+"-year"), r.text(field+"-month"), r.text(field+"-day")
	if y+m+d == "" {
		return calendar.Date{}
	}
	pad := func(s string) string { return strings.Repeat("0", max(0, 2-len(s))) + s }
	date, err := calendar.Parse(y + "-" + pad(m) + "-" + pad(d))
	if err != nil {
		r.wrong(field, "error.date-wrong")
	}
	return date
}

// count reads an optional whole number.
func (r *reader) count(field string) int {
	s := r.text(field)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		r.wrong(field, "error.number-form")
	}
	return n
}

// id reads an optional id. A choice that is no id was never on the page; it is treated as not made.
func id[T any](r *reader, field string) models.ID[T] {
	v, err := models.ParseID[T](r.values.Get(field))
	if err != nil {
		return models.ID[T]{}
	}
	return v
}

// invalid is what could not be read, or nil.
func (r *reader) invalid() error {
	if len(r.errors) == 0 {
		return nil
	}
	return workflows.Invalid{Fields: r.errors}
}

// caseForm is a form of the case page: where it is posted, what it asks for, and where the page goes back to.
type caseForm struct {
	name       string // last part of the address
	transition bool   // Apply; else Record
	section    string // the section of the page to return to
	notice     string // key of the text shown once after success
	row        string // the field that tells rows apart, if the form stands in a row
	read       func(*reader) workflows.Input
}

// caseForms lists every form of the case page but the upload and the decision, which have pages or bodies of their own.
func caseForms() []caseForm {
	return []caseForm{
		{name: "borja", transition: true, section: "eftersokning", notice: "desk.notice.taken", read: func(*reader) workflows.Input { return workflows.Take{} }},
		{name: "fraga", transition: true, section: "meddelanden", notice: "desk.notice.asked", read: readAsk},
		{name: "svar", transition: true, section: "eftersokning", notice: "desk.notice.answered", read: readAnswer},
		{name: "forlang", transition: true, section: "datum", notice: "desk.notice.extended", read: readExtend},
		{name: "foresla", transition: true, section: "forslag", notice: "desk.notice.proposed", read: readPropose},
		{name: "kontroll", transition: true, section: "kontroll", notice: "desk.notice.reviewed", read: readReview},
		{name: "tillbaka", transition: true, section: "eftersokning", notice: "desk.notice.sent-back", read: readSendBack},
		{name: "intyga", section: "eftersokning", notice: "desk.notice.attested", row: "search", read: readAttest},
		{name: "bedom", section: "underlag", notice: "desk.notice.disposed", row: "item", read: readDispose},
		{name: "ta-bort", section: "underlag", notice: "desk.notice.removed", row: "item", read: readRemove},
		{name: "atgard", section: "atgarder", notice: "desk.notice.measure-added", read: readAddMeasure},
		{name: "atgard-bort", section: "atgarder", notice: "desk.notice.measure-removed", row: "measure", read: readRemoveMeasure},
		{name: "genomford", transition: true, section: "atgarder", notice: "desk.notice.carried-out", row: "measure", read: readCarryOut},
		{name: "meddelande", section: "meddelanden", notice: "desk.notice.message", read: readMessage},
		{name: "anteckning", section: "anteckningar", notice: "desk.notice.note", read: readNote},
		{name: "kontrollsvar", section: "kontroll", notice: "desk.notice.replied", read: readReplyReview},
		{name: "diarienummer", section: "registrator", notice: "desk.notice.diary", read: readDiary},
		{name: "delgivning", section: "registrator", notice: "desk.notice.served", read: readServe},
		{name: "kuvert", section: "kuvert", notice: "desk.notice.envelope-sealed", read: func(*reader) workflows.Input { return workflows.SealEnvelope{} }},
		{name: "skicka-vidare", section: "brev", notice: "desk.notice.forwarded", read: func(r *reader) workflows.Input { return readForward(r) }},
		{name: "lamna-over", section: "", notice: "desk.notice.handed-over", read: readHandOver},
	}
}

func readAsk(r *reader) workflows.Input {
	return workflows.Ask{Reason: r.text("reason"), Text: r.text("text"), Until: r.date("answer-by")}
}

func readAnswer(r *reader) workflows.Input { return workflows.Answer{Text: r.text("text")} }

func readExtend(r *reader) workflows.Input {
	return workflows.Extend{Ground: r.text("ground"), Reason: r.text("reason")}
}

func readPropose(r *reader) workflows.Input {
	return workflows.Propose{Outcome: models.Outcome(r.text("outcome")), Reasons: r.text("reasons"), AskReview: r.text("ask-review") != ""}
}

func readReview(r *reader) workflows.Input {
	return workflows.ReviewAnswer{Outcome: r.text("outcome"), Remarks: r.text("remarks")}
}

func readSendBack(r *reader) workflows.Input { return workflows.SendBack{Why: r.text("why")} }

// readAttest reads one system's result, or the ticked systems that were all searched without a hit.
func readAttest(r *reader) workflows.Input {
	if one := id[models.Search](r, "search"); !one.IsZero() {
		return workflows.Attest{Searches: []models.SearchID{one}, Result: r.text("result"), Hits: r.count("hits"), Why: r.text("why")}
	}
	in := workflows.Attest{Result: models.Nothing}
	for _, s := range r.values["searches"] {
		if v, err := models.ParseID[models.Search](s); err == nil {
			in.Searches = append(in.Searches, v)
		}
	}
	return in
}

func readDispose(r *reader) workflows.Input {
	in := workflows.Dispose{Item: id[models.Item](r, "item"), Disposition: r.text("disposition")}
	if in.Disposition == models.Withhold {
		in.Ground, in.Explanation, in.DraftSince = r.text("ground"), r.text("explanation"), r.date("draft-since")
	}
	return in
}

func readRemove(r *reader) workflows.Input {
	return workflows.RemoveItem{Item: id[models.Item](r, "item")}
}

func readAddMeasure(r *reader) workflows.Input {
	in := workflows.AddMeasure{Search: id[models.Search](r, "search"), Kind: r.text("kind"), What: r.text("what")}
	if in.Kind == models.MeasureKeep {
		in.Ground, in.Explanation = r.text("ground"), r.text("explanation")
	}
	return in
}

func readRemoveMeasure(r *reader) workflows.Input {
	return workflows.RemoveMeasure{Measure: id[models.Measure](r, "measure")}
}

func readCarryOut(r *reader) workflows.Input {
	return workflows.CarryOut{Measure: id[models.Measure](r, "measure"), How: r.text("how"), Notified: r.text("notified"), Names: r.text("names")}
}

func readMessage(r *reader) workflows.Input {
	return workflows.Message{Text: r.text("text")}
}
func readNote(r *reader) workflows.Input        { return workflows.Note{Text: r.text("text")} }
func readReplyReview(r *reader) workflows.Input { return workflows.ReplyReview{Text: r.text("reply")} }
func readDiary(r *reader) workflows.Input       { return workflows.Diary{Number: r.text("number")} }

func readServe(r *reader) workflows.Input {
	return workflows.Serve{Method: r.text("method"), ServedOn: r.date("served-on"), Evidence: r.text("evidence")}
}

func readForward(r *reader) workflows.Forward {
	return workflows.Forward{Kind: r.text("kind"), What: r.text("what"), To: r.text("forward-to"), Address: r.text("forward-address"),
		On: r.date("forwarded-on"), Agreed: r.text("agreed") != ""}
}

func readHandOver(r *reader) workflows.Input {
	return workflows.HandOver{To: id[models.Staff](r, "to")}
}

// readDecide reads the decision page's form. Decided is by the chosen delegation, or by the nämnd itself when "meeting"
// is chosen.
func readDecide(r *reader) workflows.Decide {
	in := workflows.Decide{Unbiased: r.text("unbiased") == "yes", Mask: r.text("mask") == "yes"}
	if in.Mask {
		in.MaskReason = r.text("mask-reason")
	}
	switch by := r.text("delegation"); by {
	case "":
		r.wrong("delegation", "error.authority-missing")
	case byMeeting:
		in.MeetingOn, in.MeetingParagraph = r.date("meeting-on"), r.text("meeting-paragraph")
	default:
		in.Delegation = id[models.Delegation](r, "delegation")
	}
	switch r.text("unbiased") {
	case "yes":
	case "no":
		r.wrong("unbiased", "guard.biased")
	default:
		r.wrong("unbiased", "error.unbiased-missing")
	}
	return in
}

// byMeeting is the choice that the nämnd itself decided.
const byMeeting = "meeting"
