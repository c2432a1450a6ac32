// Package kommun holds the spreadsheets of a small invented municipality for tests: a styrelse, two nämnder of which one is
// sensitive, and a company. Package demo holds the whole one; what tests count and name stays as it is here.
package kommun

import "embed"

// Files are the spreadsheets, as insyn import reads them.
//
//go:embed *.xlsx *.csv
var Files embed.FS
