// Package pack lays several files out as one package that is never stored: a ZIP whose every byte follows from a signed
// manifest and the files themselves.
//
// A [Package] knows beforehand where everything stands, so any range of it can be read without reading what comes before, with
// one file open at a time, and it is the same bytes each time. Its first entry is manifest.json, with the hash of every file and
// of every MiB of it; the second, manifest.sig, is an Ed25519 signature of the first. [Verify] rebuilds the layout from the
// manifest and tells which bytes of which file are not as they were signed. What a package is about is for the caller to know.
package pack
