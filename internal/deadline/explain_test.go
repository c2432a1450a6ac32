package deadline_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
)

// The texts are compared with ordinary spaces; TestDatesAndParagraphsDoNotBreak looks at the others.
func TestDerivationsReadAsTheyShould(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		steps  []deadline.Step
		sv, en string
	}{
		{
			"moved past a holiday and a Sunday",
			deadline.ForResponse(deadline.Input{Received: date(t, "2027-04-01")}).Steps,
			`Begäran kom in torsdag 1 april 2027. Den dagen räknas inte.
Svaret ska komma inom en månad (artikel 12.3). Det blir lördag 1 maj.
Lördag 1 maj är helgdag (första maj). Söndag 2 maj är helg.
Nästa vardag är måndag 3 maj 2027. Det är sista dagen för svar.`,
			`The request was received on Thursday 1 April 2027. That day is not counted.
The answer is due within one month (Article 12.3). That is Saturday 1 May.
Saturday 1 May is a public holiday (May Day). Sunday 2 May is at the weekend.
The next working day is Monday 3 May 2027. It is the last day for the answer.`,
		},
		{
			"clamped, on a working day",
			deadline.ForResponse(deadline.Input{Received: date(t, "2024-01-31")}).Steps,
			`Begäran kom in onsdag 31 januari 2024. Den dagen räknas inte.
Svaret ska komma inom en månad (artikel 12.3). 31 februari finns inte, så månadens sista dag gäller: torsdag 29 februari.
Sista dagen för svar är torsdag 29 februari 2024.`,
			`The request was received on Wednesday 31 January 2024. That day is not counted.
The answer is due within one month (Article 12.3). There is no 31 February, so the last day of the month applies: Thursday 29 February.
The last day for the answer is Thursday 29 February 2024.`,
		},
		{
			"by post, an eve that rolls, into the next year",
			deadline.ForResponse(deadline.Input{Emptied: date(t, "2026-12-01"), RollEves: true, Pauses: []deadline.Pause{
				{From: date(t, "2026-12-02"), To: date(t, "2026-12-03")},
			}}).Steps,
			`Begäran kom med post eller togs ur brevlådan tisdag 1 december 2026. Då räknas den som inkommen arbetsdagen före (22 § förvaltningslagen).
Begäran kom in måndag 30 november 2026. Den dagen räknas inte.
Svaret ska komma inom en månad (artikel 12.3). Det blir onsdag 30 december.
Utan uppehåll är sista dagen onsdag 30 december.
Uppehåll från 2 december till 3 december i väntan på svar, en dag.
Sista dagen flyttas fram en dag, till torsdag 31 december.
Torsdag 31 december är nyårsafton, som räknas som helgdag här. Fredag 1 januari 2027 är helgdag (nyårsdagen). Lördag 2 januari 2027 är helg. Söndag 3 januari 2027 är helg.
Nästa vardag är måndag 4 januari 2027. Det är sista dagen för svar.`,
			`The request came by post or was taken from the letterbox on Tuesday 1 December 2026. It then counts as received on the working day before (section 22 of the Administrative Procedure Act).
The request was received on Monday 30 November 2026. That day is not counted.
The answer is due within one month (Article 12.3). That is Wednesday 30 December.
Without a pause the last day is Wednesday 30 December.
Paused from 2 December to 3 December while waiting for a reply, one day.
The last day moves forward by one day, to Thursday 31 December.
Thursday 31 December is New Year’s Eve, which counts as a holiday here. Friday 1 January 2027 is a public holiday (New Year’s Day). Saturday 2 January 2027 is at the weekend. Sunday 3 January 2027 is at the weekend.
The next working day is Monday 4 January 2027. It is the last day for the answer.`,
		},
		{
			"extended, paused twice with an overlap, one still open",
			deadline.ForResponse(deadline.Input{
				Received: date(t, "2026-03-05"), Extended: true, Today: date(t, "2026-03-30"),
				Pauses: []deadline.Pause{
					{From: date(t, "2026-03-20")}, {From: date(t, "2026-03-10"), To: date(t, "2026-03-22")},
				},
			}).Steps,
			`Begäran kom in torsdag 5 mars 2026. Den dagen räknas inte.
Besked om förlängning ska skickas senast tisdag 7 april. Söndag 5 april är helgdag (påskdagen). Måndag 6 april är helgdag (annandag påsk).
Med förlängning ska svaret komma inom tre månader från den dag begäran kom in (artikel 12.3). Det blir fredag 5 juni.
Utan uppehåll är sista dagen fredag 5 juni.
Uppehåll från 10 mars till 22 mars i väntan på svar, tolv dagar.
Uppehåll sedan 20 mars i väntan på svar, hittills tio dagar. Av dem räknas två dagar redan i ett tidigare uppehåll.
Sista dagen flyttas fram 20 dagar, till torsdag 25 juni.
Sista dagen för svar är torsdag 25 juni 2026.`,
			`The request was received on Thursday 5 March 2026. That day is not counted.
Notice of an extension must be sent by Tuesday 7 April. Sunday 5 April is a public holiday (Easter Sunday). Monday 6 April is a public holiday (Easter Monday).
With an extension, the answer is due within three months of the day the request was received (Article 12.3). That is Friday 5 June.
Without a pause the last day is Friday 5 June.
Paused from 10 March to 22 March while waiting for a reply, twelve days.
Paused since 20 March while waiting for a reply, so far ten days. Of these, two days already count in an earlier pause.
The last day moves forward by 20 days, to Thursday 25 June.
The last day for the answer is Thursday 25 June 2026.`,
		},
		{
			"appeal",
			deadline.ForAppeal(date(t, "2026-05-29")).Steps,
			`Beslutet togs emot fredag 29 maj 2026. Den dagen räknas inte.
Ett överklagande ska ha kommit in inom tre veckor (44 § förvaltningslagen). Det blir fredag 19 juni.
Fredag 19 juni är midsommarafton, som räknas som helgdag här. Lördag 20 juni är helgdag (midsommardagen). Söndag 21 juni är helg.
Nästa vardag är måndag 22 juni 2026. Det är sista dagen att överklaga.`,
			`The decision was received on Friday 29 May 2026. That day is not counted.
An appeal must arrive within three weeks (section 44 of the Administrative Procedure Act). That is Friday 19 June.
Friday 19 June is Midsummer Eve, which counts as a holiday here. Saturday 20 June is a public holiday (Midsummer Day). Sunday 21 June is at the weekend.
The next working day is Monday 22 June 2026. It is the last day to appeal.`,
		},
		{
			"appeal after simplified service",
			deadline.ForAppealSimplified(date(t, "2026-12-10")).Steps,
			`Beslutet skickades torsdag 10 december 2026 med förenklad delgivning. Det räknas som mottaget två veckor senare.
Beslutet räknas som mottaget torsdag 24 december 2026. Den dagen räknas inte.
Ett överklagande ska ha kommit in inom tre veckor (44 § förvaltningslagen). Det blir torsdag 14 januari 2027.
Sista dagen att överklaga är torsdag 14 januari 2027.`,
			`The decision was sent on Thursday 10 December 2026 by simplified service. It counts as received two weeks later.
The decision counts as received on Thursday 24 December 2026. That day is not counted.
An appeal must arrive within three weeks (section 44 of the Administrative Procedure Act). That is Thursday 14 January 2027.
The last day to appeal is Thursday 14 January 2027.`,
		},
	} {
		assertText(t, c.name+", sv", deadline.Explain("sv", c.steps), c.sv)
		assertText(t, c.name+", en", deadline.Explain("en", c.steps), c.en)
	}
}

func TestIncidentReadsAsItShould(t *testing.T) {
	t.Parallel()
	aware := instant(t, "2026-10-23T14:30:00+02:00")
	assertText(t, "sv", deadline.ExplainIncident("sv", aware), `Den ansvariga fick veta om incidenten fredag 23 oktober 2026 kl. 14.30.
Den ska anmälas till IMY inom 72 timmar (artikel 33.1). Helger räknas med. Klockan ställs om under tiden, så klockslaget blir ett annat.
Sista tidpunkten är måndag 26 oktober 2026 kl. 13.30.`)
	assertText(t, "en", deadline.ExplainIncident("en", instant(t, "2026-12-23T16:45:00+01:00")), `The controller became aware of the incident on Wednesday 23 December 2026 at 16.45.
It must be reported to IMY within 72 hours (Article 33.1). Weekends and holidays count.
The last moment is Saturday 26 December 2026 at 16.45.`)
}

// Invariant 10: whatever happens to a request, its derivation names the receipt, each pause, each day that moved the
// date by its name, and the due date that applies; and it is the same after it was stored.
func TestEveryDerivationNamesAllThatMovedTheDate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInput(t)
		got := deadline.ForResponse(in)
		stored, err := json.Marshal(got.Steps)
		if err != nil {
			t.Fatal(err)
		}
		var steps []deadline.Step
		if err := json.Unmarshal(stored, &steps); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(steps, got.Steps) {
			t.Fatalf("stored %s and read back as %+v, was %+v", stored, steps, got.Steps)
		}
		for _, lang := range []string{"sv", "en"} {
			lines := deadline.Explain(lang, steps)
			if len(lines) != len(steps) {
				t.Fatalf("%d lines for %d steps", len(lines), len(steps))
			}
			text := strings.Join(lines, "\n")
			want := []string{in.Received.FormatLong(lang), got.Effective().FormatLong(lang)}
			for _, p := range in.Pauses {
				want = append(want, p.From.FormatDayMonth(lang), p.To.FormatDayMonth(lang))
			}
			for _, day := range movedPast(got, in) {
				want = append(want, day.FormatDayMonth(lang))
				if name, ok := calendar.Holiday(day); ok {
					want = append(want, name.Name(lang))
				} else if name, ok := calendar.Eve(day); ok && in.RollEves { // else it is just the weekend it falls on
					want = append(want, name.Name(lang))
				}
			}
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%+v: %q is not in\n%s", in, w, text)
				}
			}
		}
	})
}

// movedPast lists the days between the end of the period with its pauses and the due date that applies.
func movedPast(r deadline.Response, in deadline.Input) []calendar.Date {
	months := 1
	if in.Extended {
		months = 3
	}
	var days []calendar.Date
	for d := in.Received.AddMonths(months).AddDays(r.PauseDays); d != r.Effective(); d = d.AddDays(1) {
		days = append(days, d)
	}
	return days
}

func TestDatesAndParagraphsDoNotBreak(t *testing.T) {
	t.Parallel()
	steps := deadline.ForResponse(deadline.Input{Emptied: date(t, "2026-04-07")}).Steps
	text := strings.Join(deadline.Explain("sv", steps), "\n")
	for _, want := range []string{"2\u00a0april", "4\u00a0maj", "22\u00a0§", "artikel\u00a012.3"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
}

func TestAStepFromALaterVersionIsItsDate(t *testing.T) {
	t.Parallel()
	steps := []deadline.Step{{Kind: "something-new", Date: date(t, "2026-04-07")}}
	assertText(t, "sv", deadline.Explain("sv", steps), "Tisdag 7 april 2026.")
	assertText(t, "en", deadline.Explain("en", steps), "Tuesday 7 April 2026.")
}

func assertText(t *testing.T, name string, lines []string, want string) {
	t.Helper()
	got := strings.ReplaceAll(strings.Join(lines, "\n"), "\u00a0", " ")
	if got != want {
		t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
	}
}
