package history

import (
	"math/rand/v2"
	"slices"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
)

// never is the day of what does not happen.
const never = -1

// plan is what happens to one case, in days after receipt; what lies after the first start has not happened yet.
type plan struct {
	prefix  string
	pick    int   // which of several ombud has it
	outcome wants // what the material is to allow
	secret  int   // which of the secrets
	find    int   // which of the finds

	take, search, propose, review, decide, open int
	carry                                       int  // what was decided is carried out
	half                                        bool // only half of the systems are searched
	ask, answer                                 int
	extend                                      int
	remarks, reply                              int // the DSO has remarks, and the ombud mends
	sendBack                                    int
	message, thanks                             int
	note                                        int
	diary                                       int
	post                                        int // served by post
	appeal                                      int // the person appeals in the portal
	byLetter                                    int // an appeal comes by letter
}

// wants is what the search is to find.
type wants int

const (
	wantsAll wants = iota
	wantsPart
	wantsNothing
	wantsSecret // everything that is found is withheld
)

// planned is a request and what happens to each of its cases.
type planned struct {
	h        *history
	lane     *lane
	rnd      *rand.Rand
	index    int
	right    models.Right
	who      resident
	sent     time.Time
	received calendar.Date
	cases    []plan
	coord    int  // the day the servicecenter asks
	told     int  // the day the answer is written down
	withdraw int  // the day the person takes it back
	letter   bool // the answer is wanted by post

	id     models.RequestID
	number string
	last   map[string]time.Time // by prefix: what happens to a case happens in order
}

// newRequest is the n-th request, sent some days before the first start.
func (h *history) newRequest(n, ago int, right models.Right, cases ...plan) *planned {
	rnd := rand.New(rand.NewPCG(uint64(n), 2)) //nolint:gosec // invented
	day := calendar.DateOf(h.until).AddDays(-ago)
	r := &planned{h: h, rnd: rnd, index: n, right: right, who: newResident(n), received: day, cases: cases, coord: never, told: never, withdraw: never,
		letter: rnd.IntN(9) == 0, last: map[string]time.Time{}}
	r.sent = instant(day, 6+rnd.IntN(16), rnd.IntN(60))
	if !r.sent.Before(h.until) {
		r.sent = h.until.Add(-time.Duration(10+rnd.IntN(50)) * time.Minute)
		r.received = calendar.DateOf(r.sent)
	}
	for i := range r.cases {
		r.cases[i].pick, r.cases[i].find, r.cases[i].secret = rnd.IntN(6), rnd.IntN(6), rnd.IntN(6)
	}
	return r
}

// instant is a time of a civil day in Sweden.
func instant(d calendar.Date, hour, minute int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, calendar.Stockholm())
}

// idle is a case to which nothing happens.
func idle(prefix string) plan {
	return plan{prefix: prefix, take: never, search: never, propose: never, review: never, decide: never, open: never, ask: never, answer: never,
		extend: never, remarks: never, reply: never, sendBack: never, message: never, thanks: never, note: never, diary: never, post: never, carry: never, appeal: never, byLetter: never}
}

// past is two years of requests that are over, except that the last ones still can be appealed.
func (h *history) past(cases int) []*planned {
	const first, last = 730, 62
	var out []*planned
	rnd := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // invented
	for n := 0; cases > 0; {
		ago := last + rnd.IntN(first-last)
		if rnd.Float64() > season(calendar.DateOf(h.until).AddDays(-ago).Month) {
			continue
		}
		prefixes := addressees(rnd)
		plans := make([]plan, len(prefixes))
		for i, p := range prefixes {
			plans[i] = closed(rnd, p, len(prefixes) > 3)
		}
		r := h.newRequest(n, ago, rightOf(rnd, len(plans)), plans...)
		if rnd.IntN(20) == 0 {
			r.withdraw = 1 + rnd.IntN(6)
		}
		out = append(out, r)
		n, cases = n+1, cases-len(plans)
	}
	slices.SortStableFunc(out, func(a, b *planned) int { return a.sent.Compare(b.sent) })
	return out
}

// rightOf draws the right: four of five want to see their data, and so does everyone who asks many.
func rightOf(rnd *rand.Rand, controllers int) models.Right {
	switch roll := rnd.IntN(100); {
	case controllers > 3 || roll < 80:
		return models.Access
	case roll < 92:
		return models.Rectification
	default:
		return models.Erasure
	}
}

// season is how likely a request of the month is kept: few ask in July and at Christmas.
func season(m time.Month) float64 {
	return map[time.Month]float64{time.January: 0.95, time.June: 0.6, time.July: 0.3, time.August: 0.7, time.December: 0.55}[m] + map[bool]float64{
		true: 0.9}[m == time.February || m == time.March || m == time.April || m == time.May || m >= time.September && m < time.December]
}

// weights are how often each controller is asked, of a hundred.
func weights() []struct {
	prefix string
	share  int
} {
	return []struct {
		prefix string
		share  int
	}{{"SN", 24}, {"BUN", 18}, {"KS", 14}, {"VON", 10}, {"EBAB", 9}, {"GAN", 5}, {"MBN", 5}, {"TN", 4}, {"KFN", 3}, {"ÖFN", 3}, {"EEAB", 2}, {"RN", 1}, {"VN", 1}, {"REV", 1}}
}

// addressees are whom a request goes to: mostly one, sometimes two or three, seldom all.
func addressees(rnd *rand.Rand) []string {
	n := 1
	switch roll := rnd.IntN(100); {
	case roll < 2:
		n = 12
	case roll < 6:
		n = 3
	case roll < 22:
		n = 2
	}
	var out []string
	for len(out) < n {
		roll := rnd.IntN(100)
		for _, w := range weights() {
			if roll -= w.share; roll < 0 {
				if !slices.Contains(out, w.prefix) {
					out = append(out, w.prefix)
				}
				break
			}
		}
	}
	return out
}

// closed is the course of a case that is over. Of a request to all most controllers find nothing.
func closed(rnd *rand.Rand, prefix string, all bool) plan {
	p := idle(prefix)
	p.outcome = lot(rnd, all)
	p.take = rnd.IntN(4)
	p.search = p.take + 1 + rnd.IntN(7)
	p.propose = p.search + 1 + rnd.IntN(8)
	p.diary = 1 + rnd.IntN(3)
	switch roll := rnd.IntN(100); {
	case roll < 6: // extended
		p.extend = 20 + rnd.IntN(7)
		p.search, p.propose = 30+rnd.IntN(10), 42+rnd.IntN(8)
	case roll < 10: // late
		p.propose = 31 + rnd.IntN(6)
	case roll < 20: // paused
		p.ask = 1 + rnd.IntN(3)
		p.answer = p.ask + 1 + rnd.IntN(4)
		p.take, p.search = 0, p.answer+1+rnd.IntN(4)
		p.propose = p.search + 2 + rnd.IntN(7)
	}
	finish(rnd, &p)
	return p
}

// finish plans what follows on the proposal.
func finish(rnd *rand.Rand, p *plan) {
	p.review = p.propose + 1 + rnd.IntN(3)
	at := p.review
	if rnd.IntN(12) == 0 {
		p.remarks, p.reply = p.review, p.review+1
		p.review = p.reply + 1 + rnd.IntN(2)
		at = p.review
	}
	p.decide = at + 1 + rnd.IntN(2)
	p.carry = p.decide + rnd.IntN(4)
	if rnd.IntN(10) == 0 {
		p.post = p.carry + 15 + rnd.IntN(4)
	} else {
		p.open = p.carry + rnd.IntN(7)
	}
	if rnd.IntN(4) == 0 {
		p.message, p.thanks = p.take+1, p.take+2
	}
	if rnd.IntN(5) == 0 {
		p.note = p.take + 1
	}
}

// lot draws what is found.
func lot(rnd *rand.Rand, all bool) wants {
	roll := rnd.IntN(100)
	if all {
		roll += 62
	}
	switch {
	case roll < 54:
		return wantsAll
	case roll < 76:
		return wantsPart
	case roll < 80:
		return wantsSecret
	default:
		return wantsNothing
	}
}
