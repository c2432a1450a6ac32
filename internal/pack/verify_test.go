package pack

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"insyn/internal/calendar"
	"insyn/internal/files"
)

func newKey(t testing.TB) SigningKey {
	t.Helper()
	k, err := ParseSigningKey(GenerateSigningKey())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// signed is a package with its parts.
type signed struct {
	*Package
	manifest Manifest
	text     []byte
	key      SigningKey
	bytes    []byte
}

func sign(t testing.TB, k SigningKey, m Manifest, content map[string][]byte) signed {
	t.Helper()
	text, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Assemble(text, k.Sign(text), func(_ context.Context, name string) (io.ReadSeekCloser, error) {
		return memory{bytes.NewReader(content[name])}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if content == nil { // only laid out
		return signed{p, m, text, k, nil}
	}
	return signed{p, m, text, k, whole(t, p)}
}

func manifestOf(content map[string][]byte, names ...string) Manifest {
	m := Manifest{Package: "INS-2026-00042-SN", Made: day}
	for _, name := range names {
		h := files.NewHasher()
		_, _ = h.Write(content[name])
		m.Files = append(m.Files, File{name, h.Digest()})
	}
	return m
}

// example has files of one part and of several, and two of the same size.
func example(t testing.TB) signed {
	t.Helper()
	content := map[string][]byte{
		"Läs mig först.txt": []byte("Hej åäö"), "Registerutdrag.pdf": noise(files.PartSize+4711, 1), "data.json": noise(5000, 2),
		"Handlingar/Handling 0001.pdf": noise(3000, 3), "Handlingar/Handling 0002.pdf": noise(3000, 4),
	}
	m := manifestOf(content, "Läs mig först.txt", "Registerutdrag.pdf", "data.json", "Handlingar/Handling 0001.pdf", "Handlingar/Handling 0002.pdf")
	return sign(t, newKey(t), m, content)
}

type fataler interface {
	Helper()
	Fatal(args ...any)
}

func verify(t fataler, b []byte) Report {
	t.Helper()
	r, err := Verify(context.Background(), bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAWholePackageIsWhole(t *testing.T) {
	t.Parallel()
	s := example(t)
	r := verify(t, s.bytes)
	if !r.Intact() || r.Key != s.key.Public() || r.Size != int64(len(s.bytes)) || len(r.Manifest.Files) != 5 {
		t.Errorf("%+v", r)
	}
	again := sign(t, s.key, s.manifest, nil)
	if again.Tag() != s.Tag() || again.Size() != s.Size() {
		t.Error("the same manifest gives another package")
	}
	if other := sign(t, newKey(t), s.manifest, nil); other.Tag() == s.Tag() {
		t.Error("another signature has the same tag")
	}
}

// covers tells whether a report is about one byte and calls it right.
func covers(s signed, r Report, pos int64) error {
	if r.Intact() || len(r.Faults) == 0 {
		return fmt.Errorf("byte %d: nothing is wrong", pos)
	}
	f := r.Faults[0]
	g := s.segmentAt(pos)
	name := ""
	if g.item >= 0 {
		name = s.items[g.item].name
	}
	if pos < f.First || pos > f.Last || f.File != name || f.Where != whereOf(g.kind) {
		return fmt.Errorf("byte %d, in the %s of %q: told %+v", pos, whereOf(g.kind), name, f)
	}
	size := int64(1)
	switch {
	case g.kind != content:
	case name == ManifestName:
		size = g.end - g.begin
	case name == SignatureName:
		size = keySize + sumSize + signSize + 100
	default:
		size = files.PartSize
	}
	if f.Last-f.First >= size {
		return fmt.Errorf("byte %d: the range %d to %d is too wide", pos, f.First, f.Last)
	}
	if g.kind == content && (pos < g.begin+f.InFirst || pos > g.begin+f.InLast || f.InFirst != f.First-g.begin || f.InLast != f.Last-g.begin) {
		return fmt.Errorf("byte %d, number %d of %q: told %d to %d", pos, pos-g.begin, name, f.InFirst, f.InLast)
	}
	if name != ManifestName && len(r.Faults) != 1 {
		return fmt.Errorf("byte %d: %d faults: %v", pos, len(r.Faults), r.Faults)
	}
	return nil
}

// TestAnyByteIsFound: whichever byte is altered, and however, it is found and called by its right name.
func TestAnyByteIsFound(t *testing.T) {
	t.Parallel()
	s := example(t)
	b := bytes.Clone(s.bytes)
	try := func(pos int64, x byte) error {
		b[pos] ^= x
		defer func() { b[pos] ^= x }()
		return covers(s, verify(t, b), pos)
	}
	rapid.Check(t, func(rt *rapid.T) {
		x := rapid.ByteRange(1, 255).Draw(rt, "by")
		pos := rapid.OneOf(rapid.Int64Range(0, s.Size()-1), rapid.Int64Range(0, s.items[2].offset), rapid.Int64Range(s.at, s.Size()-1)).Draw(rt, "byte")
		if err := try(pos, x); err != nil {
			rt.Fatal(err)
		}
	})
	// Of headers and the signature every byte, on a package that is small enough for it.
	small := sign(t, s.key, manifestOf(map[string][]byte{"a.txt": []byte("abc")}, "a.txt"), map[string][]byte{"a.txt": []byte("abc")})
	s, b = small, bytes.Clone(small.bytes)
	for pos := range s.Size() {
		if err := try(pos, 1<<(pos%8)); err != nil {
			t.Error(err)
		}
	}
}

// is compares what was found, the only or the first fault, with what is expected.
func is(t *testing.T, what string, r Report, want Fault) {
	t.Helper()
	if len(r.Faults) == 0 || r.Faults[0] != want || r.Intact() {
		t.Errorf("%s: %+v, expected %+v", what, r.Faults, want)
	}
}

func TestCutShort(t *testing.T) {
	t.Parallel()
	s := example(t)
	n := s.Size()
	pdf := s.items[3]
	begin := pdf.offset + pdf.localLen()
	is(t, "the last byte", verify(t, s.bytes[:n-1]), Fault{Missing, InEnd, "", n - 1, n - 1, -1, -1})
	is(t, "between two files", verify(t, s.bytes[:s.items[4].offset]), Fault{Missing, InHeader, "", s.items[4].offset, n - 1, -1, -1})
	is(t, "at the end of a part", verify(t, s.bytes[:begin+files.PartSize]), Fault{Missing, InContent, "Registerutdrag.pdf", begin + files.PartSize, n - 1, files.PartSize, pdf.size - 1})
	r := verify(t, s.bytes[:begin+files.PartSize+10])
	is(t, "in a part", r, Fault{Unchecked, InContent, "Registerutdrag.pdf", begin + files.PartSize, begin + files.PartSize + 9, files.PartSize, files.PartSize + 9})
	if len(r.Faults) != 2 || r.Faults[1].What != Missing || r.Faults[1].First != begin+files.PartSize+10 {
		t.Errorf("%v", r.Faults)
	}
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.Int64Range(0, n-1), rapid.Int64Range(0, s.items[2].offset)).Draw(t, "size")
		r := verify(t, s.bytes[:size])
		if r.Intact() || len(r.Faults) == 0 {
			t.Fatal("a package that was cut short is whole")
		}
		if last := r.Faults[len(r.Faults)-1]; last.What != NoManifest && (last.What != Missing || last.First != size) {
			t.Fatalf("%v", r.Faults)
		}
		if size >= int64(localSize+len(ManifestName)) && r.Faults[0].What == NoManifest {
			t.Fatal("the beginning is there")
		}
	})
}

func TestBeforeAndAfter(t *testing.T) {
	t.Parallel()
	s := example(t)
	n := s.Size()
	is(t, "appended", verify(t, append(bytes.Clone(s.bytes), "och mer"...)), Fault{Extra, Outside, "", n, n + 6, -1, -1})
	for _, size := range []int{1, 42, 43, 5000, files.PartSize - 20, files.PartSize, files.PartSize + 1, 2*files.PartSize + 3} {
		r := verify(t, append(noise(size, 9), s.bytes...))
		is(t, "prepended", r, Fault{Extra, Outside, "", 0, int64(size - 1), -1, -1})
		if len(r.Faults) != 1 || !r.Signed {
			t.Errorf("%d bytes before: %v", size, r.Faults)
		}
	}
	// Another package before it: the first is what is read.
	other := example(t)
	r := verify(t, append(bytes.Clone(other.bytes), s.bytes...))
	is(t, "two packages", r, Fault{Extra, Outside, "", other.Size(), other.Size() + n - 1, -1, -1})
	if r.Key != other.key.Public() {
		t.Error("the second of two packages is read")
	}
	for name, b := range map[string][]byte{"nothing": nil, "noise": noise(3*files.PartSize, 1), "text": []byte("manifest.json"), "a bare ZIP": []byte("PK\x05\x06" + strings.Repeat("\x00", 18))} {
		if r := verify(t, b); len(r.Faults) != 1 || r.Faults[0].What != NoManifest {
			t.Errorf("%s: %v", name, r.Faults)
		}
	}
}

// TestPiecesMoved: two files of one size change places; a piece is put in, taken out, or taken from another package.
func TestPiecesMoved(t *testing.T) {
	t.Parallel()
	s := example(t)
	one, two := s.items[5], s.items[6]
	b := bytes.Clone(s.bytes)
	copy(b[one.offset+one.localLen():], s.bytes[two.offset+two.localLen():][:two.size])
	copy(b[two.offset+two.localLen():], s.bytes[one.offset+one.localLen():][:one.size])
	r := verify(t, b)
	if len(r.Faults) != 2 || r.Faults[0].File != one.name || r.Faults[1].File != two.name || r.Faults[0].InLast != one.size-1 {
		t.Errorf("two files changed places: %v", r.Faults)
	}
	pdf := s.items[3]
	begin := pdf.offset + pdf.localLen()
	b = append(append(bytes.Clone(s.bytes[:begin+100]), 'x'), s.bytes[begin+100:]...)
	r = verify(t, b)
	if r.Intact() || r.Faults[0].File != pdf.name || r.Faults[0].InFirst != 0 || r.Faults[len(r.Faults)-1].What != Extra {
		t.Errorf("a byte put in: %v", r.Faults)
	}
	// The same files in a package of another day have the same manifest but for the day; a piece of one in the other is found.
	later := s.manifest
	later.Made = calendar.New(2026, 3, 21)
	other := sign(t, s.key, later, nil)
	b = bytes.Clone(s.bytes)
	copy(b[int64(localSize+len(ManifestName)):], other.text)
	if r := verify(t, b); r.Signed || r.Faults[0].File != ManifestName {
		t.Errorf("another's manifest: %v", r.Faults)
	}
}

// TestSomebodyElsesSignature: a package altered and signed anew is whole, by a key that is not ours; one whose signature is of
// another manifest or by another key than it says is forged.
func TestSomebodyElsesSignature(t *testing.T) {
	t.Parallel()
	s := example(t)
	mallory := newKey(t)
	m := s.manifest
	m.Package = "INS-2026-00042-BUN"
	text, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	replace := func(signature []byte) []byte {
		p, err := Assemble(text, signature, func(_ context.Context, name string) (io.ReadSeekCloser, error) {
			for i, it := range s.items {
				if it.name == name {
					g := s.segmentAt(s.items[i].offset + s.items[i].localLen())
					return memory{bytes.NewReader(s.bytes[g.begin:g.end])}, nil
				}
			}
			return nil, os.ErrNotExist
		})
		if err != nil {
			t.Fatal(err)
		}
		return whole(t, p)
	}
	r := verify(t, replace(mallory.Sign(text)))
	if !r.Intact() || r.Key != mallory.Public() || r.Key == s.key.Public() {
		t.Errorf("signed anew: %+v", r.Faults)
	}
	// The old signature under the new manifest.
	r = verify(t, replace(s.key.Sign(s.text)))
	if r.Signed || len(r.Faults) == 0 || r.Faults[0].What != Altered || r.Faults[0].File != ManifestName {
		t.Errorf("an edited manifest: %v", r.Faults)
	}
	// The old signature, with the new manifest's hash written in.
	forged, _ := writeSignature(sigFields(s.key.Public(), text, ed25519.Sign(s.key.private, s.text)))
	r = verify(t, replace(forged))
	if r.Signed || len(r.Faults) == 0 || r.Faults[0].What != Unsigned || r.Faults[0].File != SignatureName {
		t.Errorf("a forged signature: %v", r.Faults)
	}
	// Mallory's signature under our name.
	forged, _ = writeSignature(sigFields(s.key.Public(), text, ed25519.Sign(mallory.private, text)))
	r = verify(t, replace(forged))
	if r.Signed || r.Faults[0].What != Unsigned || r.Key != s.key.Public() {
		t.Errorf("another's signature: %v", r.Faults)
	}
	// Mallory's key and signature, our key's id.
	fields := sigFields(mallory.Public(), text, ed25519.Sign(mallory.private, text))
	fields[1].value = s.key.Public().ID()
	forged, _ = writeSignature(fields)
	if r = verify(t, replace(forged)); r.Intact() || r.Faults[0].File != SignatureName {
		t.Errorf("another's key under our id: %v", r.Faults)
	}
}

// TestManifestRefused: what a signature makes genuine is still held to what can be a package.
func TestManifestRefused(t *testing.T) {
	t.Parallel()
	s := example(t)
	if m, err := ParseManifest(s.text); err != nil || len(m.Files) != 5 || m.Files[1].Size != s.manifest.Files[1].Size {
		t.Fatalf("%+v, %v", m, err)
	}
	for _, change := range [][2]string{
		{`"insyn-package/1"`, `"insyn-package/2"`}, {`"part_size":1048576`, `"part_size":1024`}, {"data.json", "../data.json"}, {"data.json", "Registerutdrag.PDF"},
		{"data.json", "manifest.json"}, {"data.json", "MANIFEST.SIG"}, {`"size":5000`, `"size":-1`}, {`"size":5000`, `"size":5000000`}, {`"size":5000`, `"size":5000,"hidden":1`},
		{"]}\n", "]}\n{}"}, {"]}\n", "]"}, {`"2026-03-20"`, `"1926-03-20"`}, {`"package":"INS`, `"package":"\u202eINS`}, {`"sha256":"`, `"sha256":"00`},
	} {
		altered := strings.Replace(string(s.text), change[0], change[1], 1)
		if altered == string(s.text) {
			t.Fatalf("%q is not in the manifest", change[0])
		}
		if _, err := ParseManifest([]byte(altered)); err == nil {
			t.Errorf("with %s it is taken", change[1])
		}
	}
	upper := strings.Replace(string(s.text), `"crc32":"`, `"crc32":"ABCDEF00`, 1)
	if _, err := ParseManifest([]byte(upper)); err == nil {
		t.Error("hex in upper case is taken")
	}
	other := []byte(strings.Replace(string(s.text), `"insyn-package/1"`, `"insyn-package/2"`, 1))
	b := bytes.Clone(s.bytes)
	copy(b[localSize+len(ManifestName):], other)
	at := s.items[1].offset + s.items[1].localLen()
	copy(b[at:], s.key.Sign(other))
	if r := verify(t, b); !r.Signed || r.Intact() || r.Faults[0].What != Unknown {
		t.Errorf("a later form: %v", r.Faults)
	}
}

// TestSignatureFile: it can be read, and checked, without anything of ours.
func TestSignatureFile(t *testing.T) {
	t.Parallel()
	s := example(t)
	text := s.key.Sign(s.text)
	var fields map[string]string
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	public, err := base64.StdEncoding.DecodeString(fields["public_key"])
	if err != nil {
		t.Fatal(err)
	}
	signature, err := base64.StdEncoding.DecodeString(fields["signature"])
	if err != nil || !ed25519.Verify(public, s.text, signature) {
		t.Errorf("the signature of the manifest's bytes is not right: %v", err)
	}
	if fields["key_id"] != s.key.Public().ID() || !strings.HasPrefix(s.key.Public().Fingerprint(), fields["key_id"]) || int64(len(text)) != signatureSize() {
		t.Errorf("%v", fields)
	}
	if !bytes.Equal(text, s.key.Sign(s.text)) {
		t.Error("the signature is another each time")
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	seed := GenerateSigningKey()
	k, err := ParseSigningKey(seed)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	for _, form := range []string{string(text), " " + seed + "\n", strings.TrimRight(seed, "=")} {
		if same, err := ParseSigningKey(form); err != nil || same.Public() != k.Public() {
			t.Errorf("%v", err)
		}
	}
	for _, form := range []string{k.Public().PEM(), k.Public().Base64()} {
		if same, err := ParsePublicKey(form); err != nil || same != k.Public() {
			t.Errorf("%q: %v", form, err)
		}
	}
	for _, bad := range []string{"", "abc", seed + seed, k.Public().PEM(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", string(text) + string(text), "-----BEGIN"} {
		if _, err := ParseSigningKey(bad); err == nil || len(bad) > 3 && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "abc", string(text), seed + seed} {
		if _, err := ParsePublicKey(bad); err == nil {
			t.Errorf("%q is a public key", bad)
		}
	}
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v %s", k, k, k, k), k.LogValue().String(), fmt.Sprint(SigningKey{})} {
		if strings.Contains(shown, seed) || strings.Contains(shown, "private") {
			t.Errorf("the key is shown: %s", shown)
		}
	}
}

// TestManyFaults: what is listed is bounded, and the rest counted.
func TestManyFaults(t *testing.T) {
	t.Parallel()
	content := map[string][]byte{}
	var names []string
	for i := range maxFaults + 50 {
		name := fmt.Sprintf("%d.txt", i)
		content[name], names = []byte(name), append(names, name)
	}
	s := sign(t, newKey(t), manifestOf(content, names...), content)
	for _, it := range s.items[2:] {
		s.bytes[it.offset+it.localLen()] ^= 1
	}
	if r := verify(t, s.bytes); len(r.Faults) != maxFaults || r.More != 50 {
		t.Errorf("%d faults and %d more", len(r.Faults), r.More)
	}
}

// TestCancelled: a check of a large file can be broken off.
func TestCancelled(t *testing.T) {
	t.Parallel()
	s := example(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Verify(ctx, bytes.NewReader(s.bytes), s.Size()); err == nil {
		t.Error("it is not broken off")
	}
}

// TestAssembledUnzips: the package of a manifest unpacks like any other.
func TestAssembledUnzips(t *testing.T) {
	t.Parallel()
	unzipTests(t, example(t).bytes)
}

func TestKeysOfAnInstallation(t *testing.T) {
	t.Parallel()
	now, was, older := newKey(t), newKey(t).Public(), newKey(t).Public()
	seed := base64.StdEncoding.EncodeToString(now.private.Seed())
	k, err := ParseKeys(seed, older.Base64()+"@2025-01-31, "+was.Base64()+"@2026-01-31")
	if err != nil || k.Active.Public() != now.Public() || len(k.Former) != 2 || k.Former[0].Public != was || k.Former[0].Until != calendar.New(2026, 1, 31) {
		t.Fatalf("%v, %v", k, err)
	}
	if k, err := ParseKeys(" ", ""); err != nil || !k.Active.IsZero() || len(k.Former) != 0 {
		t.Errorf("%v, %v", k, err)
	}
	for _, bad := range [][2]string{
		{"secret", ""}, {seed, "secret"}, {seed, was.Base64()}, {seed, was.Base64() + "@secret"}, {seed, "secret@2026-01-31"}, {seed, was.Base64() + "@2026-01-31,"},
		{seed, was.Base64() + "@2026-01-31," + was.Base64() + "@2026-01-30"}, {seed, now.Public().Base64() + "@2026-01-31"},
	} {
		if _, err := ParseKeys(bad[0], bad[1]); err == nil || strings.Contains(err.Error(), "secret") || !strings.HasPrefix(err.Error(), "INSYN_SIGNING_") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
