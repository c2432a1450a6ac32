package workflows

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"insyn/models"
)

// manifest lists what an extract consists of. Its SHA-256 is what the DSO is offered, what is decided and what is released.
type manifest struct {
	Case  models.CaseID  `json:"case"`
	Items []manifestItem `json:"items"`
	// Measures are what is done in the systems, where a right is answered by that (art 16 and 17).
	Measures []manifestMeasure `json:"measures,omitempty"`
}

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

// manifest makes the manifest of the extract as it stands, and its hash.
func (w *work) manifest() ([]byte, []byte, error) {
	searches, err := w.searches()
	if err != nil {
		return nil, nil, err
	}
	items, err := w.items()
	if err != nil {
		return nil, nil, err
	}
	measures, err := w.measures()
	if err != nil {
		return nil, nil, err
	}
	return makeManifest(w.c.ID, searches, items, measures)
}

// itemFilesWhole tells whether every item's file still has the record it was added with.
func (w *work) itemFilesWhole() (bool, error) {
	items, err := w.items()
	if err != nil {
		return false, err
	}
	all, err := w.tx.Files(w.c.ID)
	if err != nil {
		return false, err
	}
	sums := make(map[models.FileID][]byte, len(all))
	for _, f := range all {
		sums[f.ID] = f.SHA256
	}
	for _, i := range items {
		if !i.FileID.IsZero() && !bytes.Equal(sums[i.FileID], i.SHA256) {
			return false, nil
		}
	}
	return true, nil
}

func makeManifest(id models.CaseID, searches []models.Search, items []models.Item, measures []models.Measure) (body, sha []byte, err error) {
	systems := make(map[models.SearchID]models.SystemID, len(searches))
	for _, s := range searches {
		systems[s.ID] = s.SystemID
	}
	m := manifest{Case: id, Items: make([]manifestItem, 0, len(items))}
	for _, i := range items {
		row := manifestItem{Item: i.ID, System: systems[i.SearchID], SHA256: contentHash(i), Title: hashText(i.TitleText)}
		if i.Disposition != nil {
			row.Disposition = *i.Disposition
		}
		if i.Ground != nil {
			row.Ground, row.Explanation = *i.Ground, hashText(i.ExplanationText)
		}
		m.Items = append(m.Items, row)
	}
	for _, x := range measures {
		row := manifestMeasure{Measure: x.ID, System: systems[x.SearchID], Kind: x.Kind, What: hashText(x.WhatText)}
		if x.Ground != nil {
			row.Ground, row.Explanation = *x.Ground, hashText(x.ExplanationText)
		}
		m.Measures = append(m.Measures, row)
	}
	if body, err = json.Marshal(m); err != nil {
		return nil, nil, fmt.Errorf("encode manifest: %w", err)
	}
	sum := sha256.Sum256(body)
	return body, sum[:], nil
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
