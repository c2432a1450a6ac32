// Package merge binds documents of ours into one file to print: the exact pages of each, one document after the other, every
// one of them beginning on the front of a sheet when the file is printed on both sides.
//
// It reads what internal/pdf writes: cross-references as lines or as a stream, object streams, no encryption, nothing added
// later. Anything else is refused with ErrForeign, and nothing is guessed. A document's pages are copied object by object, streams as they stand, so
// that memory holds the numbers of one document's objects and never their bytes. What is not printed is left behind: structure,
// outlines, links, attachments. The file is a print job and not a record: the sealed documents are what is kept.
//
// The same documents in the same order give the same bytes.
package merge
