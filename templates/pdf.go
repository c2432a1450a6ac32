package templates

import (
	"io"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/pdf"
	"insyn/internal/pdf/markup"
)

// Made is what is said of a document that has been made as a PDF.
type Made struct {
	Version string // of the templates, texts and own parts it was made from: “decision-sv-1f2e3d4c, parts-7-12”
	Pages   int
}

// sheet is what a PDF is told beside its text. No person's name is in it: it ends up in the file's metadata.
type sheet struct {
	controller Controller
	number     string        // in every page's foot, INS-2027-00042-SN
	made       calendar.Date // the day that the document bears
	missing    pdf.Missing   // what to do about a character that the fonts lack: a decision is refused, an extract spells it
	parts      OwnParts      // whose versions stand in the file's keywords
	contents   int           // the number of pages from which nav.contents is shown; 0: never
}

// pdf draws a document as a PDF, page by page, to dst. Equal input gives equal bytes. A character that the fonts lack is a
// *pdf.MissingError where it is refused; what is in dst is then no PDF.
func (s *Set) pdf(dst io.Writer, lang, name string, data any, p sheet) (Made, error) {
	made := Made{Version: s.versions[s.Lang(lang)+" "+name]}
	if own := p.parts.Versions(); own != "" {
		made.Version += ", " + own
	}
	author := p.controller.Name
	if p.controller.Authority() {
		author += ", " + s.look.Municipality
	}
	m := pdf.Meta{Author: author, Keywords: made.Version, Created: p.made.In(time.UTC), Running: p.number}
	o := markup.Options{Options: pdf.Options{Missing: p.missing}, Logo: s.mark, LogoAlt: s.look.Municipality, ContentsFrom: p.contents}
	sum, err := markup.Write(dst, func(w io.Writer) error { return s.draw(w, lang, name, data) }, m, o)
	made.Pages = sum.Pages
	return made, err
}
