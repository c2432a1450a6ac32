package pack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"insyn/internal/calendar"
	"insyn/internal/files"
)

// Names of the first two entries.
const (
	ManifestName  = "manifest.json"
	SignatureName = "manifest.sig"
)

// Format is what the manifest calls this form of package. A later form has another number.
const Format = "insyn-package/1"

// maxManifest is the greatest manifest: some hundred thousand files. It bounds what a damaged or malicious file can make
// Verify read into memory.
const maxManifest = 64 << 20

// Manifest says what a package consists of, besides itself and its signature.
type Manifest struct {
	// Package is what the package is called, such as a case's number; never a person's name.
	Package string
	// Made is the day it was made. All its files are said to be from that day.
	Made calendar.Date
	// Files are its files in their order.
	Files []File
}

// File is one file of a package, with the digest that it must have.
type File struct {
	Name string
	files.Digest
}

// manifestHead and manifestFile are the manifest's JSON. Field names are documented in docs/package.md and do not change.
type manifestHead struct {
	Format   string        `json:"format"`
	Package  string        `json:"package"`
	Made     calendar.Date `json:"made"`
	PartSize int64         `json:"part_size"`
}

type manifestFile struct {
	Name   string     `json:"name"`
	Size   int64      `json:"size"`
	SHA256 hexBytes   `json:"sha256"`
	CRC32  hexBytes   `json:"crc32"`
	Parts  []hexBytes `json:"parts,omitempty"` // left out where there is one, which is the whole
}

// hexBytes are bytes that JSON has as hex.
type hexBytes []byte

// MarshalText implements [encoding.TextMarshaler].
func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. Lower case only: there is one way to write a manifest.
func (h *hexBytes) UnmarshalText(text []byte) error {
	if bytes.ContainsAny(text, "ABCDEF") {
		return errors.New("hex is not in lower case")
	}
	b, err := hex.DecodeString(string(text))
	*h = b
	return err
}

// Encode writes the manifest: JSON with one file a line. It fails where no package can be made of it.
func (m Manifest) Encode() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("write manifest: %w", err)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(manifestHead{Format, m.Package, m.Made, files.PartSize}); err != nil {
		return nil, fmt.Errorf("write manifest: %w", err)
	}
	b.Truncate(b.Len() - len("}\n"))
	b.WriteString(",\"files\":[")
	for i, f := range m.Files {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		if err := e.Encode(f.row()); err != nil {
			return nil, fmt.Errorf("write manifest: %w", err)
		}
		b.Truncate(b.Len() - len("\n"))
	}
	b.WriteString("\n]}\n")
	if b.Len() > maxManifest {
		return nil, fmt.Errorf("write manifest: it is larger than %d bytes", maxManifest)
	}
	return b.Bytes(), nil
}

func (f File) row() manifestFile {
	row := manifestFile{Name: f.Name, Size: f.Size, SHA256: f.SHA256[:], CRC32: binary.BigEndian.AppendUint32(nil, f.CRC32)}
	if len(f.Parts) > sha256.Size {
		for p := f.Parts; len(p) > 0; p = p[sha256.Size:] {
			row.Parts = append(row.Parts, hexBytes(p[:sha256.Size]))
		}
	}
	return row
}

// ParseManifest reads a manifest. It takes nothing that no package can be made of, whoever signed it.
func ParseManifest(b []byte) (Manifest, error) {
	var read struct {
		manifestHead
		Files []manifestFile `json:"files"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if len(b) > maxManifest {
		return Manifest{}, errors.New("read manifest: it is too large")
	}
	if err := d.Decode(&read); err != nil {
		return Manifest{}, errors.New("read manifest: it is not of the expected form") // the decoder's error repeats what it read
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Manifest{}, errors.New("read manifest: something follows it")
	}
	if read.Format != Format || read.PartSize != files.PartSize {
		return Manifest{}, errors.New("read manifest: it is of a form that is not known here")
	}
	m := Manifest{Package: read.Package, Made: read.Made, Files: make([]File, 0, len(read.Files))}
	for i, row := range read.Files {
		f, err := row.file()
		if err != nil {
			return Manifest{}, fmt.Errorf("read manifest: file %d: %w", i+1, err)
		}
		m.Files = append(m.Files, f)
	}
	if err := m.check(); err != nil {
		return Manifest{}, fmt.Errorf("read manifest: %w", err)
	}
	return m, nil
}

func (row manifestFile) file() (File, error) {
	f := File{Name: row.Name, Digest: files.Digest{Size: row.Size}}
	if len(row.SHA256) != sha256.Size || len(row.CRC32) != 4 {
		return f, errors.New("a checksum is not of its length")
	}
	copy(f.SHA256[:], row.SHA256)
	f.CRC32 = binary.BigEndian.Uint32(row.CRC32)
	if len(row.Parts) == 0 {
		f.Parts = f.SHA256[:]
		return f, nil
	}
	for _, p := range row.Parts {
		if len(p) != sha256.Size {
			return f, errors.New("a checksum is not of its length")
		}
		f.Parts = append(f.Parts, p...)
	}
	return f, nil
}

// parts is how many parts content of a size has.
func parts(size int64) int64 { return max(1, (size+files.PartSize-1)/files.PartSize) }

func (m Manifest) check() error {
	if m.Package == "" || !printable(m.Package) {
		return errors.New("the package's name is missing or cannot be printed")
	}
	for i, f := range m.Files {
		if f.Size < 0 || int64(len(f.Parts)) != sha256.Size*parts(f.Size) {
			return fmt.Errorf("file %d: its parts are not those of its size", i+1)
		}
		if parts(f.Size) == 1 && !bytes.Equal(f.Parts, f.SHA256[:]) {
			return fmt.Errorf("file %d: its only part is not the whole", i+1)
		}
	}
	_, err := m.layout(0, 0, 0) // names, sizes, day
	return err
}

func printable(s string) bool {
	for _, r := range s {
		if !printableRune(r) {
			return false
		}
	}
	return true
}

// layout lays out the package that the manifest describes, without anything to read it from: the manifest is so long and has
// this checksum, and so has its signature.
func (m Manifest) layout(size int64, manifest, signature uint32) (*Package, error) {
	p := &Package{items: make([]item, 0, len(m.Files)+2)}
	p.items = append(p.items, item{name: ManifestName, size: size, crc: manifest}, item{name: SignatureName, size: signatureSize(), crc: signature})
	for _, f := range m.Files {
		p.items = append(p.items, item{name: f.Name, size: f.Size, crc: f.CRC32})
	}
	return p, p.layOut(func(int) calendar.Date { return m.Made })
}

// PackageSize is the length in bytes of the package that the manifest describes; size is how long it is itself, encoded.
func (m Manifest) PackageSize(size int64) (int64, error) {
	p, err := m.layout(size, 0, 0)
	if err != nil {
		return 0, fmt.Errorf("measure package: %w", err)
	}
	return p.Size(), nil
}

// Assemble makes the package of a manifest and its signature, as Encode and Sign made them. open opens a file by its name in
// the package; it is asked when the reading comes to the file.
func Assemble(manifest, signature []byte, open func(ctx context.Context, name string) (io.ReadSeekCloser, error)) (*Package, error) {
	m, err := ParseManifest(manifest)
	if err != nil {
		return nil, err
	}
	if int64(len(signature)) != signatureSize() {
		return nil, errors.New("assemble package: the signature is not of its length")
	}
	p, err := m.layout(int64(len(manifest)), crc32.ChecksumIEEE(manifest), crc32.ChecksumIEEE(signature))
	if err != nil {
		return nil, err
	}
	p.open = append(p.open, inMemory(manifest), inMemory(signature))
	for _, f := range m.Files {
		p.open = append(p.open, func(ctx context.Context) (io.ReadSeekCloser, error) { return open(ctx, f.Name) })
	}
	// Layout and content follow from these two.
	both := sha256.New()
	both.Write(manifest)
	both.Write(signature)
	p.tag = hex.EncodeToString(both.Sum(nil))
	return p, nil
}

func inMemory(b []byte) func(context.Context) (io.ReadSeekCloser, error) {
	return func(context.Context) (io.ReadSeekCloser, error) { return memory{bytes.NewReader(b)}, nil }
}

// memory is a file that need not be closed.
type memory struct{ *bytes.Reader }

// Close implements [io.Closer].
func (memory) Close() error { return nil }
