package pdf_test

import (
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"insyn/internal/pdf"
)

var update = flag.Bool("update", false, "write the golden pictures anew; look at every one that changed")

// TestGoldenPictures draws pages and compares them with pictures that somebody has looked at.
func TestGoldenPictures(t *testing.T) {
	t.Parallel()
	for _, g := range []struct {
		name  string
		data  []byte
		first int
		last  int
	}{
		{"letter", letter(t, pdf.Options{}), 1, 2},
		{"extract", extract(t, pdf.Options{}), 1, 2},
		{"everything", everything(t, pdf.Options{}), 1, 3},
	} {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			tool(t, "pdftoppm", "-r", "56", "-png", "-f", fmt.Sprint(g.first), "-l", fmt.Sprint(g.last), saved(t, g.data), filepath.Join(dir, g.name))
			drawn, err := filepath.Glob(filepath.Join(dir, "*.png"))
			if err != nil || len(drawn) != g.last-g.first+1 {
				t.Fatalf("%d pages were drawn: %v", len(drawn), err)
			}
			for i, f := range drawn {
				golden := filepath.Join("testdata", fmt.Sprintf("%s-%d.png", g.name, g.first+i))
				if *update {
					copyFile(t, f, golden)
					continue
				}
				if d := difference(t, picture(t, f), picture(t, golden)); d > 0.004 {
					t.Errorf("%s: %.2f %% of the page looks different", golden, 100*d)
				}
			}
		})
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func picture(t *testing.T, name string) image.Image {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// difference is the share of squares of four by four points whose mean lightness differs by more than a tenth. Renderers
// smooth the edges of letters each in their way; a word that moved or changed is more than that.
func difference(t *testing.T, a, b image.Image) float64 {
	t.Helper()
	if a.Bounds() != b.Bounds() {
		t.Fatalf("a page of %v, and %v before", a.Bounds(), b.Bounds())
	}
	off, all := 0, 0
	for y := 0; y+4 <= a.Bounds().Dy(); y += 4 {
		for x := 0; x+4 <= a.Bounds().Dx(); x += 4 {
			all++
			if d := lightness(a, x, y) - lightness(b, x, y); d > 0.1 || d < -0.1 {
				off++
			}
		}
	}
	return float64(off) / float64(all)
}

func lightness(img image.Image, x, y int) float64 {
	sum := 0.0
	for i := range 16 {
		r, g, b, _ := img.At(x+i%4, y+i/4).RGBA()
		sum += float64(r+g+b) / 3 / 0xffff
	}
	return sum / 16
}
