// Package postgres opens, checks, migrates and listens to the PostgreSQL database, and runs a private server where an
// installation has none (the demo, the tests). It knows connections, roles and schema versions, not what the tables
// mean.
package postgres
