package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// writing is a form on the request's page: to whom it goes and what sends it.
type writing struct {
	form  url.Values
	field string
	send  func(ctx context.Context, actor models.Actor, text string) error
	done  string // key of the notice
}

// The forms of a case carry no version of it. How often the officers have written in a case is a number that would tell how
// much there was to write about, which at a sensitive controller nobody outside may see; the state is what holds them.

// reply sends a message to one controller.
func (p *portal) reply(c *gin.Context) error {
	return p.write(c, func(r workflows.MyRequest, form url.Values) (writing, error) {
		k, err := caseOf(r, form)
		if err != nil {
			return writing{}, err
		}
		return writing{form, replyField(k), func(ctx context.Context, a models.Actor, text string) error {
			return p.Service.Record(ctx, a, workflows.On{Case: k.ID}, workflows.Reply{Text: text})
		}, "portal.notice.sent"}, nil
	})
}

// answerCase answers the question that stopped a case's clock.
func (p *portal) answerCase(c *gin.Context) error {
	return p.write(c, func(r workflows.MyRequest, form url.Values) (writing, error) {
		k, err := caseOf(r, form)
		if err != nil {
			return writing{}, err
		}
		return writing{form, askField(k), func(ctx context.Context, a models.Actor, text string) error {
			return p.Service.Apply(ctx, a, workflows.On{Case: k.ID}, workflows.Answer{Text: text})
		}, "portal.notice.answered"}, nil
	})
}

// answerQuestion answers the servicecenter's question about the request as a whole.
func (p *portal) answerQuestion(c *gin.Context) error {
	return p.write(c, func(r workflows.MyRequest, form url.Values) (writing, error) {
		return writing{form, "text", func(ctx context.Context, a models.Actor, text string) error {
			return p.Service.AnswerRequest(ctx, a, r.Number, version(form), text)
		}, "portal.notice.answered"}, nil
	})
}

func caseOf(r workflows.MyRequest, form url.Values) (workflows.MyCase, error) {
	i := slices.IndexFunc(r.Cases, func(k workflows.MyCase) bool { return k.ID.String() == form.Get("case") })
	if i < 0 {
		return workflows.MyCase{}, workflows.ErrNotFound
	}
	return r.Cases[i], nil
}

// write sends what was written. Whatever stands in the way, the page comes back with the text in its field.
func (p *portal) write(c *gin.Context, to func(workflows.MyRequest, url.Values) (writing, error)) error {
	ctx := c.Request.Context()
	form, err := web.Form(c)
	if err != nil {
		return err
	}
	r, err := p.Service.MyRequest(ctx, actor(c), c.Param("number"))
	if err != nil {
		return err
	}
	web.BackTo(c, requestPath(r.Number))
	w, err := to(r, form)
	if err != nil {
		return err
	}
	text := clip(form.Get("text"))
	again := typed{form: form, field: w.field}
	if text == "" {
		again.faults = templates.Faults{fault(w.field, "error.text-missing")}
		return p.showRequest(c, http.StatusUnprocessableEntity, r, again)
	}
	if len(text) > maxText {
		again.faults = templates.Faults{{Field: w.field, Key: "error.text-too-long", Args: map[string]any{"max": maxText}}}
		return p.showRequest(c, http.StatusUnprocessableEntity, r, again)
	}
	err = w.send(ctx, actor(c), text)
	faults, invalid := web.AsFaults(err)
	switch {
	case invalid:
		for _, f := range faults {
			f.Field = w.field
			again.faults = append(again.faults, f)
		}
		return p.showRequest(c, http.StatusUnprocessableEntity, r, again)
	case errors.Is(err, workflows.ErrConflict):
		if r, err = p.Service.MyRequest(ctx, actor(c), r.Number); err != nil {
			return err
		}
		again.conflict = true
		return p.showRequest(c, http.StatusConflict, r, again)
	case err != nil:
		return err
	}
	p.Sessions.SetNotice(ctx, w.done)
	return web.SeeOther(c, requestPath(r.Number))
}
