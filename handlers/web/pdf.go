package web

import (
	"mime"
	"net/http"
)

// PDF is the media type of letters.
const PDF = "application/pdf"

// pdfPolicy lets the browser's own viewer show a PDF that we have made. It may not be a sandbox: some browsers show no PDF in one. The
// viewer's own style is all that is let in; nothing in it may run, send or fetch.
const pdfPolicy = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// ShowPDF says that a PDF of our own making is to be shown in the browser, and what it is called when it is saved.
func ShowPDF(h http.Header, name string) {
	h.Set("Content-Type", PDF)
	h.Set("Content-Security-Policy", pdfPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": name}))
}
