package portal_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// ranged asks for a part of a file, as a browser does that goes on with a download.
func (b *browser) ranged(path string, header ...string) page {
	b.w.t.Helper()
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodGet, b.absolute(path), nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return b.do(req)
}

// openLetter logs in for the letter and opens it.
func (b *browser) openLetter(letter string) {
	b.w.t.Helper()
	p := b.choose(b.get(letter), "maja").want(http.StatusOK, letter+"/klar")
	if p = b.postAs(p, letter, nil).want(http.StatusOK, letter+"/hamta"); p.body != letterBytes {
		b.w.t.Fatalf("got %q", p.body)
	}
}

// TestADownloadGoesOnWhereItWas: whole, in ranges, by the hash; and what is asked for wrongly is told so.
func TestADownloadGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	letter := ownPage + "/fil/" + w.withRequest(b).Cases[0].Letter.ID.String()
	b.openLetter(letter)
	at := letter + "/hamta"
	p := b.get(at)
	tag := p.header.Get("ETag")
	if p.status != http.StatusOK || p.header.Get("Accept-Ranges") != "bytes" || tag != `"a1b2"` || p.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", p.status, p.header)
	}
	whole := ""
	for from := 0; from < len(letterBytes); from += 4 {
		p := b.ranged(at, "Range", "bytes="+strconv.Itoa(from)+"-"+strconv.Itoa(from+3), "If-Range", tag)
		if p.status != http.StatusPartialContent {
			t.Fatalf("%d from %d on", p.status, from)
		}
		whole += p.body
	}
	if whole != letterBytes {
		t.Errorf("the ranges are %q", whole)
	}
	if p := b.ranged(at, "Range", "bytes=-4"); p.status != http.StatusPartialContent || p.body != letterBytes[len(letterBytes)-4:] {
		t.Errorf("the last four bytes: %d %q", p.status, p.body)
	}
	// Another file than the one that was begun comes whole.
	if p := b.ranged(at, "Range", "bytes=5-", "If-Range", `"c3d4"`); p.status != http.StatusOK || p.body != letterBytes {
		t.Errorf("another file: %d %q", p.status, p.body)
	}
	if p := b.ranged(at, "Range", "bytes=99999-"); p.status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("beyond the end: %d", p.status)
	}
	if len(w.u.opened) != 1 {
		t.Errorf("%d openings", len(w.u.opened))
	}
}

// TestOnlyWhoOpenedAFileMayFetchIt: nothing is fetched ahead of an opening, after its time, by somebody else, in another browser
// or when the person may not any more.
func TestOnlyWhoOpenedAFileMayFetchIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	letter := ownPage + "/fil/" + w.withRequest(b).Cases[0].Letter.ID.String()
	if p := b.get(letter + "/hamta"); p.find("button", "value", "maja") == nil || len(w.u.opened) != 0 || w.u.reopened != 0 {
		t.Fatalf("before it is opened: %d %s", p.status, p.url)
	}
	b.openLetter(letter)
	elsewhere := w.browser()
	elsewhere.login("maja")
	if p := elsewhere.get(letter + "/hamta"); p.find("button", "value", "maja") == nil {
		t.Errorf("in another browser: %d %s", p.status, p.url)
	}
	// A login for something else in the same browser leaves it alone.
	p := b.choose(b.get(letter), "maja")
	p.want(http.StatusOK, letter+"/klar")
	b.get(letter+"/hamta").want(http.StatusOK, letter+"/hamta")

	w.u.mu.Lock()
	w.u.over = true
	w.u.mu.Unlock()
	if p := b.get(letter + "/hamta"); p.status != http.StatusNotFound {
		t.Errorf("when they may not any more: %d", p.status)
	}
	w.u.mu.Lock()
	w.u.over = false
	w.u.mu.Unlock()
	if p := b.choose(b.get(letter), "olof"); p.status != http.StatusNotFound {
		t.Errorf("somebody else: %d", p.status)
	}
	asked := w.u.asked
	if p := b.get(letter + "/hamta"); p.status != http.StatusNotFound || w.u.asked != asked {
		t.Errorf("somebody else, on the same computer: %d, asked for %d times", p.status, w.u.asked-asked)
	}
	b.post("/logga-ut", nil)
	b.login("maja")
	if p := b.get(letter + "/hamta"); p.find("button", "value", "maja") == nil {
		t.Errorf("after a login: %d %s", p.status, p.url)
	}
	b.openLetter(letter)
	w.clock.Advance(29 * time.Minute)
	b.get(letter+"/hamta").want(http.StatusOK, letter+"/hamta")
	w.clock.Advance(2 * time.Minute)
	if p := b.get(letter + "/hamta"); p.find("button", "value", "maja") == nil {
		t.Errorf("after half an hour: %d %s", p.status, p.url)
	}
}
