package workflows

import (
	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
)

// ownParts are the municipality's own parts of a kind of document that a controller sends today, in one query. They depend on
// the controller, the language and the day, and on nothing that was found or decided: the same text stands in every letter of the
// kind (domain P3). Where a controller says something of its own in a place, that stands instead of what the municipality says.
// A company or foundation is somebody else than the municipality (domain P12) and says only what is its own.
func ownParts(tx *models.Tx, ctl models.Controller, lang, document string, day calendar.Date) (templates.OwnParts, error) {
	rows, err := tx.OwnPartsOn(ctl.ID, day)
	if err != nil {
		return nil, err
	}
	return resolveParts(rows, ctl, lang).In(document), nil
}

// resolveParts takes of every place the controller's own text, or else the municipality's.
func resolveParts(rows []models.OwnPart, ctl models.Controller, lang string) templates.OwnParts {
	out := templates.OwnParts{}
	for _, own := range []bool{false, true} {
		for _, p := range rows {
			if p.ControllerID.IsZero() == own || !own && !ctl.Kind.Authority() || p.Text(lang) == "" {
				continue
			}
			out[templates.Slot(p.Slot)] = templates.OwnPart{Version: p.Version, Text: p.Text(lang)}
		}
	}
	return out
}
