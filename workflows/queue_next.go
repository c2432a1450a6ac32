package workflows

import (
	"time"

	"insyn/models"
)

// waitsFor tells whether the next step of a case is the actor's. What it says of open cases models.CountCases counts.
func waitsFor(a models.Actor, c models.Case, now time.Time) bool {
	switch c.State {
	case models.CaseAssigned:
		return a.Has(models.RoleOmbud, c.ControllerID)
	case models.CaseSearching, models.CaseExecuting:
		return c.HandlerID == a.Staff
	case models.CaseInReview:
		return a.Has(models.RoleDSO, c.ControllerID)
	case models.CaseReady:
		return a.Has(models.RoleDecider, c.ControllerID)
	case models.CaseReleased:
		return a.Has(models.RoleRegistrator, c.ControllerID) && (c.DiaryNumber == nil || toPost(c, now))
	case models.CaseDecided, models.CaseClosed, models.CaseAwaiting, models.CaseWithdrawn:
		return false
	default:
		return false
	}
}

// toPost tells whether a released decision is the registrator's to post: it is not served, and the person asked for it by
// post or has left it unopened for a fortnight (domain.md 13 P9).
func toPost(c models.Case, now time.Time) bool {
	return c.State == models.CaseReleased && c.AppealUntil.IsZero() && (c.AnswerByPost || c.ReleasedAt != nil && !c.ReleasedAt.After(now.Add(-postAfter)))
}

// nextInRegistry is the key of what the registrator has left to do with a case.
func nextInRegistry(c models.Case, now time.Time) string {
	switch diary, post := c.DiaryNumber == nil, toPost(c, now); {
	case diary && post:
		return "next.diary-post-mine"
	case post:
		return "next.post-mine"
	case diary:
		return "next.diary-mine"
	default:
		return "next." + string(c.State)
	}
}

// nextStep is the key of what happens next in a case, and what fills the words: how many systems are left to search, until
// when a review is open, since when the person has had the question. Those who do not see content read none of the counts.
func nextStep(tx *models.Tx, c models.Case, at models.CaseSteps, mine bool) (string, map[string]any) {
	key, end := "next."+string(c.State), ""
	if mine {
		end = "-mine"
	}
	switch {
	case c.State == models.CaseReleased && mine:
		return nextInRegistry(c, tx.Now), nil
	case c.State == models.CaseSearching && mayKnowSteps(tx.Actor, c):
		return nextOfSearch(c.Right, at, end)
	case c.State == models.CaseExecuting && mayKnowSteps(tx.Actor, c):
		return "next.carry-out" + end, map[string]any{"n": at.Undone}
	case c.State == models.CaseInReview && !at.ReviewUntil.IsZero():
		return key + "-until" + end, map[string]any{"date": at.ReviewUntil}
	case c.State == models.CaseAwaiting && !at.WaitsSince.IsZero():
		return key + "-since" + end, map[string]any{"date": at.WaitsSince}
	}
	return key + end, nil
}

// nextOfSearch is the next of the steps from the first search to the proposal, in the order they are done.
func nextOfSearch(r models.Right, at models.CaseSteps, end string) (string, map[string]any) {
	switch {
	case at.Pending > 0:
		return "next.search" + end, map[string]any{"n": at.Pending}
	case at.Empty > 0 && RightOf(r).Works == WorksMeasures:
		return "next.measures" + end, map[string]any{"n": at.Empty}
	case at.Empty > 0:
		return "next.material" + end, map[string]any{"n": at.Empty}
	case at.Undecided > 0:
		return "next.mark" + end, map[string]any{"n": at.Undecided}
	case at.Remarks:
		return "next.remarks" + end, nil
	default:
		return "next.propose" + end, nil
	}
}

func mayKnowSteps(a models.Actor, c models.Case) bool {
	return a.Has(models.RoleOmbud, c.ControllerID) || a.Has(models.RoleDecider, c.ControllerID) || a.Has(models.RoleDSO, c.ControllerID)
}
