package portal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/pack"
	"insyn/workflows"
)

// keysJSON is where programs find the public keys of packages. Where people do is workflows.PackageKeysPath: it stands in every
// package and must not change.
const keysJSON = "/.well-known/insyn-package-keys.json"

type keysPage struct {
	Now    *keyRow
	Former []keyRow
	JSON   string
}

// keyRow is a public key as people compare it.
type keyRow struct {
	ID          string
	Fingerprint string // in groups of four
	Base64      string
	PEM         string
	Until       string // the last day it signed; "" for the one that signs now
}

func rowOfKey(k pack.PublicKey) keyRow {
	var groups []string
	for f := k.Fingerprint(); f != ""; f = f[4:] {
		groups = append(groups, f[:4])
	}
	return keyRow{ID: k.ID(), Fingerprint: strings.Join(groups, " "), Base64: k.Base64(), PEM: strings.TrimSpace(k.PEM())}
}

// keys says which keys sign packages and how a package is checked. It is for everyone: a package is shown to a court, or to
// somebody who has never been here.
func (p *portal) keys(c *gin.Context) error {
	data := keysPage{JSON: keysJSON}
	if !p.PackageKeys.Active.IsZero() {
		now := rowOfKey(p.PackageKeys.Active.Public())
		data.Now = &now
	}
	for _, f := range p.PackageKeys.Former {
		row := rowOfKey(f.Public)
		row.Until = f.Until.FormatLong(web.Lang(c))
		data.Former = append(data.Former, row)
	}
	return p.show(c, http.StatusOK, view{page: "portal/nycklar", title: "portal.keys.title", data: data})
}

// keysForMachines is the same as JSON.
func (p *portal) keysForMachines(c *gin.Context) error {
	b, err := json.MarshalIndent(p.PackageKeys.Publish(), "", "  ")
	if err != nil {
		return fmt.Errorf("encode keys: %w", err)
	}
	c.Header("Cache-Control", "max-age=3600")
	c.Data(http.StatusOK, "application/json", append(b, '\n'))
	return nil
}

func (p *portal) keyPages(d *web.Door) {
	d.Get(workflows.PackageKeysPath, web.Public(), p.keys)
	d.Get(keysJSON, web.Public(), p.keysForMachines)
}
