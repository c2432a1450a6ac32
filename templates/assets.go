package templates

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// AssetPrefix is the path under which Assets is mounted.
const AssetPrefix = "/assets/"

// assets are the files browsers fetch, under names that carry a hash of their content.
type assets struct {
	paths map[string]string // app.css: /assets/app.3f2a….css
	files map[string]asset  // by hashed name
}

type asset struct {
	kind string
	data []byte
}

// loadAssets reads the files and adds the look's colours to the style sheet.
func loadAssets(fsys fs.FS, look Look) (assets, error) {
	a := assets{paths: map[string]string{}, files: map[string]asset{}}
	css, err := fs.ReadFile(fsys, "assets/app.css")
	if err != nil {
		return a, fmt.Errorf("read asset: %w", err)
	}
	a.add("app.css", "text/css; charset=utf-8", append(css, look.properties()...))
	a.add("favicon.svg", "image/svg+xml", []byte(look.favicon()))
	return a, nil
}

func (a assets) add(name, kind string, data []byte) {
	const shown = 8 // bytes of the hash
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:shown]) + ext
	a.paths[name] = AssetPrefix + hashed
	a.files[hashed] = asset{kind, data}
}

// AssetPath is the address of an asset, such as app.css. An unknown asset is an error.
func (s *Set) AssetPath(name string) (string, error) {
	p, ok := s.assets.paths[name]
	if !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return p, nil
}

// Assets serves the assets under AssetPrefix. An address holds a hash of the content, so a browser may keep it for ever.
func (s *Set) Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, ok := s.assets.files[strings.TrimPrefix(r.URL.Path, AssetPrefix)]
		if !ok || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", file.kind)
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Length", fmt.Sprint(len(file.data)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(file.data) // the reader has gone away; nothing to tell
		}
	})
}
