package main

import (
	"bytes"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"insyn/internal/pdf/merge"
	"insyn/internal/visitor"
	"insyn/models"
)

// postingID finds a letter's box on a control list.
var postingID = regexp.MustCompile(`name="letters" value="([0-9a-f-]{36})"`)

// lettersArePrinted: the registrator prints the controller's letters of the day as one file, the ombud gets the same one, and
// nobody else gets any. That the letters left is recorded once.
func (t *tour) lettersArePrinted(number string) {
	gunilla, ombud := t.registrator("KS"), t.ombud("KS")
	gunilla.open("/arbete").follow("Utskrift").sees("Brev att skriva ut", nameBritta, number, "Personen hämtar det på servicecenter")
	gunilla.send(gunilla.form(visitor.ActionEnds("/utskrift"), visitor.HasField("controller")), "").sees("Omgång 1", "Kontrollista", nameBritta, number, "Använd kuvert med fönster till höger.")
	batch := gunilla.page.URL.Path
	list := gunilla.page.Body
	ombud.open("/arbete/utskrift").sees("Omgång 1").open(batch).sees(nameBritta, number)
	first := t.takesBatch(gunilla, batch)
	second := t.takesBatch(ombud, batch)
	t.check(bytes.Equal(first, second), "%s: expected the same file that %s got, but got another", ombud.name, gunilla.name)
	t.save("letters", "utskrift-KS.pdf", first)
	gunilla.open(batch).sees("Hämtad två gånger", ombud.name)
	t.tell("Dagens brev blir en PDF. Registratorn och ombudet får samma fil, och båda gångerna står i omgången")
	madeUp := "/arbete/utskrift/" + models.NewID[models.PrintBatch]().String()
	for _, p := range []*person{t.servicecenter(), t.registrator("SN"), t.ombud("BUN")} {
		p.absent(batch, madeUp)
		p.absentPost(batch+"/pdf", madeUp+"/pdf", url.Values{})
	}
	t.servicecenter().open("/arbete/utskrift").misses(nameBritta, number)
	t.tell("Servicecenter och de andra nämnderna når varken listan eller filen")
	found := postingID.FindSubmatch(list)
	t.check(len(found) == 2, "%s: expected a box to tick on the control list", gunilla.name)
	on := t.today()
	sent := url.Values{"letters": {string(found[1])}, "sent-on-day": {strconv.Itoa(on.Day)}, "sent-on-month": {strconv.Itoa(int(on.Month))}, "sent-on-year": {strconv.Itoa(on.Year)}}
	gunilla.post(batch+"/postat", sent).sees("Sparat: breven är skickade.", "Lämnat till servicecenter i förslutet kuvert")
	t.tell("Kuvertet är förslutet och lämnat: det står i omgången och i ärendet")
}

// takesBatch takes a batch's file and holds it to what it should be: letters that begin on a sheet of their own.
func (t *tour) takesBatch(p *person, batch string) []byte {
	p.open(batch).send(p.form(visitor.ActionEnds("/pdf")), "").status(200)
	body := p.page.Body
	n, err := merge.Count(bytes.NewReader(body))
	t.must(err)
	t.check(n > 0 && strings.HasPrefix(string(body), "%PDF-"), "%s: expected a PDF with pages, but got %d pages", p.name, n)
	return body
}
