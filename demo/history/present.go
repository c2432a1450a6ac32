package history

import "insyn/models"

// stage is how far a case of today has come, and when it was received, in days before the first start.
type stage struct {
	prefix string
	ago    int
	name   string
	right  models.Right
}

// present is the work of the last weeks: every stage that a desk can show, at controllers of all kinds.
func (h *history) present() []*planned {
	const first = 10_000 // far from the numbers of the past, so that neither changes the other
	var out []*planned
	for i, s := range stages() {
		p := course(s)
		if i%3 == 0 {
			p.diary = never // the number of the diary is missing
		}
		r := h.newRequest(first+i, s.ago, s.right, p)
		if s.name == "withdrawn" {
			r.withdraw = s.ago - 2
		}
		out = append(out, r)
	}
	return append(out, h.together(first+1000)...)
}

func stages() []stage {
	const see, mend, erase = models.Access, models.Rectification, models.Erasure
	return []stage{
		{"SN", 0, "new", see}, {"SN", 2, "new", see}, {"BUN", 1, "new", see}, {"KS", 0, "new", see}, {"VON", 3, "new", see}, {"EBAB", 1, "new", see}, {"KFN", 2, "new", see}, {"EEAB", 4, "new", see},
		{"SN", 6, "half", see}, {"SN", 11, "half", see}, {"BUN", 9, "half", see}, {"KS", 12, "half", see}, {"TN", 8, "half", see}, {"MBN", 15, "half", see}, {"GAN", 7, "half", see},
		{"SN", 14, "found", see}, {"VON", 16, "found", see}, {"EBAB", 13, "found", see}, {"ÖFN", 10, "found", see}, {"BUN", 18, "found", see},
		{"SN", 8, "waiting", see}, {"BUN", 7, "waiting", see}, {"EBAB", 6, "waiting", see}, {"KS", 13, "answered", see}, {"VON", 12, "answered", see},
		{"SN", 41, "extended", see}, {"BUN", 52, "extended", see}, {"KS", 37, "extended", see}, {"MBN", 45, "extended", see},
		{"SN", 36, "late", see}, {"VON", 34, "late", see}, {"TN", 38, "late", see}, {"BUN", 35, "late-ready", see}, {"EBAB", 34, "late", see},
		{"SN", 28, "soon", see}, {"BUN", 27, "soon", see}, {"KS", 28, "soon", see}, {"GAN", 27, "soon", see}, {"VON", 26, "soon", see},
		{"SN", 17, "dso", see}, {"KS", 15, "dso", see}, {"BUN", 19, "dso", see}, {"EEAB", 14, "dso", see},
		{"SN", 22, "remarks", see}, {"BUN", 21, "remarks", see}, {"KS", 23, "replied", see},
		{"SN", 20, "ready", see}, {"BUN", 24, "ready", see}, {"EBAB", 22, "ready", see}, {"TN", 18, "ready-nothing", see}, {"REV", 21, "ready", see}, {"SN", 25, "sent-back", see},
		{"SN", 23, "released", see}, {"KS", 19, "released", see}, {"SEH", 16, "released-nothing", see}, {"BUN", 29, "reminded", see}, {"VON", 27, "reminded", see},
		{"SN", 38, "to-post", see}, {"EBAB", 37, "to-post", see}, {"SN", 33, "opened", see}, {"BUN", 31, "opened-part", see}, {"ÖFN", 34, "opened-part", see}, {"KFN", 30, "opened", see}, {"RN", 32, "opened", see},
		{"MBN", 40, "posted", see}, {"SN", 30, "appealed", see}, {"BUN", 29, "appealed-letter", see}, {"VON", 33, "appealed", see}, {"KS", 9, "withdrawn", see}, {"VN", 6, "withdrawn", see},
		{"KS", 3, "new", mend}, {"SN", 10, "found", mend}, {"MBN", 16, "ready", mend}, {"TN", 19, "executing", mend}, {"BUN", 17, "executing", mend},
		{"VON", 28, "opened", mend}, {"KFN", 5, "half", erase}, {"BUN", 12, "found", erase}, {"SN", 21, "executing", erase}, {"EBAB", 15, "executing", erase},
		{"KS", 26, "opened-part", erase}, {"SEH", 6, "new", erase},
	}
}

// together are requests to several controllers: one that is answered in part, and two that the servicecenter has asked about.
func (h *history) together(first int) []*planned {
	const see = models.Access
	partly := h.newRequest(first, 20, see, course(stage{"KS", 20, "released-nothing", see}), course(stage{"SN", 20, "dso", see}), course(stage{"BUN", 20, "opened-20", see}),
		course(stage{"TN", 20, "half", see}), course(stage{"KFN", 20, "released-nothing", see}))
	many := h.newRequest(first+1, 12, see, course(stage{"KS", 12, "half", see}), course(stage{"BUN", 12, "ready-nothing", see}), course(stage{"VON", 12, "new", see}), course(stage{"EBAB", 12, "found", see}))
	asked := h.newRequest(first+2, 4, see, course(stage{"SN", 4, "new", see}), course(stage{"VON", 4, "new", see}))
	asked.coord = 2
	told := h.newRequest(first+3, 9, see, course(stage{"BUN", 9, "half", see}), course(stage{"GAN", 9, "new", see}))
	told.coord, told.told = 2, 4
	return []*planned{partly, many, asked, told}
}

// course is what has happened to a case of today by its stage. Days count from receipt; the first start is day s.ago.
func course(s stage) plan {
	p := idle(s.prefix)
	p.diary = 1
	if s.name == "new" || s.name == "withdrawn" {
		return p
	}
	p.take, p.search, p.half = 1, 3, true
	switch s.name {
	case "waiting":
		p.ask, p.search = 3, never
	case "answered":
		p.ask, p.answer, p.search = 3, s.ago-4, s.ago-2
	case "extended":
		p.extend, p.search = 21, 25
	case "half", "late":
		p.message, p.thanks = 2, 4
	default:
		p.half = false
		p.search = min(6, s.ago/2)
		worked(s, &p)
	}
	return p
}

// worked is the course of a case whose search is done.
func worked(s stage, p *plan) {
	p.outcome = wantsPart
	offered := func(ago int) { p.propose, p.review = s.ago-ago-2, s.ago-ago-1 }
	switch s.name {
	case "found", "soon":
		p.note = 4
	case "dso":
		p.propose = s.ago - 1
	case "remarks":
		p.propose, p.remarks = s.ago-3, s.ago-2
	case "replied":
		p.propose, p.remarks, p.reply = s.ago-6, s.ago-4, s.ago-1
	case "ready":
		offered(2)
	case "late-ready":
		offered(3)
	case "ready-nothing":
		p.outcome = wantsNothing
		offered(2)
	case "sent-back":
		offered(4)
		p.sendBack = s.ago - 2
	default:
		answered(s, p)
	}
}

// answered is the course of a case that is released.
func answered(s stage, p *plan) {
	decided := func(ago int) {
		p.propose, p.review, p.decide = s.ago-ago-6, s.ago-ago-3, s.ago-ago
		if s.name != "executing" {
			p.carry = p.decide + 1
		}
	}
	p.outcome = wantsAll
	switch s.name {
	case "released":
		decided(2)
	case "executing":
		p.outcome = wantsPart
		decided(2)
	case "released-nothing":
		p.outcome = wantsNothing
		decided(3)
	case "reminded":
		p.outcome = wantsPart
		decided(10)
	case "to-post":
		p.outcome = wantsPart
		decided(17)
	case "opened-part":
		p.outcome = wantsPart
		decided(12)
		p.open = s.ago - 9
	case "appealed", "appealed-letter":
		p.outcome = wantsPart
		decided(12)
		p.open = s.ago - 9
		if s.name == "appealed" {
			p.appeal = s.ago - 4
		} else {
			p.byLetter = s.ago - 3
		}
	case "opened-20":
		decided(4)
		p.open = s.ago - 2
	case "opened":
		decided(13)
		p.open = s.ago - 11
	case "posted":
		decided(22)
		p.post = s.ago - 5
	}
}
