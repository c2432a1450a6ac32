// Package sheet reads spreadsheets that people have made: XLSX, and CSV in the forms that Excel writes it. It takes care
// of their habits (title rows, merged and empty cells, dates as numbers, lost zeros, Latin-1, semicolons) and says of
// every cell it cannot use where it stands and what was expected. It knows nothing of what the tables are about.
//
// [Read] gives the sheets of a file as text, [Open] finds the heading row and gives records, and a [Record] reads typed
// values. Whatever is wrong with the content becomes a [Fault], never an error.
package sheet
