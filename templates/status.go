package templates

import (
	"fmt"
	"html/template"
	"strings"

	"insyn/internal/i18n"
)

// statusClass is the shape and colour of a status: ring (empty), going, wait, done, late. Keys are "kind.key".
func statusClass(key string) (string, bool) {
	switch key {
	case "resident.received", "staff.assigned", "staff.submitted":
		return "", true
	case "resident.withdrawn", "resident.dismissed", "staff.withdrawn", "staff.dismissed", "intake.withdrawn":
		return "", true
	case "resident.searching", "resident.checking", "resident.deciding", "resident.executing",
		"staff.searching", "staff.ready", "staff.decided", "staff.active", "intake.open",
		"measure.correct", "measure.supplement", "measure.erase":
		return "going", true
	case "resident.waiting", "staff.in-review", "staff.ready-waiting", "staff.executing", "staff.awaiting-subject",
		"search.not-searched", "search.open", "item.withhold", "item.undecided", "review.open", "review.remarks",
		"measure.keep", "measure.todo":
		return "wait", true
	case "resident.done", "staff.released", "staff.closed", "staff.disposed", "search.found", "search.nothing", "item.release",
		"review.no-remarks", "review.declined", "review.timed-out", "review.recalled", "intake.done", "measure.done":
		return "done", true
	case "resident.late", "staff.overdue":
		return "late", true
	default:
		return "", false
	}
}

// status draws a status by its key. An unknown key is an error: a state without words must not reach a page.
func status(p i18n.Printer, kind, key string, args []any) (template.HTML, error) {
	class, ok := statusClass(kind + "." + key)
	if !ok {
		return "", fmt.Errorf("no status %s.%s", kind, key)
	}
	words, err := withArgs(p.T, "status."+kind+"."+key, args)
	if err != nil {
		return "", err
	}
	return tag(class, words), nil
}

// tag draws a status with words of one's own.
func tag(class, words string) template.HTML {
	name := "status"
	if class != "" {
		name += " status--" + class
	}
	return template.HTML(`<span class="` + template.HTMLEscapeString(name) + `">` + template.HTMLEscapeString(words) + `</span>`) //nolint:gosec // both parts are escaped
}

// bare takes the pill off a status.
func bare(h template.HTML) template.HTML {
	return template.HTML(strings.Replace(string(h), `class="status`, `class="status status--bare`, 1)) //nolint:gosec // made by tag
}
