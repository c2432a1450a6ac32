package history

import (
	"context"

	"insyn/models"
	"insyn/workflows"
)

// change is what somebody wants corrected or erased: what is said, and what becomes of it in one system.
type change struct {
	wrong, right, proof string // rectification
	text, ground        string // erasure
	what                string // which data, for the letter
	why                 string // why some of it is kept
}

func corrections() []change {
	return []change{
		{wrong: "Min adress är fel. Jag flyttade för två år sedan.", right: "Rätt adress är Rönnvägen 12.", proof: "Det står rätt i folkbokföringen.",
			what: "Adressen i kontaktuppgifterna.", why: "Adressen i det gamla beslutet är den som gällde då."},
		{wrong: "Mitt namn är felstavat.", right: "Jag heter Sjöholm med ett h.", proof: "Se mitt körkort.", what: "Efternamnet.", why: "Namnet i en inkommen handling ändras inte."},
		{wrong: "Där står att jag inte kom till mötet den 4 mars. Det gjorde jag.", right: "Jag var på mötet.", proof: "", what: "Anteckningen om mötet den 4 mars.",
			why: "Anteckningen säger vad handläggaren bedömde, och det är ingen uppgift som är fel."},
		{wrong: "Telefonnumret går till någon annan.", right: "Ta bort det och använd e-post.", proof: "", what: "Telefonnumret.", why: "Numret står i en handling från en annan myndighet."},
	}
}

func erasures() []change {
	return []change{
		{text: "Ta bort bilden på mig från lägret.", ground: "art-17-1-b", what: "Bilden från sommarlägret.", why: "Handlingen är allmän och får inte förstöras."},
		{text: "Jag vill att mina gamla ansökningar tas bort.", ground: "art-17-1-a", what: "Ansökningar som är äldre än två år.", why: "Beslutet ska bevaras enligt arkivlagen."},
		{text: "Radera mitt konto. Jag använder det inte längre.", ground: "art-17-1-a", what: "Kontot och inställningarna.", why: "Fakturorna ska sparas i sju år enligt lag."},
	}
}

// wish is what the person of a request wants changed.
func (r *planned) wish() change {
	all := corrections()
	if r.right == models.Erasure {
		all = erasures()
	}
	return all[r.index%len(all)]
}

// about is what is said to a controller.
func (r *planned) about(prefix string) models.About {
	v := voiceOf(prefix)
	a := models.About{Relation: v.relation}
	switch w := r.wish(); r.right {
	case models.Rectification:
		a.Wrong, a.Correct, a.Proof = w.wrong, w.right, w.proof
	case models.Erasure:
		a.Text, a.Ground = w.text, w.ground
	default:
		a.Text = v.asks[r.rnd.IntN(len(v.asks))]
	}
	return a
}

// reasons are those of a decision against the person.
func reasons(r models.Right) string {
	switch r {
	case models.Rectification:
		return "Uppgifterna i det äldre beslutet var rätta när det skrevs, och ett beslut ändras inte i efterhand. Det som är fel i registret rättar vi."
	case models.Erasure:
		return "Vi måste spara allmänna handlingar enligt arkivlagen. Det som vi inte måste spara tar vi bort."
	default:
		return "Vissa uppgifter gäller andra personer. Vi har vägt din rätt till insyn mot skyddet för dem och lämnar ut allt annat."
	}
}

// measures finds the data and says what is to be done with them: changed, changed in part, or kept on a ground.
func (c *working) measures(ctx context.Context, v workflows.CaseView) error {
	if c.outcome == wantsNothing || c.half {
		return nil
	}
	search := v.Searches[c.plan.find%len(v.Searches)].ID
	if err := c.record(ctx, models.RoleOmbud, workflows.Attest{Searches: []models.SearchID{search}, Result: models.Found, Hits: 1}); err != nil {
		return err
	}
	kind, ground := models.MeasureCorrect, "art-16-assessment"
	if c.right == models.Erasure {
		kind, ground = models.MeasureErase, "art-17-3-d"
	}
	if c.outcome != wantsSecret {
		if err := c.record(ctx, models.RoleOmbud, workflows.AddMeasure{Search: search, Kind: kind, What: c.wish().what}); err != nil {
			return err
		}
	}
	if c.outcome == wantsAll {
		return nil
	}
	return c.record(ctx, models.RoleOmbud, workflows.AddMeasure{Search: search, Kind: models.MeasureKeep, What: c.wish().what, Ground: ground, Explanation: c.wish().why})
}

// carryOut does what was decided, in every system.
func (c *working) carryOut(ctx context.Context) error {
	_, v, err := c.as(ctx, models.RoleOmbud)
	if err != nil || v.Case.State != models.CaseExecuting {
		return err
	}
	for _, m := range v.Measures {
		if m.Kind == models.MeasureKeep {
			continue
		}
		in := workflows.CarryOut{Measure: m.ID, How: "Ändrat i systemet och kontrollerat av en kollega.", Notified: models.NotifiedNone}
		if c.rnd.IntN(3) == 0 {
			in.Notified, in.Names = models.NotifiedTold, "Regionen"
		}
		if err := c.apply(ctx, models.RoleOmbud, in); err != nil {
			return err
		}
	}
	return nil
}
