package mail

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
)

//go:embed page
var pageFiles embed.FS

// Handler serves the catcher as a mailbox for the demo, in Swedish: the list
// newest first at "/", a mail at "/mejl/{seq}". Text is shown with its links;
// the HTML version runs in a frame where nothing can run. Times are shown in
// zone.
func (c *Catcher) Handler(zone *time.Location) http.Handler {
	p := page{c: c, zone: zone}
	p.t = template.Must(template.New("").Funcs(template.FuncMap{"when": p.when, "pieces": pieces}).ParseFS(pageFiles, "page/*.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.list)
	mux.HandleFunc("GET /mejl/{seq}", p.one)
	mux.HandleFunc("GET /mejl/{seq}/html", p.html)
	mux.HandleFunc("GET /mejl.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, pageFiles, "page/mejl.css")
	})
	return mux
}

type page struct {
	c    *Catcher
	zone *time.Location
	t    *template.Template
}

// listPolicy allows our own style sheet and frame, and nothing else.
const listPolicy = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// bodyPolicy puts the mail's HTML in a sandbox without scripts, forms, or
// anything fetched. Links may open a new tab, since that is what mails are for.
const bodyPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"

func (p page) list(w http.ResponseWriter, _ *http.Request) {
	mails := p.c.Messages()
	slices.Reverse(mails)
	p.render(w, "lista.html", mails)
}

func (p page) one(w http.ResponseWriter, r *http.Request) {
	if m, ok := p.find(r); ok {
		p.render(w, "mejl.html", m)
		return
	}
	http.Error(w, "Mejlet finns inte.", http.StatusNotFound)
}

func (p page) html(w http.ResponseWriter, r *http.Request) {
	m, ok := p.find(r)
	if !ok || m.HTML == "" {
		http.Error(w, "Mejlet finns inte.", http.StatusNotFound)
		return
	}
	headers(w, bodyPolicy)
	_, _ = w.Write([]byte(`<base target="_blank">` + m.HTML))
}

func (p page) find(r *http.Request) (Caught, bool) {
	seq, err := strconv.Atoi(r.PathValue("seq"))
	if err != nil {
		return Caught{}, false
	}
	for _, m := range p.c.Messages() {
		if m.Seq == seq {
			return m, true
		}
	}
	return Caught{}, false
}

func (p page) render(w http.ResponseWriter, name string, data any) {
	var b bytes.Buffer
	if err := p.t.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, "Sidan kan inte visas.", http.StatusInternalServerError)
		return
	}
	headers(w, listPolicy)
	_, _ = b.WriteTo(w)
}

func headers(w http.ResponseWriter, policy string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

func (p page) when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(p.zone).Format("2006-01-02 15.04")
}

// piece is a run of text, or a link.
type piece struct {
	Text string
	Link bool
}

var linkPattern = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)]`)

// pieces splits a mail's text so that its web addresses can be pressed.
func pieces(text string) []piece {
	var out []piece
	at := 0
	for _, m := range linkPattern.FindAllStringIndex(text, -1) {
		if m[0] > at {
			out = append(out, piece{Text: text[at:m[0]]})
		}
		out = append(out, piece{Text: text[m[0]:m[1]], Link: true})
		at = m[1]
	}
	if at < len(text) {
		out = append(out, piece{Text: text[at:]})
	}
	return out
}
