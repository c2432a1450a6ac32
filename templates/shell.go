package templates

// PortalShell is what the residents' header and footer show.
type PortalShell struct {
	LoggedIn  bool
	UserName  string // of the resident, when logged in
	Current   string // "start", "requests" or empty: which item of the menu this page is
	HomeURL   string // of the start page
	MineURL   string // of “Mina begäranden”
	LoginURL  string
	LogoutURL string // takes a POST
	LangURL   string // this page in the other language; empty: not offered
	// Links of the footer; an empty one is not shown.
	ContactURL       string
	DPOURL           string // “Skriv till dataskyddsombudet”
	PrivacyURL       string // “Så använder vi dina uppgifter här”
	AccessibilityURL string
	CookiesURL       string
	KeysURL          string // “Kontrollera ett paket”
}

// DeskShell is what the staff's header shows.
type DeskShell struct {
	UserName    string
	RoleLine    string // “Ombud, Socialnämnden”
	HomeURL     string
	Controllers []DeskController // when there is more than one, a menu to change between them
	SwitchURL   string           // the menu's form, a GET with controller=<ID>
	Nav         []NavItem
	SearchURL   string    // takes a POST with q, so that a name or number never is in an address; empty: no search
	Query       string    // what was searched for
	Menu        []NavItem // of the user's own menu, before “Logga ut”
	LogoutURL   string    // takes a POST
	LangURL     string
	HelpURL     string
}

// DeskController is a controller the user works for.
type DeskController struct {
	ID      string
	Name    string
	Open    int // open cases
	Current bool
}

// CurrentController is the one the user works for now; empty if there is no choice.
func (d DeskShell) CurrentController() string {
	for _, c := range d.Controllers {
		if c.Current {
			return c.Name
		}
	}
	return ""
}

// NavItem is an item of a menu.
type NavItem struct {
	URL     string
	Text    string
	Current bool
	Count   int // shown when not zero
}
