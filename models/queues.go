package models

import (
	"time"

	"insyn/internal/calendar"
)

// The urgency of an open case, the most urgent first: past its due date, soon due, waiting for the reader, waiting for others.
const (
	UrgencyLate   = "late"
	UrgencySoon   = "soon"
	UrgencyMine   = "mine"
	UrgencyOthers = "others"
)

// CountCases counts the open cases of a queue by urgency, in one statement whatever their number. The keyset and the limit of
// the query do not count. soon is the last due date that is soon. A case is mine when its next step is the actor's: an
// assigned one at a controller where the actor is ombud, one that the actor searches or carries out, one in review where the actor is DSO,
// one ready where the actor decides.
func (tx *Tx) CountCases(q CaseQuery, today, soon calendar.Date) (map[string]int, error) {
	out := map[string]int{}
	if len(q.Controllers) == 0 {
		return out, nil
	}
	rows, err := raw[struct {
		Urgency string
		N       int
	}](tx, `select case when due_on < ? then 'late' when due_on <= ? then 'soon'
			when state = 'assigned' and controller_id in ? or state in ('searching', 'executing') and handler_id = ?
				or state = 'in-review' and controller_id in ? or state = 'ready' and controller_id in ? then 'mine'
			else 'others' end as urgency, count(*) as n
		from cases where controller_id in ? and state not in ('released', 'closed', 'withdrawn') and (? = '' or state = ?) group by 1`,
		today, soon, tx.Actor.Controllers(RoleOmbud), tx.Actor.Staff, tx.Actor.Controllers(RoleDSO), tx.Actor.Controllers(RoleDecider),
		q.Controllers, q.State, q.State)
	for _, r := range rows {
		out[r.Urgency] = r.N
	}
	return out, err
}

// CaseSteps is how far the work of a case has come. What the actor may not see is zero.
type CaseSteps struct {
	CaseID      CaseID
	Pending     int           // systems nobody has attested
	Empty       int           // searches with hits and no material
	Undecided   int           // material nobody has marked
	Undone      int           // measures that are not carried out
	Remarks     bool          // the last round of review left remarks that nobody has replied to
	ReviewUntil calendar.Date // last day of the review that is open
	WaitsSince  calendar.Date // first day of the pause that is open
}

// CaseSteps tells how far the cases have come, in one statement for a page of them.
func (tx *Tx) CaseSteps(ids []CaseID) (map[CaseID]CaseSteps, error) {
	out := make(map[CaseID]CaseSteps, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := raw[CaseSteps](tx, `select c.id as case_id, s.pending, s.empty, i.undecided, d.undone, exists (select from reviews v
				where v.case_id = c.id and v.outcome = 'remarks' and v.reply is null
				and not exists (select from reviews w where w.case_id = c.id and w.round > v.round)) as remarks,
			r.closes_on as review_until, p.from_date as waits_since
		from cases c
		cross join lateral (select count(*) filter (where result is null) as pending, count(*) filter (where result = 'found'
			and not exists (select from items m where m.case_id = c.id and m.search_id = searches.id)
			and not exists (select from measures m where m.case_id = c.id and m.search_id = searches.id)) as empty from searches where case_id = c.id) s
		cross join lateral (select count(*) filter (where disposition is null) as undecided from items where case_id = c.id) i
		cross join lateral (select count(*) filter (where kind <> 'keep' and done_at is null) as undone from measures where case_id = c.id) d
		left join reviews r on r.case_id = c.id and r.outcome is null
		left join pauses p on p.case_id = c.id and p.to_date is null
		where c.id in ?`, ids)
	for _, r := range rows {
		out[r.CaseID] = r
	}
	return out, err
}

// RegistryQuery says which of a registrator's cases to list.
type RegistryQuery struct {
	Controllers []ControllerID
	Unopened    time.Time // a decision released by then and not served is to be posted
	After       time.Time // keyset: when the last row of the page before was received
	AfterID     CaseID
	Limit       int
}

// RegistryCases lists what a registrator has left to do, oldest first: cases that are not in the diary, taken back ones apart
// (OSL 5 kap. 1 §: the request itself is registered without delay), and released decisions that are not served although the
// person asked for post or has left them unopened.
func (tx *Tx) RegistryCases(q RegistryQuery) ([]Case, error) {
	if len(q.Controllers) == 0 {
		return nil, nil
	}
	// A page of each controller by its indexes, then the oldest of them: the archive grows, the page must not.
	const after = "(received_at, id) > (?, coalesce(?::uuid, '00000000-0000-0000-0000-000000000000'))"
	return raw[Case](tx, `select c.* from (select d.id from controllers k cross join lateral (
			(select id, received_at from cases where controller_id = k.id and diary_number is null and state <> 'withdrawn' and `+after+`
				order by received_at, id limit ?)
			union
			(select id, received_at from cases where controller_id = k.id and state = 'released' and appeal_until is null
				and (answer_by_post or released_at <= ?) and `+after+` order by received_at, id limit ?)) d
			where k.id in ? order by d.received_at, d.id limit ?) page
		join cases c on c.id = page.id order by c.received_at, c.id`,
		q.After, q.AfterID, q.Limit, q.Unopened, q.After, q.AfterID, q.Limit, q.Controllers, q.Limit)
}
