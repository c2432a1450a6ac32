package pdf

import (
	"math"
	"slices"
)

// srgb makes an ICC v2 sRGB profile (matrix and tone curves) for the OutputIntent.
func srgb() []byte {
	u32 := func(v uint32) []byte { return be.AppendUint32(nil, v) }
	xyz := func(x, y, z float64) []byte {
		b := append([]byte("XYZ "), 0, 0, 0, 0)
		for _, v := range []float64{x, y, z} {
			b = be.AppendUint32(b, uint32(int32(math.Round(v*65536))))
		}
		return b
	}
	const name = "sRGB IEC61966-2.1"
	desc := append([]byte("desc\x00\x00\x00\x00"), u32(uint32(len(name)+1))...)
	desc = append(desc, name...)
	desc = append(desc, make([]byte, 1+4+4+2+1+67)...)
	curve := append([]byte("curv\x00\x00\x00\x00"), u32(1024)...)
	for i := range 1024 {
		v := float64(i) / 1023
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		curve = be.AppendUint16(curve, uint16(math.Round(v*65535)))
	}
	type tag struct {
		sig  string
		data []byte
		same string // shares this tag's data
	}
	tags := []tag{{"desc", desc, ""}, {"cprt", []byte("text\x00\x00\x00\x00CC0 1.0\x00"), ""}, {"wtpt", xyz(0.9642, 1, 0.82491), ""},
		{"rXYZ", xyz(0.43607, 0.22249, 0.01392), ""}, {"gXYZ", xyz(0.38515, 0.71687, 0.09708), ""}, {"bXYZ", xyz(0.14307, 0.06061, 0.7141), ""},
		{"rTRC", curve, ""}, {"gTRC", nil, "rTRC"}, {"bTRC", nil, "rTRC"}}
	dir, body, at := u32(uint32(len(tags))), []byte(nil), map[string][2]uint32{}
	for _, t := range tags {
		p := [2]uint32{uint32(128 + 4 + 12*len(tags) + len(body)), uint32(len(t.data))}
		if t.same != "" {
			p = at[t.same]
		} else {
			body = append(body, t.data...)
			body = append(body, make([]byte, (4-len(body)%4)%4)...)
		}
		at[t.sig] = p
		dir = append(append(append(dir, t.sig...), u32(p[0])...), u32(p[1])...)
	}
	h := make([]byte, 128)
	be.PutUint32(h, uint32(128+len(dir)+len(body)))
	be.PutUint32(h[8:], 0x02100000)
	copy(h[12:], "mntrRGB XYZ ")
	for i, v := range []uint16{2026, 1, 1, 0, 0, 0} {
		be.PutUint16(h[24+2*i:], v)
	}
	copy(h[36:], "acsp")
	copy(h[68:], xyz(0.9642, 1, 0.82491)[8:])
	return slices.Concat(h, dir, body)
}
