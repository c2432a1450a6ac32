package pdf_test

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"insyn/internal/pdf"
)

// BenchmarkLetter writes the decision letter.
func BenchmarkLetter(b *testing.B) {
	for b.Loop() {
		letter(b, pdf.Options{})
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}

// BenchmarkTable writes a table of 20 000 rows and tells the most memory that was held while it did, and how much more a
// page costs than one that has been written out and forgotten would.
func BenchmarkTable(b *testing.B) {
	for b.Loop() {
		held, pages := longTable(b, 20_000)
		b.ReportMetric(float64(held)/(1<<20), "peak-MiB")
		b.ReportMetric(float64(held)/float64(pages), "held-B/page")
		b.ReportMetric(float64(pages), "pages")
	}
}

// TestMemory holds what is said of memory: ten times as many rows cost only offsets and numbers more.
func TestMemory(t *testing.T) { // not parallel: it looks at the heap
	few, fewPages := longTable(t, 1_000)
	many, manyPages := longTable(t, 10_000)
	if perPage := float64(int64(many)-int64(few)) / float64(manyPages-fewPages); perPage > 8_000 {
		t.Errorf("a page keeps %.0f bytes", perPage)
	}
}

// longTable writes a table and returns the most heap it held above what there was before, and the pages it came to.
func longTable(t testing.TB, rows int) (held uint64, pages int) {
	t.Helper()
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before := m.HeapAlloc
	w, err := pdf.New(io.Discard, meta, pdf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	look := func() {
		runtime.GC()
		runtime.ReadMemStats(&m)
		held = max(held, m.HeapAlloc-min(before, m.HeapAlloc))
	}
	w.Heading(1, pdf.Span{Text: "Uppgifter"})
	w.BeginTable(pdf.TableSpec{Columns: []float64{2, 2, 5, 2}, Head: [][]pdf.Span{txt("Nummer"), txt("Datum"), txt("Anteckning"), txt("Av")}})
	for i := range rows {
		w.Row(txt(fmt.Sprintf("2026-%06d", i)), txt("3 november 2026"), txt(fmt.Sprintf("Samtal nummer %d med vårdnadshavaren om hur det går i skolan och vad som ska göras.", i)), txt("Karin Åhl"))
		if i%(rows/4) == 0 {
			look()
		}
	}
	w.EndTable()
	look()
	s, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	look()
	return held, s.Pages
}
