package templates

import (
	"errors"
	"fmt"
	"html/template"
	"time"

	"insyn/internal/calendar"
)

// ExtractDoc is what an extract (registerutdrag) is made of: the data themselves and what art 15.1 a–h and 15.2 ask for.
type ExtractDoc struct {
	Controller Controller
	Number     string // of the case
	Diary      string
	Made       calendar.Date
	Person     string // whose data they are
	Received   calendar.Date
	Withheld   int // pieces that are not released; the letter says why
	Systems    []ExtractSystem
	// Own is the case's own data: the request with its attachments, and what the two have written to each other. It is all
	// there is in a neutral extract. Internal notes are no part of it: they may tell what was found.
	Own   []OwnData
	Parts OwnParts // the municipality's own
}

// ExtractSystem is a system with material about the person.
type ExtractSystem struct {
	Name        string
	Description string
	Activities  []ExtractActivity
	Items       []ExtractItem
}

// ExtractActivity is what the record of processing activities (art 30) says of the processing the data are part of. An
// empty text is shown as not recorded, never as “none”.
type ExtractActivity struct {
	Name         string
	Purpose      string // art 15.1 a
	LegalBasis   string
	Categories   string // b
	Recipients   string // c
	Storage      string // d
	Source       string // g
	Automated    string // h
	ThirdCountry string // 15.2
}

// ExtractItem is a piece of material: a text, or a file that lies beside the extract.
type ExtractItem struct {
	Title    string
	Text     string
	FileName string // in the package
	Size     int64  // bytes
	SHA256   string // hex
}

// OwnData is something of the case itself.
type OwnData struct {
	Title string
	At    time.Time
	Text  string
	File  string // name of an attachment, if it is one
}

// Extract is the readable extract as an HTML document that needs nothing from outside. Equal input gives equal bytes. An
// extract without systems holds the case's own data only, and looks the same whether nothing was found or nothing may be
// released.
func (s *Set) Extract(lang string, d ExtractDoc) ([]byte, error) {
	if d.Number == "" || d.Made.IsZero() || d.Received.IsZero() || d.Controller.Name == "" || d.Person == "" {
		return nil, fmt.Errorf("extract %s: %w", d.Number, errors.New("number, dates, controller and person are needed"))
	}
	for _, system := range d.Systems {
		for _, item := range system.Items {
			if item.FileName != "" && (item.Size <= 0 || len(item.SHA256) != 64) {
				return nil, fmt.Errorf("extract %s: a file has no size or SHA-256", d.Number)
			}
		}
	}
	return s.document(lang, "extract/extract", extractPage{d, s.look, s.style})
}

type extractPage struct {
	ExtractDoc
	Look  Look
	Style template.CSS
}

// Heading is the key of the document's title.
func (extractPage) Heading() string { return "extract.title" }

// Items counts the pieces of material.
func (d ExtractDoc) Items() int {
	n := 0
	for _, s := range d.Systems {
		n += len(s.Items)
	}
	return n
}

// Files reports whether any item is a file.
func (d ExtractDoc) Files() bool {
	for _, s := range d.Systems {
		for _, i := range s.Items {
			if i.FileName != "" {
				return true
			}
		}
	}
	return false
}
