package pack

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Limits of a name. Windows opens paths of 259 UTF-16 units, of which the folder that a package is unpacked in needs some;
// a part of a path may be 255 bytes on Linux and 255 UTF-16 units elsewhere.
const (
	maxName = 150 // UTF-16 units, folders included
	maxPart = 240 // bytes of UTF-8
)

// CheckName tells whether every system can unpack a file of this name: forward slashes between folders, composed characters
// (NFC), nothing that leads out of the folder, and nothing that Windows, macOS or Linux refuse or show as something else.
// The error says what is wrong and does not repeat the name.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("name is empty")
	case !utf8.ValidString(name):
		return errors.New("name is not UTF-8")
	case !norm.NFC.IsNormalString(name):
		return errors.New("name is not composed (NFC)")
	case len(utf16.Encode([]rune(name))) > maxName:
		return fmt.Errorf("name is longer than %d characters", maxName)
	}
	for _, part := range strings.Split(name, "/") {
		if err := checkPart(part); err != nil {
			return err
		}
	}
	return nil
}

func checkPart(part string) error {
	switch {
	case part == "":
		return errors.New("name has an empty part")
	case len(part) > maxPart:
		return fmt.Errorf("a part of the name is longer than %d bytes", maxPart)
	case part[0] == '.' || part[0] == ' ':
		return errors.New("a part of the name begins with a full stop or a space") // hidden, or lost
	case strings.HasSuffix(part, ".") || strings.HasSuffix(part, " "):
		return errors.New("a part of the name ends in a full stop or a space") // Windows drops them
	case reserved(part):
		return errors.New("a part of the name is a device's on Windows")
	}
	for _, r := range part {
		if !printableRune(r) || strings.ContainsRune(`\:*?"<>|`, r) {
			return fmt.Errorf("name has a character that cannot be in one: %U", r)
		}
	}
	return nil
}

// printableRune tells whether a character can be shown as it is. Format characters cannot: they turn the direction of reading, so
// that a name shows another ending than it has.
func printableRune(r rune) bool {
	return unicode.IsPrint(r) && !unicode.Is(unicode.Cf, r) && r != unicode.ReplacementChar
}

// reserved tells whether Windows takes a name for a device, whatever its ending.
func reserved(part string) bool {
	stem, _, _ := strings.Cut(part, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	for _, device := range []string{"COM", "LPT"} {
		if digit, ok := strings.CutPrefix(stem, device); ok && utf8.RuneCountInString(digit) == 1 && strings.ContainsAny(digit, "0123456789¹²³") {
			return true
		}
	}
	return false
}

// nameSet finds names that are one file on a system which does not tell upper from lower case, and files that are also
// folders.
type nameSet struct {
	fold    cases.Caser
	files   map[string]bool
	folders map[string]bool
}

func newNameSet(n int) *nameSet {
	return &nameSet{fold: cases.Fold(), files: make(map[string]bool, n), folders: map[string]bool{}}
}

func (s *nameSet) add(name string) error {
	key := norm.NFC.String(s.fold.String(name))
	if s.files[key] || s.folders[key] {
		return errors.New("name is there twice")
	}
	s.files[key] = true
	for i := range len(key) {
		if key[i] != '/' {
			continue
		}
		if s.files[key[:i]] {
			return errors.New("name is a file and a folder")
		}
		s.folders[key[:i]] = true
	}
	return nil
}
