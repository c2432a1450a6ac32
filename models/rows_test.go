package models_test

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/models"
)

func staffRow(staff uuid.UUID) record {
	return record{"id": staff, "email": staff.String() + "@kommun.example", "name": "Tjänsteperson", "title": ""}
}

func controllerRow(controller uuid.UUID, prefix string) record {
	return record{"id": controller, "prefix": prefix, "name": "Nämnden " + prefix, "description": "", "kind": "namnd", "sensitive": false,
		"court": "Förvaltningsrätten", "address": "", "email": "", "phone": "", "dpo_name": "", "dpo_email": "", "dpo_phone": "",
		"processor_agreement": "", "review_days": 3, "position": 0}
}

// row makes a fresh row of a kind that satisfies every constraint, at a place and by a member of staff. A kind is a
// table's name, with what sets rows of the table apart after a colon.
func (w *world) row(kind string, p place, by uuid.UUID) record {
	w.t.Helper()
	for _, rows := range []func(string, place, uuid.UUID) record{organisationRow, requestRow, filingRow, inquiryRow, caseRow, workRow, answerRow, paperRow, noticeRow, boneRow} {
		if r := rows(kind, p, by); r != nil {
			if tableOf(kind) == "assignments" {
				r["valid_from"] = calendar.New(2000, 1, 1).AddDays(int(w.days.Add(1))) // each its own day: the day is in the key
			}
			if kind == "import_trials" || kind == "own_parts" {
				r["staff_id"] = w.staff[models.RoleAdmin] // whose they are, they alone reach
			}
			return r
		}
	}
	w.t.Fatalf("no row of kind %s; a new table needs one here, and its rights in policies_test.go", kind)
	return nil
}

func organisationRow(kind string, p place, by uuid.UUID) record {
	switch kind {
	case "controllers":
		letters := strings.Map(func(r rune) rune { return 'A' + r%16 }, uuid.NewString()[30:])
		return controllerRow(id(), letters)
	case "staff":
		return staffRow(id())
	case "assignments":
		return record{"id": id(), "staff_id": by, "role": "ombud", "controller_id": p.controller}
	case "assignments:central":
		return record{"id": id(), "staff_id": by, "role": "servicecenter"}
	case "delegations":
		return record{"id": id(), "controller_id": p.controller, "number": id().String(), "text": "Beslut", "decision_kinds": []string{"access-grant"},
			"staff_id": by, "position_title": "Chef", "adopted_on": "2025-01-01", "paragraph": "12", "valid_from": "2025-01-01"}
	case "systems":
		return record{"id": id(), "controller_id": p.controller, "name": id(), "description": "", "owner": "", "search_hint": "", "classification": "", "position": 0}
	case "activities":
		return record{"id": id(), "controller_id": p.controller, "system_id": p.system, "name": id(), "purpose": "a", "legal_basis": "a",
			"data_categories": "a", "recipients": "a", "storage": "a", "source": "a", "third_country": "", "automated": ""}
	}
	return nil
}

func requestRow(kind string, p place, _ uuid.UUID) record {
	switch kind {
	case "subjects":
		return record{"id": id(), "number_token": bytea(id().String()), "created_at": noon()}
	case "drafts":
		return record{"id": id(), "subject_id": p.subject, "version": 1, "form": bytea("sealed"), "created_at": noon(), "updated_at": noon()}
	case "counters":
		return record{"series": id(), "year": 2026, "last": 1}
	case "requests":
		return record{"id": id(), "number": fmt.Sprintf("INS-2026-%05d%d", p.number, uuid.New().ID()), "subject_id": p.subject, "right": "access", "state": "submitted",
			"version": 1, "language": "sv", "person": bytea("sealed"), "received_at": noon(), "received_on": "2026-03-02", "state_since": noon()}
	case "addressees:subject":
		return record{"request_id": p.request, "controller_id": p.controller, "case_id": p.kase, "subject_id": p.subject, "received_on": "2026-03-02",
			"added_by": "subject", "created_at": noon()}
	case "addressees:servicecenter":
		return requestRow("addressees:subject", p, uuid.Nil).with(record{"added_by": "servicecenter", "reason": bytea("sealed")})
	case "request_pauses":
		return record{"id": id(), "request_id": p.request, "subject_id": p.subject, "question": bytea("sealed"), "from_date": "2026-03-02",
			"answer": bytea("sealed"), "to_date": "2026-03-03"}
	}
	return nil
}

func filingRow(kind string, p place, by uuid.UUID) record {
	of := record{"request_id": p.request, "subject_id": p.subject}
	mandate := of.with(record{"id": id(), "request_id": p.draft, "name": bytea("sealed"), "media_type": "application/pdf", "size": 1, "sha256": sum("m"), "created_at": noon()})
	switch kind {
	case "filings":
		return of.with(record{"channel": "letter", "arrived_on": "2026-03-02", "rule": "as-arrived", "registered_by": by, "registered_at": noon(), "identity": "not-yet"})
	case "representations":
		return of.with(record{"kind": "agent", "state": "claimed", "created_at": noon()})
	case "mandates:draft":
		return mandate
	case "mandates:sent":
		return mandate.with(record{"sent_at": noon()})
	case "envelopes":
		return record{"id": id(), "case_id": p.kase, "controller_id": p.controller, "subject_id": p.subject, "sealed_by": by, "sealed_at": noon()}
	}
	return nil
}

func caseRow(kind string, p place, by uuid.UUID) record {
	switch kind {
	case "cases":
		return record{"id": p.kase, "number": fmt.Sprintf("INS-2026-%05d-%s", p.number, p.controller), "request_id": p.request, "controller_id": p.controller,
			"subject_id": p.subject, "right": "access", "state": "assigned", "version": 1, "person": bytea("sealed"), "language": "sv",
			"received_at": noon(), "received_on": "2026-03-02", "due_hard": "2026-04-02", "due_on": "2026-04-02", "extended": false,
			"derivation": []string{}, "clock_rule": "test", "clock_event": 0, "state_since": noon()}
	case "case_public":
		return record{"case_id": p.kase, "request_id": p.request, "controller_id": p.controller, "subject_id": p.subject, "number": "INS", "done": false, "due_on": "2026-04-02"}
	case "concerns":
		return record{"case_id": p.kase, "controller_id": p.controller, "subject_id": p.subject, "about": bytea("sealed"), "created_at": noon()}
	case "pauses":
		return record{"id": id(), "case_id": p.kase, "controller_id": p.controller, "subject_id": p.subject, "reason": "identity", "from_date": "2026-03-02", "resumed_state": "assigned"}
	case "extensions":
		return record{"case_id": p.kase, "controller_id": p.controller, "subject_id": p.subject, "ground": "number", "reason": bytea("sealed"), "decided_by": by,
			"noticed_on": "2026-03-02", "due_hard": "2026-04-02", "due_before": "2026-04-02", "due_after": "2026-06-02"}
	case "messages:to-subject":
		return record{"id": id(), "case_id": p.kase, "controller_id": p.controller, "subject_id": p.subject, "direction": "to-subject", "staff_id": by,
			"body": bytea("sealed"), "created_at": noon()}
	case "messages:from-subject":
		return record{"id": id(), "case_id": p.kase, "controller_id": p.controller, "subject_id": p.subject, "direction": "from-subject",
			"body": bytea("sealed"), "created_at": noon()}
	case "notes":
		return record{"id": id(), "case_id": p.kase, "controller_id": p.controller, "staff_id": by, "body": bytea("sealed"), "created_at": noon()}
	case "search_tokens":
		return record{"controller_id": p.controller, "token": bytea(id().String()), "case_id": p.kase}
	}
	return nil
}

func workRow(kind string, p place, by uuid.UUID) record {
	file := record{"id": id(), "case_id": p.kase, "controller_id": p.controller, "subject_id": p.subject, "name": bytea("sealed"),
		"media_type": "text/plain", "size": 1, "sha256": sum("file"), "created_at": noon()}
	switch kind {
	case "searches":
		return record{"id": id(), "case_id": p.kase, "controller_id": p.controller, "system_id": p.spare, "hits": 0}
	case "files:draft":
		return file.with(record{"purpose": "attachment", "draft_id": p.draft})
	case "files:attachment":
		return file.with(record{"purpose": "attachment"})
	case "files:item":
		return file.with(record{"purpose": "item", "crc32": 4294967295, "parts": sum("file")})
	case "files:letter":
		return file.with(record{"purpose": "letter"})
	case "files:pending":
		return file.with(record{"purpose": "appeal"})
	case "files:appeal":
		return file.with(record{"purpose": "appeal", "appeal_id": p.appeal})
	case "files:released":
		return file.with(record{"purpose": "extract-html", "released_at": noon()})
	case "items":
		return record{"id": id(), "case_id": p.kase, "controller_id": p.controller, "search_id": p.search, "position": 1, "title": bytea("sealed"),
			"body": bytea("sealed"), "sha256": sum("item"), "added_by": by, "created_at": noon()}
	case "measures":
		return record{"id": id(), "case_id": p.kase, "controller_id": p.controller, "search_id": p.search, "position": 1, "kind": "erase",
			"what": bytea("sealed"), "added_by": by, "created_at": noon()}
	case "manifests":
		return record{"case_id": p.kase, "sha256": sum(id().String()), "controller_id": p.controller, "body": bytea("sealed"), "created_at": noon()}
	case "reviews":
		return record{"id": id(), "case_id": p.kase, "controller_id": p.controller, "round": 1, "manifest_sha": sum("m"), "offered_at": noon(), "closes_on": "2026-03-05"}
	}
	return nil
}

func answerRow(kind string, p place, by uuid.UUID) record {
	of := record{"id": id(), "case_id": p.kase, "controller_id": p.controller, "subject_id": p.subject}
	switch kind {
	case "decisions":
		return of.with(record{"kind": "access-grant", "outcome": "granted", "reasons": bytea("sealed"), "delegation_id": p.delegation, "delegation": "1.2",
			"decided_by": by, "decided_at": noon(), "decided_on": "2026-03-02", "appealable": false, "remedy": "none", "manifest_sha": sum("m"),
			"letter_id": p.letter, "letter_sha": sum("l")})
	case "services:portal":
		return of.with(record{"method": "portal", "served_on": "2026-03-02", "created_at": noon()})
	case "services:post":
		return of.with(record{"method": "post", "served_on": "2026-03-02", "staff_id": by, "created_at": noon()})
	case "appeals:portal":
		return of.with(record{"state": "received", "channel": "portal", "arrived_on": "2026-03-02", "registered_at": noon(), "wanted": bytea("sealed"), "hand_over_by": "2026-03-09"})
	case "appeals:letter":
		return of.with(record{"state": "received", "channel": "letter", "arrived_on": "2026-03-02", "registered_at": noon(), "registered_by": by, "hand_over_by": "2026-03-09"})
	case "deliveries":
		return of.with(record{"file_id": p.letter, "at": noon()})
	}
	return nil
}

// paperRow makes a row of what is printed and posted.
func paperRow(kind string, p place, by uuid.UUID) record {
	batch := record{"id": id(), "day": "2026-03-02", "number": 1 + uuid.New().ID()>>2, "made_by": by, "made_at": noon()}
	taken := record{"id": id(), "printed_by": by, "printed_at": noon(), "letters": 1, "pages": 2, "sha256": sum("print")}
	posting := record{"id": id(), "request_id": p.request, "subject_id": p.subject, "letter_id": id(), "enclosures": 0, "way": "post", "waits_since": noon()}
	switch kind {
	case "print_batches:controller":
		return batch.with(record{"controller_id": p.controller})
	case "print_batches:central":
		return batch
	case "printings:controller":
		return taken.with(record{"batch_id": p.batch, "controller_id": p.controller})
	case "printings:central":
		return taken.with(record{"batch_id": p.batch})
	case "postings:case":
		return posting.with(record{"case_id": p.kase, "controller_id": p.controller, "letter_id": p.letter})
	case "postings:request":
		return posting.with(record{"letter_id": p.notice})
	}
	return nil
}

func noticeRow(kind string, p place, by uuid.UUID) record {
	file := workRow("files:item", p, by).with(record{"released_at": noon()})
	ofRequest := record{"id": id(), "request_id": p.request, "subject_id": p.subject, "created_at": noon()}
	notice := ofRequest.with(record{"media_type": "application/pdf", "size": 1, "sha256": sum("n"), "made_by": by})
	forwarding := ofRequest.with(record{"kind": "documents", "forwarded_on": "2026-03-02", "details": bytea("sealed"), "staff_id": by})
	switch kind {
	case "files:extension":
		return file.with(record{"purpose": "extension"})
	case "files:service":
		return file.with(record{"purpose": "service"})
	case "request_notices:forwarded":
		return notice.with(record{"kind": "forwarding"})
	case "request_notices:asked":
		return notice.with(record{"kind": "completion"})
	case "forwardings:case":
		return forwarding.with(record{"case_id": p.kase, "controller_id": p.controller})
	case "forwardings:request":
		return forwarding
	}
	return nil
}

func boneRow(kind string, p place, by uuid.UUID) record {
	zero := bytea(strings.Repeat("\x00", 32))
	event := record{"subject_id": p.subject, "kind": "opened", "actor_kind": "system", "data": record{}, "at": noon(), "prev_hash": zero, "hash": zero}
	switch kind {
	case "jobs:request":
		return record{"id": id(), "kind": "notify", "key": id(), "request_id": p.request, "data": record{}, "run_at": noon(), "created_at": noon(), "attempt": 0, "failures": 0}
	case "jobs:inquiry":
		return boneRow("jobs:request", p, by).with(record{"request_id": nil, "inquiry_id": p.question})
	case "jobs:inquiry-anonymous":
		return boneRow("jobs:request", p, by).with(record{"request_id": nil, "inquiry_id": p.inquiry})
	case "jobs:case":
		return boneRow("jobs:request", p, by).with(record{"case_id": p.kase, "controller_id": p.controller})
	case "events:request":
		return event.with(record{"stream_kind": "request", "stream_id": p.request, "seq": 1 + int(p.controller[14])<<8 + int(p.controller[15]), "audience": "subject"})
	case "events:case":
		return event.with(record{"stream_kind": "case", "stream_id": p.kase, "seq": 1, "controller_id": p.controller, "audience": "subject"})
	case "events:case-staff":
		return event.with(record{"stream_kind": "case", "stream_id": p.kase, "seq": 2, "controller_id": p.controller, "audience": "staff"})
	case "events:inquiry":
		return event.with(record{"stream_kind": "inquiry", "stream_id": p.question, "seq": 1, "audience": "subject"})
	case "events:inquiry-anonymous":
		return event.with(record{"stream_kind": "inquiry", "stream_id": p.inquiry, "seq": 2, "audience": "subject", "subject_id": nil})
	case "events:inquiry-staff":
		return event.with(record{"stream_kind": "inquiry", "stream_id": p.question, "seq": 3, "audience": "staff"})
	case "event_heads":
		return record{"stream_kind": "case", "stream_id": p.kase, "seq": 2, "hash": zero}
	case "read_log":
		return record{"at": noon(), "actor_kind": "staff", "staff_id": by, "page": "case", "controller_id": p.controller, "shown": []uuid.UUID{p.kase}}
	case "read_log_seals":
		return record{"id": uuid.New().ID(), "rows": 1, "at": noon(), "prev": zero, "hash": zero}
	case "organisation_events":
		return record{"seq": 1 + uuid.New().ID()>>2, "kind": "staff-added", "actor_kind": "system", "data": record{}, "at": noon(), "prev_hash": zero, "hash": zero}
	case "import_trials":
		return record{"id": id(), "staff_id": by, "created_at": noon(), "files": bytea("sealed")}
	case "own_parts":
		return record{"version": 1 + uuid.New().ID()>>2, "slot": "help", "swedish": "Ring oss.", "english": "Call us.", "active_from": "2026-01-01", "staff_id": by, "created_at": noon()}
	case "key_stores":
		return record{"id": id(), "first_used": noon()}
	case "sessions":
		return record{"token": id(), "data": bytea("sealed"), "expiry": noon()}
	case "goose_db_version":
		return record{"id": 1 << 20, "version_id": 0, "is_applied": true, "tstamp": noon()}
	}
	return nil
}
