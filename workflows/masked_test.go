package workflows_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"insyn/models"
	"insyn/workflows"
)

// inside is everything that a PDF holds, its packed streams opened.
func inside(letter []byte) string {
	out := string(letter)
	for _, m := range regexp.MustCompile(`(?s)stream\r?\n(.*?)endstream`).FindAllSubmatch(letter, -1) {
		if r, err := zlib.NewReader(bytes.NewReader(m[1])); err == nil {
			b, _ := io.ReadAll(r)
			out += string(b)
		}
	}
	return out
}

// TestAnOfficialsNameIsLeftOutOfWhatThePersonGets: of the letter, what the file says of itself, the pages of the portal and every
// message from then on; and of nothing else (FL 33 § fourth paragraph).
func TestAnOfficialsNameIsLeftOutOfWhatThePersonGets(t *testing.T) {
	t.Parallel()
	s := decidedCase(t, false)
	ctx := context.Background()
	decider := s.As("decider BUN")
	in := workflows.Decide{Delegation: s.View("decider BUN", s.number).Delegations[0].ID, Unbiased: true, Mask: true}
	if err := s.Apply(ctx, decider, s.On(s.number), in); !field(err, "mask-reason") {
		t.Errorf("without a reason: %v", err)
	}
	in.MaskReason = "Sökanden har hotat att söka upp mig."
	preview, err := s.Preview(ctx, decider, s.number, workflows.PreviewForm{PDF: true, Masked: true})
	s.must(err)
	s.must(s.Apply(ctx, decider, s.On(s.number), in))
	s.Work()

	v := s.View("decider BUN", s.number)
	name, title := v.Decision.DecidedByName, v.Decision.DecidedByTitle
	if name == "" || v.Decision.MaskReasonText != in.MaskReason || !v.Decision.OfficialsMasked || v.Decision.DecidedBy != decider.Staff {
		t.Errorf("the desk does not show who decided and why the name is left out: %+v", v.Decision)
	}
	mine := s.mine(s.number)
	letter := []byte(s.Read(s.OpenAnswer(ctx, s.maja, mine.Letter.ID)))
	if !bytes.Equal(letter, preview) {
		t.Error("what was shown is not what was sealed")
	}
	text := aloud(t, letter)
	if !strings.Contains(text, title) || !strings.Contains(text, "33 § fjärde stycket förvaltningslagen") {
		t.Errorf("the letter does not give the title, or not the law:\n%s", text)
	}
	request, _, _ := strings.Cut(s.number, "-BUN")
	page, err := s.MyRequest(ctx, s.maja, request)
	s.must(err)
	shown, err := json.Marshal(page)
	s.must(err)
	for _, part := range append(strings.Fields(name), "hotat") {
		for where, all := range map[string]string{"the letter": text, "the file": inside(letter), "the portal": string(shown)} {
			if strings.Contains(all, part) {
				t.Errorf("%s has %q", where, part)
			}
		}
	}
	for _, f := range mine.Extract {
		if strings.Contains(s.Read(s.OpenAnswer(ctx, s.maja, f.ID)), name) {
			t.Errorf("%s names the official", f.Name)
		}
	}
	for body, ok := range map[string]bool{"Hälsningar " + name: false, "Skriv till " + strings.ToUpper(name): false, "Handläggaren har läst ditt brev.": true} {
		err := s.Record(ctx, s.As("ombud BUN"), s.On(s.number), workflows.Message{Text: body})
		if ok && err != nil || !ok && !field(err, "text") {
			t.Errorf("%t: a message: %v", ok, err)
		}
	}
	var data string
	s.must(s.DB.Owner.Raw("select data::text from events where kind = 'decided' and stream_id = ?", s.Case(s.number).ID.String()).Scan(&data).Error)
	if !strings.Contains(data, `"officials_masked": true`) || strings.Contains(data, "hotat") || !strings.Contains(data, `"template": "decision-sv-`) {
		t.Errorf("the event says %s", data)
	}
}

// TestALetterCannotLoseACharacter: what cannot be printed is refused where it is written, and when the letter is made.
func TestALetterCannotLoseACharacter(t *testing.T) {
	t.Parallel()
	s := decidedCase(t, false)
	ctx := context.Background()
	s.must(s.Apply(ctx, s.As("ombud BUN"), s.On(s.number), workflows.SendBack{Why: "Se över."}))
	for _, c := range []struct {
		in   workflows.Input
		at   string
		said string
	}{
		{workflows.Propose{Outcome: models.OutcomeGranted, Reasons: "Här är 漢 och شكرا"}, "reasons", "”漢” (U+6F22), ”ش” (U+0634)"},
	} {
		err := s.Apply(ctx, s.As("ombud BUN"), s.On(s.number), c.in)
		var bad workflows.Invalid
		if !errors.As(err, &bad) || bad.Fields[0].Field != c.at || !strings.HasPrefix(fmt.Sprint(bad.Fields[0].Args["characters"]), c.said) {
			t.Errorf("%+v: %+v", c.in, err)
		}
	}
	s.Propose("BUN", s.number, models.OutcomeGranted)
	// A name comes from elsewhere.
	s.must(s.DB.Owner.Exec("update staff set title = 'Rektor 漢' where id = ?", s.As("decider BUN").Staff.String()).Error)
	before := traceOf(t, s.DB.Runtime, s.number)
	err := s.Apply(ctx, s.As("decider BUN"), s.On(s.number), workflows.Decide{Delegation: s.View("decider BUN", s.number).Delegations[0].ID, Unbiased: true})
	var bad workflows.Invalid
	if !errors.As(err, &bad) || bad.Fields[0].Field != "letter" || bad.Fields[0].Key != "error.letter-place.official" || bad.Fields[0].Args["characters"] != "”漢” (U+6F22)" {
		t.Errorf("decided with a title that cannot be printed: %+v", err)
	}
	if after := traceOf(t, s.DB.Runtime, s.number); after != before {
		t.Error("the refusal left a trace")
	}
}
