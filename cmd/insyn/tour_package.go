package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"insyn/internal/pack"
)

// packagesHold: each package is signed with the key that the service publishes to everybody, every byte of it is as it was
// signed, its names hold nothing personal, and one altered byte is found in its file and at its place.
func (t *tour) packagesHold(p *person, fetched []answer) {
	page, err := p.page.Open(t.ctx, "/.well-known/insyn-package-keys.json")
	t.must(err)
	var keys pack.Published
	t.must(json.Unmarshal(page.Body, &keys))
	t.check(len(keys.Keys) == 1, "Maja: expected one published key, but there are %d", len(keys.Keys))
	key, err := pack.ParsePublicKey(keys.Keys[0].PublicKey)
	t.must(err)
	for _, at := range prefixes() {
		zip := find(fetched, at, ".zip", "Registerutdrag")
		t.check(zip != nil, "Maja: expected a package from %s, but there is none", at)
		r := t.verified(zip.body)
		t.check(r.Intact() && r.Key == key, "Maja: expected the package of %s to be whole and signed with the published key, but it is not", at)
		for _, f := range r.Manifest.Files {
			t.check(!strings.Contains(f.Name, "Maja") && !strings.Contains(f.Name, "Lindqvist"), "Maja: expected no name in the package of %s, but there is one", at)
		}
		t.alteredByteIsFound(at, zip.body, r.Manifest)
	}
	t.tell("Fyra paket: undertecknade med nyckeln på /kontrollera-paket, varje byte stämmer. En ändrad byte hittas i sin fil, på sin plats")
}

func (t *tour) verified(body []byte) pack.Report {
	r, err := pack.Verify(t.ctx, bytes.NewReader(body), int64(len(body)))
	t.must(err)
	return r
}

// alteredByteIsFound changes a byte of the extract in a copy of the package.
func (t *tour) alteredByteIsFound(at string, body []byte, m pack.Manifest) {
	const name = "Registerutdrag.json"
	i := slices.IndexFunc(m.Files, func(f pack.File) bool { return f.Name == name })
	t.check(i >= 0, "Maja: expected %s in the package of %s, but it is not there", name, at)
	begin := bytes.Index(body, []byte(`"insyn-registerutdrag"`)) // stands in no other file, and files are stored as they are
	t.check(begin > 0, "Maja: expected the extract to say its format, but it does not")
	copied := slices.Clone(body)
	copied[begin] ^= 1
	r := t.verified(copied)
	found := slices.ContainsFunc(r.Faults, func(f pack.Fault) bool { return f.File == name && f.First <= int64(begin) && int64(begin) <= f.Last })
	t.check(!r.Intact() && found, "Maja: expected the altered byte in the package of %s to be found in %s, but the report says %v", at, name, r.Faults)
}
