package handlers_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

// get and post ask as a user who is logged in.
func (p *place) get(u user, path string) (int, string, http.Header) {
	return p.send(u, httptest.NewRequest(http.MethodGet, base+path, nil))
}

func (p *place) post(u user, path string, form url.Values) (int, string, http.Header) {
	req := httptest.NewRequest(http.MethodPost, base+path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.send(u, req)
}

func (p *place) send(u user, req *http.Request) (int, string, http.Header) {
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if u.cookie != nil {
		req.AddCookie(u.cookie)
	}
	rec := httptest.NewRecorder()
	p.handler.ServeHTTP(rec, req)
	return rec.Code, rec.Body.String(), rec.Header()
}

func (p *place) staff(t *testing.T, role string) user {
	t.Helper()
	a := p.As(role)
	return user{role, a, p.login(t, "desk", a.Staff.String())}
}

// colleague is somebody new who is logged in with a role at the social committee.
func (p *place) colleague(t *testing.T, role models.Role) (user, models.ID[models.Assignment]) {
	t.Helper()
	admin := p.As("admin")
	id, err := p.AddStaff(t.Context(), admin, workflows.NewStaff{Email: models.NewID[models.Staff]().String() + "@exempelby.example", Name: "Kim Kollega"})
	must(t, err)
	in := workflows.NewAssignment{Staff: id, Role: role}
	if role == models.RoleOmbud {
		in.Controller = p.Controllers["SN"].ID
	}
	must(t, p.AddAssignment(t.Context(), admin, in))
	v, err := p.StaffPerson(t.Context(), admin, id)
	must(t, err)
	return user{"Kim", models.StaffActor(id), p.login(t, "desk", id.String())}, v.Assignments[0].ID
}

// TestARoleEndsInARunningSession: the administrator ends a role at once, and the holder's next click is refused; a last day
// ends it at midnight.
func TestARoleEndsInARunningSession(t *testing.T) {
	t.Parallel()
	p := open(t)
	admin := p.staff(t, "admin")
	kim, assignment := p.colleague(t, models.RoleOmbud)
	page := "/arbete/arende/" + p.ready + "-SN"
	if code, _, _ := p.get(kim, page); code != http.StatusOK {
		t.Fatalf("before: %d", code)
	}
	person := "/arbete/administration/personal/person/" + kim.actor.Staff.String()
	if code, _, h := p.post(admin, person+"/avsluta", url.Values{"assignment": {assignment.String()}}); code != http.StatusSeeOther || h.Get("Location") != person {
		t.Fatalf("the administrator: %d", code)
	}
	if code, body, _ := p.get(kim, page); code != http.StatusForbidden || strings.Contains(body, "Maja") || !strings.Contains(body, "Du har ingen roll i dag") {
		t.Errorf("the next click: %d", code)
	}
	if code, _, h := p.get(kim, page); code != http.StatusSeeOther || !strings.HasPrefix(h.Get("Location"), "/arbete/logga-in") {
		t.Errorf("the click after: %d", code)
	}

	// A last day today: today still, tomorrow no more.
	robin, assignment := p.colleague(t, models.RoleOmbud)
	today := calendar.DateOf(p.Clock.Now())
	must(t, p.EndAssignment(t.Context(), admin.actor, assignment, today))
	if code, _, _ := p.get(robin, page); code != http.StatusOK {
		t.Errorf("on the last day: %d", code)
	}
	p.Clock.Set(p.Clock.Now().Add(14 * time.Hour)) // past midnight, with the session still alive
	if code, _, _ := p.get(robin, page); code != http.StatusForbidden {
		t.Errorf("the day after: %d", code)
	}
}

// uploadAs sends files as the upload page's form does.
func (p *place) uploadAs(t *testing.T, u user, files ...string) (int, string, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		part, err := w.CreateFormFile("files", files[i])
		must(t, err)
		_, err = io.WriteString(part, files[i+1])
		must(t, err)
	}
	must(t, w.Close())
	req := httptest.NewRequest(http.MethodPost, base+"/arbete/administration/import", &b)
	req.Header.Set("Content-Type", w.FormDataContentType())
	code, body, h := p.send(u, req)
	return code, body, h.Get("Location")
}

var shownField = regexp.MustCompile(`name="shown" value="([0-9a-f]{64})"`)

// sheetOf is a sheet of staff that says what there is of one person, with another title.
func (p *place) sheetOf(t *testing.T, role, title string) string {
	t.Helper()
	v, err := p.StaffPerson(t.Context(), p.As("admin"), p.As(role).Staff)
	must(t, err)
	return "E-post;Namn;Titel\n" + v.Email + ";" + v.Name + ";" + title + "\n"
}

// TestSpreadsheetsAreTriedThenReadIn walks through the upload page: faults, then what would change, then it is done.
func TestSpreadsheetsAreTriedThenReadIn(t *testing.T) {
	t.Parallel()
	p := open(t)
	admin := p.staff(t, "admin")

	code, _, to := p.uploadAs(t, admin, "personal.csv", "E-post;Namn;Titel\nutan-adress;Nils Ny;\n", "uppdrag.csv", "E-post;Roll;Nämnd;Från och med;Till och med\nnils@exempelby.example;kung;SN;2026-01-01;\n")
	if code != http.StatusSeeOther {
		t.Fatalf("upload: %d", code)
	}
	_, body, _ := p.get(admin, to)
	for _, want := range []string{"personal.csv", "uppdrag.csv", "rad 2", "kolumn", "Det står: kung", "Inget är inläst"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of faults does not say %q", want)
		}
	}
	if shownField.MatchString(body) {
		t.Error("faults can be read in")
	}

	_, _, to = p.uploadAs(t, admin, "personal.csv", p.sheetOf(t, "ombud SN", "Överombud"))
	_, body, _ = p.get(admin, to)
	shown := shownField.FindStringSubmatch(body)
	if shown == nil || !strings.Contains(body, "Överombud") {
		t.Fatalf("the page does not show the change: %s", body)
	}
	title := func() string {
		v, err := p.StaffPerson(t.Context(), admin.actor, p.As("ombud SN").Staff)
		must(t, err)
		return v.Title
	}
	if title() == "Överombud" {
		t.Fatal("a trial is kept")
	}
	// What another administrator, or somebody with another report, sends does nothing.
	eva, _ := p.colleague(t, models.RoleAdmin)
	if code, _, _ := p.get(eva, to); code != http.StatusNotFound {
		t.Errorf("another administrator sees the files: %d", code)
	}
	if code, _, _ := p.post(eva, to, url.Values{"shown": {shown[1]}}); code != http.StatusNotFound {
		t.Errorf("another administrator reads the files in: %d", code)
	}
	_, err := p.AddStaff(t.Context(), admin.actor, workflows.NewStaff{Email: "emellan@exempelby.example", Name: "Emellan"})
	must(t, err)
	code, body, _ = p.post(admin, to, url.Values{"shown": {shown[1]}})
	if code != http.StatusConflict || !strings.Contains(body, "Något har ändrats sedan du provade") || title() == "Överombud" {
		t.Fatalf("read in although something had changed: %d", code)
	}
	shown = shownField.FindStringSubmatch(body)
	if code, _, h := p.post(admin, to, url.Values{"shown": {shown[1]}}); code != http.StatusSeeOther || h.Get("Location") != "/arbete/administration/import" || title() != "Överombud" {
		t.Errorf("read in: %d, %s", code, title())
	}
	if code, _, _ := p.get(admin, to); code != http.StatusNotFound {
		t.Errorf("the files are still there: %d", code)
	}
	if _, body, _ := p.get(admin, "/arbete/andringar"); !strings.Contains(body, "Kalkylblad lästes in") {
		t.Error("no event of the import")
	}
}

// TestUploadsWaitAnHour: then they are gone, from the page and from the database.
func TestUploadsWaitAnHour(t *testing.T) {
	t.Parallel()
	p := open(t)
	admin := p.staff(t, "admin")
	_, _, to := p.uploadAs(t, admin, "personal.csv", p.sheetOf(t, "ombud SN", "Överombud"))
	p.Clock.Set(p.Clock.Now().Add(61 * time.Minute))
	if code, _, _ := p.get(admin, to); code != http.StatusNotFound {
		t.Errorf("after an hour: %d", code)
	}
	must(t, p.Watch(t.Context()))
	var n int
	if err := p.DB.Owner.Raw("select count(*) from import_trials").Scan(&n).Error; err != nil || n != 0 {
		t.Errorf("%d uploads are kept, %v", n, err)
	}
}

func TestUploadsHaveLimits(t *testing.T) {
	t.Parallel()
	p := open(t)
	admin := p.staff(t, "admin")
	var many []string
	for range 21 {
		many = append(many, models.NewID[models.Staff]().String()+".csv", "E-post;Namn;Titel\n")
	}
	for what, c := range map[string]struct {
		files []string
		says  string
	}{
		"nothing":    {nil, "Välj minst ett kalkylblad"},
		"a picture":  {[]string{"bild.png", "x"}, "Välj bara Excel-filer"},
		"too many":   {many, "högst 20 filer"},
		"one twice":  {[]string{"a.csv", "x", "a.csv", "y"}, "heter likadant"},
		"much":       {[]string{"a.csv", strings.Repeat("a;b\n", 6<<20)}, "för stor"},
		"very much":  {[]string{"a.csv", strings.Repeat("a;b\n", int(p.Settings.UploadMax)+1)}, "för stor"},
		"not a form": {[]string{"bild.XLSX.exe", "x"}, "Välj bara Excel-filer"},
	} {
		code, body, _ := p.uploadAs(t, admin, c.files...)
		if code != http.StatusUnprocessableEntity || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d, and the page does not say %q", what, code, c.says)
		}
	}
}

// TestTheAdministratorsPagesKeepWhatWasTyped, and say beside the field what is wrong.
func TestTheAdministratorsPagesKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	p := open(t)
	admin := p.staff(t, "admin")
	code, body, _ := p.post(admin, "/arbete/administration/personal/ny", url.Values{"name": {"Nils Ny"}, "email": {"nils"}, "title": {"Handläggare"}})
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, "Nils Ny") || !strings.Contains(body, "Handläggare") || !strings.Contains(body, `id="ny-email-error"`) {
		t.Errorf("a new person: %d", code)
	}
	kim, assignment := p.colleague(t, models.RoleOmbud)
	person := "/arbete/administration/personal/person/" + kim.actor.Staff.String()
	code, body, _ = p.post(admin, person+"/sista-dag", url.Values{"assignment": {assignment.String()}, "to-day": {"31"}, "to-month": {"2"}, "to-year": {"2027"}})
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, `value="31"`) {
		t.Errorf("a day that is not: %d", code)
	}
	code, body, _ = p.post(admin, person+"/uppdrag", url.Values{"role": {"dso"}, "controller": {p.Controllers["SN"].ID.String()}})
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, "får inte samtidigt vara ombud") {
		t.Errorf("a DSO who is ombud: %d", code)
	}
	own := "/arbete/administration/personal/person/" + admin.actor.Staff.String()
	if code, body, _ = p.get(admin, own); strings.Contains(body, own+"/uppdrag") {
		t.Errorf("one's own page offers a role: %d", code)
	}
}

// TestWhatIsReadInComesBackTheSame: the export is uploaded as it was downloaded, and nothing would change; templates hold no rows.
func TestWhatIsReadInComesBackTheSame(t *testing.T) {
	t.Parallel()
	p := open(t)
	admin := p.staff(t, "admin")
	code, book, h := p.get(admin, "/arbete/administration/export/xlsx")
	if code != http.StatusOK || !strings.Contains(h.Get("Content-Disposition"), "insyn.xlsx") {
		t.Fatalf("export: %d", code)
	}
	_, _, to := p.uploadAs(t, admin, "insyn.xlsx", book)
	if _, body, _ := p.get(admin, to); !strings.Contains(body, "Inget skulle ändras") {
		t.Errorf("the export would change something: %s", body)
	}
	for _, path := range []string{"export/csv", "mallar/xlsx", "mallar/csv"} {
		if code, body, _ := p.get(admin, "/arbete/administration/"+path); code != http.StatusOK || !strings.HasPrefix(body, "PK") {
			t.Errorf("%s: %d", path, code)
		}
	}
}

// TestSpreadsheetsLeaveAnAdministrator: ending what is missing, or a last day in the sheet, cannot leave nobody.
func TestSpreadsheetsLeaveAnAdministrator(t *testing.T) {
	t.Parallel()
	p := open(t)
	admin := p.staff(t, "admin")
	v, err := p.StaffPerson(t.Context(), admin.actor, admin.actor.Staff)
	must(t, err)
	a := v.Assignments[0]
	_, _, to := p.uploadAs(t, admin, "uppdrag.csv", "E-post;Roll;Nämnd;Från och med;Till och med\n"+v.Email+";administratör;;"+a.ValidFrom.String()+";2027-01-31\n")
	if _, body, _ := p.get(admin, to); !strings.Contains(body, "Då finns ingen administratör kvar") {
		t.Errorf("the page does not say so: %s", body)
	}
}
