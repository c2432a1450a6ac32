package workflows_test

import (
	"context"
	"fmt"
	"io"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// manyRecords is what an extract is to bear.
const manyRecords = 50_000

// BenchmarkExtractOfTable makes the PDF, JSON and CSV of an extract with one CSV file of 50 000 rows. peak-MiB is the most
// that lay in the heap meanwhile, garbage and all.
func BenchmarkExtractOfTable(b *testing.B) {
	s := benchCase(b, func(s staged) {
		var table strings.Builder
		table.WriteString("Datum;Handläggare;Anteckning\r\n")
		for n := range manyRecords {
			fmt.Fprintf(&table, "2026-03-01;Eva Ek;Samtal nummer %d om hur det går.\r\n", n+1)
		}
		v := s.View("ombud BUN", s.number)
		s.Write("ombud BUN", s.number, workflows.AddItem{Search: v.Searches[0].ID, Title: "Samtal", File: workflowtest.File("samtal.csv", table.String())})
		v = s.View("ombud BUN", s.number)
		s.Write("ombud BUN", s.number, workflows.Dispose{Item: v.Items[len(v.Items)-1].ID, Disposition: models.Release})
	})
	s.benchExtract(b)
}

// benchCase is a case that is ready to be decided, with what add adds.
func benchCase(b *testing.B, add func(s staged)) staged {
	b.Helper()
	w := workflowtest.New(b)
	s := staged{World: w, maja: w.Resident("197701172392")}
	s.request = w.Request(s.maja, "BUN")
	s.number = s.request + "-BUN"
	w.SearchOne("BUN", s.number, models.Release, "")
	add(s)
	w.Propose("BUN", s.number, models.OutcomeGranted)
	return s
}

func (s staged) benchExtract(b *testing.B) {
	b.Helper()
	all, err := s.ExtractDocuments(context.Background(), s.As("decider BUN"), s.number)
	s.must(err)
	for _, purpose := range []string{models.FileExtractPDF, models.FileExtractJSON, models.FileExtractCSV} {
		b.Run(purpose, func(b *testing.B) {
			for b.Loop() {
				size := counting{}
				held := peakHeap(func() { s.must(all[purpose](&size)) })
				b.ReportMetric(float64(held)/(1<<20), "peak-MiB")
				b.ReportMetric(float64(size.n)/(1<<20), "file-MiB")
			}
			b.ReportMetric(manyRecords*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// counting throws away what it is given and counts it.
type counting struct{ n int64 }

func (c *counting) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return io.Discard.Write(b)
}

// peakHeap is the most that lay in the heap while something was done, looked at a hundred times a second.
func peakHeap(do func()) (most uint64) {
	stop := make(chan struct{})
	var looking sync.WaitGroup
	looking.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		for {
			metrics.Read(heap)
			most = max(most, heap[0].Value.Uint64())
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	})
	do()
	close(stop)
	looking.Wait()
	return most
}
