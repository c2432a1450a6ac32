package workflows

import (
	"crypto/sha256"
	"encoding/hex"
	"io"

	"insyn/models"
)

// The manifest of an extract is JSON: {"case": …, "items": [manifestItem …], "measures": [manifestMeasure …]}, measures where a
// right is answered by what is done in the systems (art 16 and 17). It lists what the extract consists of and names nothing of
// it. Its SHA-256 is what the DSO is offered, what is decided and what is released.

type manifestMeasure struct {
	Measure     models.MeasureID `json:"measure"`
	System      models.SystemID  `json:"system"`
	Kind        string           `json:"kind"`
	What        string           `json:"what"` // SHA-256
	Ground      string           `json:"ground,omitempty"`
	Explanation string           `json:"explanation,omitempty"` // SHA-256 of what the letter will say
}

type manifestItem struct {
	Item        models.ItemID   `json:"item"`
	System      models.SystemID `json:"system"`
	SHA256      string          `json:"sha256"` // of the text or of the file's bytes
	Disposition string          `json:"disposition"`
	Ground      string          `json:"ground,omitempty"`
	Title       string          `json:"title"`                 // SHA-256: the manifest names nothing
	Explanation string          `json:"explanation,omitempty"` // SHA-256 of what the letter will say
}

// manifest writes the manifest of the extract as it stands, and tells its hash. The material is read a page at a time.
func (w *work) manifest(to io.Writer) ([]byte, error) {
	searches, err := w.searches()
	if err != nil {
		return nil, err
	}
	measures, err := w.measures()
	if err != nil {
		return nil, err
	}
	return writeManifest(to, w.c.ID, searches, measures, func(visit func(models.Item) error) error {
		return w.tx.EachItem(w.c.ID, models.ItemQuery{}, visit)
	})
}

// manifestSHA is the hash of the manifest of the extract as it stands; it is reckoned once.
func (w *work) manifestSHA() (sha []byte, err error) {
	if w.loadedManifest == nil {
		w.loadedManifest, err = w.manifest(io.Discard)
	}
	return w.loadedManifest, err
}

// writeManifest writes a manifest item by item: it is as long as there is material.
func writeManifest(to io.Writer, id models.CaseID, searches []models.Search, measures []models.Measure, each func(func(models.Item) error) error) ([]byte, error) {
	systems := make(map[models.SearchID]models.SystemID, len(searches))
	for _, s := range searches {
		systems[s.ID] = s.SystemID
	}
	sum := sha256.New()
	m := &jsonWriter{to: io.MultiWriter(to, sum)}
	n := 0
	m.text(`{"case":`)
	m.value(id)
	m.text(`,"items":[`)
	err := each(func(i models.Item) error {
		m.text(parted(n))
		n++
		m.value(manifestItemOf(i, systems[i.SearchID]))
		return m.err
	})
	if err != nil {
		return nil, err
	}
	m.text("]")
	if len(measures) > 0 {
		rows := make([]manifestMeasure, len(measures))
		for n, x := range measures {
			rows[n] = manifestMeasureOf(x, systems[x.SearchID])
		}
		m.text(`,"measures":`)
		m.value(rows)
	}
	m.text("}")
	return sum.Sum(nil), m.err
}

func manifestItemOf(i models.Item, system models.SystemID) manifestItem {
	row := manifestItem{Item: i.ID, System: system, SHA256: contentHash(i), Title: hashText(i.TitleText)}
	if i.Disposition != nil {
		row.Disposition = *i.Disposition
	}
	if i.Ground != nil {
		row.Ground, row.Explanation = *i.Ground, hashText(i.ExplanationText)
	}
	return row
}

func manifestMeasureOf(x models.Measure, system models.SystemID) manifestMeasure {
	row := manifestMeasure{Measure: x.ID, System: system, Kind: x.Kind, What: hashText(x.WhatText)}
	if x.Ground != nil {
		row.Ground, row.Explanation = *x.Ground, hashText(x.ExplanationText)
	}
	return row
}

// contentHash is taken anew over a text; of a file it is what was taken when the bytes were sealed, which the seal checks
// again when they are read.
func contentHash(i models.Item) string {
	if i.FileID.IsZero() {
		return hashText(i.BodyText)
	}
	return hex.EncodeToString(i.SHA256)
}

func hashText(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
