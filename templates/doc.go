// Package templates holds everything people read: pages, mails, letters and extracts, and their words in Swedish and
// English. All of it is compiled in, parsed and checked once at start by New: a template that does not parse, one that
// asks for a text that is not there, for another template that is not there, or for an icon that is not there, stops the
// start and not a page.
//
// It knows how things look and nothing of what is decided: its documents are plain structs of words, flags and dates that
// workflows fill. Pages lie in portal and desk, one file each; see View, PortalShell and DeskShell for what they are given
// and form.go for the parts they share.
package templates
