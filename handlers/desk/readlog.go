package desk

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// logPage is a page of the read log: who was shown which page, when.
type logPage struct {
	Own     bool
	Entries []workflows.TimelineEntry
	More    string
	First   string
}

// ownReading is what the reader has been shown.
func (s *desk) ownReading(c *gin.Context) error {
	w, _ := whoIs(c)
	return s.drawLog(c, ownLogPath, w.staff.ID)
}

// allReading is what everybody has been shown, for a DSO or a log reviewer.
func (s *desk) allReading(c *gin.Context) error { return s.drawLog(c, logPath, models.StaffID{}) }

func (s *desk) drawLog(c *gin.Context, at string, of models.StaffID) error {
	w, _ := whoIs(c)
	f := workflows.LogFilter{Staff: of}
	if n, err := strconv.ParseInt(c.Query("fore"), 10, 64); err == nil && n > 0 {
		f.Before = n
	}
	entries, err := s.Service.ReadLog(c.Request.Context(), w.actor, f)
	if err != nil {
		return err
	}
	page := logPage{Own: !of.IsZero(), Entries: entries}
	if next := logCursor(entries); next > 0 {
		page.More = at + "?" + url.Values{"fore": {strconv.FormatInt(next, 10)}}.Encode()
	}
	if f.Before > 0 {
		page.First = at
	}
	key := "desk.log.title"
	if page.Own {
		key = "desk.log.own-title"
	}
	return s.page(c, http.StatusOK, "log", at, templates.View{Title: s.t(c, key, nil), Data: page})
}

// logCursor is where the next page begins: the id of the last entry, or 0 when there is none.
func logCursor(entries []workflows.TimelineEntry) int64 {
	if len(entries) == 0 {
		return 0
	}
	n, _ := entries[len(entries)-1].Args["id"].(int64)
	return n
}
