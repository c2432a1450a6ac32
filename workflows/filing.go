package workflows

import (
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/internal/identity"
	"insyn/internal/mail"
	"insyn/models"
)

// Registration is a request that somebody makes at the desk, by phone or by letter, as the servicecenter writes it down.
type Registration struct {
	// Form is drawn with the empty form and becomes the request's id: however often the form is sent there is one request.
	Form models.RequestID

	Channel   models.Channel
	ArrivedOn calendar.Date // the day it was in the authority's hands
	// Rule says, of a letter, whether it came by post or lay in the letterbox at its first emptying that day (models.RuleFL22),
	// or was handed in that day (models.RuleAsArrived). Of all else it is not asked.
	Rule     string
	Identity models.IdentityMethod // how whoever asks has been identified; IdentityNotYet is no obstacle

	Right    models.Right
	Language string // sv or en

	Name     string
	Number   string // personnummer or samordningsnummer as written; empty with NoNumber
	NoNumber bool   // the person has none
	Born     string // as written, of a person without a number

	For         models.RepresentationKind // whoever asks acts for the person by this right; empty: the person asks
	AgentName   string
	AgentNumber string
	Mandate     string        // what the mandate covers
	MandateHow  string        // how it was checked at once; empty: it is not checked yet
	ValidUntil  calendar.Date // the last day of the mandate, if it has one

	Answer  string // post, desk or portal
	Address string
	Phone   string
	Email   string

	To []Recorded
}

// Recorded is a controller that the request goes to, with what was said to it. Nobody at the servicecenter reads it again (P1).
type Recorded struct {
	Controller models.ControllerID
	About      models.About
}

// Lengths of what may be typed, in runes.
const (
	nameMax    = 200
	addressMax = 500
	shortMax   = 254
)

// ReceivedOn is the day a request counts as received (FL 22 §): paper by post, or found at the first emptying of the letterbox
// that day, the working day before; everything else the day it arrived. paper is the day to explain it by, or zero.
func ReceivedOn(c models.Channel, rule string, arrived calendar.Date) (received, paper calendar.Date) {
	if c == models.ChannelLetter && rule == models.RuleFL22 {
		return deadline.DeemedReceived(arrived), arrived
	}
	return arrived, calendar.Date{}
}

// reckonFiled is reckon for a request that may have come on paper: the explanation then begins with the day it was found.
func (s *Service) reckonFiled(received, paper calendar.Date, pauses []models.Pause, extended bool, today calendar.Date) deadline.Response {
	in := deadline.Input{Received: received, Emptied: paper, Extended: extended, RollEves: s.Settings.RollEves, Today: today}
	for _, p := range pauses {
		in.Pauses = append(in.Pauses, deadline.Pause{From: p.FromDate, To: p.ToDate})
	}
	return deadline.ForResponse(in)
}

// faults gathers what is wrong with a form.
type faults []FieldError

func (f *faults) add(field, key string) { *f = append(*f, FieldError{Field: field, Key: key}) }

func (f *faults) long(field, text string, limit int) {
	if len([]rune(text)) > limit {
		*f = append(*f, FieldError{Field: field, Key: "error.text-too-long", Args: map[string]any{"max": limit}})
	}
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return Invalid{f}
}

// number reads an identity number, or says at its field what is wrong with it.
func (f *faults) number(field, text string, year int) identity.Number {
	n, err := identity.ParseNumber(text, year)
	switch {
	case strings.TrimSpace(text) == "":
		f.add(field, "error.number-missing")
	case err != nil:
		f.add(field, "error.number-wrong")
	}
	return n
}

// people is who a registration is about and who asks.
type people struct {
	person models.Person
	party  identity.Number // of whoever asks; zero for somebody without a number
	until  calendar.Date   // the last day of the mandate
}

// check reads a registration on a day, or says at each field what is wrong with it.
func (r Registration) check(known []models.Controller, today calendar.Date) (people, error) {
	var f faults
	r.checkArrival(&f, today)
	p := r.checkPeople(&f, today)
	r.checkReach(&f)
	if !offersRight(r.Right) {
		f.add("right", "error.choose-one")
	}
	if r.Language != "sv" && r.Language != "en" {
		f.add("language", "error.choose-one")
	}
	r.checkAddressees(&f, known)
	return p, f.err()
}

func (r Registration) checkArrival(f *faults, today calendar.Date) {
	switch r.Channel {
	case models.ChannelDesk, models.ChannelPhone, models.ChannelInquiry:
	case models.ChannelLetter:
		if r.Rule != models.RuleFL22 && r.Rule != models.RuleAsArrived {
			f.add("rule", "error.choose-one")
		}
	default:
		f.add("channel", "error.choose-one")
	}
	switch {
	case r.ArrivedOn.IsZero():
		f.add("arrived", "error.date-missing")
	case r.ArrivedOn.After(today):
		f.add("arrived", "error.date-future")
	case r.ArrivedOn.Before(calendar.New(2018, 5, 25)): // the GDPR did not apply
		f.add("arrived", "error.date-wrong")
	}
	switch r.Identity {
	case models.IdentityNotYet, models.IdentityShown, models.IdentityKnown, models.IdentityCallBack, models.IdentityBankID, models.IdentityRegistered:
	default:
		f.add("identity", "error.choose-one")
	}
}

func (r Registration) checkPeople(f *faults, today calendar.Date) people {
	p := people{person: models.Person{Name: strings.TrimSpace(r.Name), Email: strings.TrimSpace(r.Email), Phone: strings.TrimSpace(r.Phone),
		Answer: r.Answer, Address: strings.TrimSpace(strings.ReplaceAll(r.Address, "\r\n", "\n"))}}
	if p.person.Name == "" {
		f.add("name", "error.name-missing")
	}
	f.long("name", p.person.Name, nameMax)
	var number identity.Number
	if r.NoNumber {
		p.person.Born = strings.TrimSpace(r.Born)
		f.long("born", p.person.Born, shortMax)
	} else {
		number = f.number("number", r.Number, today.Year)
		p.person.Number = number.String12()
	}
	p.party = number
	if r.For == "" {
		return p
	}
	agent := models.Agent{Name: strings.TrimSpace(r.AgentName), Kind: r.For}
	if agent.Name == "" {
		f.add("agent-name", "error.name-missing")
	}
	f.long("agent-name", agent.Name, nameMax)
	f.long("mandate", r.Mandate, textMax)
	p.party = f.number("agent-number", r.AgentNumber, today.Year)
	agent.Number = p.party.String12()
	p.person.Agent = &agent
	if !p.party.IsZero() && p.party == number {
		f.add("agent-number", "error.agent-same")
	}
	p.until = checkMandate(f, mandateFields{kind: "for", number: "number", until: "valid-until"}, r.For, number, r.ValidUntil, r.MandateHow != "", today)
	return p
}

func (r Registration) checkReach(f *faults) {
	switch r.Answer {
	case "post":
		if strings.TrimSpace(r.Address) == "" {
			f.add("address", "error.address-missing")
		}
	case "desk":
	case "portal":
		if r.NoNumber && r.For == "" {
			f.add("answer", "error.portal-needs-number")
		}
	default:
		f.add("answer", "error.choose-one")
	}
	f.long("address", r.Address, addressMax)
	f.long("phone", r.Phone, shortMax)
	if e := strings.TrimSpace(r.Email); e != "" && !mail.ValidAddress(e) {
		f.add("email", "error.email-form")
	}
}

func (r Registration) checkAddressees(f *faults, known []models.Controller) {
	if len(r.To) == 0 {
		f.add("controllers", "error.choose-controller")
	}
	seen := map[models.ControllerID]bool{}
	for _, a := range r.To {
		prefix := ""
		for _, c := range known {
			if c.ID == a.Controller {
				prefix = c.Prefix
			}
		}
		if prefix == "" || seen[a.Controller] {
			f.add("controllers", "error.choose-controller")
		}
		seen[a.Controller] = true
		for _, fault := range RightOf(r.Right).check(a.About) {
			fault.Field += "-" + prefix
			*f = append(*f, fault)
		}
		for _, q := range RightOf(r.Right).Asks {
			f.long(q.Field+"-"+prefix, a.About.Answer(q.Field), textMax)
		}
	}
}
