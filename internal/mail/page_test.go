package mail_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestPage(t *testing.T) {
	t.Parallel()
	c := catcher(t)
	h := c.Handler(time.FixedZone("", 3600))
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return w
	}
	if w := get("/"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Inga mejl än") {
		t.Fatalf("empty: %d %s", w.Code, w.Body)
	}
	first, second := message("job-1"), message("job-2")
	first.Subject = "Först <script>alert(1)</script>"
	first.HTML = `<script>alert(1)</script><a href="https://insyn.kommun.example/">Hit</a>`
	second.Subject = "Sedan"
	s := sender(t, c.URL())
	for range 2 {
		if err := s.Send(t.Context(), first); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Send(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	list := get("/").Body.String()
	if strings.Contains(list, "<script>") || strings.Index(list, "Sedan") > strings.Index(list, "Först") || !strings.Contains(list, "Kom 2 gånger") {
		t.Errorf("list: %s", list)
	}
	one := get("/mejl/1")
	if body := one.Body.String(); !strings.Contains(body, `<a href="https://insyn.kommun.example/min">https://insyn.kommun.example/min</a>`) || strings.Contains(body, "<script>") ||
		!strings.Contains(body, "2027-03-01 10.00") {
		t.Errorf("mail: %s", body)
	}
	if p := one.Header().Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "script") {
		t.Errorf("policy %q", p)
	}
	if p := get("/mejl/1/html").Header().Get("Content-Security-Policy"); !strings.HasPrefix(p, "sandbox ") || strings.Contains(p, "allow-scripts") || !strings.Contains(p, "default-src 'none'") {
		t.Errorf("policy of the mail's own page %q", p)
	}
	for _, path := range []string{"/mejl/9", "/mejl/x", "/mejl/9/html", "/x"} {
		if w := get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
