package workflows

import (
	"fmt"
	"path"
	"strings"

	"insyn/models"
)

// The names of the documents of an answer: plain Swedish, in the order they are read, and nothing of a person in them.
const (
	nameLetter      = "Beslut.pdf"
	nameExtractPDF  = "Registerutdrag.pdf"
	nameExtractJSON = "Registerutdrag.json"
	nameExtractCSV  = "Registerutdrag.csv"
)

// materialPath is the name of a released file in the package: “Handlingar/Handling 0001.pdf”.
func materialPath(number int, f models.File) string {
	return "Handlingar/" + materialName(number, f)
}

func materialName(number int, f models.File) string {
	return fmt.Sprintf("Handling %04d%s", number, Ending(f.MediaType, f.NameText))
}

// Ending is the file ending of a kind of file, by what was recognised in its content; what is not known has one that no machine
// opens. Of a text it is that of a table if its own name says so: the content of the two looks the same.
func Ending(mediaType, name string) string {
	kind, _, _ := strings.Cut(mediaType, ";")
	if own := strings.ToLower(path.Ext(name)); kind == "text/plain" && (own == ".csv" || own == ".tsv") {
		return own
	}
	if e, ok := endings()[kind]; ok {
		return e
	}
	return ".bin"
}

func endings() map[string]string {
	return map[string]string{
		"application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "text/csv": ".csv", "text/tab-separated-values": ".tsv",
		"application/json": ".json", "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/tiff": ".tif", "image/webp": ".webp",
		"image/heic": ".heic", "image/bmp": ".bmp", "message/rfc822": ".eml", "application/vnd.ms-outlook": ".msg", "application/zip": ".zip",
		"application/xml": ".xml", "text/xml": ".xml", "text/rtf": ".rtf", "application/rtf": ".rtf", "application/msword": ".doc",
		"application/vnd.ms-excel": ".xls", "application/vnd.ms-powerpoint": ".ppt",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   ".docx",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         ".xlsx",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
		"application/vnd.oasis.opendocument.text":                                   ".odt",
		"application/vnd.oasis.opendocument.spreadsheet":                            ".ods",
		"application/vnd.oasis.opendocument.presentation":                           ".odp",
		"audio/mpeg": ".mp3", "audio/wav": ".wav", "audio/x-m4a": ".m4a", "audio/mp4": ".m4a", "audio/ogg": ".ogg", "audio/flac": ".flac",
		"video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm", "video/x-msvideo": ".avi", "video/x-matroska": ".mkv",
	}
}
