package postgres

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
)

func TestOpenSetsGORMUp(t *testing.T) {
	t.Parallel()
	p := start(t, newDir(t, "insyn-open"))
	database(t, p, "insyn")
	var log bytes.Buffer
	db, err := Open(t.Context(), p.OwnerURL("insyn"), Options{Now: fixedNow, Log: slog.New(slog.NewTextHandler(&log, nil)), StatementTimeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = Close(db) }()
	execute(t, db, "create table people (id int, mail text constraint people_mail_key unique, created_at timestamptz)")

	type person struct {
		ID        int
		Mail      string
		CreatedAt time.Time
	}
	create := func(id int) error {
		return gorm.G[person](db).Create(t.Context(), &person{ID: id, Mail: "anna@kommun.example"})
	}
	if err := create(1); err != nil {
		t.Fatal(err)
	}
	first, err := gorm.G[person](db).Where("id = ?", 1).First(t.Context())
	if err != nil || !first.CreatedAt.Equal(fixedNow()) {
		t.Errorf("created at %v, %v; want the given clock", first.CreatedAt, err)
	}

	err = create(2)
	if code, constraint := ErrorCode(err); code != CodeUniqueViolation || constraint != "people_mail_key" {
		t.Errorf("got %q, %q from %v", code, constraint, err)
	}
	if err := db.Exec("select cast(? as integer)", "anna@kommun.example").Error; err == nil {
		t.Error("a cast of a mail address to a number succeeds")
	}
	if err := db.Exec("select pg_sleep(5)").Error; err == nil {
		t.Error("the statement timeout does not hold")
	} else if code, _ := ErrorCode(err); code != "57014" {
		t.Errorf("got %v", err)
	}
	if _, err := gorm.G[person](db).Where("id = ?", 99).First(t.Context()); !errors.Is(err, gorm.ErrRecordNotFound) {
		t.Errorf("got %v", err)
	}
	text := log.String()
	if strings.Contains(text, "anna") || strings.Contains(text, "select") || strings.Contains(text, "people_mail_key)") {
		t.Errorf("values or statements in the log: %s", text)
	}
	for _, want := range []string{"sqlstate=23505", "constraint=people_mail_key", "sqlstate=22P02", "open_test.go:"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in the log: %s", want, text)
		}
	}
	if got := strings.Count(text, "\n"); got != 3 {
		t.Errorf("%d lines in the log, want one for each failure: %s", got, text)
	}
}

func TestErrorsNeverRepeatThePassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://insyn:hemligt@localhost:port/insyn",
		"postgres://insyn:hemligt@127.0.0.1:1/insyn?connect_timeout=1",
	} {
		_, err := Open(t.Context(), url, Options{Now: fixedNow})
		if err == nil || strings.Contains(err.Error(), "hemligt") {
			t.Errorf("open: got %v", err)
		}
		_, err = NewMigrator(t.Context(), url, twoVersions())
		if err == nil || strings.Contains(err.Error(), "hemligt") {
			t.Errorf("migrator: got %v", err)
		}
		_, err = Listen(t.Context(), url, "jobs", nil)
		if err == nil || strings.Contains(err.Error(), "hemligt") {
			t.Errorf("listen: got %v", err)
		}
	}
}

func TestOpenWantsAClock(t *testing.T) {
	t.Parallel()
	if _, err := Open(t.Context(), "postgres://localhost/insyn", Options{}); err == nil {
		t.Error("opened without a clock")
	}
}

func TestErrorCodeOfOtherErrors(t *testing.T) {
	t.Parallel()
	if code, constraint := ErrorCode(errors.New("23505")); code != "" || constraint != "" {
		t.Errorf("got %q, %q", code, constraint)
	}
}
