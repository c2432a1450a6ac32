package models_test

import (
	"fmt"

	"github.com/google/uuid"
)

// inquiryRow is a row about an inquiry: asked by the place's subject or by nobody known, and where it lies.
func inquiryRow(kind string, p place, by uuid.UUID) record {
	asked := record{"id": id(), "number": fmt.Sprintf("FRG-2026-%05d%d", p.number, uuid.New().ID()), "state": "open", "tier": 1, "direct": false,
		"subject_id": p.subject, "version": 1, "language": "sv", "topic": "", "contact": bytea("sealed"), "sent_token": bytea(id().String()),
		"received_at": noon(), "received_on": "2026-03-02", "state_since": noon()}
	said := record{"id": id(), "inquiry_id": p.question, "subject_id": p.subject, "tier": 1, "direction": "to-asker", "staff_id": by, "body": bytea("sealed"), "created_at": noon()}
	switch kind {
	case "inquiries:own":
		return asked
	case "inquiries:anonymous":
		return asked.with(record{"subject_id": nil})
	case "inquiries:ombud":
		return asked.with(record{"tier": 2, "controller_id": p.controller})
	case "inquiries:dso":
		return asked.with(record{"tier": 3, "dpo_controller_id": p.controller})
	case "inquiries:direct":
		return asked.with(record{"tier": 3, "dpo_controller_id": p.controller, "direct": true,
			"number": fmt.Sprintf("DSO-2026-%05d%d", p.number, uuid.New().ID())})
	case "inquiry_messages:from-asker":
		return said.with(record{"direction": "from-asker", "staff_id": nil})
	case "inquiry_messages:anonymous":
		return said.with(record{"direction": "from-asker", "staff_id": nil, "inquiry_id": p.inquiry, "subject_id": nil})
	case "inquiry_messages:to-asker":
		return said
	case "inquiry_messages:note":
		return said.with(record{"direction": "note"})
	case "inquiry_messages:ombud":
		return said.with(record{"tier": 2, "controller_id": p.controller})
	case "inquiry_messages:dso":
		return said.with(record{"tier": 3, "dpo_controller_id": p.controller})
	case "inquiry_codes":
		return record{"id": id(), "inquiry_id": p.inquiry, "hash": sum("code"), "created_at": noon(), "expires_at": noon(), "attempts": 0}
	case "rate_limits":
		return record{"scope": "ask", "token": bytea(id().String()), "starts": noon(), "hits": 1}
	}
	return nil
}
