package handlers_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

const helpPath = "/arbete/administration/brev/del/help"

func helpForm(swedish, english, base string, more ...string) url.Values {
	v := url.Values{"swedish": {swedish}, "english": {english}, "base": {base}, "gor": {"spara"}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// TestAnAdministratorWritesAnOwnText: what is wrong stands beside the field and nothing typed is lost; the sample shows what is
// typed and saves nothing; then it is a version, which can be compared and gone back to.
func TestAnAdministratorWritesAnOwnText(t *testing.T) {
	t.Parallel()
	p := open(t)
	admin := p.staff(t, "admin")
	has := func(what string, code, want int, body string, words ...string) {
		t.Helper()
		if code != want {
			t.Errorf("%s: %d, want %d", what, code, want)
		}
		for _, w := range words {
			if !strings.Contains(html.UnescapeString(body), w) {
				t.Errorf("%s does not say %q", what, w)
			}
		}
	}
	code, body, _ := p.get(admin, "/arbete/administration/brev")
	has("the list", code, 200, body, "Beslutsbrev", "Om du inte är nöjd", "Inget skrivet", "Registerutdrag")
	code, body, _ = p.get(admin, "/arbete/administration/brev/exempel/decision?som=sida-sv")
	has("the sample of a document", code, 200, body, "Exempel. Personen finns inte", "överklaga")

	code, body, _ = p.post(admin, helpPath, helpForm("Ring <b>oss</b>.", "Call {name}.", "0"))
	has("markup", code, 422, body, "”<b>” är kod", "”{name}” är en lucka", "Ring <b>oss</b>.", "Call {name}.")
	if strings.Contains(body, "<b>oss") {
		t.Error("what was typed is markup on the page")
	}
	code, body, h := p.post(admin, helpPath, helpForm("Ring oss på 0980-31 92 10.", "Call us.", "0", "gor", "sida-sv"))
	has("the sample", code, 200, body, "Ring oss på 0980", "Exempel. Personen finns inte")
	if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("the sample may run things")
	}
	if _, body, _ = p.get(admin, helpPath); !strings.Contains(body, "Ingen har skrivit något här än.") {
		t.Error("the sample was saved")
	}

	// A slip is warned of once.
	code, body, _ = p.post(admin, helpPath, helpForm("Skriv till oss@exempelby.", "Write to us.", "0"))
	has("a slip", code, 422, body, "inte sparad än", "ser inte ut som en mejladress", "Skriv till oss@exempelby.")
	digest := regexp.MustCompile(`name="warned" value="([0-9a-f]{64})"`).FindStringSubmatch(body)
	if digest == nil {
		t.Fatal("the form does not carry what was warned of")
	}
	if code, _, h = p.post(admin, helpPath, helpForm("Skriv till oss@exempelby.", "Write to us.", "0", "warned", digest[1])); code != http.StatusSeeOther || h.Get("Location") != helpPath {
		t.Errorf("saved: %d to %s", code, h.Get("Location"))
	}
	code, body, _ = p.get(admin, helpPath)
	has("after", code, 200, body, "sparad som en ny version", "Version 1", "Gäller nu")

	// Somebody else was first: the page shows what they wrote, and what was typed is still in the form.
	code, body, _ = p.post(admin, helpPath, helpForm("Min egen text.", "My own text.", "0"))
	has("the conflict", code, 409, body, "Det här skrev någon annan", "oss@exempelby", "Min egen text.", `name="base" value="1"`)
	if code, _, _ = p.post(admin, helpPath, helpForm("Min egen text.", "My own text.", "1")); code != http.StatusSeeOther {
		t.Errorf("knowing of the other: %d", code)
	}
	code, body, _ = p.get(admin, helpPath+"/jamfor?fran=1&till=2")
	has("compared", code, 200, body, "<del>Skriv till oss@exempelby.</del>", "<ins>Min egen text.</ins>")
	if code, _, _ = p.post(admin, helpPath+"/tillbaka", url.Values{"earlier": {"1"}, "base": {"2"}}); code != http.StatusSeeOther {
		t.Errorf("back: %d", code)
	}
	code, body, _ = p.get(admin, helpPath)
	has("back", code, 200, body, "Version 3", "gäller igen")

	// The DSO reads it all and changes nothing.
	dso := p.staff(t, "dso SN")
	code, body, _ = p.get(dso, helpPath)
	has("the DSO's page", code, 200, body, "oss@exempelby", "Version 3", "Se vad som ändrades")
	if strings.Contains(body, "<textarea") || strings.Contains(body, "/tillbaka") {
		t.Error("the DSO is offered to change the text")
	}
	code, body, _ = p.get(dso, "/arbete/andringar")
	has("the changes", code, 200, body, "Egen text i brev ändrades: ”Behöver du hjälp?”, Kommunen, version 3.")
	if code, _, _ = p.post(dso, helpPath, helpForm("Ett.", "One.", "3")); code != http.StatusForbidden {
		t.Errorf("the DSO saves: %d", code)
	}
	// One committee's own.
	if code, _, h = p.post(admin, helpPath+"?namnd=SN", helpForm("Ring socialtjänsten.", "Call us.", "0")); code != http.StatusSeeOther || h.Get("Location") != helpPath+"?namnd=SN" {
		t.Errorf("a committee's own: %d to %s", code, h.Get("Location"))
	}
	code, body, _ = p.get(admin, "/arbete/administration/brev")
	has("the list", code, 200, body, "Egen text har", helpPath+"?namnd=SN", "Skriv till oss@exempelby.")
}
