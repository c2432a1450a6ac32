package i18n

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Default is the language of the service; a text that another language lacks is shown in it.
const Default = "sv"

// Catalog holds every text of every language. It is not changed after Load.
type Catalog struct {
	texts map[string]map[string]message // language, key
	areas map[string]string             // key to the file that has it, for messages about faults
}

// Load reads locales/<language>/<area>.json. A file that is no catalogue, a key found in two areas and a text with a
// malformed argument are errors that name the file and key.
func Load(fsys fs.FS) (*Catalog, error) {
	files, err := fs.Glob(fsys, "locales/*/*.json")
	if err != nil {
		return nil, fmt.Errorf("list catalogues: %w", err)
	}
	c := &Catalog{texts: map[string]map[string]message{}, areas: map[string]string{}}
	for _, name := range files {
		if err := c.read(fsys, name); err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
	}
	if len(c.texts[Default]) == 0 {
		return nil, fmt.Errorf("no texts in %s", Default)
	}
	return c, nil
}

func (c *Catalog) read(fsys fs.FS, name string) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	lang, area := path.Base(path.Dir(name)), strings.TrimSuffix(path.Base(name), ".json")
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(data, &entries); err != nil {
		return err
	}
	if err := noDuplicates(data); err != nil {
		return err
	}
	if c.texts[lang] == nil {
		c.texts[lang] = map[string]message{}
	}
	for key, raw := range entries {
		if other, ok := c.areas[key]; ok && other != area {
			return fmt.Errorf("key %q is also in %s", key, other)
		}
		m, err := parse(raw)
		if err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		c.areas[key] = area
		c.texts[lang][key] = m
	}
	return nil
}

// noDuplicates finds a key written twice in one file, which encoding/json takes without a word.
func noDuplicates(data []byte) error {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	seen, depth, key := map[string]bool{}, 0, true
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch v := tok.(type) {
		case json.Delim:
			if v == '{' {
				depth++
			} else {
				depth--
			}
			key = true
		case string:
			if depth == 1 && key {
				if seen[v] {
					return fmt.Errorf("key %q is there twice", v)
				}
				seen[v] = true
				key = false
			} else if depth == 1 {
				key = true
			}
		}
	}
}

// Languages lists the languages, the default first.
func (c *Catalog) Languages() []string {
	langs := []string{Default}
	for lang := range c.texts {
		if lang != Default {
			langs = append(langs, lang)
		}
	}
	slices.Sort(langs[1:])
	return langs
}

// Match picks the language for a tag such as "en-GB", or for the first that fits of an Accept-Language header; else Default.
func (c *Catalog) Match(tags string) string {
	for tag := range strings.SplitSeq(tags, ",") {
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if c.texts[base] != nil {
			return base
		}
	}
	return Default
}

// Has reports whether the key has a text in the default language.
func (c *Catalog) Has(key string) bool { _, ok := c.texts[Default][key]; return ok }

// Args lists the arguments of a key's text in the default language, sorted. A plural has n.
func (c *Catalog) Args(key string) []string { return c.texts[Default][key].args() }

// Keys lists every key of the default language, sorted.
func (c *Catalog) Keys() []string {
	keys := make([]string, 0, len(c.texts[Default]))
	for key := range c.texts[Default] {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Texts lists the forms of a key in a language as they stand, {name} and all: one, or two for a plural.
func (c *Catalog) Texts(lang, key string) []string {
	m := c.texts[lang][key]
	if m.plural {
		return []string{m.one.source, m.other.source}
	}
	return []string{m.other.source}
}
