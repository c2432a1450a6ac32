package main

import (
	"os"
	"path/filepath"
	"strings"

	"insyn/internal/visitor"
)

const (
	tourOwnTexts = tourAdmin + "/brev"
	tourHelpSlot = tourOwnTexts + "/del/help"
	tourHelpText = "Ring Servicecenter på 0980-31 92 00. Från och med i dag har vi öppet till klockan 18."
)

// ownTextIsWritten: the administrator changes what stands under “Behöver du hjälp?”. What would have contradicted the letter is
// refused, a slip is warned of, and the sample shows the text before it is saved.
func (t *tour) ownTextIsWritten() {
	davit := t.administrator()
	davit.open(tourOwnTexts).sees("Kommunens egna texter i brev", "Om du inte är nöjd", "Vi kan läsa brevet för dig.").misses(nameMaja, nameOmar, t.maja.number)
	text := func() *visitor.Form { return davit.form(visitor.HasField("swedish")) }
	davit.open(tourHelpSlot).send(text().Fill("swedish", "Det går inte att överklaga <b>beslutet</b>."), "Spara som ny version").status(422)
	davit.reads("Ordet ”överklaga” hör till de låsta delarna", "”<b>” är kod", "Det går inte att överklaga <b>beslutet</b>.")
	davit.send(text().Fill("swedish", "Skriv till service@exempelby."), "Spara som ny version").status(422).reads("”service@exempelby” ser inte ut som en mejladress.")

	english := "Call the service centre at +46 980 31 92 00. From today we are open until 6 pm."
	page := davit.page
	davit.at(page.Form(visitor.HasField("swedish")).Fill("swedish", tourHelpText).Fill("english", english).Submit(t.ctx, "Som PDF på svenska")).status(200)
	sample := t.aloud(davit.page.Body)
	for _, part := range []string{"Exempel. Personen finns inte", tourHelpText, "Förvaltningsrätten i Exempelstad", "tre veckor", "Integritetsskyddsmyndigheten", "Dataskyddsombud"} {
		t.check(strings.Contains(sample, part), "the sample letter: expected “%s”, but it says: %s", part, sample)
	}
	t.save("letters", "exempel.pdf", davit.page.Body)
	davit.open(tourHelpSlot).misses(tourHelpText)
	davit.send(text().Fill("swedish", tourHelpText).Fill("english", english), "Spara som ny version").sees("Texten är sparad som en ny version.", "Gäller nu")
	davit.follow("Se vad som ändrades").sees("öppet till klockan 18", "Vi kan läsa brevet för dig.")
	t.dso().open(tourHelpSlot).sees(tourHelpText).notOffered("to change the text", visitor.HasField("swedish"))
	t.tell("%s ändrar texten under ”Behöver du hjälp?”. Ett ord som hör till de låsta delarna tas inte emot, och exemplet visas innan det sparas", davit.name)
}

// lettersKeepTheirText: the letters that were sealed before are as they were, and those made since have the new text.
func (t *tour) lettersKeepTheirText() {
	for _, at := range t.maja.release {
		p := t.registrator(at)
		p.open(deskCase(t.maja.caseNo(at))).follow("Hämta brevet")
		t.check(string(p.page.Body) == t.maja.letters[at], "%s: the sealed letter has changed", at)
		t.check(!strings.Contains(t.aloud(p.page.Body), tourHelpText), "%s: the letter has a text that was written after it", at)
	}
	letter, err := os.ReadFile(filepath.Join(t.dir, "letters", "beslut-rattelse-BUN.pdf"))
	t.check(err == nil, "the letter of the rectification is not kept: %v", err)
	said := t.aloud(letter)
	t.check(strings.Contains(said, tourHelpText) && strings.Contains(said, "Vill du få brevet uppläst"), "the next letter: expected the new text, but it says: %s", said)
	t.tell("Breven som redan är fattade är orörda, byte för byte. Nästa brev har den nya texten")
}
