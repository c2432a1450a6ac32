// Package desk is the staff's door: every page and form under /arbete. It reads forms, asks workflows, and shapes what
// comes back into page structs; it decides nothing. The same use cases are reached by other doors.
//
// Who acts is loaded anew for every request, so that a right ends the day its assignment ends, also in a session that is
// running. A member of staff works for one controller at a time: the actor handed to workflows is narrowed to it.
package desk
