package desk

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// envelopesPage is the sealed envelopes that wait to be fetched: whose they are and from whom, and nothing of what is in them.
type envelopesPage struct {
	Rows     []workflows.EnvelopeRow
	Notice   string
	Conflict bool
	Refused  *workflows.Refusal
	Kept     []string
	Methods  []templates.Option
	posted   posted
}

// Form is the form of one envelope.
func (p envelopesPage) Form(name string, row string) form { return p.posted.at(name, row) }

// showEnvelopes lists them.
func (s *desk) showEnvelopes(c *gin.Context) error {
	return s.drawEnvelopes(c, http.StatusOK, posted{}, outcome{})
}

func (s *desk) drawEnvelopes(c *gin.Context, status int, p posted, o outcome) error {
	w, _ := whoIs(c)
	rows, err := s.Service.Envelopes(c.Request.Context(), w.actor)
	if err != nil {
		return err
	}
	page := envelopesPage{Rows: rows, Notice: s.takeNotice(c), Conflict: o.Conflict, Refused: o.Refused, posted: p,
		Methods: s.identityOptions(c, models.IdentityShown, models.IdentityBankID, models.IdentityKnown)}
	return s.page(c, status, "envelopes", envelopesPath, templates.View{Title: s.t(c, "desk.envelopes.title", nil), Faults: p.Faults, Data: page})
}

// handEnvelope records that an envelope was handed over.
func (s *desk) handEnvelope(c *gin.Context) error {
	return s.onEnvelope(c, "lamna-ut", "desk.notice.envelope-handed", func(w who, e models.ID[models.Envelope], v url.Values) error {
		return s.Service.HandOverEnvelope(c.Request.Context(), w.actor, e, models.IdentityMethod(v.Get("identity")))
	})
}

// returnEnvelope records that an envelope went back.
func (s *desk) returnEnvelope(c *gin.Context) error {
	return s.onEnvelope(c, "tillbaka", "desk.notice.envelope-returned", func(w who, e models.ID[models.Envelope], _ url.Values) error {
		return s.Service.ReturnEnvelope(c.Request.Context(), w.actor, e)
	})
}

func (s *desk) onEnvelope(c *gin.Context, name, notice string, do func(w who, e models.ID[models.Envelope], v url.Values) error) error {
	w, _ := whoIs(c)
	values, err := web.Form(c)
	if err != nil {
		return err
	}
	e := id[models.Envelope](&reader{values: values}, "envelope")
	if e.IsZero() {
		err = workflows.ErrConflict // of a page that is gone
	} else {
		err = do(w, e, values)
	}
	if err == nil {
		s.Sessions.SetNotice(c.Request.Context(), notice)
		return web.SeeOther(c, envelopesPath)
	}
	web.BackTo(c, envelopesPath)
	status, wrong, o, ok := refused(err)
	if !ok {
		return err
	}
	return s.drawEnvelopes(c, status, newPosted(name, values.Get("envelope"), values, wrong), o)
}
