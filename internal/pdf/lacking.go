package pdf

// Lacking lists the characters of a text that a document which refuses them could not be written with, each once, in order: for
// whoever asks before there is a document.
func Lacking(text string) []rune {
	fonts, err := newFontSet()
	if err != nil {
		return nil // New tells
	}
	w := &Writer{fonts: fonts, seen: map[MissingAt]bool{}}
	w.shape([]Span{{Text: text}}, regular)
	var out []rune
	for _, m := range w.missing {
		out = append(out, m.Rune)
	}
	return out
}
