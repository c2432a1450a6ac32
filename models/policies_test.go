package models_test

// rights says whose rows of a kind each actor reaches with a verb (design.md section 6). Actors stand in the order they are
// asked; one that is not named reaches none. What follows the equals sign:
//
//	A   rows of the controller where the member of staff holds the role
//	P   rows of the person
//	I   what belongs to the inquiry whose one-time code was shown
//	*   every row
type rights struct{ sees, adds, changes, removes string }

// policies are the rights to every kind of row in the database. The actors are those of actorsOf.
func policies() map[string]rights {
	const (
		everybody  = "anonymous=* inquirer=* resident=* servicecenter=* ombud=* decider=* dso=* registrator=* logreviewer=* admin=* system=*"
		someone    = "inquirer=* resident=* servicecenter=* ombud=* decider=* dso=* registrator=* logreviewer=* admin=* system=*"
		allStaff   = "servicecenter=* ombud=* decider=* dso=* registrator=* logreviewer=* admin=* system=*"
		system     = "system=*"
		admin      = "admin=* system=*"
		register   = "ombud=A decider=A dso=A admin=* system=*"
		mandates   = "ombud=A decider=A dso=A registrator=A admin=* system=*"
		shared     = "resident=P servicecenter=* system=*"
		sent       = "resident=P system=*"
		officers   = "ombud=A decider=A"
		content    = "ombud=A decider=A dso=A system=*"
		letters    = "ombud=A decider=A dso=A registrator=A system=*"
		withPerson = "resident=P ombud=A decider=A dso=A system=*"
		answer     = "resident=P ombud=A decider=A dso=A registrator=A system=*"
	)
	return map[string]rights{
		// The organisation: the import writes it, as the system; people by the administrator too, see TestOrganisationGuard.
		"controllers":         {sees: everybody, adds: system, changes: system},
		"staff":               {sees: allStaff, adds: admin, changes: admin},
		"assignments":         {sees: mandates, adds: admin, changes: admin},
		"assignments:central": {sees: "admin=* system=*", adds: admin, changes: admin},
		"delegations":         {sees: mandates, adds: "registrator=A admin=* system=*", changes: "registrator=A admin=* system=*"},
		"systems":             {sees: register, adds: system, changes: system},
		"activities":          {sees: register, adds: system, changes: system},

		// The shared part of a request: no controller's staff see whom else it went to.
		"subjects":                 {sees: sent, adds: system},
		"drafts":                   {sees: sent, adds: sent, changes: sent, removes: sent},
		"counters":                 {sees: "resident=* servicecenter=* system=*", adds: "resident=* servicecenter=* system=*", changes: "resident=* servicecenter=* system=*"},
		"requests":                 {sees: shared, adds: shared, changes: shared},
		"addressees:subject":       {sees: shared, adds: shared},
		"addressees:servicecenter": {sees: shared, adds: "servicecenter=* system=*"},
		"request_pauses":           {sees: shared, adds: "servicecenter=* system=*", changes: shared},
		"case_public":              {sees: "resident=P servicecenter=* ombud=A decider=A dso=A registrator=A system=*", adds: system, changes: withPerson},

		// How it came and who acts in it: a controller's staff read it of their cases through case_filing.
		"filings":         {sees: shared, adds: "servicecenter=* system=*", changes: "servicecenter=* system=*"},
		"representations": {sees: shared, adds: shared, changes: "servicecenter=* system=*"},
		"mandates:draft":  {sees: sent, adds: sent, changes: sent, removes: sent},
		"mandates:sent":   {sees: shared, adds: system, changes: system, removes: "servicecenter=* system=*"},
		"envelopes":       {sees: "servicecenter=* " + letters, adds: "ombud=A decider=A registrator=A", changes: "servicecenter=* system=*"},

		// Letters on paper: a controller's own are its registrator's and ombud's to print, the servicecenter prints what belongs
		// to no controller.
		"postings:case":            {sees: letters, adds: "ombud=A decider=A registrator=A system=*", changes: "ombud=A registrator=A system=*"},
		"postings:request":         {sees: "servicecenter=* system=*", adds: "servicecenter=* system=*", changes: "servicecenter=* system=*"},
		"print_batches:controller": {sees: "ombud=A registrator=A system=*", adds: "ombud=A registrator=A"},
		"print_batches:central":    {sees: "servicecenter=* system=*", adds: "servicecenter=*"},
		"printings:controller":     {sees: "ombud=A registrator=A system=*", adds: "ombud=A registrator=A"},
		"printings:central":        {sees: "servicecenter=* system=*", adds: "servicecenter=*"},

		// A case: never the servicecenter, the log reviewer or the administrator. What each may change in it is the
		// subject of TestCaseFactsByActor.
		"cases":                 {sees: answer, adds: system, changes: answer},
		"concerns":              {sees: withPerson, adds: shared}, // the servicecenter writes down what was said, and cannot read it (P1)
		"pauses":                {sees: answer, adds: "ombud=A decider=A system=*", changes: "resident=P ombud=A decider=A system=*"},
		"extensions":            {sees: answer, adds: officers},
		"messages:to-subject":   {sees: withPerson, adds: officers, changes: "resident=P ombud=A decider=A system=*"},
		"messages:from-subject": {sees: withPerson, adds: "resident=P", changes: "resident=P ombud=A decider=A system=*"},
		"notes":                 {sees: "ombud=A decider=A system=*", adds: officers},
		"searches":              {sees: content, adds: "ombud=A decider=A system=*", changes: officers},
		"items":                 {sees: content, adds: officers, changes: officers, removes: officers},
		"measures":              {sees: content, adds: officers, changes: officers, removes: officers},
		"manifests":             {sees: content, adds: officers},
		"reviews":               {sees: content, adds: officers, changes: content},
		"decisions":             {sees: letters, adds: officers},
		"services:portal":       {sees: answer, adds: sent},
		"services:post":         {sees: answer, adds: "registrator=A system=*"},
		"appeals:portal":        {sees: answer, adds: sent},
		"appeals:letter":        {sees: answer, adds: "ombud=A decider=A registrator=A system=*"},
		"deliveries":            {sees: answer, adds: "resident=P"},
		"search_tokens":         {sees: letters, adds: system},

		// Inquiries: the servicecenter sees that one is passed on and how it stands, and nothing of one that went straight to the
		// DSO. Its staff ask none themselves.
		"inquiries:own":               {sees: shared, adds: sent, changes: shared},
		"inquiries:anonymous":         {sees: "servicecenter=* system=*", adds: system, changes: "servicecenter=* system=*"},
		"inquiries:ombud":             {sees: "resident=P servicecenter=* ombud=A system=*", adds: system, changes: "resident=P ombud=A system=*"},
		"inquiries:dso":               {sees: "resident=P servicecenter=* dso=A system=*", adds: system, changes: "resident=P dso=A system=*"},
		"inquiries:direct":            {sees: "resident=P dso=A system=*", adds: sent, changes: "resident=P dso=A system=*"},
		"inquiry_messages:from-asker": {sees: shared, adds: sent, changes: "servicecenter=* system=*"},
		"inquiry_messages:anonymous":  {sees: "inquirer=I servicecenter=* system=*", adds: "inquirer=I system=*", changes: "servicecenter=* system=*"},
		"inquiry_messages:to-asker":   {sees: shared, adds: "servicecenter=* system=*", changes: "servicecenter=* system=*"},
		"inquiry_messages:note":       {sees: "servicecenter=* system=*", adds: "servicecenter=* system=*", changes: "servicecenter=* system=*"},
		"inquiry_messages:ombud":      {sees: "resident=P ombud=A system=*", changes: "ombud=A system=*"},
		"inquiry_messages:dso":        {sees: "resident=P dso=A system=*", changes: system},
		"inquiry_codes":               {sees: system, adds: system, changes: system},
		"rate_limits":                 {sees: system, adds: system, changes: system, removes: system},

		// Files: a draft's are the person's alone, what is not released is the controller's, letters are the registrator's too.
		"files:draft":      {sees: sent, adds: sent, changes: sent, removes: sent},
		"files:attachment": {sees: withPerson, adds: system, changes: system, removes: system},
		"files:item":       {sees: content, adds: "ombud=A decider=A system=*", changes: system, removes: "ombud=A decider=A system=*"},
		"files:letter":     {sees: letters, adds: "ombud=A decider=A system=*", changes: system, removes: system},
		"files:pending":    {sees: sent, adds: sent, changes: sent, removes: sent}, // with an appeal that is not sent
		"files:appeal":     {sees: answer, adds: "ombud=A decider=A registrator=A system=*", changes: system, removes: system},
		// Letters that are no decisions: given to the person at once, posted by the registrator, who writes of service alone.
		"files:extension":           {sees: answer, adds: "ombud=A decider=A system=*", changes: system, removes: system},
		"files:service":             {sees: answer, adds: "registrator=A system=*", changes: system, removes: system},
		"request_notices:forwarded": {sees: shared, adds: "servicecenter=* system=*", changes: sent},
		"request_notices:asked":     {sees: shared, adds: "servicecenter=* system=*", changes: sent},
		"forwardings:case":          {sees: withPerson, adds: officers},
		"forwardings:request":       {sees: shared, adds: "servicecenter=*"},
		"files:released":            {sees: withPerson, adds: system, changes: system, removes: system},

		// Jobs are promised by whoever changes something and run by the system.
		"jobs:request":           {sees: "servicecenter=* system=*", adds: shared, changes: system},
		"jobs:inquiry":           {sees: system, adds: shared, changes: system},
		"jobs:inquiry-anonymous": {sees: system, adds: "inquirer=I servicecenter=* system=*", changes: system},
		"jobs:case":              {sees: content, adds: "resident=P servicecenter=* ombud=A decider=A dso=A registrator=A system=*", changes: system},

		// History: written by append_event and seal_read_log alone.
		"events:request":    {sees: shared},
		"events:case":       {sees: answer},
		"events:case-staff": {sees: letters},
		// Of an inquiry staff read the thread and not the events: they would tell of what went straight to the DSO.
		"events:inquiry":           {sees: sent},
		"events:inquiry-anonymous": {sees: "inquirer=I system=*"},
		"events:inquiry-staff":     {sees: system},
		"organisation_events":      {sees: "dso=* admin=* system=*"},
		"event_heads":              {sees: system},
		"read_log":                 {sees: "dso=A logreviewer=* system=*", adds: someone},
		"read_log_seals":           {sees: "dso=* logreviewer=* system=*"},

		// Spreadsheets that wait are their administrator's alone: TestImportTrialsAreTheirAdministrators.
		"import_trials": {sees: admin, adds: "admin=*", changes: "admin=*", removes: admin},

		// They stand in what is sent to anybody. None is changed or removed: TestOwnPartsAreWrittenInOnesOwnName.
		"own_parts": {sees: everybody, adds: "admin=*"},

		// Without row-level security, see unprotected.
		"key_stores":       {sees: system, adds: system},
		"sessions":         {sees: everybody, adds: everybody, changes: everybody, removes: everybody},
		"goose_db_version": {sees: everybody},
	}
}

// unprotected are the tables without row-level security, and why.
func unprotected() map[string]string {
	return map[string]string{
		"sessions":         "read before it is known who acts; keyed by the hash of a secret, content sealed",
		"goose_db_version": "the number of the schema, read at start before there is an actor",
	}
}
