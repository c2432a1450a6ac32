package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/models"
)

// Rule says who may use a route. The zero Rule is no rule, and a route without a rule stops the program at start.
type Rule struct {
	// Kind is AnonymousKind for everyone, ResidentKind, InquirerKind or StaffKind.
	Kind models.ActorKind
	// Roles are the roles of staff of which one is needed; none means that any member of staff may.
	Roles []models.Role
}

// Public is the rule of a page for everyone.
func Public() Rule { return Rule{Kind: models.AnonymousKind} }

// Resident is the rule of a page for a person who has logged in.
func Resident() Rule { return Rule{Kind: models.ResidentKind} }

// Inquirer is the rule of a page for whoever has shown the one-time code of an inquiry.
func Inquirer() Rule { return Rule{Kind: models.InquirerKind} }

// Staff is the rule of a page for staff with one of the roles, or for any member of staff.
func Staff(roles ...models.Role) Rule { return Rule{Kind: models.StaffKind, Roles: roles} }

// admits tells whether an actor satisfies the rule.
func (r Rule) admits(a models.Actor) bool {
	switch r.Kind {
	case models.AnonymousKind:
		return true
	case models.ResidentKind:
		return a.Kind == models.ResidentKind && !a.Subject.IsZero()
	case models.InquirerKind:
		return a.Kind == models.InquirerKind && !a.Inquiry.IsZero()
	case models.StaffKind:
		return a.Kind == models.StaffKind && !a.Staff.IsZero() && (len(r.Roles) == 0 || slices.ContainsFunc(r.Roles, a.HasRole))
	case models.SystemKind:
		return false
	default:
		return false
	}
}

// Limits of a request's body in bytes.
const (
	FormLimit = 256 << 10
	noBody    = 0
)

// Route is one method and path, who may use it and what it does.
type Route struct {
	Method  string
	Pattern string
	Rule    Rule
	Handler func(*gin.Context) error
	// Body is the largest body in bytes; zero is FormLimit for POST and none for GET.
	Body int64
	// Slow gives the request a quarter of an hour instead of half a minute: uploads and downloads.
	Slow bool
}

// RouteInfo is a registered route as data, for the test that walks through all of them.
type RouteInfo struct {
	Door    string
	Method  string
	Pattern string
	Rule    Rule
}

// Door is one part of the site with users, sessions and looks of its own. A request belongs to the door with the longest
// prefix of its path.
type Door struct {
	Name string
	// Prefix is a path such as "/" or "/desk"; it ends at a slash or at the end of the path.
	Prefix string
	// Sessions loads and keeps the door's sessions; nil has none.
	Sessions func(http.Handler) http.Handler
	// Identify finds out who asks. It is called for routes that are not public. When nobody is logged in it answers the
	// request itself (a redirect to the login) and returns false.
	Identify func(*gin.Context) (models.Actor, bool, error)
	// ErrorPage is the template for failures, given a Failure as Data; "" answers in plain text.
	ErrorPage string
	// Shell is what the layout of the error page needs, for instance who is logged in. It may be called for any path below
	// the prefix, before or after Identify; it must not fail.
	Shell func(*gin.Context) any

	site *Site
}

// Door adds a door.
func (s *Site) Door(d Door) *Door {
	d.site = s
	door := &d
	if !strings.HasPrefix(d.Prefix, "/") {
		s.faults = append(s.faults, fmt.Errorf("door %s: the prefix must begin with a slash", d.Name))
	}
	s.doors = append(s.doors, door)
	return door
}

// Get registers a page.
func (d *Door) Get(pattern string, rule Rule, h func(*gin.Context) error) {
	d.Add(Route{Method: http.MethodGet, Pattern: pattern, Rule: rule, Handler: h})
}

// Post registers a form.
func (d *Door) Post(pattern string, rule Rule, h func(*gin.Context) error) {
	d.Add(Route{Method: http.MethodPost, Pattern: pattern, Rule: rule, Handler: h})
}

// Add registers a route. Faults are collected and told by Site.Handler.
func (d *Door) Add(r Route) {
	s := d.site
	if err := d.check(r); err != nil {
		s.faults = append(s.faults, fmt.Errorf("%s %s: %w", r.Method, r.Pattern, err))
		return
	}
	if r.Body == 0 && r.Method != http.MethodGet {
		r.Body = FormLimit
	}
	s.routes = append(s.routes, RouteInfo{d.Name, r.Method, r.Pattern, r.Rule})
	chain := []gin.HandlerFunc{s.limit(r), s.guard(d, r.Rule), s.wrap(r.Handler)}
	s.engine.Handle(r.Method, r.Pattern, chain...)
	if r.Method == http.MethodGet && r.Rule.Kind == models.AnonymousKind {
		// Only public pages: what HEAD of an answer's file means is not obvious, and an opening is a fact in law.
		s.engine.Handle(http.MethodHead, r.Pattern, chain...)
	}
}

func (d *Door) check(r Route) error {
	switch {
	case r.Handler == nil:
		return errors.New("the route has no handler")
	case r.Rule.Kind == "":
		return errors.New("the route has no access rule")
	case r.Rule.Kind != models.AnonymousKind && r.Rule.Kind != models.ResidentKind && r.Rule.Kind != models.InquirerKind && r.Rule.Kind != models.StaffKind:
		return errors.New("the access rule is of an unknown kind")
	case r.Rule.Kind != models.AnonymousKind && d.Identify == nil:
		return errors.New("the door cannot tell who asks")
	case d.site.doorOf(r.Pattern) != d:
		return errors.New("the path lies outside the door's prefix")
	}
	return nil
}

// Routes lists what is registered.
func (s *Site) Routes() []RouteInfo { return slices.Clone(s.routes) }

// unruled finds routes that came into the router another way than through a door.
func (s *Site) unruled() []error {
	var faults []error
	for _, r := range s.engine.Routes() {
		known := slices.ContainsFunc(s.routes, func(i RouteInfo) bool {
			head := r.Method == http.MethodHead && i.Method == http.MethodGet && i.Rule.Kind == models.AnonymousKind
			return i.Pattern == r.Path && (i.Method == r.Method || head)
		})
		if !known {
			faults = append(faults, fmt.Errorf("%s %s: the route has no access rule", r.Method, r.Path))
		}
	}
	return faults
}

// doorOf is the door a path belongs to, or nil.
func (s *Site) doorOf(path string) *Door {
	var best *Door
	for _, d := range s.doors {
		prefix := strings.TrimSuffix(d.Prefix, "/")
		rest, ok := strings.CutPrefix(path, prefix)
		if ok && (rest == "" || rest[0] == '/') && (best == nil || len(d.Prefix) > len(best.Prefix)) {
			best = d
		}
	}
	return best
}

// sessions puts each request under the sessions of its door. A request has those of one door only.
func (s *Site) sessions(next http.Handler) http.Handler {
	wrapped := make(map[*Door]http.Handler, len(s.doors))
	for _, d := range s.doors {
		wrapped[d] = next
		if d.Sessions != nil {
			wrapped[d] = d.Sessions(next)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := s.doorOf(r.URL.Path)
		state(r.Context()).door = d
		if h, ok := wrapped[d]; ok {
			h.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// guard lets in whom the rule admits.
func (s *Site) guard(d *Door, rule Rule) gin.HandlerFunc {
	return s.wrap(func(c *gin.Context) error {
		if rule.Kind == models.AnonymousKind {
			return nil
		}
		noStore(c)
		actor, ok, err := d.Identify(c)
		switch {
		case err != nil:
			return err
		case !ok:
			c.Abort()
			return nil
		}
		st := state(c.Request.Context())
		st.actor, st.identified = actor, true
		if !rule.admits(actor) {
			return ErrRole
		}
		return nil
	})
}

// ActorOf is who asks: on routes that are not public, whom the guard let in.
func ActorOf(c *gin.Context) models.Actor { return state(c.Request.Context()).actor }

// Mount serves everything below a path with another handler, for everyone: style sheets and the like. It gets no sessions.
func (s *Site) Mount(prefix string, h http.Handler) {
	d := s.Door(Door{Name: strings.Trim(prefix, "/"), Prefix: prefix})
	d.Get(strings.TrimSuffix(prefix, "/")+"/*file", Public(), func(c *gin.Context) error {
		h.ServeHTTP(c.Writer, c.Request)
		return nil
	})
}
