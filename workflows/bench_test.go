package workflows_test

import (
	"context"
	"testing"

	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// BenchmarkSubmit sends a request to four controllers: its keys, its rows, its event and its jobs, committed.
func BenchmarkSubmit(b *testing.B) {
	w := workflowtest.New(b)
	maja := w.Resident("197701172392")
	for b.Loop() {
		w.SendRequest(maja, "KS", "SN", "BUN", "EBAB")
	}
}

// BenchmarkFanOut makes the four cases of a request that is sent.
func BenchmarkFanOut(b *testing.B) {
	w := workflowtest.New(b)
	maja := w.Resident("197701172392")
	for b.Loop() {
		b.StopTimer()
		w.SendRequest(maja, "KS", "SN", "BUN", "EBAB")
		b.StartTimer()
		w.Work()
	}
}

// BenchmarkQueue draws a page of the desk's queue among many cases.
func BenchmarkQueue(b *testing.B) {
	w := workflowtest.New(b)
	maja := w.Resident("197701172392")
	for range 200 {
		w.Request(maja, "SN")
	}
	ombud := w.As("ombud SN")
	for b.Loop() {
		if _, err := w.Queue(context.Background(), ombud, workflows.QueueFilter{}); err != nil {
			b.Fatal(err)
		}
	}
}
