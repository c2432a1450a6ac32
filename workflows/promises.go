package workflows

import (
	"fmt"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
)

// JobKind names a promised effect.
type JobKind string

// The kinds of job.
const (
	JobFanOut       JobKind = "fan-out"       // one case per controller
	JobNotify       JobKind = "notify"        // find who is to be told, promise a mail to each
	JobMailPerson   JobKind = "mail-person"   // tell the person that something is there
	JobMailStaff    JobKind = "mail-staff"    // tell one member of staff that something is there
	JobRelease      JobKind = "release"       // give the person what was decided
	JobSettle       JobKind = "settle"        // close the request if all its cases have come to an end
	JobPauseCase    JobKind = "pause-case"    // the servicecenter asked the person
	JobResumeCase   JobKind = "resume-case"   // the person answered the servicecenter
	JobWithdrawCase JobKind = "withdraw-case" // taken back at the person's recorded wish
	JobProtected    JobKind = "protected"     // the person was flagged, or no longer is: tell every chain, and who may handle it
	JobPassOn       JobKind = "pass-on-paper" // the servicecenter took in a paper for the case

	JobReceipt       JobKind = "receipt"        // make the receipt of a request
	JobServeEnvelope JobKind = "serve-envelope" // the servicecenter handed over a sealed decision
)

// mailPerson promises a mail that something is there. The key carries the case's version: one mail for each change.
func (w *work) mailPerson(mail string) error {
	return w.promise(JobMailPerson, fmt.Sprintf("mail:%s:%s:%d", mail, w.c.ID, w.c.Version), time.Time{}, map[string]any{"mail": mail})
}

// notify promises that those with a role at the controller are told.
func (w *work) notify(mail string, role models.Role) error {
	return w.promise(JobNotify, fmt.Sprintf("notify:%s:%s:%d", mail, w.c.ID, w.c.Version), time.Time{}, map[string]any{"mail": mail, "role": role, "by": w.tx.Actor.Staff})
}

// notifyHandler promises that the case's handler is told, or every ombud if it has none.
func (w *work) notifyHandler(mail string) error {
	return w.promise(JobNotify, fmt.Sprintf("notify:%s:%s:%d", mail, w.c.ID, w.c.Version), time.Time{},
		map[string]any{"mail": mail, "role": models.RoleOmbud, "handler": true, "by": w.tx.Actor.Staff})
}

func dateOf(t time.Time) calendar.Date { return calendar.DateOf(t) }
