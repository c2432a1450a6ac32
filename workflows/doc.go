// Package workflows decides: every use case of Insyn, the transition tables, the deadlines that are asked for and the
// effects that are promised. Web, API and worker are doors to the same use cases. It is the only room that changes state:
// Apply for transitions, Record for writes that change none, both in one transaction with actor, event and job.
package workflows
