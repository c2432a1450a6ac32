package workflows

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"insyn/internal/files"
	"insyn/models"
)

// acceptUpload lists what may be sent in: documents, pictures, mail, tables, sound and film, by what the content is. What
// could run in a browser or on a desk is not accepted.
func acceptUpload(mediaType string) bool {
	switch mediaType {
	case "application/pdf", "application/rtf", "text/rtf", "text/plain", "text/csv", "text/tab-separated-values", "application/json", "text/xml", "application/xml",
		"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/vnd.ms-outlook",
		"message/rfc822", "application/zip", "application/x-ole-storage":
		return true
	}
	return strings.HasPrefix(mediaType, "application/vnd.openxmlformats-officedocument.") ||
		strings.HasPrefix(mediaType, "application/vnd.oasis.opendocument.") ||
		strings.HasPrefix(mediaType, "audio/") || strings.HasPrefix(mediaType, "video/") ||
		(strings.HasPrefix(mediaType, "image/") && mediaType != "image/svg+xml")
}

// storeBytes seals a stream into the store; what is wrong with an upload is said at its field.
func (s *Service) storeBytes(ctx context.Context, at storing, id uuid.UUID, body io.Reader, limit int64, allow func(string) bool) (files.Stored, error) {
	stored, err := s.Vault.Store(ctx, files.Upload{KeyID: at.key.UUID(), FileID: id, Reader: body, MaxBytes: limit, Allow: allow})
	var tooLarge files.ErrTooLarge
	var wrongType files.ErrType
	switch {
	case errors.As(err, &tooLarge):
		return stored, Invalid{[]FieldError{{Field: at.field, Key: "error.file-too-large", Args: map[string]any{"max": tooLarge.Max}}}}
	case errors.As(err, &wrongType):
		return stored, invalid(at.field, "error.file-type")
	case errors.Is(err, files.ErrEmpty):
		return stored, invalid(at.field, "error.file-empty")
	}
	return stored, err
}

// digested notes in a record what was told when its bytes were sealed.
func digested(f *models.File, d files.Digest) *models.File {
	crc := int64(d.CRC32)
	f.Size, f.SHA256, f.CRC32, f.Parts = d.Size, d.SHA256[:], &crc, d.Parts
	return f
}

// digestOf is what a package needs to know of a file. The record has it; files stored before it was kept are read through
// once, and what is read is held to the record.
func (s *Service) digestOf(ctx context.Context, f models.File) (files.Digest, error) {
	d := files.Digest{Size: f.Size, Parts: f.Parts}
	if len(f.SHA256) != len(d.SHA256) {
		return d, answerChanged()
	}
	copy(d.SHA256[:], f.SHA256)
	if f.CRC32 != nil && f.Parts != nil {
		d.CRC32 = uint32(*f.CRC32) //nolint:gosec // G115: 32 bits, the schema says
		return d, nil
	}
	read, err := s.Vault.Digest(ctx, f.CaseID.UUID(), f.ID.UUID())
	if err == nil && (read.Size != d.Size || read.SHA256 != d.SHA256) {
		err = answerChanged()
	}
	return read, err
}

// fileName keeps the last part of a name, without what would trouble a file system or a header; never empty.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		// Format characters turn the reading direction, so that a name shows another ending than it has.
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`/\:*?"<>|`, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if r := []rune(name); len(r) > 120 {
		ext := path.Ext(name)
		if len(ext) > 10 {
			ext = ""
		}
		name = string(r[:100]) + ext
	}
	if name == "" {
		return "fil"
	}
	return name
}
