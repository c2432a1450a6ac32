package pdf

import (
	"errors"
	"fmt"
)

// Close writes what is left: the last page, the feet, the fonts, the outline and the directories. It returns the first
// error there was; the bytes written are then no document. A *MissingError tells that characters were refused.
func (w *Writer) Close() (Summary, error) {
	if w.closed {
		return Summary{}, errors.New("pdf: closed twice")
	}
	w.flush()
	w.closed = true
	switch {
	case w.err != nil:
	case w.table != nil:
		w.fail(errTableOpen)
	case len(w.boxes) > 0:
		w.fail(errors.New("pdf: a box is not ended"))
	}
	if w.err == nil {
		w.finish()
	}
	// After the feet, whose text may lack glyphs too.
	if w.err == nil && len(w.missing) > 0 {
		w.err = &MissingError{Places: w.missing}
	}
	if w.err != nil {
		return Summary{}, w.err
	}
	return w.summary(), nil
}

func (w *Writer) finish() {
	w.place = "foot"
	pages := w.finishPages()
	structure := w.finishStructure()
	w.finishContents()
	outline := w.finishOutline()
	w.out.put(w.res, "<</Font <<%s>>%s>>", w.fonts.write(w.out, w.o.A1Twin), w.graphics.resources())
	icc, meta := w.out.reserve(), w.out.reserve()
	w.out.stream(icc, "/N 3", srgb())
	w.out.rawStream(meta, "/Type /Metadata /Subtype /XML", w.xmp())
	t := w.m.Created.UTC().Format("20060102150405") + "+00'00'"
	info := w.out.add("<</Title %s%s%s%s /Producer (%s) /Creator (%s) /CreationDate (D:%s) /ModDate (D:%s)>>",
		text(w.m.Title), optional("Author", w.m.Author), optional("Subject", w.m.Subject), optional("Keywords", w.m.Keywords), producer, producer, t, t)
	catalog := w.out.add("<</Type /Catalog /Pages %d 0 R /PageLabels <</Nums [0 <</S /D>>]>> /Lang %s /MarkInfo <</Marked true>> /StructTreeRoot %d 0 R /Metadata %d 0 R /ViewerPreferences <</DisplayDocTitle true>> /OutputIntents [<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R>>]%s>>",
		pages, bytesString(w.m.Lang), structure, meta, icc, outline)
	if err := w.out.finish(catalog, info); err != nil {
		w.fail(fmt.Errorf("pdf: writing: %w", err))
	}
}

func optional(key, value string) string {
	if value == "" {
		return ""
	}
	return " /" + key + " " + text(value)
}

func (w *Writer) summary() Summary {
	s := Summary{Pages: w.pages}
	for _, m := range w.marks {
		s.Headings = append(s.Headings, Entry{Level: m.level, Title: m.title, Page: m.page})
	}
	return s
}
