// Package lix measures how hard a Swedish text is to read: words per sentence, plus how many of a hundred words are longer than
// six letters (C. H. Björnsson, Läsbarhet, 1968). Below 30 is easy; above 40 is what an authority should not write to anybody.
package lix

import (
	"math"
	"regexp"
	"unicode/utf8"
)

// Hard is the highest value that a letter should have.
const Hard = 40

var (
	word        = regexp.MustCompile(`[\p{L}\p{N}]+(?:[-.:@’'][\p{L}\p{N}]+)*`)
	sentenceEnd = regexp.MustCompile(`[.!?:]+(?:\s|$)|\n+|$`)
)

// Of is the LIX of a text, rounded; 0 when it has no words. A line is a sentence, with a full stop or without.
func Of(text string) int {
	words := word.FindAllString(text, -1)
	if len(words) == 0 {
		return 0
	}
	long := 0
	for _, w := range words {
		if utf8.RuneCountInString(w) > 6 {
			long++
		}
	}
	sentences, from := 0, 0
	for _, end := range sentenceEnd.FindAllStringIndex(text, -1) {
		if word.MatchString(text[from:end[0]]) {
			sentences++
		}
		from = end[1]
	}
	return int(math.Round(float64(len(words))/float64(max(sentences, 1)) + 100*float64(long)/float64(len(words))))
}
