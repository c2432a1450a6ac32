package models_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
)

// bad is a row that one CHECK must refuse: a valid row of a kind with something wrong in it.
type bad struct {
	kind    string
	changes record
}

// badRows has at least one bad row for every CHECK in the schema.
func badRows() map[string][]bad {
	some, at, staff := bytea("x"), noon(), "staff" // "staff" is replaced by somebody's id
	proposal := record{"proposal": some, "proposed_by": staff, "proposed_at": at, "outcome": "granted", "manifest_sha": some}
	also := func(r record, changes record) record { return r.with(changes) }
	decided := also(proposal, record{"state": "decided", "handler_id": staff, "decided_at": at})
	released := also(decided, record{"state": "released", "released_at": at})
	return map[string][]bad{
		"controllers_prefix_form":             {{"controllers", record{"prefix": "A"}}, {"controllers", record{"prefix": "sn"}}, {"controllers", record{"prefix": "SN-1"}}},
		"controllers_kind_known":              {{"controllers", record{"kind": "förening"}}},
		"controllers_review_days_range":       {{"controllers", record{"review_days": 0}}, {"controllers", record{"review_days": 11}}},
		"controllers_court_for_authorities":   {{"controllers", record{"court": ""}}},
		"controllers_agreement_for_companies": {{"controllers", record{"kind": "bolag"}}, {"controllers", record{"kind": "stiftelse"}}},
		"staff_email_lower":                   {{"staff", record{"email": "Anna@kommun.example"}}},
		"staff_bound_whole":                   {{"staff", record{"issuer": "i"}}, {"staff", record{"issuer": "i", "sub": "s"}}, {"staff", record{"bound_at": at}}},
		"assignments_role_known":              {{"assignments", record{"role": "boss"}}},
		"assignments_controller_by_role":      {{"assignments", record{"role": "admin"}}, {"assignments:central", record{"role": "ombud"}}},
		"assignments_period":                  {{"assignments", record{"valid_to": "1999-12-31"}}},
		"assignments_deputy_other":            {{"assignments", record{"deputy_for": staff}}},
		"systems_period":                      {{"systems", record{"valid_from": "2026-01-02", "valid_to": "2026-01-01"}}},
		"activities_period":                   {{"activities", record{"valid_from": "2026-01-02", "valid_to": "2026-01-01"}}},
		"delegations_kinds_some":              {{"delegations", record{"decision_kinds": []string{}}}},
		"delegations_period":                  {{"delegations", record{"valid_to": "2024-12-31"}}},

		"requests_number_form":         {{"requests", record{"number": "INS-2026-1"}}, {"requests", record{"number": "INS-2026-00001-SN"}}},
		"requests_right_known":         {{"requests", record{"right": "silence"}}},
		"requests_state_known":         {{"requests", record{"state": "lost"}}},
		"requests_language_known":      {{"requests", record{"language": "no"}}},
		"requests_closed_fact":         {{"requests", record{"closed_at": at}}, {"requests", record{"state": "closed"}}, {"requests", record{"state": "withdrawn"}}},
		"addressees_added_by_known":    {{"addressees:subject", record{"added_by": "ombud"}}},
		"addressees_reason_when_added": {{"addressees:subject", record{"reason": some}}, {"addressees:servicecenter", record{"reason": nil}}},
		"request_pauses_answered":      {{"request_pauses", record{"answer": nil}}, {"request_pauses", record{"to_date": nil}}},

		"filings_channel_known":         {{"filings", record{"channel": "pigeon"}}},
		"filings_rule_known":            {{"filings", record{"rule": "as-wished"}}},
		"filings_rule_of_paper":         {{"filings", record{"channel": "desk", "rule": "fl-22"}}},
		"filings_identity_known":        {{"filings", record{"identity": "guessed", "identity_by": staff, "identity_at": at}}},
		"filings_identity_whole":        {{"filings", record{"identity": "known"}}, {"filings", record{"identity_by": staff, "identity_at": at}}},
		"representations_kind_known":    {{"representations", record{"kind": "friend"}}},
		"representations_state_known":   {{"representations", record{"state": "perhaps", "checked_by": staff, "checked_at": at}}},
		"representations_how_known":     {{"representations", record{"state": "verified", "how": "hearsay", "checked_by": staff, "checked_at": at}}},
		"representations_checked_whole": {{"representations", record{"checked_by": staff}}, {"representations", record{"state": "verified", "how": "register"}}},
		"representations_how_verified":  {{"representations", record{"how": "register"}}, {"representations", record{"state": "verified", "checked_by": staff, "checked_at": at}}},
		"representations_reason_given":  {{"representations", record{"reason": some}}, {"representations", record{"state": "rejected", "checked_by": staff, "checked_at": at}}},
		"mandates_size_positive":        {{"mandates:draft", record{"size": 0}}},
		"mandates_sha_length":           {{"mandates:draft", record{"sha256": some}}},
		"envelopes_identity_known":      {{"envelopes", record{"identity": "guessed", "handed_by": staff, "handed_at": at}}},
		"envelopes_handed_whole":        {{"envelopes", record{"handed_by": staff}}, {"envelopes", record{"identity": "known"}}},
		"envelopes_returned_whole":      {{"envelopes", record{"returned_by": staff}}},
		"envelopes_served_handed":       {{"envelopes", record{"served_at": at}}},
		"envelopes_one_way_out":         {{"envelopes", record{"identity": "known", "handed_by": staff, "handed_at": at, "returned_by": staff, "returned_at": at}}},

		"print_batches_number_positive":  {{"print_batches:central", record{"number": 0}}},
		"printings_letters_some":         {{"printings:central", record{"letters": 0}}},
		"printings_pages_some":           {{"printings:central", record{"letters": 3}}},
		"printings_sha_length":           {{"printings:central", record{"sha256": some}}},
		"postings_enclosures_some":       {{"postings:case", record{"enclosures": -1}}},
		"postings_way_known":             {{"postings:case", record{"way": "pigeon"}}},
		"postings_place_positive":        {{"postings:case", record{"batch_id": "batch", "place": 0, "letter_pages": 1, "extract_pages": 0}}},
		"postings_letter_pages_positive": {{"postings:case", record{"batch_id": "batch", "place": 1, "letter_pages": 0, "extract_pages": 0}}},
		"postings_extract_pages_some":    {{"postings:case", record{"batch_id": "batch", "place": 1, "letter_pages": 1, "extract_pages": -1}}},
		"postings_sent_how_known":        {{"postings:case", record{"sent_on": "2026-03-02", "sent_how": "pigeon", "sent_by": staff, "sent_at": at}}},
		"postings_place_whole":           {{"postings:request", record{"controller_id": "controller"}}},
		"postings_extract_of_case":       {{"postings:request", record{"enclosures": 1}}, {"postings:request", record{"extract_id": "letter"}}},
		"postings_batched_whole": {{"postings:case", record{"batch_id": "batch"}}, {"postings:case", record{"place": 1}},
			{"postings:case", record{"letter_pages": 1}}, {"postings:case", record{"extract_pages": 1}}},
		"postings_sent_whole":     {{"postings:case", record{"sent_on": "2026-03-02"}}, {"postings:case", record{"sent_how": "post"}}, {"postings:case", record{"sent_by": staff, "sent_at": at}}},
		"postings_dropped_unsent": {{"postings:case", record{"dropped_at": at, "sent_on": "2026-03-02", "sent_how": "post", "sent_by": staff, "sent_at": at}}},

		"cases_right_known":    {{"cases", record{"right": "silence"}}},
		"cases_state_known":    {{"cases", record{"state": "lost"}}},
		"cases_language_known": {{"cases", record{"language": "no"}}},
		"cases_outcome_known":  {{"cases", also(proposal, record{"outcome": "perhaps"})}},
		"cases_due_order":      {{"cases", record{"due_on": "2026-04-01"}}, {"cases", record{"due_hard": "2026-03-02", "due_on": "2026-03-02"}}},
		"cases_proposal_whole": {{"cases", also(proposal, record{"proposed_by": nil})}, {"cases", also(proposal, record{"proposed_at": nil})},
			{"cases", also(proposal, record{"outcome": nil})}, {"cases", also(proposal, record{"manifest_sha": nil})}, {"cases", record{"outcome": "granted"}}},
		"cases_proposal_fact": {{"cases", record{"state": "in-review", "handler_id": staff}}, {"cases", record{"state": "ready", "handler_id": staff}},
			{"cases", record{"state": "decided", "handler_id": staff, "decided_at": at}}},
		"cases_decided_fact":  {{"cases", record{"decided_at": at}}, {"cases", also(decided, record{"decided_at": nil})}, {"cases", also(released, record{"decided_at": nil})}},
		"cases_released_fact": {{"cases", also(decided, record{"released_at": at})}, {"cases", also(released, record{"released_at": nil})}},
		"cases_closed_fact":   {{"cases", also(released, record{"closed_at": at})}, {"cases", also(released, record{"state": "closed"})}, {"cases", record{"state": "withdrawn"}}},
		"cases_handler_fact":  {{"cases", record{"state": "searching"}}, {"cases", also(released, record{"handler_id": nil})}},

		"pauses_reason_known":      {{"pauses", record{"reason": "coffee"}}},
		"pauses_order":             {{"pauses", record{"to_date": "2026-03-01"}}},
		"pauses_resumed_known":     {{"pauses", record{"resumed_state": "ready"}}},
		"extensions_ground_known":  {{"extensions", record{"ground": "holiday"}}},
		"extensions_in_time":       {{"extensions", record{"noticed_on": "2026-04-03"}}},
		"messages_direction_known": {{"messages:to-subject", record{"direction": "sideways", "staff_id": nil}}},
		"messages_author":          {{"messages:to-subject", record{"staff_id": nil}}, {"messages:from-subject", record{"staff_id": staff}}},

		"searches_result_known":    {{"searches", record{"result": "maybe", "attested_by": staff, "attested_at": at}}},
		"searches_attested_whole":  {{"searches", record{"result": "nothing"}}, {"searches", record{"attested_by": staff, "attested_at": at}}, {"searches", record{"result": "nothing", "attested_by": staff}}},
		"searches_hits":            {{"searches", record{"hits": 1}}, {"searches", record{"result": "found", "attested_by": staff, "attested_at": at}}, {"searches", record{"result": "nothing", "hits": 2, "attested_by": staff, "attested_at": at}}},
		"searches_reason":          {{"searches", record{"reason": some}}, {"searches", record{"result": "not-searched", "attested_by": staff, "attested_at": at}}},
		"files_purpose_known":      {{"files:item", record{"purpose": "song"}}},
		"files_size_positive":      {{"files:item", record{"size": 0, "crc32": nil, "parts": nil}}},
		"files_sha_length":         {{"files:item", record{"sha256": some}}},
		"files_crc32_range":        {{"files:item", record{"crc32": -1}}, {"files:item", record{"crc32": 4294967296}}},
		"files_parts_length":       {{"files:item", record{"size": 1048577}}, {"files:item", record{"parts": some}}},
		"files_digest_whole":       {{"files:item", record{"crc32": nil}}, {"files:item", record{"parts": nil}}},
		"files_draft_kinds":        {{"files:draft", record{"purpose": "item"}}},
		"files_number_kinds":       {{"files:item", record{"number": 1}}, {"files:letter", record{"number": 1, "released_at": at}}, {"files:item", record{"number": 0, "released_at": at}}},
		"files_package_size_kinds": {{"files:item", record{"package_size": 1000}}, {"files:letter", record{"purpose": "manifest", "package_size": 1}}},
		"files_release_kinds":      {{"files:attachment", record{"released_at": at}}},
		"items_disposition_known":  {{"items", record{"disposition": "burn"}}},
		"items_one_content":        {{"items", record{"body": nil}}, {"items", record{"file_id": "letter"}}},
		"items_ground":             {{"items", record{"disposition": "withhold"}}, {"items", record{"disposition": "release", "ground": "osl-26-1", "explanation": some}}, {"items", record{"ground": "osl-26-1", "explanation": some}}},
		"items_explained":          {{"items", record{"disposition": "withhold", "ground": "osl-26-1"}}, {"items", record{"explanation": some}}},

		"measures_kind_known":  {{"measures", record{"kind": "burn"}}},
		"measures_ground":      {{"measures", record{"kind": "keep"}}, {"measures", record{"ground": "art-17-3-b", "explanation": some}}},
		"measures_explained":   {{"measures", record{"kind": "keep", "ground": "art-17-3-b"}}, {"measures", record{"explanation": some}}},
		"measures_done_whole":  {{"measures", record{"done_at": at}}, {"measures", record{"done_at": at, "done_by": staff}}, {"measures", record{"receipt": some}}},
		"measures_kept_undone": {{"measures", record{"kind": "keep", "ground": "art-17-3-b", "explanation": some, "done_at": at, "done_by": staff, "receipt": some}}},

		"reviews_outcome_known": {{"reviews", record{"outcome": "shrug", "closed_at": at, "reviewer_id": staff}}},
		"reviews_closed_whole":  {{"reviews", record{"closed_at": at}}, {"reviews", record{"outcome": "declined", "reviewer_id": staff}}},
		"reviews_remarks":       {{"reviews", record{"remarks": some}}, {"reviews", record{"outcome": "remarks", "closed_at": at, "reviewer_id": staff}}},
		"reviews_reviewer":      {{"reviews", record{"outcome": "no-remarks", "closed_at": at}}, {"reviews", record{"outcome": "timed-out", "closed_at": at, "reviewer_id": staff}}},

		"decisions_outcome_known":       {{"decisions", record{"outcome": "perhaps", "remedy": "imy-and-court"}}},
		"decisions_remedy_known":        {{"decisions", record{"remedy": "prayer"}}},
		"decisions_authority":           {{"decisions", record{"delegation": nil}}, {"decisions", record{"delegation_id": nil, "delegation": nil}}, {"decisions", record{"meeting_on": "2026-03-01", "meeting_paragraph": "7"}}, {"decisions", record{"delegation_id": nil, "delegation": nil, "meeting_on": "2026-03-01"}}},
		"decisions_remedy_when_refused": {{"decisions", record{"outcome": "refused"}}, {"decisions", record{"outcome": "partial"}}, {"decisions", record{"outcome": "neutral"}}},
		"decisions_mask_reason":         {{"decisions", record{"officials_masked": true}}, {"decisions", record{"mask_reason": []byte("sealed")}}},
		"decisions_appeal_remedy":       {{"decisions", record{"appealable": true}}, {"decisions", record{"remedy": "forvaltningsratt"}}},
		"services_method_known":         {{"services:post", record{"method": "shouted"}}},
		"services_recorder":             {{"services:post", record{"staff_id": nil}}, {"services:portal", record{"staff_id": staff}}},

		"inquiries_number_form":            {{"inquiries:own", record{"number": "FRG-26-00001"}}, {"inquiries:own", record{"number": "INS-2026-00001"}}},
		"inquiries_state_known":            {{"inquiries:own", record{"state": "lost"}}},
		"inquiries_tier_known":             {{"inquiries:own", record{"tier": 4}}},
		"inquiries_language_known":         {{"inquiries:own", record{"language": "no"}}},
		"inquiries_topic_form":             {{"inquiries:own", record{"topic": "Min granne"}}},
		"inquiries_direct_whole":           {{"inquiries:direct", record{"tier": 2, "controller_id": "controller"}}, {"inquiries:direct", record{"controller_id": "controller"}}},
		"inquiries_series":                 {{"inquiries:direct", record{"number": "FRG-2026-900001"}}, {"inquiries:dso", record{"number": "DSO-2026-900001"}}},
		"inquiries_tier_fact":              {{"inquiries:ombud", record{"controller_id": nil}}, {"inquiries:dso", record{"dpo_controller_id": nil}}},
		"inquiries_answered_fact":          {{"inquiries:own", record{"state": "answered"}}},
		"inquiries_closed_fact":            {{"inquiries:own", record{"closed_at": at}}, {"inquiries:own", record{"state": "closed"}}, {"inquiries:own", record{"state": "converted"}}},
		"inquiries_request_fact":           {{"inquiries:own", record{"request_id": "request"}}},
		"inquiry_messages_tier_known":      {{"inquiry_messages:to-asker", record{"tier": 0}}},
		"inquiry_messages_direction_known": {{"inquiry_messages:to-asker", record{"direction": "sideways"}}},
		"inquiry_messages_author":          {{"inquiry_messages:to-asker", record{"staff_id": nil}}, {"inquiry_messages:from-asker", record{"staff_id": staff}}},
		"inquiry_messages_scope":           {{"inquiry_messages:ombud", record{"controller_id": nil}}, {"inquiry_messages:dso", record{"dpo_controller_id": nil}}},
		"inquiry_codes_hash_length":        {{"inquiry_codes", record{"hash": some}}},
		"inquiry_codes_attempts_range":     {{"inquiry_codes", record{"attempts": 6}}, {"inquiry_codes", record{"attempts": -1}}},
		"inquiry_codes_short_life":         {{"inquiry_codes", record{"expires_at": "2026-03-02T12:00:00Z"}}},
		"rate_limits_hits_positive":        {{"rate_limits", record{"hits": 0}}},
		"jobs_inquiry_alone":               {{"jobs:inquiry", record{"case_id": staff}}, {"jobs:inquiry", record{"controller_id": staff}}, {"jobs:request", record{"inquiry_id": staff}}},
		"events_subject_known":             {{"events:case", record{"subject_id": nil}}, {"events:request", record{"subject_id": nil}}},
		"appeals_state_known":              {{"appeals:letter", record{"state": "lost"}}},
		"appeals_channel_known":            {{"appeals:letter", record{"channel": "pigeon"}}},
		"appeals_portal":                   {{"appeals:letter", record{"registered_by": nil}}, {"appeals:letter", record{"wanted": some}}, {"appeals:portal", record{"registered_by": staff}}, {"appeals:portal", record{"wanted": nil}}},
		"appeals_hand_over":                {{"appeals:letter", record{"hand_over_by": "2026-03-02"}}},
		"files_appeal_kinds":               {{"files:item", record{"appeal_id": "appeal"}}},
		"files_appeal_apart":               {{"files:appeal", record{"released_at": at}}},

		"files_notice_released":         {{"files:item", record{"purpose": "extension"}}},
		"pauses_answer_by":              {{"pauses", record{"answer_by": "2026-03-02"}}},
		"request_pauses_answer_by":      {{"request_pauses", record{"answer_by": "2026-03-02"}}},
		"request_notices_kind_known":    {{"request_notices:asked", record{"kind": "song"}}},
		"request_notices_size_positive": {{"request_notices:asked", record{"size": 0}}},
		"request_notices_sha_length":    {{"request_notices:asked", record{"sha256": some}}},
		"forwardings_kind_known":        {{"forwardings:case", record{"kind": "gossip"}}},
		"forwardings_case_whole":        {{"forwardings:case", record{"controller_id": nil}}, {"forwardings:request", record{"controller_id": "controller"}}},

		"jobs_done_whole":                 {{"jobs:case", record{"done_at": at}}, {"jobs:case", record{"result": "done"}}},
		"jobs_kind_form":                  {{"jobs:case", record{"kind": "Mail Person"}}},
		"events_stream_known":             {{"events:request", record{"stream_kind": "gossip"}}},
		"organisation_events_hash_length": {{"organisation_events", record{"hash": some}}, {"organisation_events", record{"prev_hash": some}}},
		"own_parts_version_positive":      {{"own_parts", record{"version": 0}}},
		"own_parts_slot_form":             {{"own_parts", record{"slot": "Help me"}}},
		"own_parts_swedish_length":        {{"own_parts", record{"swedish": strings.Repeat("å", 4001)}}},
		"own_parts_english_length":        {{"own_parts", record{"english": strings.Repeat("å", 4001)}}},
		"own_parts_both_languages":        {{"own_parts", record{"swedish": ""}}, {"own_parts", record{"english": ""}}},
		"events_audience_known":           {{"events:case", record{"audience": "everybody"}}},
		"events_controller_of_case":       {{"events:case", record{"controller_id": nil}}, {"events:request", record{"controller_id": staff}}, {"events:inquiry", record{"controller_id": staff}}},
		"events_hash_length":              {{"events:case", record{"hash": some}}, {"events:case", record{"prev_hash": some}}},
		"read_log_who":                    {{"read_log", record{"actor_kind": "system"}}, {"read_log", record{"actor_kind": "resident"}}, {"read_log", record{"staff_id": nil}}},
	}
}

// TestChecksRefuseBadRows: no state without its facts. A CHECK without a bad row in the table fails the test.
func TestChecksRefuseBadRows(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t).withPlaces()
	rows, err := w.owner.Query(ctx, `select conname::text from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace and conrelid <> 0`)
	if err != nil {
		t.Fatal(err)
	}
	checks, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	tried := badRows()
	for _, check := range checks {
		if len(tried[check]) == 0 {
			t.Errorf("%s has no bad row", check)
		}
		for i, b := range tried[check] {
			good := w.fitting(b.kind)
			if err := w.refusal(tableOf(b.kind), good); err != nil {
				t.Fatalf("%s: the row without the fault: %v", check, err)
			}
			code, constraint := postgres.ErrorCode(w.refusal(tableOf(b.kind), good.with(w.named(b.changes))))
			if code != postgres.CodeCheckViolation || constraint != check {
				t.Errorf("%s, row %d: got %s %s", check, i, code, constraint)
			}
		}
		delete(tried, check)
	}
	for check := range tried {
		t.Errorf("there is no check %s", check)
	}
}

// fitting is a valid row of the kind where there is room for it.
func (w *world) fitting(kind string) record {
	switch tableOf(kind) {
	case "cases":
		return w.row(kind, w.coming[0], w.colleague)
	case "addressees":
		return w.row(kind, w.empty[0], w.colleague)
	}
	return w.row(kind, w.bare[0], w.colleague)
}

// named puts real ids where the table says whose.
func (w *world) named(changes record) record {
	out := record{}
	for k, v := range changes {
		switch v {
		case "staff":
			v = w.colleague
		case "letter":
			v = w.bare[0].letter
		case "controller":
			v = w.bare[0].controller
		case "request":
			v = w.bare[0].request
		case "appeal":
			v = w.bare[0].appeal
		case "batch":
			v = w.bare[0].batch
		}
		out[k] = v
	}
	return out
}

// refusal stores a row as the owner, takes it back, and returns why it could not be stored.
func (w *world) refusal(table string, r record) error {
	w.t.Helper()
	ctx := context.Background()
	tx, err := w.owner.Begin(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	_, err = tx.Exec(ctx, insertSQL(table, r), r.json(w.t))
	if err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	return nil
}
