package workflows

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"insyn/models"
)

// ExtractFormat and ExtractVersion name the form of the extract as JSON: docs/extract.md describes it, and
// docs/extract.schema.json is its JSON Schema. The version is raised when a field changes its meaning or goes away; a new field
// does not raise it.
const (
	ExtractFormat  = "insyn-registerutdrag"
	ExtractVersion = 1
)

// extractHead is the beginning of the extract as JSON; systems follow.
type extractHead struct {
	Format     string            `json:"format"`
	Version    int               `json:"version"`
	Language   string            `json:"language"`
	Case       string            `json:"case"`
	Diary      string            `json:"diary_number,omitempty"`
	Controller string            `json:"controller"`
	Contact    extractContact    `json:"contact"`
	Received   string            `json:"received"`
	Made       string            `json:"made"`
	Manifest   string            `json:"manifest_sha256"`
	Withheld   int               `json:"withheld"`
	Request    extractRequest    `json:"request"`
	Own        []extractOwn      `json:"own"`
	About      []extractActivity `json:"own_activities"`
}

// extractContact is whom to turn to.
type extractContact struct {
	Address     string `json:"address,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`
	DPO         string `json:"data_protection_officer,omitempty"`
	DPOEmail    string `json:"data_protection_officer_email,omitempty"`
	DPOPhone    string `json:"data_protection_officer_phone,omitempty"`
	Supervisory string `json:"supervisory_authority"` // art 15.1 f
}

type extractItemHead struct {
	Title  string `json:"title"`
	Text   string `json:"text,omitempty"`
	File   string `json:"file,omitempty"` // path in the package
	Name   string `json:"name,omitempty"` // the file's own
	Type   string `json:"media_type,omitempty"`
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256"`
}

// writeJSON writes the extract for machines, a piece of material and a record at a time.
func (x *extract) writeJSON(ctx context.Context, to io.Writer) error {
	head, err := json.Marshal(x.head())
	if err != nil {
		return fmt.Errorf("encode extract: %w", err)
	}
	m := &jsonWriter{to: to}
	m.text(string(head[:len(head)-1])) // without the last brace: the systems follow
	m.text(",\n\"systems\":[")
	for i, s := range x.systems {
		m.text(parted(i))
		m.text("\n{\"name\":")
		m.value(s.name)
		m.text(",\"activities\":")
		m.value(s.activities)
		m.text(",\"items\":[")
		n := 0
		err := x.items(ctx, s, func(i models.Item) error {
			m.text(parted(n))
			n++
			return x.itemJSON(ctx, m, i)
		})
		if err != nil {
			return err
		}
		m.text("]}")
	}
	m.text("]}\n")
	return m.err
}

func parted(n int) string {
	if n == 0 {
		return ""
	}
	return ","
}

func (x *extract) head() extractHead {
	h := extractHead{Format: ExtractFormat, Version: ExtractVersion, Language: x.c.Language, Case: x.c.Number, Controller: x.ctl.Name,
		Contact: extractContact{Address: x.ctl.Address, Email: x.ctl.Email, Phone: x.ctl.Phone, DPO: x.ctl.DPOName, DPOEmail: x.ctl.DPOEmail, DPOPhone: x.ctl.DPOPhone,
			Supervisory: "Integritetsskyddsmyndigheten (IMY), imy.se"},
		Received: x.c.ReceivedOn.String(), Made: x.made.String(), Manifest: x.manifest, Withheld: x.withheld, Request: x.request, Own: x.own, About: x.ownActivities}
	if h.About == nil {
		h.About = []extractActivity{}
	}
	if x.c.DiaryNumber != nil {
		h.Diary = *x.c.DiaryNumber
	}
	return h
}

// itemJSON writes a piece of material: a text, or a file with the records of its tables.
func (x *extract) itemJSON(ctx context.Context, m *jsonWriter, i models.Item) error {
	head := extractItemHead{Title: i.TitleText, Text: i.BodyText, SHA256: contentHash(i)}
	if i.File == nil {
		m.text("\n")
		m.value(head)
		return m.err
	}
	head.File, head.Name, head.Type, head.Size = x.path(*i.File), i.File.NameText, i.File.MediaType, i.File.Size
	b, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("encode extract: %w", err)
	}
	m.text("\n" + string(b[:len(b)-1]))
	if found := x.tables[i.FileID]; len(found) > 0 {
		m.text(",\"tables\":[")
		for n, t := range found {
			m.text(parted(n) + "\n{\"name\":")
			m.value(t.Name)
			m.text(",\"columns\":")
			m.value(t.Headings)
			m.text(",\"records\":[")
			row := 0
			err := x.rows(ctx, i.FileID, t, func(cells []string) error {
				m.text(parted(row) + "\n")
				row++
				m.record(t.Headings, cells)
				return m.err
			})
			if err != nil {
				return err
			}
			m.text("]}")
		}
		m.text("]")
	}
	m.text("}")
	return m.err
}

// record writes a row as an object, its members in the order of the columns.
func (m *jsonWriter) record(headings, cells []string) {
	m.text("{")
	for i, h := range headings {
		m.text(parted(i))
		m.value(h)
		m.text(":")
		m.value(cells[i])
	}
	m.text("}")
}
