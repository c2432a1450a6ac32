package pack

import "fmt"

// What is wrong with some bytes of a package.
type What string

// The faults there are.
const (
	// Altered bytes are not what was signed.
	Altered What = "altered"
	// Missing bytes should be there: the package is cut short.
	Missing What = "missing"
	// Extra bytes do not belong to the package: before it or after it.
	Extra What = "extra"
	// Unsigned is a signature that is not its key's signature of the manifest: forged, or damaged.
	Unsigned What = "unsigned"
	// Unchecked bytes cannot be checked, since something else is wrong.
	Unchecked What = "unchecked"
	// NoManifest says that the file does not begin as a package does, and that no package begins anywhere in it.
	NoManifest What = "no-manifest"
	// Unknown says that the manifest is signed but of a form that this version does not know.
	Unknown What = "unknown-form"
)

// Where in a package something is.
type Where string

// The parts of a package.
const (
	InContent   Where = "content"   // of a file
	InHeader    Where = "header"    // before a file
	InDirectory Where = "directory" // what the list at the end says of a file
	InEnd       Where = "end"       // the end of the list
	Outside     Where = "outside"   // before the package or after it
	InAll       Where = "all"       // not in one place
)

// Fault is a range of bytes that is not right.
type Fault struct {
	What  What
	Where Where
	// File is the name of the file it is about; "" when it is about none.
	File string
	// First and Last are the first and the last byte in what was checked, counted from 0.
	First, Last int64
	// InFirst and InLast are the same bytes counted in the file; -1 where the range is not in a file.
	InFirst, InLast int64
}

// String says it in English: what, which bytes, of which file.
func (f Fault) String() string {
	bytes := fmt.Sprintf("bytes %d–%d of the package", f.First, f.Last)
	switch {
	case f.What == NoManifest:
		return "no package begins here: the file does not begin with manifest.json"
	case f.What == Unknown:
		return "the package is signed, but of a form that this version does not know"
	case f.What == Missing && f.File != "":
		return fmt.Sprintf("cut short: %s are missing, from byte %d of %q on", bytes, f.InFirst, f.File)
	case f.What == Missing:
		return "cut short: " + bytes + " are missing"
	case f.What == Extra:
		return bytes + " do not belong to it"
	case f.What == Unsigned:
		return fmt.Sprintf("%s, bytes %d–%d of %q: this is not the key's signature of the manifest; it is forged or damaged", bytes, f.InFirst, f.InLast, f.File)
	}
	verdict := "not what was signed"
	if f.What == Unchecked {
		verdict = "cannot be checked"
	}
	switch f.Where {
	case InContent:
		return fmt.Sprintf("%s, bytes %d–%d of %q: %s", bytes, f.InFirst, f.InLast, f.File, verdict)
	case InHeader:
		return fmt.Sprintf("%s, the header before %q: %s", bytes, f.File, verdict)
	case InDirectory:
		return fmt.Sprintf("%s, the entry for %q in the list at the end: %s", bytes, f.File, verdict)
	case InEnd:
		return fmt.Sprintf("%s, the end of the list: %s", bytes, verdict)
	default:
		return fmt.Sprintf("%s: %s, as the manifest is not whole", bytes, verdict)
	}
}
