// Package models remembers: rows, states, queries, and the transaction with its actor, events and jobs.
//
// It is the only room that knows GORM. A transaction is opened for an Actor; what the actor may see is stated in every
// query and again by row-level security, under a database role that can neither bypass it nor change an event.
package models
