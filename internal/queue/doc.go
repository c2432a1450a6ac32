// Package queue carries hints to workers over Redis with Asynq: "there may be something to do for this job". What the
// job is, whether it is done and when it is tried again stands in the database; a queue that forgets everything loses
// time, never work. Redis therefore holds ids and codes only: no personal data, and no error text, since error text
// tends to repeat the data it stumbled over.
package queue
