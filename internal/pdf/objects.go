package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"strings"
	"unicode/utf16"
)

// file writes numbered objects one after another and remembers only where each begins.
//
// Objects without a stream of their own are gathered, a hundred at a time, in compressed object streams: the structure of
// a long table is some hundred bytes a cell otherwise. PDF/A-1 knows no object streams, so the twin is written plainly.
type file struct {
	dst   io.Writer
	sum   hash.Hash
	at    int64
	err   error
	plain bool
	where []position // by object number minus one

	zip    *zlib.Writer // used again and again; a new one costs most of a megabyte
	zipped bytes.Buffer

	packNum  int // the object stream being filled
	packIdx  bytes.Buffer
	packBody bytes.Buffer
	packed   int
}

// position is where an object stands: at a byte offset, or as number idx in the object stream that has the number off.
type position struct {
	off  int64
	idx  uint16
	kind uint8 // 0 not written yet, 1 at an offset, 2 in an object stream
}

// perPack is how many objects share an object stream.
const perPack = 100

func newFile(dst io.Writer, plain bool) *file {
	f := &file{dst: dst, sum: sha256.New(), plain: plain}
	version := "1.7"
	if plain {
		version = "1.4"
	}
	f.write([]byte("%PDF-" + version + "\n%\xE2\xE3\xCF\xD3\n"))
	return f
}

func (f *file) write(p []byte) {
	if f.err != nil {
		return
	}
	f.sum.Write(p)
	f.at += int64(len(p))
	_, f.err = f.dst.Write(p)
}

// reserve gives out an object number that is written later.
func (f *file) reserve() int {
	f.where = append(f.where, position{})
	return len(f.where)
}

// put writes object n.
func (f *file) put(n int, format string, a ...any) {
	if f.plain {
		f.where[n-1] = position{kind: 1, off: f.at}
		f.write(fmt.Appendf(nil, "%d 0 obj\n%s\nendobj\n", n, fmt.Appendf(nil, format, a...)))
		return
	}
	if f.packNum == 0 {
		f.packNum = f.reserve()
	}
	f.where[n-1] = position{kind: 2, off: int64(f.packNum), idx: uint16(f.packed)}
	fmt.Fprintf(&f.packIdx, "%d %d ", n, f.packBody.Len())
	fmt.Fprintf(&f.packBody, format, a...)
	f.packBody.WriteByte('\n')
	if f.packed++; f.packed == perPack || f.packBody.Len() > 1<<16 {
		f.flushPack()
	}
}

// add writes an object with a number of its own and returns that.
func (f *file) add(format string, a ...any) int {
	n := f.reserve()
	f.put(n, format, a...)
	return n
}

func (f *file) flushPack() {
	if f.packNum == 0 {
		return
	}
	first := f.packIdx.Len()
	body := append(bytes.Clone(f.packIdx.Bytes()), f.packBody.Bytes()...)
	f.stream(f.packNum, fmt.Sprintf("/Type /ObjStm /N %d /First %d", f.packed, first), body)
	f.packNum, f.packed = 0, 0
	f.packIdx.Reset()
	f.packBody.Reset()
}

// stream writes object n as a compressed stream.
func (f *file) stream(n int, dict string, data []byte) {
	f.rawStream(n, dict+" /Filter /FlateDecode", f.deflate(data))
}

// rawStream writes object n as a stream of data as they are.
func (f *file) rawStream(n int, dict string, data []byte) {
	f.where[n-1] = position{kind: 1, off: f.at}
	f.write(fmt.Appendf(nil, "%d 0 obj\n<<%s /Length %d>>\nstream\n", n, dict, len(data)))
	f.write(data)
	f.write([]byte("\nendstream\nendobj\n"))
}

// deflate compresses data. The result is valid until the next call.
func (f *file) deflate(data []byte) []byte {
	f.zipped.Reset()
	if f.zip == nil {
		f.zip = zlib.NewWriter(&f.zipped)
	} else {
		f.zip.Reset(&f.zipped)
	}
	_, _ = f.zip.Write(data) // a buffer takes everything
	_ = f.zip.Close()
	return f.zipped.Bytes()
}

// finish writes the cross-reference and the trailer. The file's ID is taken from all bytes before it.
func (f *file) finish(root, info int) error {
	f.flushPack()
	if f.plain {
		f.finishPlain(root, info)
		return f.err
	}
	n := f.reserve()
	f.where[n-1] = position{kind: 1, off: f.at}
	start := f.at
	table := make([]byte, 0, 8*(len(f.where)+1))
	table = append(table, 0, 0, 0, 0, 0, 0, 0xff, 0xff)
	for i, p := range f.where {
		if p.kind == 0 {
			return fmt.Errorf("pdf: object %d was reserved and never written", i+1)
		}
		table = append(table, p.kind, byte(p.off>>32))
		table = binary.BigEndian.AppendUint32(table, uint32(p.off))
		table = binary.BigEndian.AppendUint16(table, p.idx)
	}
	id := f.sum.Sum(nil)[:16]
	f.rawStream(n, fmt.Sprintf("/Type /XRef /Size %d /W [1 5 2] /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>] /Filter /FlateDecode",
		len(f.where)+1, root, info, id, id), f.deflate(table))
	f.write(fmt.Appendf(nil, "startxref\n%d\n%%%%EOF\n", start))
	return f.err
}

func (f *file) finishPlain(root, info int) {
	id := f.sum.Sum(nil)[:16]
	start := f.at
	f.write(fmt.Appendf(nil, "xref\n0 %d\n0000000000 65535 f \n", len(f.where)+1))
	for _, p := range f.where {
		f.write(fmt.Appendf(nil, "%010d 00000 n \n", p.off))
	}
	f.write(fmt.Appendf(nil, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(f.where)+1, root, info, id, id, start))
}

// utf16hex writes s as hexadecimal UTF-16.
func utf16hex(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// text writes s as a PDF text string. Being hexadecimal it needs no escaping.
func text(s string) string { return "<FEFF" + utf16hex(s) + ">" }

// bytesString writes s as a PDF byte string, escaped.
func bytesString(s string) string {
	return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`, "\r", `\r`, "\n", `\n`).Replace(s) + ")"
}
