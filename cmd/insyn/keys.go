package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"insyn/internal/crypto"
	"insyn/internal/pack"
)

// keysCmd looks after the key store: what wraps what, changing the key-encryption key, making a new one.
type keysCmd struct {
	Status   keysStatusCmd   `cmd:"" help:"Count data keys by the key-encryption key that wraps them."`
	Rewrap   keysRewrapCmd   `cmd:"" help:"Wrap every data key with the first key of INSYN_KEK. Safe to break off and to repeat."`
	Generate keysGenerateCmd `cmd:"" help:"Print a fresh entry for INSYN_KEK."`
	Signing  keysSigningCmd  `cmd:"" help:"Print a fresh value for INSYN_SIGNING_KEY."`
	Public   keysPublicCmd   `cmd:"" help:"Print the public key that belongs to INSYN_SIGNING_KEY, in the forms it is used in."`
}

// keyStoreFlags say which key store and with which keys.
type keyStoreFlags struct {
	KeysURL string `env:"INSYN_KEYS_URL" required:"" placeholder:"file:///PATH" help:"The key store."`
	KEK     string `name:"kek" env:"INSYN_KEK" required:"" placeholder:"ID:BASE64,…" help:"Key-encryption keys, the active one first. Set the variable rather than the flag, which other users of the machine can see."`
}

// open opens the store, which must exist; its errors name the variable or the key that is wrong.
func (f keyStoreFlags) open() (*crypto.KeyDir, error) {
	keks, err := crypto.ParseKEKs(f.KEK)
	if err != nil {
		return nil, err
	}
	return crypto.OpenExistingKeyDir(f.KeysURL, keks)
}

// keysStatusCmd is "insyn keys status".
type keysStatusCmd struct {
	keyStoreFlags
}

// Run prints the counts. It fails when something cannot be unwrapped with the keys given, so that a script notices.
func (c *keysStatusCmd) Run(ctx context.Context, out io.Writer) error {
	store, err := c.open()
	if err != nil {
		return err
	}
	status, err := store.Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "key store      %s\n", store.ID())
	for _, id := range slices.Sorted(maps.Keys(status.Keys)) {
		fmt.Fprintf(out, "data keys      %d wrapped with KEK %q\n", status.Keys[id], id)
	}
	if status.Total() == 0 {
		fmt.Fprintln(out, "data keys      0")
	}
	fmt.Fprintf(out, "lookup secret  wrapped with KEK %q\n", status.Lookup)
	fmt.Fprintf(out, "destroyed      %d\n", status.Destroyed)
	for _, id := range status.Damaged {
		fmt.Fprintf(out, "damaged        %s\n", id)
	}
	if len(status.Missing) > 0 {
		return crypto.ErrKEKMissing{ID: status.Missing[0]}
	}
	if len(status.Damaged) > 0 {
		return fmt.Errorf("%d key files are damaged", len(status.Damaged))
	}
	return nil
}

// keysRewrapCmd is "insyn keys rewrap".
type keysRewrapCmd struct {
	keyStoreFlags
}

// Run rewraps, prints what was done and, when all of it was, which keys INSYN_KEK no longer needs.
func (c *keysRewrapCmd) Run(ctx context.Context, out io.Writer) error {
	store, err := c.open()
	if err != nil {
		return err
	}
	report, err := store.Rewrap(ctx)
	fmt.Fprintf(out, "active KEK     %q\n", report.Active)
	fmt.Fprintf(out, "rewrapped      %d\n", report.Rewrapped)
	fmt.Fprintf(out, "already done   %d\n", report.Already)
	fmt.Fprintf(out, "failed         %d\n", report.Failed)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Everything is wrapped with %q. When every process uses it as its first key, the others can leave INSYN_KEK.\n", report.Active)
	return nil
}

// keysGenerateCmd is "insyn keys generate".
type keysGenerateCmd struct {
	ID string `name:"id" help:"Name of the key (a-z, 0-9, '.', '_', '-'); random if not given."`
}

// Run prints the entry and nothing else, so that the output can go into a file.
func (c *keysGenerateCmd) Run(out io.Writer) error {
	entry, err := crypto.GenerateKEK(c.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, entry)
	return err
}

// keysSigningCmd is "insyn keys signing".
type keysSigningCmd struct{}

// Run prints the private key and nothing else, so that the output can go into a file.
func (keysSigningCmd) Run(out io.Writer) error {
	_, err := fmt.Fprintln(out, pack.GenerateSigningKey())
	return err
}

// keysPublicCmd is "insyn keys public".
type keysPublicCmd struct{}

// Run prints what may be known of the key that signs packages.
func (keysPublicCmd) Run(env environment, out io.Writer) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	if err := c.Require("SIGNING_KEY"); err != nil {
		return err
	}
	keys, err := pack.ParseKeys(c.SigningKey, "")
	if err != nil {
		return err
	}
	p := keys.Active.Public()
	_, err = fmt.Fprintf(out, "key          %s\nfingerprint  %s\nbase64       %s\n%s", p.ID(), p.Fingerprint(), p.Base64(), p.PEM())
	return err
}
