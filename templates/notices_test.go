package templates_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/internal/lix"
	"insyn/internal/pdf/pdfcheck"
	"insyn/templates"
)

func on(y int, m time.Month, d int) calendar.Date { return calendar.Date{Year: y, Month: m, Day: d} }

// noticeHead is what the samples begin with.
func noticeHead(c templates.Controller) templates.NoticeHead {
	return templates.NoticeHead{Controller: c, Number: "INS-2027-00042-SN", Diary: "SN-2027-00118", Date: on(2027, time.April, 8), ToName: "Maja Lindqvist",
		ToAddress: "Björkvägen 4, 999 91 Exempelby", Right: "access", Received: on(2027, time.April, 1)}
}

// notices are the letters that are no decisions, each way they can be.
func notices(s *templates.Set, lang string) map[string]templates.Notice {
	pauses := []deadline.Pause{{From: on(2027, time.April, 3), To: on(2027, time.April, 6)}}
	due := deadline.ForResponse(deadline.Input{Received: on(2027, time.April, 1), Pauses: pauses, Extended: true, Today: on(2027, time.April, 8)})
	extension := templates.ExtensionDoc{NoticeHead: noticeHead(bygg()), Before: due.Due, Until: due.Extended, Steps: due.Steps, Ground: "complexity",
		Reason: "Du har bett om uppgifter från 1995 och framåt. De äldsta finns på papper i vårt arkiv.", DecidedBy: "Karin Åhl", Title: "Förvaltningschef", DelegationNumber: "4.5"}
	sensitive := extension
	sensitive.Controller = socialnamnden()
	number := extension
	number.Ground, number.Reason = "number", "Du har skickat fyra begäranden i mars och april."
	company := extension
	company.Controller, company.DelegationNumber = bolag(), ""
	masked := extension
	masked.DecidedBy, masked.Masked = "", true

	completion := templates.CompletionDoc{NoticeHead: noticeHead(bygg()), Reason: "specification", Question: "Gäller det ett bygglov? Vilken fastighet, och vilka år?",
		AnswerBy: on(2027, time.April, 22), Portal: true}
	identity := completion
	identity.Reason, identity.Question, identity.Portal = "identity", "Kom till oss med din legitimation, eller ring så bokar vi en tid.", false
	shielded := completion
	shielded.Protected = true
	companyAsks := completion
	companyAsks.Controller = bolag()
	center := completion
	center.NoticeHead, center.Reason = noticeHead(s.Servicecenter(lang)), "request"
	center.Number, center.Diary, center.Question = "INS-2027-00042", "", "Vilket namn hade du 2019?"

	paper := deadline.ForResponse(deadline.Input{Received: deadline.DeemedReceived(on(2027, time.March, 30)), Emptied: on(2027, time.March, 30)})
	receipt := templates.ReceiptDoc{NoticeHead: noticeHead(s.Servicecenter(lang)), Due: paper.Due, Steps: paper.Steps, Addressees: []string{"Socialnämnden", "Miljö- och byggnadsnämnden", "Exempelhus AB"},
		Answer: "post", Unchecked: true}
	receipt.Number, receipt.Diary, receipt.Received, receipt.Date = "INS-2027-00042", "", paper.Received, on(2027, time.March, 30)
	behalf := receipt
	behalf.For, behalf.MandateOpen, behalf.Right, behalf.Answer = "Anders Holmgren", true, "erasure", "portal"

	forwarding := templates.ForwardingDoc{NoticeHead: noticeHead(socialnamnden()), Kind: "journal", What: "En kopia av min journal från barnpsykiatrin.", SentTo: "Region Exempel, arkivet",
		SentAddress: "Box 1\n999 90 Exempelstad", SentOn: on(2027, time.April, 7)}
	documents := forwarding
	documents.NoticeHead, documents.Kind, documents.What = receipt.NoticeHead, "documents", "Ritningar till grannens hus."
	insight := forwarding
	insight.Kind, insight.What, insight.SentTo = "insight", "Allt i mitt ärende om bygglov.", "Miljö- och byggnadsnämnden"
	other := forwarding
	other.Controller, other.Kind, other.What, other.SentTo, other.SentAddress = bolag(), "other", "Pension för 2019.", "Pensionsmyndigheten", "839 77 Östersund"

	service := func(c templates.Controller, method string, served calendar.Date) templates.ServiceDoc {
		a := deadline.ForAppeal(served)
		if method == "simplified" {
			a = deadline.ForAppealSimplified(served)
		}
		d := templates.ServiceDoc{NoticeHead: noticeHead(c), DecidedOn: on(2027, time.May, 26), Method: method, On: served, Served: a.Served, Until: a.Due, Steps: a.Steps}
		d.Date = served.AddDays(1)
		return d
	}
	post := service(socialnamnden(), "post", on(2027, time.June, 4)) // three weeks later is Midsummer Eve
	handed := service(bygg(), "handed-over", on(2027, time.May, 31))
	again := post
	again.Earlier = on(2027, time.June, 1)
	again.Until, again.Steps = deadline.ForAppeal(again.Earlier).Due, deadline.ForAppeal(again.Earlier).Steps
	companyServed := service(bolag(), "post", on(2027, time.June, 4))
	companyServed.Until, companyServed.Steps = calendar.Date{}, nil
	return map[string]templates.Notice{
		"extension": extension, "extension-sensitive": sensitive, "extension-number": number, "extension-company": company, "extension-masked": masked,
		"completion": completion, "completion-identity": identity, "completion-protected": shielded, "completion-company": companyAsks, "completion-servicecenter": center,
		"receipt": receipt, "receipt-behalf": behalf,
		"forwarding": forwarding, "forwarding-documents": documents, "forwarding-insight": insight, "forwarding-company": other,
		"service-post": post, "service-handed-over": handed, "service-again": again, "service-company": companyServed,
		"service-simplified": service(socialnamnden(), "simplified", on(2027, time.June, 1)),
	}
}

// pdfOf is a letter as it is sealed.
func pdfOf(t *testing.T, s *templates.Set, lang string, n templates.Notice) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := s.NoticePDF(&b, lang, n); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestNoticesAsDocuments makes each letter in both languages: its structure is whole, and its text is the one that has been
// read by a human eye.
func TestNoticesAsDocuments(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for _, lang := range []string{"sv", "en"} {
		for name, n := range notices(s, lang) {
			t.Run(name+" "+lang, func(t *testing.T) {
				t.Parallel()
				doc := pdfOf(t, s, lang, n)
				pdfcheck.Report(t, name, doc)
				if !bytes.Equal(doc, pdfOf(t, s, lang, n)) {
					t.Error("the same letter twice gives other bytes")
				}
				if folder := os.Getenv("INSYN_LETTERS"); folder != "" {
					if err := os.WriteFile(filepath.Join(folder, name+"."+lang+".pdf"), doc, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				text, err := pdfcheck.Aloud(doc)
				if err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join("testdata", "notices", name+"."+lang+".txt"), []byte(text))
			})
		}
	}
}

// TestNoticesAreEasyToRead: LIX at most 40, of everything between the addressee and the sender's contacts.
func TestNoticesAreEasyToRead(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for name, n := range notices(s, "sv") {
		text, err := pdfcheck.Aloud(pdfOf(t, s, "sv", n))
		if err != nil {
			t.Fatal(err)
		}
		_, body, ok := strings.Cut(text, s.T("sv", n.Heading(), nil))
		if !ok {
			t.Fatalf("%s has no heading", name)
		}
		if i := strings.LastIndex(body, "\nKontakt"); i > 0 {
			body = body[:i]
		}
		if got := lix.Of(body); got > lix.Hard {
			t.Errorf("%s has LIX %d", name, got)
		}
	}
}

// TestANoticeTellsNothingOfWhatWasFound: where there being anything may be secret, the notice of an extension says the same
// whatever the officer has written.
func TestANoticeTellsNothingOfWhatWasFound(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	a, ok := notices(s, "sv")["extension-sensitive"].(templates.ExtensionDoc)
	if !ok {
		t.Fatal("no such letter")
	}
	b := a
	b.Reason = "Vi har hittat 900 sidor."
	if !bytes.Equal(pdfOf(t, s, "sv", a), pdfOf(t, s, "sv", b)) {
		t.Error("the letter tells what the officer wrote")
	}
}

// TestNoticesOfACompany name no law that is for authorities.
func TestNoticesOfACompany(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for name, n := range notices(s, "sv") {
		if !strings.HasSuffix(name, "-company") {
			continue
		}
		doc, err := s.Notice("sv", n)
		if err != nil {
			t.Fatal(err)
		}
		for _, not := range []string{"förvaltningslagen", "kommunallagen", "delegation", "Exempelby kommun"} {
			if strings.Contains(string(doc), not) {
				t.Errorf("%s says %s", name, not)
			}
		}
	}
}

// TestANoticeOfAProtectedPersonHasNoAddress, and asks for none.
func TestANoticeOfAProtectedPersonHasNoAddress(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	doc, err := s.Notice("sv", notices(s, "sv")["completion-protected"])
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(doc), "Björkvägen") || !strings.Contains(string(doc), "Skriv inte din adress") {
		t.Error("the letter has the address, or asks for it")
	}
}

func TestANoticeThatMustNotBeIsRefused(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	all := notices(s, "sv")
	extension, completion := all["extension"].(templates.ExtensionDoc), all["completion"].(templates.CompletionDoc)
	receipt, forwarding, service := all["receipt"].(templates.ReceiptDoc), all["forwarding"].(templates.ForwardingDoc), all["service-post"].(templates.ServiceDoc)
	bad := map[string]templates.Notice{}
	with := func(name string, n templates.Notice) { bad[name] = n }
	e := extension
	e.Reason = ""
	with("an extension without its reason", e)
	e = extension
	e.Until = e.Before
	with("an extension that extends nothing", e)
	e = extension
	e.Masked = true
	with("a name that is left out and stands there", e)
	c := completion
	c.AnswerBy = c.Date
	with("no time to answer", c)
	c = completion
	c.Question = " "
	with("a question that is none", c)
	r := receipt
	r.Addressees = nil
	with("a receipt for nobody", r)
	f := forwarding
	f.SentAddress = ""
	with("sent to nowhere", f)
	v := service
	v.Controller = bolag()
	with("an appeal against a company", v)
	v = service
	v.Method = "portal"
	with("a service that needs no letter", v)
	v = service
	v.ToName = ""
	with("no one to write to", v)
	for name, n := range bad {
		if _, err := s.NoticePDF(&bytes.Buffer{}, "sv", n); err == nil {
			t.Errorf("%s: a letter was made", name)
		}
	}
	if len(bad) < 10 {
		t.Fatal("too few")
	}
}
