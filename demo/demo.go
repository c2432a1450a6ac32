// Package demo holds the spreadsheets of “Exempelby kommun”, an invented municipality, in the form that insyn import reads.
package demo

import "embed"

// Files are the spreadsheets.
//
//go:embed *.xlsx *.csv
var Files embed.FS
