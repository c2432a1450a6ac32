package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"insyn/internal/pack"
)

// packageCmd is about packages that were downloaded: anybody's, on a machine that knows nothing of the service.
type packageCmd struct {
	Verify packageVerifyCmd `cmd:"" help:"Compare every byte of a package with what was signed, and name those that are wrong."`
}

// packageVerifyCmd is "insyn package verify". Its exit codes are documented in docs/package.md and do not change.
type packageVerifyCmd struct {
	File string   `arg:"" help:"The package, as it was downloaded."`
	Key  []string `name:"key" placeholder:"KEY" help:"A public key to trust: base64, its fingerprint, or the name of a file with PEM or with insyn-package-keys.json from the service. May be repeated."`
}

// Exit codes of verify beside 0 (whole, and signed with a key that was given), 1 (could not be read) and 2 (wrong arguments).
const (
	exitWrong   = 3
	exitUnknown = 4
)

// verdict is an error with an exit code of its own.
type verdict struct {
	text string
	code int
}

// Error says what the verdict is.
func (v verdict) Error() string { return v.text }

// ExitCode is what the program ends with.
func (v verdict) ExitCode() int { return v.code }

// Help tells what the exit codes mean.
func (packageVerifyCmd) Help() string {
	return "Needs no database and no settings. The public keys stand on the service's page “Kontrollera ett paket”.\n\n" +
		"Exit codes: 0 every byte is right and the key was given with --key; 1 the file or a key cannot be read; 2 wrong arguments; " +
		"3 the package is not as it was signed; 4 every byte is right, but the key that signed was not given."
}

// Run prints what the package is, who signed it and each range of bytes that is wrong.
func (c *packageVerifyCmd) Run(ctx context.Context, out io.Writer) error {
	trusted, err := readTrusted(c.Key)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("the package cannot be read: %w", errors.Unwrap(err))
	}
	defer func() { _ = f.Close() }() // read only
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return errors.New("the package cannot be read: it is not a file")
	}
	report, err := pack.Verify(ctx, f, info.Size())
	if err != nil {
		return err
	}
	return tell(out, report, info.Size(), trusted)
}

// tell prints the report and ends with its verdict.
func tell(out io.Writer, r pack.Report, size int64, trusted []trust) error {
	if r.Manifest.Package != "" {
		word := "package      "
		if !r.Signed {
			word = "says it is   "
		}
		fmt.Fprintf(out, "%s%s, made %s, %d files and %d bytes\n", word, r.Manifest.Package, r.Manifest.Made, len(r.Manifest.Files)+2, r.Size)
	}
	fmt.Fprintf(out, "checked      %d bytes\n", size)
	known := r.Signed && slices.ContainsFunc(trusted, func(t trust) bool { return t.is(r.Key) })
	switch {
	case !r.Signed:
		fmt.Fprintln(out, "signature    does not hold, or cannot be found")
	case known:
		fmt.Fprintf(out, "signature    holds, by key %s, which you gave\n", r.Key.ID())
	default:
		fmt.Fprintf(out, "signature    holds, signed with a key that you did not give\n")
	}
	if r.Signed {
		fmt.Fprintf(out, "fingerprint  %s\n", spaced(r.Key.Fingerprint()))
	}
	for _, f := range r.Faults {
		fmt.Fprintf(out, "wrong        %s\n", f)
	}
	if r.More > 0 {
		fmt.Fprintf(out, "wrong        and %d ranges more\n", r.More)
	}
	switch {
	case !r.Intact():
		return verdict{"the package is not as it was signed", exitWrong}
	case !known:
		fmt.Fprintln(out, "right        every byte is as it was signed")
		return verdict{"every byte is right, but whose key it is you must find out: compare the fingerprint with the one the authority publishes, and give the key with --key", exitUnknown}
	}
	fmt.Fprintln(out, "right        every byte is as it was signed")
	return nil
}

// spaced writes a fingerprint in groups of four, as it is printed on the page and read aloud.
func spaced(hex string) string {
	var b strings.Builder
	for i := 0; i < len(hex); i += 4 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(hex[i:min(i+4, len(hex))])
	}
	return b.String()
}

// trust is a key that was given: itself, or its fingerprint.
type trust struct {
	key         pack.PublicKey
	fingerprint string
}

func (t trust) is(p pack.PublicKey) bool {
	if t.fingerprint != "" {
		return t.fingerprint == p.Fingerprint()
	}
	return t.key == p
}

// readTrusted reads what was given with --key.
func readTrusted(given []string) ([]trust, error) {
	var out []trust
	for _, g := range given {
		if key, err := pack.ParsePublicKey(g); err == nil {
			out = append(out, trust{key: key})
			continue
		}
		if f := strings.ToLower(strings.NewReplacer(" ", "", ":", "").Replace(g)); len(f) == 64 && strings.Trim(f, "0123456789abcdef") == "" {
			out = append(out, trust{fingerprint: f})
			continue
		}
		keys, err := readKeyFile(g)
		if err != nil {
			return nil, err
		}
		out = append(out, keys...)
	}
	return out, nil
}

// readKeyFile reads PEM or base64, or the list of keys that the service publishes.
func readKeyFile(name string) ([]trust, error) {
	text, err := os.ReadFile(name) //nolint:gosec // whoever runs the command names the file
	if err != nil {
		return nil, errors.New("--key: neither base64, a fingerprint nor a file that can be read")
	}
	if key, err := pack.ParsePublicKey(string(text)); err == nil {
		return []trust{{key: key}}, nil
	}
	var list pack.Published
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&list); err != nil {
		return nil, errors.New("--key: the file is neither PEM, base64 nor a list of keys")
	}
	var out []trust
	for _, k := range list.Keys {
		key, err := pack.ParsePublicKey(k.PublicKey)
		if err != nil {
			return nil, fmt.Errorf("--key: the list of keys: %w", err)
		}
		out = append(out, trust{key: key})
	}
	if len(out) == 0 {
		return nil, errors.New("--key: the list has no keys")
	}
	return out, nil
}
