package portal

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/session"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// visitor is who is logged in.
type visitor struct {
	subject models.SubjectID
	who     workflows.Identity
}

// The session keeps one text about its user. Ours is the subject's id and, sealed, the name and number that the e-ID gave:
// the page's header and the request that is sent need them, and they are written nowhere else before that.

func userID(subject models.SubjectID, sealed []byte) string {
	return subject.String() + " " + base64.RawURLEncoding.EncodeToString(sealed)
}

func parseUserID(s string) (models.SubjectID, []byte, bool) {
	id, rest, ok := strings.Cut(s, " ")
	if !ok {
		return models.SubjectID{}, nil, false
	}
	subject, err := models.ParseID[models.Subject](id)
	if err != nil {
		return models.SubjectID{}, nil, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(rest)
	return subject, sealed, err == nil
}

const visitorKey = "portal.visitor"

// visitor finds out who is logged in, once per request.
func (p *portal) visitor(c *gin.Context) (visitor, bool) {
	if v, ok := c.Get(visitorKey); ok {
		known, logged := v.(visitor)
		return known, logged && !known.subject.IsZero()
	}
	v, ok := p.open(c)
	c.Set(visitorKey, v)
	return v, ok
}

func (p *portal) open(c *gin.Context) (visitor, bool) {
	ctx := c.Request.Context()
	l, ok := p.Sessions.Current(ctx)
	if !ok {
		return visitor{}, false
	}
	subject, sealed, ok := parseUserID(l.UserID)
	if !ok {
		return visitor{}, false
	}
	who, err := p.Service.OpenIdentity(ctx, sealed)
	if err != nil {
		// A login that cannot be read, for instance after the keys were changed, is no login. The person logs in again.
		p.Log.WarnContext(ctx, "a resident's session cannot be read", slog.String("request_id", web.RequestID(c)))
		return visitor{}, false
	}
	return visitor{subject, who}, true
}

// remember makes the session the person's own.
func (p *portal) remember(ctx context.Context, v visitor, l session.Login) error {
	sealed, err := p.Service.SealIdentity(ctx, v.who)
	if err != nil {
		return err
	}
	l.UserID = userID(v.subject, sealed)
	return p.Sessions.Login(ctx, l)
}

// identify is the door's way to know who asks. Somebody who is not logged in is sent to the login and comes back; what a
// form carried is kept meanwhile.
func (p *portal) identify(c *gin.Context) (models.Actor, bool, error) {
	if byCode(c) {
		return p.identifyByCode(c)
	}
	if v, ok := p.visitor(c); ok {
		return models.ResidentActor(v.subject), true, nil
	}
	page := pageOf(c)
	if c.Request.Method == "POST" {
		kept, err := p.keepForm(c, page)
		if err != nil {
			return models.Actor{}, false, err
		}
		to := "/utloggad?till=" + url.QueryEscape(page)
		if kept {
			to += "&sparat=1"
		}
		return models.Actor{}, false, web.SeeOther(c, to)
	}
	return models.Actor{}, false, web.SeeOther(c, loginPath(page))
}

// pageOf is the page a request belongs to: itself, or for a form that has no page of its own the page it stands on.
func pageOf(c *gin.Context) string {
	path := c.Request.URL.EscapedPath()
	if c.Request.Method != "POST" {
		return path
	}
	switch c.FullPath() {
	case "/mina/:number/meddelande", "/mina/:number/svara", "/mina/:number/fraga", "/mina/:number/fil/:file":
		return requestPath(c.Param("number"))
	case "/fraga/:id/begaran":
		return inquiryPath(c.Param("id"))
	case "/utkast/:id/skicka":
		return draftPath(c.Param("id"), "kontrollera")
	}
	return path
}

func loginPath(page string) string { return "/logga-in?till=" + url.QueryEscape(page) }

func requestPath(number string) string { return "/mina/" + url.PathEscape(number) }

// shell is what the layout shows around a page.
func (p *portal) shell(c *gin.Context, current string) templates.PortalShell {
	v, ok := p.visitor(c)
	s := templates.PortalShell{
		LoggedIn: ok, UserName: v.who.Name, Current: current, HomeURL: "/", MineURL: "/mina", LoginURL: loginPath("/mina"),
		LogoutURL: "/logga-ut", ContactURL: "/#andra-satt", DPOURL: p.DPOURL,
		PrivacyURL: "/om/uppgifter", AccessibilityURL: "/om/tillganglighet", CookiesURL: "/om/kakor", KeysURL: workflows.PackageKeysPath,
	}
	if c.Request.Method == "GET" && c.FullPath() != "" {
		other := web.English
		if web.Lang(c) == web.English {
			other = web.Swedish
		}
		s.LangURL = c.Request.URL.EscapedPath() + "?lang=" + other
	}
	return s
}

// view is a page about to be drawn.
type view struct {
	page    string // such as "portal/start"
	title   string // a key
	args    map[string]any
	current string // item of the menu
	faults  templates.Faults
	data    any
}

// show draws a page for whoever asks.
func (p *portal) show(c *gin.Context, status int, v view) error {
	shell := p.shell(c, v.current)
	if shell.LoggedIn {
		c.Header("Cache-Control", "no-store")
	}
	return p.site.Render(c, status, v.page, templates.View{
		Lang: web.Lang(c), Title: p.Texts.T(web.Lang(c), v.title, v.args), Faults: v.faults, Data: v.data, Shell: shell,
	})
}
