package portal

import "strings"

// mediaWord is the key of the word that a kind of file goes by.
func mediaWord(mediaType string) string {
	kind, _, _ := strings.Cut(mediaType, ";")
	switch kind {
	case "application/pdf":
		return "pdf"
	case "text/html":
		return "html"
	case "application/json":
		return "json"
	case "text/csv":
		return "csv"
	case "application/zip":
		return "zip"
	case "text/plain":
		return "text"
	}
	switch {
	case strings.HasPrefix(kind, "image/"):
		return "image"
	case strings.HasPrefix(kind, "audio/"):
		return "audio"
	case strings.HasPrefix(kind, "video/"):
		return "video"
	}
	return "file"
}
