package workflows

import (
	"context"
	"fmt"
	"io"

	"insyn/models"
)

// documents are the extract's own documents, in the order they are offered. Each is written as a stream: nothing of it is held
// in memory but a page of material.
func (x *extract) documents(ctx context.Context) []document {
	return []document{
		{models.FileExtractPDF, nameExtractPDF, mediaPDF, func(w io.Writer) error { return x.writePDF(ctx, w) }},
		{models.FileExtractJSON, nameExtractJSON, "application/json", func(w io.Writer) error { return x.writeJSON(ctx, w) }},
		{models.FileExtractCSV, nameExtractCSV, "text/csv", func(w io.Writer) error { return x.writeCSV(ctx, w) }},
	}
}

// writePDF writes the extract for reading.
func (x *extract) writePDF(ctx context.Context, to io.Writer) error {
	if _, err := x.s.Templates.ExtractPDF(to, x.c.Language, x.doc(ctx)); err != nil {
		return fmt.Errorf("make extract: %w", err)
	}
	return nil
}

// storeAnswer writes what a case is answered with into the store, sealed.
func (s *Service) storeAnswer(ctx context.Context, c models.Case, made toDecide) ([]*models.File, error) {
	docs := []document{made.letter}
	if made.extract != nil {
		if err := made.extract.findTables(ctx); err != nil {
			return nil, err
		}
		docs = append(docs, made.extract.documents(ctx)...)
	}
	out := make([]*models.File, 0, len(docs))
	for _, d := range docs {
		f, err := s.storeDocument(ctx, c, d)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	if made.extract == nil {
		return out, nil
	}
	sealed, err := s.sealPackage(ctx, made.extract, out)
	return append(out, sealed...), err
}
