package pack

import (
	"encoding/binary"
	"time"

	"insyn/internal/calendar"
)

// The records of a ZIP file (PKWARE APPNOTE.TXT 6.3.10), as far as they are written here: content as it is (stored), names in
// UTF-8, sizes and checksums before the content, and the 64-bit fields where, and only where, a number does not fit without.
const (
	localSignature    = 0x04034b50
	directorySig      = 0x02014b50
	endSignature      = 0x06054b50
	end64Signature    = 0x06064b50
	locator64Sig      = 0x07064b50
	localSize         = 30
	directorySize     = 46
	endSize           = 22
	end64Size         = 56
	locator64Size     = 20
	max16             = 1<<16 - 1
	max32             = 1<<32 - 1
	flagUTF8          = 1 << 11
	version20         = 20
	version45         = 45 // can read 64-bit fields
	madeByUnix        = 3 << 8
	plainFile         = 0o100644 << 16 // what a Unix shows the file as
	noon              = 12 << 11       // the time of day in MS-DOS form
	extra64           = 1
	extra64Head       = 4
	firstYear, lastYr = 1980, 2107 // what an MS-DOS date can say
)

// item is one file of a package where it stands.
type item struct {
	name   string
	size   int64
	crc    uint32
	date   uint16 // MS-DOS form
	offset int64  // of the local header
	record int64  // of the directory's record, from the directory's beginning
}

// needs64 tells whether a number must stand in a 64-bit field: the greatest 32-bit number is the mark for that.
func needs64(n int64) bool { return n >= max32 }

// dosDate is a day in MS-DOS form; ok is false for one that it cannot say.
func dosDate(d calendar.Date) (uint16, bool) {
	t := d.In(time.UTC)
	y, m, day := t.Date()
	if y < firstYear || y > lastYr {
		return 0, false
	}
	return uint16((y-firstYear)<<9 | int(m)<<5 | day), true //nolint:gosec // G115: 7, 4 and 5 bits
}

func (it item) version() uint16 {
	if needs64(it.size) || needs64(it.offset) {
		return version45
	}
	return version20
}

// localLen is how long the local header is.
func (it item) localLen() int64 {
	n := int64(localSize + len(it.name))
	if needs64(it.size) {
		n += extra64Head + 16
	}
	return n
}

// local is the header before the content.
func (it item) local() []byte {
	b := make([]byte, 0, it.localLen())
	le := binary.LittleEndian
	b = le.AppendUint32(b, localSignature)
	v, size := uint16(version20), uint32(max32)
	extra := 0
	if needs64(it.size) {
		v, extra = version45, extra64Head+16
	} else {
		size = uint32(it.size) //nolint:gosec // G115: below max32
	}
	b = le.AppendUint16(b, v)
	b = it.appendCommon(b, size)
	b = le.AppendUint16(b, uint16(extra))
	b = append(b, it.name...)
	if extra > 0 {
		b = le.AppendUint16(b, extra64)
		b = le.AppendUint16(b, 16)
		b = le.AppendUint64(b, uint64(it.size)) //nolint:gosec // G115: counts from 0
		b = le.AppendUint64(b, uint64(it.size)) //nolint:gosec // G115: counts from 0
	}
	return b
}

// appendCommon writes what both headers have in the same order: flags, method, time, checksum, both sizes, length of the name.
func (it item) appendCommon(b []byte, size uint32) []byte {
	le := binary.LittleEndian
	b = le.AppendUint16(b, flagUTF8)
	b = le.AppendUint16(b, 0) // stored
	b = le.AppendUint16(b, noon)
	b = le.AppendUint16(b, it.date)
	b = le.AppendUint32(b, it.crc)
	b = le.AppendUint32(b, size)
	b = le.AppendUint32(b, size)
	return le.AppendUint16(b, uint16(len(it.name))) //nolint:gosec // G115: names are short, see CheckName
}

// extraLen is how long the 64-bit field of the directory's record is; none is 0.
func (it item) extraLen() int {
	n := 0
	if needs64(it.size) {
		n += 16
	}
	if needs64(it.offset) {
		n += 8
	}
	if n > 0 {
		n += extra64Head
	}
	return n
}

// recordLen is how long the directory's record is.
func (it item) recordLen() int64 { return int64(directorySize + len(it.name) + it.extraLen()) }

// directoryRecord is what the directory at the end says of the file.
func (it item) directoryRecord() []byte {
	b := make([]byte, 0, it.recordLen())
	le := binary.LittleEndian
	size, offset := uint32(max32), uint32(max32)
	if !needs64(it.size) {
		size = uint32(it.size) //nolint:gosec // G115: below max32
	}
	if !needs64(it.offset) {
		offset = uint32(it.offset) //nolint:gosec // G115: below max32
	}
	b = le.AppendUint32(b, directorySig)
	b = le.AppendUint16(b, madeByUnix|version45)
	b = le.AppendUint16(b, it.version())
	b = it.appendCommon(b, size)
	b = le.AppendUint16(b, uint16(it.extraLen())) //nolint:gosec // G115: at most 28
	b = append(b, 0, 0, 0, 0, 0, 0)               // comment, disk, internal attributes
	b = le.AppendUint32(b, plainFile)
	b = le.AppendUint32(b, offset)
	b = append(b, it.name...)
	if n := it.extraLen(); n > 0 {
		b = le.AppendUint16(b, extra64)
		b = le.AppendUint16(b, uint16(n-extra64Head)) //nolint:gosec // G115: at most 24
		if needs64(it.size) {
			b = le.AppendUint64(b, uint64(it.size)) //nolint:gosec // G115: counts from 0
			b = le.AppendUint64(b, uint64(it.size)) //nolint:gosec // G115: counts from 0
		}
		if needs64(it.offset) {
			b = le.AppendUint64(b, uint64(it.offset)) //nolint:gosec // G115: counts from 0
		}
	}
	return b
}

// endRecords are the last bytes of the package: where the directory is and how much it has.
func endRecords(count int, begin, length int64) []byte {
	var b []byte
	le := binary.LittleEndian
	n, size, at := uint16(max16), uint32(max32), uint32(max32)
	if count >= max16 || needs64(begin) || needs64(length) {
		b = le.AppendUint32(b, end64Signature)
		b = le.AppendUint64(b, end64Size-12) // of what follows
		b = le.AppendUint16(b, madeByUnix|version45)
		b = le.AppendUint16(b, version45)
		b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)        // disks
		b = le.AppendUint64(b, uint64(count))        //nolint:gosec // G115: counts from 0
		b = le.AppendUint64(b, uint64(count))        //nolint:gosec // G115: counts from 0
		b = le.AppendUint64(b, uint64(length))       //nolint:gosec // G115: counts from 0
		b = le.AppendUint64(b, uint64(begin))        //nolint:gosec // G115: counts from 0
		b = le.AppendUint32(b, locator64Sig)         //
		b = append(b, 0, 0, 0, 0)                    // disk
		b = le.AppendUint64(b, uint64(begin+length)) //nolint:gosec // G115: counts from 0
		b = le.AppendUint32(b, 1)                    // disks in all
	} else {
		n, size, at = uint16(count), uint32(length), uint32(begin) //nolint:gosec // G115: looked at above
	}
	b = le.AppendUint32(b, endSignature)
	b = append(b, 0, 0, 0, 0) // disks
	b = le.AppendUint16(b, n)
	b = le.AppendUint16(b, n)
	b = le.AppendUint32(b, size)
	b = le.AppendUint32(b, at)
	return append(b, 0, 0) // no comment
}
