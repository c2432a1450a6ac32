package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"path"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/visitor"
)

// diary writes in the number that the nämnd's own diary gave the case.
func (t *tour) diary(p *person, at, number string) {
	p.open(deskCase(t.maja.caseNo(at))).send(p.form(visitor.ActionEnds("/diarienummer")).Fill("number", number), "").sees("Diarienumret är sparat.", number)
}

// registryWorks: diary numbers, service by post, letters but no content.
func (t *tour) registryWorks() {
	t.diary(t.registrator("KS"), "KS", "KS-2027-00118")
	t.diary(t.registrator("SN"), "SN", "SN-2027-00042")
	t.diary(t.registrator("EBAB"), "EBAB", "E 14/2027")
	gunilla := t.registrator("KS")
	for _, at := range prefixes() {
		p := t.registrator(at)
		p.open(deskCase(t.maja.caseNo(at))).sees("Diarium och delgivning").misses(t.majaWords(at)).
			lacks("#eftersokning", "#underlag", "#forslag", "#kontroll", "#meddelanden", "#anteckningar")
		p.reads(officers()[at].ombud, "Beslut fattades").misses("Underlag lades till", "Underlag bedömdes", "Eftersökning intygades", "Anteckning sparades")
		p.notOffered("to search, mark, decide", visitor.ActionEnds("/intyga")).follow("Hämta brevet").status(200)
		t.check(string(p.page.Body) == t.maja.letters[at], "%s: expected the letter as it was decided, but got another", p.name)
		t.roleShut(p, deskCase(t.maja.caseNo(at))+"/beslut", deskCase("INS-2027-09999-"+at)+"/beslut")
		t.roleShut(p, deskCase(t.maja.caseNo(at))+"/brev", deskCase("INS-2027-09999-"+at)+"/brev")
	}
	t.tell("Registratorerna för in diarienummer och läser breven. Söklistor, underlag och anteckningar finns inte på deras sida")
	evidence := t.wrote("beviset för delgivningen", "Mottagningsbevis kvitterat vid disken av henne själv.", handlers("KS", gunilla.name)...)
	gunilla.open(deskCase(t.maja.caseNo("KS")))
	gunilla.send(onDay(gunilla.form(visitor.ActionEnds("/delgivning")).Choose("method", "post").Fill("evidence", evidence), "served-on", calendar.New(2027, 1, 31)), "").
		status(422).reads("Datumet ligger före den dag beslutet lämnades ut.")
	gunilla.send(onDay(gunilla.form(visitor.ActionEnds("/delgivning")).Choose("method", "post").Fill("evidence", evidence), "served-on", t.today()), "")
	t.expect("letter", t.maja.number, mailMaja)
	gunilla.sees("Delgivningen är sparad.", "Post med mottagningsbevis", longDate(t.today()))
	t.tell("Kommunstyrelsens beslut delges med post %s. Ett datum före beslutet tas inte emot", longDate(t.today()))
}

// answer is a released file as the person fetched it.
type answer struct {
	at, kind, name string
	body           []byte
}

// majaReads: reminded of what lies unopened; opens every file after a fresh login, and the hashes agree.
func (t *tour) majaReads() {
	maja := t.resident(nameMaja)
	t.expect("reminder-unopened", t.maja.number, mailMaja)
	t.expect("reminder-unopened", t.maja.number, mailMaja)
	t.turnTo(calendar.New(2027, 2, 12))
	t.tell("Två svar ligger oöppnade i en vecka: Maja får en påminnelse om vart och ett, och inget om det som kom med posten")
	maja.open("/mina").sees("Det finns ett svar att öppna.").follow(t.maja.number)
	maja.sees("Allt är klart", "Svaret finns att hämta.")
	var fetched []answer
	for _, at := range t.maja.release {
		fetched = append(fetched, t.fetchAll(maja, at)...)
	}
	t.lettersAreThoseDecided(fetched)
	t.extractsAgree(fetched)
	t.packagesHold(maja, fetched)
	t.neutralSaysNothing(fetched)
	maja.open("/mina/"+t.maja.number).sees("Du öppnade det", "Du kan överklaga senast fredag "+longDate(calendar.New(2027, 3, 5)))
	t.check(strings.Count(maja.page.Text(), "Du kan överklaga senast") == 1, "Maja: expected one last day for appeal, the social committee's, but saw more")
	t.tell("Sista dag att överklaga socialnämndens beslut: %s, tre veckor från dagen hon öppnade det", longDate(calendar.New(2027, 3, 5)))
	t.decider("SN").open(deskCase(t.maja.caseNo("SN"))).sees("Öppnat av sökanden", longDate(calendar.New(2027, 3, 5)))
	t.registrator("SN").open(deskCase(t.maja.caseNo("SN"))).sees("Öppnat i e-tjänsten", longDate(calendar.New(2027, 3, 5)))
}

// fetchAll opens every file of one controller's answer.
func (t *tour) fetchAll(p *person, at string) []answer {
	p.open("/mina/" + t.maja.number)
	var links []string
	for _, l := range p.page.Find("#hamta-" + at + " a[href]") {
		links = append(links, l.Attr("href"))
	}
	var out []answer
	for i, href := range links {
		a := t.fetch(p, at, href, i == 0)
		t.save("released", at+" "+a.name, a.body)
		out = append(out, a)
	}
	t.check(len(out) >= 4, "Maja: expected a letter and an extract in three forms from %s, but found %d files", at, len(out))
	t.tell("%s: %d filer, var och en efter ny e-legitimation", at, len(out))
	return out
}

// fetch opens one file: the e-ID again, a button, the bytes; and neither without the login nor twice on the same one.
func (t *tour) fetch(p *person, at, href string, first bool) answer {
	list := p.page
	if first {
		p.at(list.Send(t.ctx, href, url.Values{}))
		t.atProvider(p, "opening a file without a fresh login")
	}
	p.at(list.Open(t.ctx, href))
	t.atProvider(p, "opening a file")
	p.identify().sees("nu vet vi att det är du")
	ready := p.page
	p.send(p.form(visitor.ActionEnds(lastPart(list.Resolve(href)))), "").status(200)
	kind, name := fileKind(p.page)
	a := answer{at: at, kind: kind, name: name, body: p.page.Body}
	if first {
		p.at(ready.Send(t.ctx, href, url.Values{}))
		t.check(string(p.page.Body) == string(a.body), "%s: expected the same opening, pressed again, to give the same bytes, but got others", p.name)
	}
	p.page = list
	return a
}

// atProvider demands that the browser was sent to the e-ID provider.
func (t *tour) atProvider(p *person, what string) {
	t.check(strings.HasPrefix(p.page.URL.String(), t.stack.IdP.URL()), "%s: expected %s to ask for the e-ID, but came to %s (%d)", p.name, what, p.page.URL.Path, p.page.Status)
}

// fileKind is the media type and the name a download has.
func fileKind(p *visitor.Page) (kind, name string) {
	kind, _, _ = strings.Cut(p.Header.Get("Content-Type"), ";")
	return kind, p.FileName()
}

func find(all []answer, at, ending string, prefix ...string) *answer {
	for i, a := range all {
		if a.at == at && path.Ext(a.name) == ending && (len(prefix) == 0 || strings.HasPrefix(a.name, prefix[0])) {
			return &all[i]
		}
	}
	return nil
}

// lettersAreThoseDecided compares what the person got with what the desk decided and the database sealed by hash.
func (t *tour) lettersAreThoseDecided(fetched []answer) {
	for _, at := range prefixes() {
		letter := find(fetched, at, ".pdf", "Beslut ")
		t.check(letter != nil, "Maja: expected the letter of %s among the files, but it is not there", at)
		t.check(string(letter.body) == t.maja.letters[at], "Maja: expected the letter of %s to be the one that was decided, but it differs", at)
		_, sealed := t.sealed(at)
		t.check(sum(letter.body) == sealed, "Maja: expected the letter of %s to have the hash of the decision, but it has another", at)
	}
	t.tell("Breven är byte för byte de som beslutades (SHA-256 i beslutet)")
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// sealed are the hashes that the decision was made on: of the manifest and of the letter.
func (t *tour) sealed(at string) (manifest, letter string) {
	t.look([]any{&manifest, &letter}, "select encode(d.manifest_sha, 'hex'), encode(d.letter_sha, 'hex') from decisions d join cases c on c.id = d.case_id where c.number = $1",
		t.maja.caseNo(at))
	return manifest, letter
}

// extractJSON is what the tour reads of an extract for machines.
type extractJSON struct {
	Case     string `json:"case"`
	Manifest string `json:"manifest_sha256"`
	Systems  []struct {
		Name  string `json:"name"`
		Items []struct {
			Title  string `json:"title"`
			Text   string `json:"text"`
			File   string `json:"file"`
			SHA256 string `json:"sha256"`
		} `json:"items"`
	} `json:"systems"`
}

// extractsAgree: every item's bytes have the hash that JSON and table say, and the manifest is the decided one.
func (t *tour) extractsAgree(fetched []answer) {
	items := 0
	for _, at := range prefixes() {
		data, table := find(fetched, at, ".json", "Registerutdrag"), find(fetched, at, ".csv", "Registerutdrag")
		t.check(data != nil && table != nil && find(fetched, at, ".pdf", "Registerutdrag") != nil, "Maja: expected extracts of %s as PDF, JSON and CSV", at)
		var x extractJSON
		t.must(json.Unmarshal(data.body, &x))
		manifest, _ := t.sealed(at)
		if at != "SN" {
			t.check(x.Manifest == manifest, "Maja: expected the extract of %s to name the decided manifest, but it does not", at)
		}
		t.check(x.Case == t.maja.caseNo(at), "Maja: expected the extract of %s to name its case, but it names %s", at, x.Case)
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(table.body, []byte("\uFEFF"))))
		r.Comma = ';'
		rows, err := r.ReadAll()
		t.must(err)
		for _, s := range x.Systems {
			for _, i := range s.Items {
				items++
				body := []byte(i.Text)
				if i.File != "" {
					f := t.fileNamed(fetched, at, path.Base(i.File))
					body = f.body
				}
				t.check(sum(body) == i.SHA256, "Maja: expected “%s” of %s to have the hash the extract says, but it has another", i.Title, at)
				t.check(hasRow(rows, i.SHA256), "Maja: expected the table of %s to have a row for each item, but one is missing", at)
			}
		}
	}
	t.check(items == 4, "Maja: expected four released items, but the extracts have %d", items)
	t.tell("Fyra poster lämnades ut. Varje posts SHA-256 stämmer med utdraget som JSON och som tabell")
}

func hasRow(rows [][]string, cell string) bool {
	for _, row := range rows {
		for _, c := range row {
			if c == cell {
				return true
			}
		}
	}
	return false
}

func (t *tour) fileNamed(fetched []answer, at, name string) answer {
	for _, a := range fetched {
		if a.at == at && a.name == name {
			return a
		}
	}
	t.fail("Maja: expected the file “%s” of %s among her files, but it is not there", name, at)
	return answer{}
}

// neutralSaysNothing: the social committee's files say only what Maja said herself.
func (t *tour) neutralSaysNothing(fetched []answer) {
	for _, a := range fetched {
		if a.at != "SN" {
			continue
		}
		if path.Ext(a.name) == ".pdf" {
			a.body = []byte(t.aloud(a.body))
		}
		for _, w := range t.words {
			if strings.HasPrefix(w.what, "SN: ") {
				t.check(!bytes.Contains(a.body, []byte(w.text)), "Maja: expected nothing secret in %s, but it has what is “%s”", a.name, w.what)
			}
		}
		t.check(!bytes.Contains(a.body, []byte("Vivera")), "Maja: expected %s not to tell which systems had anything, but it names one", a.name)
	}
	t.tell("I socialnämndens filer står inget om vad som finns, var det finns eller hur mycket")
}
