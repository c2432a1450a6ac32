// Package portal is the residents' door: the public pages, the login with an e-ID, writing and sending a request, and
// following it to its answer.
//
// Pages work without script. Every form that succeeds ends in a redirect; one that does not is shown again with everything
// that was typed. Nothing personal is in an address: drafts and files go by their ids, requests by their numbers.
package portal

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/clock"
	"insyn/internal/i18n"
	"insyn/internal/pack"
	"insyn/models"
	"insyn/templates"
)

// Texts knows words and the municipality's look; *templates.Set does.
type Texts interface {
	T(lang, key string, args i18n.Args) string
	Texts() *i18n.Catalog
	Look() templates.Look
}

// Deps is what the door stands on.
type Deps struct {
	Service  Service
	Sessions Sessions
	Login    Login
	Texts    Texts
	Clock    clock.Clock
	Log      *slog.Logger
	// UploadMax is the largest attachment in bytes, as workflows.Settings has it.
	UploadMax int64
	// DPOURL is where “Skriv till dataskyddsombudet” leads, for instance a mailto: address; empty is the form
	// for a question that only the DSO reads.
	DPOURL string
	// PackageKeys are the keys that sign packages; only their public halves are shown.
	PackageKeys pack.Keys
}

// portal is the door with its parts.
type portal struct {
	Deps
	site *web.Site
}

// uploadsAtOnce is how many files of the largest size one form may carry.
const uploadsAtOnce = 4

// Register adds the door to the site.
func Register(site *web.Site, d Deps) error {
	if d.Service == nil || d.Sessions == nil || d.Login == nil || d.Texts == nil || d.Clock == nil || d.UploadMax <= 0 {
		return errors.New("portal: a part is missing")
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.DPOURL == "" {
		d.DPOURL = askPath + "?till=" + toDPO
	}
	p := &portal{Deps: d, site: site}
	door := site.Door(web.Door{
		Name: "portal", Prefix: "/", Sessions: d.Sessions.Handler, Identify: p.identify, ErrorPage: "portal/fel",
		Shell: func(c *gin.Context) any { return p.shell(c, "") },
	})
	p.public(door)
	p.keyPages(door)
	p.drafts(door)
	p.mine(door)
	p.inquiries(door)
	return nil
}

func (p *portal) public(d *web.Door) {
	d.Get("/", web.Public(), p.start)
	d.Get("/om/:page", web.Public(), p.about)
	d.Get("/logga-in", web.Public(), p.login)
	d.Get(answerPath, web.Public(), p.loginAnswer)
	d.Post("/logga-ut", web.Public(), p.logout)
	d.Get("/utloggad", web.Public(), p.loggedOut)
}

func (p *portal) drafts(d *web.Door) {
	d.Get("/ny", web.Resident(), p.newDraftPage)
	d.Post("/ny", web.Resident(), p.newDraft)
	d.Get("/ny/:right", web.Resident(), p.newDraftPage)
	d.Post("/ny/:right", web.Resident(), p.newDraft)
	d.Post("/ny/:right/skydd", web.Resident(), p.newShielded)
	d.Get("/utkast/:id", web.Resident(), p.resume)
	d.Get("/utkast/:id/skydd", web.Resident(), p.withDraft(p.shieldPage))
	d.Post("/utkast/:id/skydd", web.Resident(), p.withDraft(p.saveShield))
	d.Get("/utkast/:id/vem", web.Resident(), p.withDraft(p.behalfPage))
	d.Add(web.Route{
		Method: http.MethodPost, Pattern: "/utkast/:id/vem", Rule: web.Resident(), Handler: p.withDraft(p.saveBehalf),
		Body: uploadsAtOnce*p.UploadMax + web.FormLimit, Slow: true,
	})
	d.Get("/utkast/:id/namnder", web.Resident(), p.withDraft(p.controllersPage))
	d.Post("/utkast/:id/namnder", web.Resident(), p.withDraft(p.saveControllers))
	d.Get("/utkast/:id/om/:prefix", web.Resident(), p.withDraft(p.concernPage))
	d.Add(web.Route{
		Method: http.MethodPost, Pattern: "/utkast/:id/om/:prefix", Rule: web.Resident(), Handler: p.withDraft(p.saveConcern),
		Body: uploadsAtOnce*p.UploadMax + web.FormLimit, Slow: true,
	})
	d.Get("/utkast/:id/svar", web.Resident(), p.withDraft(p.answerPage))
	d.Post("/utkast/:id/svar", web.Resident(), p.withDraft(p.saveAnswer))
	d.Get("/utkast/:id/kontrollera", web.Resident(), p.withDraft(p.checkPage))
	d.Post("/utkast/:id/skicka", web.Resident(), p.send)
	d.Get("/utkast/:id/slang", web.Resident(), p.withDraft(p.discardPage))
	d.Post("/utkast/:id/slang", web.Resident(), p.discard)
	d.Get("/kvitto/:number", web.Resident(), p.receipt)
}

func (p *portal) mine(d *web.Door) {
	d.Get("/mina", web.Resident(), p.list)
	d.Get("/mina/:number", web.Resident(), p.request)
	d.Post("/mina/:number/meddelande", web.Resident(), p.reply)
	d.Post("/mina/:number/svara", web.Resident(), p.answerCase)
	d.Post("/mina/:number/skydd", web.Resident(), p.protect)
	d.Post("/mina/:number/fraga", web.Resident(), p.answerQuestion)
	d.Get("/mina/:number/ta-tillbaka", web.Resident(), p.withdrawPage)
	d.Post("/mina/:number/ta-tillbaka", web.Resident(), p.withdraw)
	d.Get("/mina/:number/overklaga/:prefix", web.Resident(), p.appealPage)
	d.Add(web.Route{
		Method: http.MethodPost, Pattern: "/mina/:number/overklaga/:prefix", Rule: web.Resident(), Handler: p.appeal,
		Body: uploadsAtOnce*p.UploadMax + web.FormLimit, Slow: true,
	})
	d.Get("/mina/:number/fil/:file", web.Resident(), p.askAgain)
	d.Get("/mina/:number/fil/:file/klar", web.Resident(), p.filePage)
	d.Post("/mina/:number/fil/:file", web.Resident(), p.openFile)
	d.Add(web.Route{
		Method: http.MethodGet, Pattern: "/mina/:number/fil/:file/hamta", Rule: web.Resident(), Handler: p.download, Slow: true,
	})
}

// actor is the resident that the guard let in.
func actor(c *gin.Context) models.Actor { return web.ActorOf(c) }
