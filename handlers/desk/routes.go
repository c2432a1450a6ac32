package desk

import (
	"net/http"

	"insyn/handlers/web"
	"insyn/models"
)

// root is the desk's first page and the prefix of all its addresses.
const root = "/arbete"

const (
	loginPath     = root + "/logga-in"
	answerPath    = loginPath + "/svar"
	logoutPath    = root + "/logga-ut"
	loggedOutPath = root + "/utloggad"
	switchPath    = root + "/namnd"
	searchPath    = root + "/sok"
	donePath      = root + "/klara"
	logPath       = root + "/laslogg"
	ownLogPath    = logPath + "/min"
	registerPath  = root + "/registrera"
	envelopesPath = root + "/kuvert"
)

func casePath(number string) string     { return root + "/arende/" + number }
func decisionPath(number string) string { return casePath(number) + "/beslut" }
func intakePath(number string) string   { return root + "/begaran/" + number }

// patience is how many times the largest file an upload may be before the connection is cut: what is beyond the largest
// file is read and thrown away, so that the browser gets to show what was wrong.
const patience = 4

// routes is every address of the desk with who may use it. What of a case each may see is decided by workflows; here is
// only which roles have anything to do at an address at all.
func (s *desk) routes(d *web.Door) {
	anyone, staff := web.Public(), web.Staff()
	cases := web.Staff(caseRoles()...)
	content := web.Staff(models.RoleOmbud, models.RoleDecider, models.RoleDSO)
	ombud := web.Staff(models.RoleOmbud)
	handlers := web.Staff(models.RoleOmbud, models.RoleDecider)
	intake := web.Staff(models.RoleServicecenter)

	// Login
	d.Get(loginPath, anyone, s.login)
	d.Get(answerPath, anyone, s.loginAnswer)
	d.Post(logoutPath, anyone, s.logout)
	d.Get(loggedOutPath, anyone, s.loggedOut)

	// The day
	d.Get(root, staff, s.today)
	d.Get(donePath, cases, s.done)
	d.Post(searchPath, staff, s.search)
	d.Get(switchPath, staff, s.switchController)
	d.Get(logPath, web.Staff(models.RoleDSO, models.RoleLogReviewer), s.allReading)
	d.Get(ownLogPath, staff, s.ownReading)

	// A case
	d.Get(root+"/arende/:number", cases, s.showCase)
	d.Get(root+"/arende/:number/beslut", content, s.showDecision)
	d.Get(root+"/arende/:number/brev", content, s.letter)
	d.Add(web.Route{Method: http.MethodGet, Pattern: root + "/arende/:number/utdrag", Rule: content, Handler: s.extract, Slow: true})
	d.Add(web.Route{Method: http.MethodGet, Pattern: root + "/arende/:number/fil/:file", Rule: cases, Handler: s.file, Slow: true})

	// Its forms
	rules := map[string]web.Rule{
		"kontroll":     web.Staff(models.RoleDSO),
		"forlang":      handlers,
		"tillbaka":     handlers,
		"anteckning":   handlers,
		"diarienummer": web.Staff(models.RoleRegistrator),
		"delgivning":   web.Staff(models.RoleRegistrator),
		"kuvert":       web.Staff(models.RoleRegistrator, models.RoleOmbud),
	}
	for _, f := range caseForms() {
		rule, ok := rules[f.name]
		if !ok {
			rule = ombud
		}
		d.Post(root+"/arende/:number/"+f.name, rule, s.submit(f))
	}
	d.Add(web.Route{Method: http.MethodPost, Pattern: root + "/arende/:number/underlag", Rule: ombud, Handler: s.addItem,
		Body: patience * s.UploadMax, Slow: true})
	d.Add(web.Route{Method: http.MethodPost, Pattern: root + "/arende/:number/overklagande",
		Rule: web.Staff(models.RoleRegistrator, models.RoleOmbud, models.RoleDecider), Handler: s.registerAppeal, Body: patience * s.UploadMax, Slow: true})
	d.Post(root+"/arende/:number/beslut", handlers, s.decide)
	d.Post(root+"/arende/:number/beslut/tillbaka", handlers, s.sendBack)

	d.Post(root+"/arende/:number/skydd", handlers, s.protectCase)
	s.administrationRoutes(d)
	s.letterRoutes(d)
	d.Get(bookPath, web.Staff(bookRoles()...), s.book)

	s.inquiryRoutes(d)
	s.printRoutes(d)

	// A request, for the servicecenter
	d.Get(root+"/begaran/:number", intake, s.showIntake)
	d.Post(root+"/begaran/:number/fraga", intake, s.askPerson)
	d.Post(root+"/begaran/:number/svar", intake, s.recordAnswer)
	d.Post(root+"/begaran/:number/lagg-till", intake, s.addController)
	d.Post(root+"/begaran/:number/ta-bort", intake, s.removeController)
	d.Post(root+"/begaran/:number/papper", intake, s.takePaper)
	d.Post(root+"/begaran/:number/skydd", intake, s.protectRequest)

	// At the desk, by phone, by letter; who asks, and by what right
	d.Get(registerPath, intake, s.newRegistration)
	d.Post(registerPath, intake, s.register)
	d.Get(root+"/begaran/:number/kvitto", intake, s.showReceipt)
	d.Add(web.Route{Method: http.MethodGet, Pattern: root + "/begaran/:number/kvittobrev", Rule: intake, Handler: s.receiptFile, Slow: true})
	d.Add(web.Route{Method: http.MethodGet, Pattern: root + "/begaran/:number/brev/:file", Rule: intake, Handler: s.noticeFile, Slow: true})
	d.Post(root+"/begaran/:number/skicka-vidare", intake, s.forwardRequest)
	d.Post(root+"/begaran/:number/identitet", intake, s.checkIdentity)
	d.Post(root+"/begaran/:number/godta", intake, s.verifyMandate)
	d.Post(root+"/begaran/:number/godta-inte", intake, s.rejectMandate)
	d.Post(root+"/begaran/:number/upphort", intake, s.endMandate)
	d.Add(web.Route{Method: http.MethodGet, Pattern: root + "/begaran/:number/fullmakt", Rule: intake, Handler: s.mandateFile, Slow: true})
	d.Get(envelopesPath, intake, s.showEnvelopes)
	d.Post(envelopesPath+"/lamna-ut", intake, s.handEnvelope)
	d.Post(envelopesPath+"/tillbaka", intake, s.returnEnvelope)
}
