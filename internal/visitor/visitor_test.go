package visitor_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"insyn/internal/visitor"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a site and a visitor of it.
func serve(t *testing.T, mux *http.ServeMux) (*visitor.Visitor, *httptest.Server) {
	t.Helper()
	s := httptest.NewServer(mux)
	v, err := visitor.New(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close(); s.Close() })
	return v, s
}

func page(body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		_, _ = io.WriteString(w, body)
	}
}

func get(t *testing.T, v *visitor.Visitor, address string) *visitor.Page {
	t.Helper()
	p, err := v.Get(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const formPage = `<!doctype html><h1>Begäran</h1>
<form method="post" action="/send?x=1"><input type="hidden" name="version" value="7"><input type="hidden" name="off" value="no" disabled>
<label for="t">Vad gäller&nbsp;det?</label><textarea id="t" name="text">gammalt</textarea>
<fieldset><legend>Vilka?</legend><label><input type="checkbox" name="who" value="KS">Kommun&shy;styrelsen</label>
<input type="checkbox" name="who" value="SN" id="sn" checked><label for="sn">Socialnämnden</label></fieldset>
<fieldset><legend>Hur?</legend><input type="radio" name="how" value="post" id="p"><label for="p">Post</label>
<input type="radio" name="how" value="portal" id="e"><label for="e">Här</label></fieldset>
<select name="lang"><option value="sv">Svenska<option value="en">English</select>
<fieldset disabled><input name="inside" value="never"></fieldset>
<button name="save" value="1">Spara</button><button name="go" value="2" formaction="/other">Skicka</button></form>
<form method="post" action="/discard"><button>Släng</button></form>
<input form="none" name="stray" value="x">`

func TestForms(t *testing.T) {
	t.Parallel()
	var got url.Values
	var path string
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", page(formPage))
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		if r.ParseForm() == nil {
			got, path = r.PostForm, r.URL.Path
		}
		http.Redirect(w, r, "/done#there", http.StatusSeeOther)
	})
	v, _ := serve(t, mux)
	p := get(t, v, "/")
	done, err := p.Form(visitor.HasButton("Skicka")).Fill("Vad gäller det?", "rad ett\nrad två").Tick("Vilka?", "Kommunstyrelsen").
		Untick("who", "SN").Choose("Hur?", "Här").Choose("lang", "English").Submit(t.Context(), "Skicka")
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"version": {"7"}, "text": {"rad ett\r\nrad två"}, "who": {"KS"}, "how": {"portal"}, "lang": {"en"}, "go": {"2"}}
	if fmt.Sprint(got) != fmt.Sprint(want) || path != "/other" {
		t.Errorf("sent %v to %s, want %v to /other", got, path, want)
	}
	if done.URL.Path != "/done" || done.URL.Fragment != "there" {
		t.Errorf("ended at %s", done.URL)
	}
	if _, err := p.Form(visitor.ActionEnds("/send")).Submit(t.Context(), "Spara"); err != nil {
		t.Fatal(err)
	}
	if want := (url.Values{"version": {"7"}, "text": {"gammalt"}, "who": {"SN"}, "lang": {"sv"}, "save": {"1"}}); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("untouched form sent %v, want %v", got, want)
	}
}

func TestFormsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", page(formPage))
	mux.HandleFunc("GET /strict", page(`<h1>Q</h1><form method=post action=/x><input name=a required><input name=b maxlength=3><input name=c readonly>
<input type=radio name=r value=1 required><button>Ok</button></form>`))
	mux.HandleFunc("POST /", func(http.ResponseWriter, *http.Request) { t.Error("a form was sent") })
	v, _ := serve(t, mux)
	p, q := get(t, v, "/"), get(t, v, "/strict")
	for name, f := range map[string]*visitor.Form{
		"no such form":   p.Form(visitor.ActionEnds("/nowhere")),
		"two forms":      p.Form(),
		"no field":       p.Form(visitor.HasButton("Skicka")).Fill("namn", "x"),
		"no choice":      p.Form(visitor.HasButton("Skicka")).Choose("how", "duva"),
		"hidden field":   p.Form(visitor.HasButton("Skicka")).Fill("version", "8"),
		"disabled field": p.Form(visitor.HasButton("Skicka")).Fill("inside", "x"),
		"no file field":  p.Form(visitor.HasButton("Skicka")).Attach("file", visitor.File{Name: "a"}),
		"required":       q.Form().Choose("r", "1"),
		"required radio": q.Form().Fill("a", "x"),
		"too long":       q.Form().Fill("a", "x").Choose("r", "1").Fill("b", "åäöx"),
		"read only":      q.Form().Fill("a", "x").Choose("r", "1").Fill("c", "x"),
	} {
		if _, err := f.Submit(t.Context(), ""); err == nil {
			t.Errorf("%s: sent", name)
		}
	}
	if _, err := p.Form(visitor.ActionEnds("/discard")).Submit(t.Context(), "Skicka"); err == nil {
		t.Error("another form's button was pressed")
	}
}

func TestFilesAreStreamed(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", page(`<form method="post" action="/up" enctype="multipart/form-data"><input name="title" value="T">
<input type="file" name="file"><input type="file" name="none"><button name="b" value="v">Ladda upp</button></form>`))
	var parts []string
	const size = 3 << 20
	mux.HandleFunc("POST /up", func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != -1 {
			t.Errorf("length %d is known beforehand", r.ContentLength)
		}
		mr, err := r.MultipartReader()
		for err == nil {
			var part interface {
				io.Reader
				FormName() string
				FileName() string
			}
			if part, err = mr.NextPart(); err != nil {
				break
			}
			n, _ := io.Copy(io.Discard, part)
			parts = append(parts, fmt.Sprintf("%s %q %d", part.FormName(), part.FileName(), n))
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /early", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusRequestEntityTooLarge) })
	v, _ := serve(t, mux)
	p := get(t, v, "/")
	if _, err := p.Form().Attach("file", visitor.File{Name: `a "b".txt`, Body: io.LimitReader(zeros{}, size)}).Submit(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	want := []string{`title "" 1`, fmt.Sprintf("file %q %d", `a %22b%22.txt`, size), `none "" 0`, `b "" 1`}
	if !slices.Equal(parts, want) {
		t.Errorf("got %q, want %q", parts, want)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestSaysWhereFrom(t *testing.T) {
	t.Parallel()
	other := http.NewServeMux()
	var foreign []string
	other.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		foreign = append(foreign, r.Method+" "+r.Header.Get("Sec-Fetch-Site")+" "+r.Header.Get("Referer"))
		http.Redirect(w, r, r.URL.Query().Get("back"), http.StatusSeeOther)
	})
	o := httptest.NewServer(other)
	defer o.Close()
	mux := http.NewServeMux()
	var seen []string
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		ref, _ := url.Parse(r.Header.Get("Referer"))
		seen = append(seen, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+r.Header.Get("Sec-Fetch-Site")+" "+ref.Path+" "+
			strings.TrimPrefix(r.Header.Get("Origin"), "http://"+r.Host)))
		if c, err := r.Cookie("s"); r.URL.Path == "/end" && (err != nil || c.Value != "1") {
			t.Error("the cookie was lost on the way")
		}
		http.SetCookie(w, &http.Cookie{Name: "s", Value: "1", Path: "/"})
		page(`<form method="post" action="/p"><button>Go</button></form><a href="`+o.URL+`?back=http://`+r.Host+`/end">Bort härifrån</a>`)(w, r)
	})
	v, _ := serve(t, mux)
	p := get(t, v, "/a?q=1")
	if _, err := p.Form().Submit(t.Context(), "Go"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Follow(t.Context(), "Bort"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"GET /a none", "POST /p same-origin /a", "GET /end same-site"}; !slices.Equal(seen, want) {
		t.Errorf("the site saw %q, want %q", seen, want)
	}
	if want := []string{"GET same-site "}; !slices.Equal(foreign, want) {
		t.Errorf("the other site saw %q, want %q", foreign, want)
	}
	if a := v.Addresses(); len(a) != 4 || !strings.HasSuffix(a[0], "/a?q=1") || !strings.HasPrefix(a[2], o.URL) {
		t.Errorf("addresses %q", a)
	}
}

func TestMindsFormPolicy(t *testing.T) {
	t.Parallel()
	far := httptest.NewServer(page("<h1>Borta</h1>"))
	defer far.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		policy := "default-src 'none'; form-action " + r.URL.Query().Get("may")
		page(`<form method="post" action="/go"><button>Go</button></form>`, "Content-Security-Policy", policy)(w, r)
	})
	mux.HandleFunc("POST /go", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, far.URL, http.StatusSeeOther) })
	v, _ := serve(t, mux)
	for may, ok := range map[string]bool{"'none'": false, "'self'": false, "'self' " + far.URL: true} {
		_, err := get(t, v, "/?may="+url.QueryEscape(may)).Form().Submit(t.Context(), "Go")
		if ok != (err == nil) || (!ok && !errors.Is(err, visitor.ErrPolicy)) {
			t.Errorf("form-action %s: %v", may, err)
		}
	}
}

func TestReadsPages(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", page(`<head><title>T&nbsp;1</title><style>no</style></head><h1>Dina  ärenden</h1><p>Den
 3&nbsp;maj <b>2027</b></p><ul><li class="case late" id=x data-k="SN">Social&shy;nämnden</li><li class="case">Kommun</li></ul><p hidden>dold</p>
<script>no</script><a href="/b">Gå vidare</a><a href="/c">Gå</a>`))
	mux.HandleFunc("GET /b", page("<h1>B</h1>"))
	mux.HandleFunc("GET /c", page("<h1>C</h1>"))
	mux.HandleFunc("GET /round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	v, _ := serve(t, mux)
	p := get(t, v, "/")
	if got, want := p.Text(), "Dina ärenden\nDen 3 maj 2027\nSocialnämnden\nKommun\nGå vidareGå"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if p.Heading() != "Dina ärenden" || p.Title() != "T 1" || !p.Has("den 3 maj"[1:], "Socialnämnden") || p.Has("dold") {
		t.Errorf("heading %q, title %q", p.Heading(), p.Title())
	}
	for selector, n := range map[string]int{"li": 2, ".case": 2, "li.case.late": 1, "#x": 1, "ul li[data-k=SN]": 1, "p li": 0, "[data-k]": 1} {
		if got := len(p.Find(selector)); got != n {
			t.Errorf("%s finds %d, want %d", selector, got, n)
		}
	}
	c, err := p.Follow(t.Context(), "Gå")
	if err != nil || c.Heading() != "C" {
		t.Errorf("followed to %v: %v", c, err)
	}
	if _, err := v.Get(t.Context(), "/round"); err == nil {
		t.Error("went round for ever")
	}
	if e := get(t, v, "/missing"); e.Status != http.StatusNotFound || e.Heading() != "" {
		t.Errorf("missing page: %d", e.Status)
	}
}
