// Package migrations holds the database schema as numbered goose SQL files and embeds them in the binary.
//
// Each file is named NNNNN_subject.sql and goes both up and down. The files refer to the runtime role by the name
// insyn_app and create it without a login when it is missing. In an installation the login that serve and worker use
// is insyn_app itself or a member of it; postgres.CheckRuntimeRole holds them to that.
package migrations

import "embed"

// FS holds the numbered SQL files, in the root of the file system.
//
//go:embed *.sql
var FS embed.FS
