package portal

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/i18n"
	"insyn/templates"
	"insyn/workflows"
)

// whole is the value that stands for every case of the request.
const whole = "alla"

type withdrawPage struct {
	Number, Action, Back string
	Conflict             bool
	Options              []templates.Option
	Version              int // of the request; cases have none here, see messages.go
	Chosen               string
}

// withdrawPage asks what is to be taken back; its button does it.
func (p *portal) withdrawPage(c *gin.Context) error {
	r, err := p.Service.MyRequest(c.Request.Context(), actor(c), c.Param("number"))
	if err != nil {
		return err
	}
	return p.showWithdraw(c, http.StatusOK, r, "", false, nil)
}

func (p *portal) showWithdraw(c *gin.Context, status int, r workflows.MyRequest, chosen string, conflict bool, faults templates.Faults) error {
	t := func(key string, args i18n.Args) string { return p.Texts.T(web.Lang(c), key, args) }
	data := withdrawPage{Number: r.Number, Action: requestPath(r.Number) + "/ta-tillbaka", Back: requestPath(r.Number), Chosen: chosen,
		Conflict: conflict, Version: r.Version}
	open := 0
	for _, k := range r.Cases {
		if !k.CanWithdraw {
			continue
		}
		open++
		data.Options = append(data.Options, templates.Option{Value: k.ID.String(), Label: t("portal.withdraw.one", i18n.Args{"name": k.Controller.Name})})
	}
	if r.CanWithdraw {
		all := templates.Option{Value: whole, Label: t("portal.withdraw.all", i18n.Args{"n": max(open, 1)})}
		data.Options = append([]templates.Option{all}, data.Options...)
	}
	if len(data.Options) == 0 {
		return workflows.ErrConflict // answered, or taken back already
	}
	return p.show(c, status, view{page: "portal/ta-tillbaka", title: "portal.withdraw.title", current: "requests", faults: faults, data: data})
}

// withdraw takes back the whole request or one case of it.
func (p *portal) withdraw(c *gin.Context) error {
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
	chosen := form.Get("vad")
	switch chosen {
	case "":
		return p.showWithdraw(c, http.StatusUnprocessableEntity, r, "", false, templates.Faults{fault("vad", "portal.error.choose-withdraw")})
	case whole:
		err = p.Service.WithdrawRequest(ctx, actor(c), r.Number, version(form))
	default:
		form.Set("case", chosen)
		k, notFound := caseOf(r, form)
		if notFound != nil {
			return notFound
		}
		err = p.Service.Apply(ctx, actor(c), workflows.On{Case: k.ID}, workflows.Withdraw{})
	}
	if errors.Is(err, workflows.ErrConflict) {
		if r, err = p.Service.MyRequest(ctx, actor(c), r.Number); err != nil {
			return err
		}
		return p.showWithdraw(c, http.StatusConflict, r, chosen, true, nil)
	}
	if err != nil {
		return err
	}
	p.Sessions.SetNotice(ctx, "portal.notice.withdrawn")
	return web.SeeOther(c, requestPath(r.Number))
}
