package portal_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"insyn/internal/pack"
)

// Keys of the tests; the private one is no secret.
const (
	signingSeed  = "aW5zeW4gc2lnbnMgcGFja2FnZXMgaW4gaXRzIHRlc3Q="
	formerPublic = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" // RFC 8032, test 1
)

func packageKeys() pack.Keys {
	k, err := pack.ParseKeys(signingSeed, formerPublic+"@2026-01-31")
	if err != nil {
		panic(err) // constants
	}
	return k
}

// TestEverybodyMayKnowThePublicKeys: the page and the list have the one that signs and those before it, and never the private one.
func TestEverybodyMayKnowThePublicKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	keys := packageKeys()
	p := b.get("/kontrollera-paket").want(http.StatusOK, "/kontrollera-paket")
	for _, k := range []pack.PublicKey{keys.Active.Public(), keys.Former[0].Public} {
		if !p.says(k.ID()) || !strings.Contains(strings.ReplaceAll(p.body, " ", ""), k.Fingerprint()) || !p.says(k.Base64()) {
			t.Errorf("the key %s is not on the page", k.ID())
		}
	}
	if !p.says("31 januari 2026") || !p.says("insyn package verify paket.zip --key "+keys.Active.Public().Base64()) {
		t.Error("the page does not say until when, or how")
	}
	j := b.get("/.well-known/insyn-package-keys.json")
	var list pack.Published
	if err := json.Unmarshal([]byte(j.body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Keys) != 2 || list.Keys[0].PublicKey != keys.Active.Public().Base64() || list.Keys[0].Until != nil || list.Keys[1].Until == nil ||
		j.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s", j.body)
	}
	for _, page := range []page{p, j} {
		if strings.Contains(page.body, signingSeed[:20]) {
			t.Error("the private key is shown")
		}
	}
}
