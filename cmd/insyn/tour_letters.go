package main

import (
	"bytes"
	"os/exec"
	"strings"
)

// aloud is a letter's text in reading order, on one line, as pdftotext (Debian: poppler-utils) has it.
func (t *tour) aloud(letter []byte) string {
	cmd := exec.CommandContext(t.ctx, "pdftotext", "-raw", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(letter)
	text, err := cmd.Output()
	t.check(err == nil, "expected pdftotext to read a letter (apt-get install poppler-utils), but: %v", err)
	return strings.Join(strings.Fields(string(text)), " ")
}
