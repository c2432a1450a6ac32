package pack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"insyn/internal/files"
)

// maxFaults is how many faults are listed; the rest are counted.
const maxFaults = 1000

// Report is what Verify found.
type Report struct {
	// Manifest is what the package says of itself; empty when it could not be read. It is to be believed only if Signed.
	Manifest Manifest
	// Signed tells whether the manifest is signed by Key.
	Signed bool
	// Key is the key that manifest.sig names. Whose it is, and whether to trust it, is for the caller to say.
	Key PublicKey
	// Size is how long the package is by its manifest; 0 when that is not known.
	Size int64
	// Faults are the ranges that are not right, from the beginning to the end. There is none in a package that is as it was made.
	Faults []Fault
	// More is how many faults there are beyond those listed.
	More int
}

// Intact tells whether every byte is as it was signed.
func (r *Report) Intact() bool { return r.Signed && len(r.Faults) == 0 }

// Verify compares size bytes of r with the package that their manifest describes, every byte of it. It reads the whole once and
// holds the manifest and 1 MiB of content. The error is one of reading or of ctx; what is wrong with the package is in the
// report.
func Verify(ctx context.Context, r io.ReaderAt, size int64) (Report, error) {
	v := &verifier{ctx: ctx, r: r, size: size}
	if err := v.run(); err != nil {
		return v.report, fmt.Errorf("verify package: %w", err)
	}
	return v.report, nil
}

type verifier struct {
	ctx    context.Context //nolint:containedctx // lives for one call of Verify
	r      io.ReaderAt
	size   int64
	base   int64 // where the package begins
	report Report
}

// fault notes a range of the package, from begin to end, of which end is not in it.
func (v *verifier) fault(f Fault, begin, end int64) {
	f.First, f.Last = v.base+begin, v.base+end-1
	v.note(f)
}

func (v *verifier) note(f Fault) {
	if len(v.report.Faults) == maxFaults {
		v.report.More++
		return
	}
	v.report.Faults = append(v.report.Faults, f)
}

// read fills b from an offset of the package; what the file does not have is left out.
func (v *verifier) read(b []byte, at int64) ([]byte, error) {
	if err := v.ctx.Err(); err != nil {
		return nil, err
	}
	have := min(int64(len(b)), max(0, v.size-v.base-at))
	n, err := v.r.ReadAt(b[:have], v.base+at)
	if errors.Is(err, io.EOF) && int64(n) == have {
		err = nil
	}
	return b[:n], err
}

func (v *verifier) run() error {
	found, err := v.findBeginning()
	if err != nil || !found {
		return err
	}
	if v.base > 0 {
		v.note(Fault{What: Extra, Where: Outside, First: 0, Last: v.base - 1, InFirst: -1, InLast: -1})
	}
	h, err := v.findManifest()
	if err != nil {
		return err
	}
	p, err := v.judge(h)
	if err != nil || p == nil {
		return err
	}
	return v.compare(p)
}

// template is the local header of manifest.json as far as it is the same in every package.
func template(name string) []byte { return item{name: name}.local() }

// headerBytes are the places of a local header that are the same in every package: all but day, checksum and sizes.
func fixedPlace(i int) bool { return i < 12 || i >= 26 }

// alike tells whether bytes are a file's local header, a few damaged bytes aside.
func alike(b []byte, name string) bool {
	want := template(name)
	if len(b) < len(want) {
		return false
	}
	same, all := 0, 0
	for i := range want {
		if fixedPlace(i) {
			all++
			if b[i] == want[i] {
				same++
			}
		}
	}
	return same >= all*3/4
}

// findBeginning finds where the package begins: at the beginning, or behind what was put before it.
func (v *verifier) findBeginning() (bool, error) {
	head := template(ManifestName)
	b, err := v.read(make([]byte, len(head)), 0)
	if err != nil {
		return false, err
	}
	if alike(b, ManifestName) {
		return true, nil
	}
	at, err := v.search(func(window []byte) int {
		for i := 0; ; i++ {
			j := bytes.Index(window[i:], []byte(ManifestName))
			if j < 0 {
				return -1
			}
			if i += j; i >= localSize && alike(window[i-localSize:], ManifestName) {
				return i - localSize
			}
		}
	}, len(head))
	if err != nil {
		return false, err
	}
	if at < 0 {
		v.note(Fault{What: NoManifest, Where: InAll, First: 0, Last: v.size - 1, InFirst: -1, InLast: -1})
		return false, nil
	}
	v.base = at
	return true, nil
}

// search looks through the file in windows that overlap by a little less than what is looked for, and returns where it is, -1
// for nowhere.
func (v *verifier) search(find func(window []byte) int, length int) (int64, error) {
	buf := make([]byte, min(files.PartSize+int64(length), v.size))
	for at := int64(0); at < v.size; at += files.PartSize {
		window, err := v.read(buf, at)
		if err != nil {
			return -1, err
		}
		if i := find(window); i >= 0 {
			return at + int64(i), nil
		}
	}
	return -1, nil
}

// head is the beginning of a package: the manifest, its signature and what was read of them.
type head struct {
	manifest  []byte
	signature []byte // shorter than it should be when the package is cut short
	parts     signatureParts
	signed    bool
	sum       bool  // the manifest has the hash that manifest.sig notes
	cut       int64 // how long the manifest should be, when the package ends in it
}

// better tells which of two readings of the beginning makes more sense.
func (h head) better(than head) bool {
	rank := func(h head) int {
		switch {
		case h.signed:
			return 3
		case h.sum:
			return 2
		case h.manifest != nil:
			return 1
		}
		return 0
	}
	return rank(h) > rank(than)
}

// findManifest finds out how long the manifest is. Its header says so twice, and the next header tells where it ends; when one of
// the three is damaged, another leads to a manifest that has its signature.
func (v *verifier) findManifest() (head, error) {
	begin := int64(len(template(ManifestName)))
	b, err := v.read(make([]byte, begin), 0)
	if err != nil {
		return head{}, err
	}
	sizes := []int64{int64(binary.LittleEndian.Uint32(b[18:])), int64(binary.LittleEndian.Uint32(b[22:]))}
	var best head
	for _, size := range sizes {
		h, err := v.tryManifest(begin, size)
		if err != nil {
			return head{}, err
		}
		if h.better(best) {
			best = h
		}
	}
	if best.signed {
		return best, nil
	}
	size, err := v.scanManifest(begin)
	if err != nil {
		return head{}, err
	}
	h, err := v.tryManifest(begin, size)
	if err != nil {
		return head{}, err
	}
	if h.better(best) {
		best = h
	}
	if best.manifest == nil && sizes[0] == sizes[1] && v.base+begin+sizes[0] > v.size {
		best.cut = sizes[0]
	}
	return best, nil
}

// scanManifest finds how long the manifest is by the header that follows it. -1 if there is none.
func (v *verifier) scanManifest(begin int64) (int64, error) {
	name := []byte(SignatureName)
	head := template(SignatureName)
	buf := make([]byte, min(files.PartSize+int64(len(head)), v.size))
	for at := begin; at < begin+maxManifest && v.base+at < v.size; at += files.PartSize {
		window, err := v.read(buf, at)
		if err != nil {
			return -1, err
		}
		for i := 0; i < len(window); i++ {
			j := bytes.Index(window[i:], name)
			if j < 0 {
				break
			}
			if i += j; i >= localSize && alike(window[i-localSize:], SignatureName) {
				return at + int64(i-localSize) - begin, nil
			}
		}
	}
	return -1, nil
}

// tryManifest reads manifest and signature as if the manifest were so long; an empty head if that cannot be.
func (v *verifier) tryManifest(begin, size int64) (head, error) {
	if size <= 0 || size > maxManifest || v.base+begin+size > v.size {
		return head{}, nil
	}
	next := template(SignatureName)
	b, err := v.read(make([]byte, size+int64(len(next))+signatureSize()), begin)
	if err != nil {
		return head{}, err
	}
	h := head{manifest: b[:size:size]}
	rest := b[size:]
	if len(rest) < len(next) {
		// Cut short before the signature, and what there is begins as its header does, or does not.
		if !bytes.HasPrefix(next, rest[:min(len(rest), 12)]) {
			return head{}, nil
		}
		return h, nil
	}
	h.signature = rest[len(next):]
	h.parts = readSignature(h.signature)
	h.signed = h.parts.valid(h.manifest)
	sum := sha256.Sum256(h.manifest)
	h.sum = h.parts.sum == hex.EncodeToString(sum[:])
	if !h.signed && !h.sum && !alike(rest, SignatureName) {
		return head{}, nil
	}
	return h, nil
}

// judge says what is wrong with the manifest and its signature, and lays out the package where the manifest can be gone by.
func (v *verifier) judge(h head) (*Package, error) {
	begin := int64(len(template(ManifestName)))
	v.report.Key, v.report.Signed = h.parts.public, h.signed
	whole := int64(len(h.signature)) == signatureSize()
	switch {
	case h.cut > 0:
		v.unchecked(begin)
		v.fault(Fault{What: Missing, Where: InContent, File: ManifestName, InFirst: v.size - v.base - begin, InLast: h.cut - 1}, v.size-v.base, begin+h.cut)
		return nil, nil
	case h.manifest == nil:
		v.altered(begin, v.size-v.base-begin)
		return nil, nil
	case whole && !h.signed && !h.sum:
		v.altered(begin, int64(len(h.manifest)))
		v.unchecked(begin + int64(len(h.manifest)))
		return nil, nil
	}
	m, err := ParseManifest(h.manifest)
	if err != nil {
		if h.signed {
			v.note(Fault{What: Unknown, Where: InContent, File: ManifestName, First: v.base, Last: v.size - 1, InFirst: -1, InLast: -1})
			return nil, nil
		}
		v.altered(begin, int64(len(h.manifest)))
		v.unchecked(begin + int64(len(h.manifest)))
		return nil, nil
	}
	v.report.Manifest = m
	sum, err := v.signatureSum(h, begin)
	if err != nil {
		return nil, err
	}
	p, err := m.layout(int64(len(h.manifest)), crc32.ChecksumIEEE(h.manifest), sum)
	if err != nil {
		return nil, err
	}
	v.report.Size = p.Size()
	return p, nil
}

// altered notes that the manifest is not what was signed: which of its bytes cannot be told.
func (v *verifier) altered(begin, size int64) {
	if size > 0 {
		v.fault(Fault{What: Altered, Where: InContent, File: ManifestName, InFirst: 0, InLast: size - 1}, begin, begin+size)
	}
}

// unchecked notes that everything from a place on cannot be checked without a manifest to go by.
func (v *verifier) unchecked(from int64) {
	if end := v.size - v.base; end > from {
		v.fault(Fault{What: Unchecked, Where: InAll, InFirst: -1, InLast: -1}, from, end)
	}
}

// signatureSum looks at manifest.sig byte by byte and returns the checksum that the headers must note of it.
func (v *verifier) signatureSum(h head, begin int64) (uint32, error) {
	at := begin + int64(len(h.manifest)) + int64(len(template(SignatureName)))
	if int64(len(h.signature)) < signatureSize() {
		return v.notedSum(begin+int64(len(h.manifest)), h)
	}
	if h.signed {
		want, _ := writeSignature(sigFields(h.parts.public, h.manifest, h.parts.signature))
		v.compareBytes(h.signature, want, segment{kind: content, item: 1, begin: at, end: at + int64(len(want))}, SignatureName)
		return crc32.ChecksumIEEE(want), nil
	}
	// The manifest has the hash that is noted, so it is the signature, or the key, that is wrong.
	_, begins := blankSignature()
	first, last := begins["signature"], begins["signature"]+signSize
	if h.parts.public.ID() != h.parts.id {
		first = begins["public_key"]
	}
	v.fault(Fault{What: Unsigned, Where: InContent, File: SignatureName, InFirst: int64(first), InLast: int64(last - 1)}, at+int64(first), at+int64(last))
	return v.notedSum(begin+int64(len(h.manifest)), h)
}

// notedSum is the checksum of manifest.sig that its header notes, for when the file itself cannot be gone by.
func (v *verifier) notedSum(at int64, h head) (uint32, error) {
	b, err := v.read(make([]byte, localSize), at)
	if err != nil || len(b) < localSize {
		return crc32.ChecksumIEEE(h.signature), err
	}
	return binary.LittleEndian.Uint32(b[14:]), nil
}

// compare goes through the package from its beginning to its end.
func (v *verifier) compare(p *Package) error {
	have := v.size - v.base
	buf := make([]byte, min(files.PartSize, p.size))
	for at := int64(0); at < min(p.size, have); {
		s := p.segmentAt(at)
		at = s.end
		var err error
		switch {
		case s.kind != content:
			err = v.compareFixed(p, s)
		case s.item >= 2:
			err = v.compareFile(s, buf)
		}
		if err != nil {
			return err
		}
	}
	if have < p.size {
		v.cutShort(p, have)
	}
	if have > p.size {
		v.fault(Fault{What: Extra, Where: Outside, InFirst: -1, InLast: -1}, p.size, have)
	}
	return nil
}

// cutShort notes that the package ends too early, and in what.
func (v *verifier) cutShort(p *Package, have int64) {
	s := p.segmentAt(have)
	f := Fault{What: Missing, Where: whereOf(s.kind), InFirst: -1, InLast: -1}
	if s.kind == content {
		f.File, f.InFirst, f.InLast = p.items[s.item].name, have-s.begin, s.end-s.begin-1
	}
	v.fault(f, have, p.size)
}

func whereOf(k kind) Where {
	switch k {
	case header:
		return InHeader
	case content:
		return InContent
	case record:
		return InDirectory
	default:
		return InEnd
	}
}

// compareFixed compares a header or a record, of which every byte is known.
func (v *verifier) compareFixed(p *Package, s segment) error {
	want := p.fixed(s)
	got, err := v.read(make([]byte, len(want)), s.begin)
	if err != nil {
		return err
	}
	name := ""
	if s.item >= 0 {
		name = p.items[s.item].name
	}
	v.compareBytes(got, want, s, name)
	return nil
}

// compareBytes notes each run of bytes that differs; got may be cut short.
func (v *verifier) compareBytes(got, want []byte, s segment, name string) {
	for i := 0; i < len(got); i++ {
		if got[i] == want[i] {
			continue
		}
		end := i + 1
		for end < len(got) && got[end] != want[end] {
			end++
		}
		f := Fault{What: Altered, Where: whereOf(s.kind), File: name, InFirst: -1, InLast: -1}
		if s.kind == content {
			f.InFirst, f.InLast = int64(i), int64(end-1)
		}
		v.fault(f, s.begin+int64(i), s.begin+int64(end))
		i = end
	}
}

// compareFile compares a file part by part. Parts beside each other that are wrong are one fault.
func (v *verifier) compareFile(s segment, buf []byte) error {
	file := v.report.Manifest.Files[s.item-2]
	h := files.NewHasher()
	for at := int64(0); at < file.Size; at += files.PartSize {
		want := min(files.PartSize, file.Size-at)
		got, err := v.read(buf[:want], s.begin+at)
		if err != nil {
			return err
		}
		if int64(len(got)) < want { // cut short; compare says so
			if len(got) > 0 {
				end := at + int64(len(got))
				v.fault(Fault{What: Unchecked, Where: InContent, File: file.Name, InFirst: at, InLast: end - 1}, s.begin+at, s.begin+end)
			}
			break
		}
		_, _ = h.Write(got) // never fails
	}
	d := h.Digest()
	wrong := v.compareParts(file, d, s.begin)
	if d.Size == file.Size && !wrong && (d.SHA256 != file.SHA256 || d.CRC32 != file.CRC32) {
		// Every part is right and the whole is not: the manifest contradicts itself.
		v.fault(Fault{What: Altered, Where: InContent, File: file.Name, InFirst: 0, InLast: file.Size - 1}, s.begin, s.end)
	}
	return nil
}

// compareParts compares the parts that were read of a file with those it must have.
func (v *verifier) compareParts(file File, d files.Digest, begin int64) (wrong bool) {
	from := int64(-1)
	for at, i := int64(0), 0; at < d.Size; at, i = at+files.PartSize, i+sha256.Size {
		same := bytes.Equal(d.Parts[i:i+sha256.Size], file.Parts[i:i+sha256.Size])
		if !same && from < 0 {
			from, wrong = at, true
		}
		end := min(at+files.PartSize, d.Size)
		if from >= 0 && (same || end == d.Size) {
			if same {
				end = at
			}
			v.fault(Fault{What: Altered, Where: InContent, File: file.Name, InFirst: from, InLast: end - 1}, begin+from, begin+end)
			from = -1
		}
	}
	return wrong
}
