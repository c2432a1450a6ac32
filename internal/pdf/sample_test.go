package pdf_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"insyn/internal/pdf"
)

func txt(s string) []pdf.Span { return []pdf.Span{{Text: s}} }

// mark is the demo municipality's mark.
const markSVG = `<svg viewBox="0 0 44 44" xmlns="http://www.w3.org/2000/svg"><rect width="44" height="44" rx="10" fill="#14524a"/><circle cx="30" cy="14" r="5" fill="#e0a03f"/><path d="M0 27c8-8 15-8 22-1s14 7 22 0v8c0 5.5-4.5 10-10 10H10C4.5 44 0 39.5 0 34Z" fill="#fff" fill-opacity=".92"/><path d="M0 34c8-6 15-5 22 0s14 6 22 1c-.4 5.100-4.800 9-10 9H10C4.5 44 0 39.5 0 34Z" fill="#14524a" fill-opacity=".55"/></svg>`

var meta = pdf.Meta{Title: "Beslut om registerutdrag", Author: "Socialnämnden, Exempelby kommun", Subject: "SN-2027-00118", Lang: "sv-SE",
	Running: "INS-2027-00042-SN", Created: time.Date(2027, 4, 30, 9, 0, 0, 0, time.UTC)}

// letter is the decision letter of the design's picture.
func letter(t testing.TB, o pdf.Options) []byte {
	t.Helper()
	logo, err := pdf.ParseLogo([]byte(markSVG))
	if err != nil {
		t.Fatal(err)
	}
	return document(t, meta, o, func(w *pdf.Writer) {
		w.Letterhead(pdf.Letterhead{Logo: logo, LogoAlt: "Exempelby kommuns märke", Sender: []string{"Exempelby kommun", "Socialnämnden"},
			Facts: []pdf.Fact{{Term: txt("Datum"), Def: txt("30 april 2027")}, {Term: txt("Diarienummer"), Def: txt("SN-2027-00118")}, {Term: txt("Ärende"), Def: txt("INS-2027-00042-SN")}},
			To:    []string{"Maja Lindqvist", "Björkvägen 4", "999 91 Exempelby"}})
		w.Heading(1, pdf.Span{Text: "Beslut om registerutdrag"})
		w.Heading(2, pdf.Span{Text: "Beslut"})
		w.Paragraph(pdf.Style{}, pdf.Span{Text: "Du får en kopia av de uppgifter vi har om dig, 56 sidor. Två handlingar lämnar vi inte ut."})
		w.Heading(2, pdf.Span{Text: "Därför får du inte två av handlingarna"})
		w.Paragraph(pdf.Style{}, pdf.Span{Text: "En skrivelse från september 2025.", Bold: true}, pdf.Span{Text: " Den innehåller uppgifter som en annan person har lämnat. Personen kan ta skada om vi lämnar ut dem. Uppgifterna är därför hemliga, även för dig. Det står i 26 kap. 5 § offentlighets- och sekretesslagen. Vad som är hemligt för dig har du inte rätt att få i ett registerutdrag, enligt 5 kap. 1 § dataskyddslagen."})
		w.Paragraph(pdf.Style{}, pdf.Span{Text: "En utredning som vi har börjat skriva.", Bold: true}, pdf.Span{Text: " Texten är inte färdig och ingen annan har fått den. Rätten till registerutdrag gäller inte sådan text. Det står i 5 kap. 2 § dataskyddslagen."})
		w.Heading(2, pdf.Span{Text: "Det här har hänt"})
		w.Paragraph(pdf.Style{}, pdf.Span{Text: "Du bad om ett registerutdrag torsdag 1 april 2027. Vi har letat i 13 av våra system. I ett system finns inspelningar som raderas efter 48 timmar, och där fanns inget kvar. Dataskyddsombudet har fått titta på underlaget."})
		w.Heading(2, pdf.Span{Text: "Så får du uppgifterna"})
		w.Paragraph(pdf.Style{}, pdf.Span{Text: "Logga in i e‑tjänsten Insyn med din e‑legitimation. Där kan du hämta dem till och med fredag 30 juli 2027. I bilagan står varför vi har uppgifterna, hur länge vi sparar dem, vem som har fått dem och vilka rättigheter du har."})
		w.Paragraph(pdf.Style{Keep: true}, pdf.Span{Text: "Karin Åhl\nFörvaltningschef"})
		w.Paragraph(pdf.Style{Size: pdf.Small, Muted: true}, pdf.Span{Text: "Beslutet är fattat på delegation, punkt 4.3 i Socialnämndens delegeringsförteckning, och är godkänt digitalt. Därför saknas underskrift."})
		w.BeginBox()
		w.Heading(2, pdf.Span{Text: "Om du inte är nöjd"})
		w.Paragraph(pdf.Style{}, pdf.Span{Text: "Du kan överklaga beslutet hos Förvaltningsrätten i Exempelstad. Skriv till rätten, men skicka brevet till oss på Socialnämnden. Det ska ha kommit till oss inom "}, pdf.Span{Text: "tre veckor", Bold: true}, pdf.Span{Text: " från den dag du fick beslutet. Öppnar du beslutet i e‑tjänsten är det den dagen som räknas."})
		w.Paragraph(pdf.Style{Keep: true}, pdf.Span{Text: "Skriv"})
		w.List(false, txt("vilket beslut du överklagar, gärna numret SN-2027-00118"), txt("hur du vill att beslutet ska ändras och varför"), txt("ditt namn, personnummer, telefonnummer och din adress."))
		w.Paragraph(pdf.Style{}, pdf.Span{Text: "Skicka till Socialnämnden, Exempelby kommun, 999 99 Exempelby, eller svara i e‑tjänsten. Vi prövar först om vi själva ska ändra beslutet. Annars skickar vi allt vidare till rätten."})
		w.Paragraph(pdf.Style{}, pdf.Span{Text: "Du kan också klaga hos Integritetsskyddsmyndigheten, "}, pdf.Span{Text: "imy.se", URI: "https://www.imy.se/"}, pdf.Span{Text: ". Det kostar inget."})
		w.EndBox()
		w.Columns([][]pdf.Span{{{Text: "Socialnämnden", Bold: true}}, txt("Exempelby kommun"), txt("999 99 Exempelby")},
			[][]pdf.Span{{{Text: "Besök och telefon", Bold: true}}, txt("Stadshuset, Torggatan 1"), txt("0980-31 92 00")},
			[][]pdf.Span{{{Text: "Dataskyddsombud", Bold: true}}, {{Text: "dataskyddsombudet@exempelby.example", URI: "mailto:dataskyddsombudet@exempelby.example"}}, txt("0980-31 92 20")})
	})
}

// extract uses everything there is.
func extract(t testing.TB, o pdf.Options) []byte {
	t.Helper()
	m := meta
	m.Title = "Registerutdrag"
	draw := func(entries []pdf.Entry) func(w *pdf.Writer) {
		return func(w *pdf.Writer) {
			w.Heading(1, pdf.Span{Text: "Registerutdrag"})
			w.Paragraph(pdf.Style{Size: pdf.Lead}, pdf.Span{Text: "Det här är de uppgifter som Exempelby kommun har om dig."})
			if entries != nil {
				w.Contents(entries)
			}
			for i := range 6 {
				w.Heading(2, pdf.Span{Text: fmt.Sprintf("Verksamhet %d", i+1)})
				w.Facts(pdf.Fact{Term: txt("Varför"), Def: txt("Handläggning av ansökningar om ekonomiskt bistånd enligt socialtjänstlagen.")},
					pdf.Fact{Term: txt("Hur länge"), Def: txt("Fem år efter sista anteckningen.")})
				w.Heading(3, pdf.Span{Text: "System Ärendehanteringssystemet"})
				w.Paragraph(pdf.Style{}, pdf.Span{Text: "Ord på engelska: ", Italic: true}, pdf.Span{Text: "right of access", Lang: "en"}, pdf.Span{Text: ". Kod "}, pdf.Span{Text: "A_12/9", Mono: true},
					pdf.Span{Text: ". Läs mer på "}, pdf.Span{Text: "kommunens sida om rätten att få ett registerutdrag och hur du gör för att begära det", URI: "https://www.exempelby.example/dataskydd"}, pdf.Span{Text: " i dag."})
				w.BeginTable(pdf.TableSpec{Columns: []float64{1, 3, 2}, Head: [][]pdf.Span{txt("Datum"), txt("Anteckning"), txt("Av")}, RowHeads: true})
				for r := range 12 {
					w.Row(txt(fmt.Sprintf("2026-%02d-14", r+1)), txt(strings.Repeat("Samtal om arbetsmarknadsförvaltningens bedömning. ", r%4+1)), txt("Handläggare"))
				}
				if i == 3 {
					w.Row(txt("lång"), txt(strings.Repeat("En mycket lång anteckning som går över flera sidor. ", 220)), txt("Handläggare"))
				}
				w.EndTable()
			}
		}
	}
	var s pdf.Summary
	run := func(d func(*pdf.Writer)) []byte {
		var b bytes.Buffer
		w, err := pdf.New(&b, m, o)
		if err != nil {
			t.Fatal(err)
		}
		d(w)
		if s, err = w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	run(draw(nil))
	run(draw(s.Headings))
	return run(draw(s.Headings))
}

// document writes one document.
func document(t testing.TB, m pdf.Meta, o pdf.Options, draw func(*pdf.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := pdf.New(&b, m, o)
	if err != nil {
		t.Fatal(err)
	}
	draw(w)
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// everything has all that can be in a document, pictures of both kinds too, on few pages.
func everything(t testing.TB, o pdf.Options) []byte {
	t.Helper()
	drawing, err := pdf.ParseLogo([]byte(markSVG))
	if err != nil {
		t.Fatal(err)
	}
	picture, err := pdf.ParseLogo(chequers(t))
	if err != nil {
		t.Fatal(err)
	}
	return document(t, meta, o, func(w *pdf.Writer) {
		w.Letterhead(pdf.Letterhead{Logo: drawing, LogoAlt: "Exempelby kommuns märke", Sender: []string{"Exempelby kommun", "Barn- och utbildningsnämnden"},
			Facts: []pdf.Fact{{Term: txt("Datum"), Def: txt("30 april 2027")}}, To: []string{"Maja Lindqvist", "c/o Andersson", "Björkvägen 4, lgh 1102", "999 91 Exempelby", "Sverige"}})
		w.Heading(1, pdf.Span{Text: "Allt på en gång"})
		w.Contents([]pdf.Entry{{Level: 2, Title: "Text", Page: 1}, {Level: 3, Title: "Djupare", Page: 1}, {Level: 2, Title: "Ingen sådan rubrik", Page: 2}})
		w.Heading(2, pdf.Span{Text: "Text"})
		w.Paragraph(pdf.Style{Size: pdf.Lead}, pdf.Span{Text: "Fet", Bold: true}, pdf.Span{Text: ", kursiv", Italic: true}, pdf.Span{Text: ", båda", Bold: true, Italic: true}, pdf.Span{Text: ", kod", Mono: true}, pdf.Span{Text: ", svag", Muted: true})
		w.Paragraph(pdf.Style{Indent: 20}, pdf.Span{Text: "Ελληνικά, Русский, Tiếng Việt, Łódź, ŋ, é (e\u0301), € ½ → ✓ ≤ ∑ "}, pdf.Span{Text: "the right of access", Lang: "en"}, pdf.Span{Text: ". "},
			pdf.Span{Text: "En länk som är så lång att den går över mer än en rad, för att se att den går att trycka på överallt", URI: "https://www.exempelby.example/å?ö=(1)"}, pdf.Span{Text: " eller ring "}, pdf.Span{Text: "0980-31 92 00", URI: "tel:+46980319200"}, pdf.Span{Text: "."})
		w.Heading(3, pdf.Span{Text: "Djupare"})
		w.List(true, txt("ett"), txt(strings.Repeat("två är längre ", 20)), txt("tre"))
		w.Facts(pdf.Fact{Term: txt("Ändamål"), Def: txt("Handläggning")}, pdf.Fact{Term: txt("En term som är längre än sin spalt är bred"), Def: txt("Kort")})
		w.Figure(picture, "Ett schackmönster", 40)
		w.BeginTable(pdf.TableSpec{Columns: []float64{1, 2, 1}, Head: [][]pdf.Span{txt("När"), txt("Vad"), nil}, RowHeads: true})
		w.Row(txt("2026"), txt("offentlighets\u00adoch\u00adsekretess\u00adlags\u00adfrågor på "+strings.Repeat("arbetsmarknads\u00adförvaltningens\u00adkontor ", 5)), nil)
		w.Row(txt("2027"), nil, txt("x"))
		w.EndTable()
		w.BeginBox()
		w.Heading(2, pdf.Span{Text: "Hur du överklagar"})
		w.Paragraph(pdf.Style{Size: pdf.Small, Muted: true}, pdf.Span{Text: "Skriv till rätten."})
		w.EndBox()
		w.PageBreak()
		w.Columns([][]pdf.Span{txt("A"), txt("B")}, [][]pdf.Span{{{Text: "dataskyddsombudet@exempelby.example", URI: "mailto:dataskyddsombudet@exempelby.example"}}})
	})
}

// chequers is a PNG picture.
func chequers(t testing.TB) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 16, 8))
	for i := range 16 * 8 {
		x, y := i%16, i/16
		img.SetNRGBA(x, y, color.NRGBA{R: 20, G: 82, B: 74, A: uint8(255 * ((x + y) % 2))})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
