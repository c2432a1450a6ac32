package portal

import (
	"errors"
	"net/http"
	"net/mail"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/templates"
	"insyn/workflows"
)

// reach is how the person wants the answer and can be reached.
type reach struct {
	Answer, Address, Email, Phone, Language string
	// Shielded: the person has protected personal data; nothing that leads to them is asked for.
	Shielded bool
}

type answerPage struct {
	step
	Reach reach
	Saved *reach // what another tab saved
}

func savedReach(f workflows.DraftForm) reach {
	return reach{f.Answer, f.Address, f.Email, f.Phone, f.Language, f.Protected}
}

func readReach(form url.Values, shielded bool) reach {
	if shielded {
		return reach{Answer: form.Get("answer"), Language: form.Get("language"), Shielded: true}
	}
	return reach{form.Get("answer"), clip(form.Get("address")), clip(form.Get("email")), clip(form.Get("phone")), form.Get("language"), false}
}

// Lengths of what may be typed, in bytes.
const (
	maxAddress = 500
	maxContact = 254
)

func (r reach) check() (faults templates.Faults) {
	add := func(field, key string) { faults = append(faults, fault(field, key)) }
	if !offered(r.Answer, []string{"portal", "post"}) {
		add("answer", "portal.error.choose-answer")
	}
	if r.Answer == "post" && r.Address == "" && !r.Shielded {
		add("address", "error.address-missing")
	}
	if len(r.Address) > maxAddress {
		faults = append(faults, templates.Fault{Field: "address", Key: "error.text-too-long", Args: map[string]any{"max": maxAddress}})
	}
	if a, err := mail.ParseAddress(r.Email); r.Email != "" && (err != nil || a.Address != r.Email || len(r.Email) > maxContact) {
		add("email", "error.email-form")
	}
	if len(r.Phone) > maxContact {
		faults = append(faults, templates.Fault{Field: "phone", Key: "error.text-too-long", Args: map[string]any{"max": maxContact}})
	}
	if !offered(r.Language, []string{web.Swedish, web.English}) {
		add("language", "portal.error.choose-language")
	}
	return faults
}

func (p *portal) answerStep(c *gin.Context, d draft) step {
	n := len(d.Form.Controllers)
	return p.step(c, d, "svar", d.concernPath(n-1), n+2)
}

// answerPage asks how the person wants the answer.
func (p *portal) answerPage(c *gin.Context, d draft) error {
	s, r := p.answerStep(c, d), savedReach(d.Form)
	kept, ok, err := p.restore(c, s.Action)
	if err != nil {
		return err
	}
	if ok {
		r, s.Notice, s.Then = readReach(kept, d.Form.Protected), "portal.notice.kept", then(kept.Get("sedan"))
	}
	return p.showAnswer(c, http.StatusOK, d, s, r, nil)
}

func (p *portal) showAnswer(c *gin.Context, status int, d draft, s step, r reach, faults templates.Faults) error {
	data := answerPage{step: s, Reach: r}
	if s.Conflict {
		saved := savedReach(d.Form)
		data.Saved = &saved
	}
	return p.show(c, status, view{page: "portal/svar", title: "portal.answer.title", faults: faults, data: data})
}

func (p *portal) saveAnswer(c *gin.Context, d draft) error {
	form, err := web.Form(c)
	if err != nil {
		return err
	}
	r, s := readReach(form, d.Form.Protected), p.answerStep(c, d)
	s.Then = then(form.Get("sedan"))
	if faults := r.check(); len(faults) > 0 && form.Get("spara") == "" {
		return p.showAnswer(c, http.StatusUnprocessableEntity, d, s, r, faults)
	}
	err = p.Service.SaveDraft(c.Request.Context(), actor(c), d.ID, version(form), func(f *workflows.DraftForm) {
		f.Answer, f.Address, f.Email, f.Phone, f.Language = r.Answer, r.Address, r.Email, r.Phone, r.Language
	})
	if errors.Is(err, workflows.ErrConflict) {
		return p.conflict(c, func(now draft) error {
			s := p.answerStep(c, now)
			s.Then, s.Conflict = then(form.Get("sedan")), true
			return p.showAnswer(c, http.StatusConflict, now, s, r, nil)
		})
	}
	if err != nil {
		return err
	}
	return p.onward(c, d, form, d.path("kontrollera"))
}
