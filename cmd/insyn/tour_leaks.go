package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"insyn/internal/mail"
)

// shapes are the ways a text can stand in bytes: as it is, escaped for HTML, JSON and URLs, and in hexadecimal.
func shapes(text string) [][]byte {
	ascii := strconv.QuoteToASCII(text)
	all := []string{text, html.EscapeString(text), strings.ReplaceAll(html.EscapeString(text), "&#39;", "&#x27;"), ascii[1 : len(ascii)-1],
		url.QueryEscape(text), url.PathEscape(text), strings.ReplaceAll(text, "\n", "\r\n"), hex.EncodeToString([]byte(text))}
	slices.Sort(all)
	var out [][]byte
	for _, s := range slices.Compact(all) {
		out = append(out, []byte(s))
	}
	return out
}

// needle is something personal that must be in no place outside.
type needle struct {
	what   string
	shapes [][]byte
}

// needles are every name, number, address and text of the tour, and the rare words of the texts one by one.
func (t *tour) needles() []needle {
	var out []needle
	add := func(what, text string) { out = append(out, needle{what, shapes(text)}) }
	for _, n := range []struct{ name, number, mail, phone, street string }{
		{nameMaja, numberMaja, mailMaja, "070-174 06 35", "Lärksångsvägen"}, {nameOmar, numberOmar, mailOmar, "070-174 06 52", "Sälgstigen"},
		{nameSigne, numberSigne, mailSigne, "070-174 06 61", "Rönnbärsvägen"},
	} {
		full := n.number
		for _, form := range []string{full, full[:8] + "-" + full[8:], full[2:], full[2:8] + "-" + full[8:]} {
			add("a personnummer", form)
		}
		add("a name", n.name)
		add("an e-mail address", n.mail)
		add("a telephone number", n.phone)
		add("a telephone number", strings.NewReplacer("-", "", " ", "").Replace(n.phone))
		add("a street", n.street)
	}
	for _, w := range t.words {
		add(w.what, strings.TrimSpace(w.text))
	}
	for _, word := range []string{"Humlegränd", "kvarnen", "Ekgården", "Åsskolan", "tvättstugan", "Tallvägen 3", "blåmes", "BLÅMESAR", "snöyra", "Granliden", "gasverket",
		"svavel", "trapphuset", "brevbäraren", "Älvgatan", "Sjövägen", "Kostenheten"} {
		add("a word of what was written", word)
	}
	return out
}

// control is what must be found wherever the service keeps its rows, so that a search that finds nothing is known to see.
func (t *tour) control() needle { return needle{"the number of a request", shapes(t.maja.number)} }

// in tells where in some bytes a needle is, by what it is.
func in(where string, body []byte, needles []needle) []string {
	var found []string
	for _, n := range needles {
		for _, s := range n.shapes {
			if bytes.Contains(body, s) {
				found = append(found, where+" has "+n.what)
				break
			}
		}
	}
	return slices.Compact(found)
}

// nothingOutside looks for all of it in everything that is not the case itself.
func (t *tour) nothingOutside() {
	needles, control := t.needles(), t.control()
	var found []string
	places := 0
	see := func(where string, body []byte) {
		places++
		found = append(found, in(where, body, needles)...)
	}
	log, err := os.ReadFile(t.log.Name())
	t.must(err)
	t.check(bytes.Contains(log, []byte(`"route"`)), "expected the log of the tour to hold its requests, but it does not")
	see("insyn.log", log)
	for _, m := range t.stack.Catcher.Messages() {
		see(fmt.Sprintf("mail %d", m.Seq), withoutRecipient(m))
	}
	samples := t.redis.seen()
	t.check(len(samples) > 0, "expected to have seen something in Redis, but saw nothing")
	for _, s := range samples {
		see("Redis", []byte(s))
	}
	see("/metrics", t.metrics())
	for _, a := range t.addresses() {
		see("the address of a page", []byte(a))
	}
	names := t.fileNames()
	see("names of files and keys", []byte(names))
	tables := t.tables(see, control)
	t.check(len(found) == 0, "expected nothing personal outside, but %s", strings.Join(found, "; "))
	t.tell("Inget personligt i loggen, %d mejl, %d olika värden i Redis, /metrics, %d adresser, filnamn och %d tabeller (%d ställen, %d saker sökta)",
		len(t.stack.Catcher.Messages()), len(samples), len(t.addresses()), tables, places, len(needles))
}

// withoutRecipient is a mail as sent and as read, without the line that says to whom.
func withoutRecipient(m mail.Caught) []byte {
	head, body, _ := bytes.Cut(m.Raw, []byte("\r\n\r\n"))
	var b bytes.Buffer
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		if !bytes.HasPrefix(line, []byte("To: ")) {
			b.Write(line)
			b.WriteByte('\n')
		}
	}
	b.Write(body)
	b.WriteString(m.Subject + "\n" + m.Text + "\n" + m.HTML)
	return b.Bytes()
}

func (t *tour) metrics() []byte {
	r, err := http.NewRequestWithContext(t.ctx, http.MethodGet, t.stack.MetricsURL, nil)
	t.must(err)
	res, err := http.DefaultClient.Do(r)
	t.must(err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	t.must(err)
	t.check(bytes.Contains(b, []byte("insyn_")), "expected /metrics to have the service's own numbers, but it has none")
	return b
}

// addresses are all that any browser asked for.
func (t *tour) addresses() []string {
	var out []string
	for _, p := range t.people {
		out = append(out, p.browser.Addresses()...)
	}
	return out
}

// folders are where the service writes. The database may have had to go elsewhere, where its own user can reach it.
func (t *tour) folders() []string {
	own := filepath.Join(t.dir, "service")
	if strings.HasPrefix(t.data, own+string(filepath.Separator)) {
		return []string{own}
	}
	return []string{own, t.data}
}

// fileNames are the names of everything in the service's folders, each below its folder.
func (t *tour) fileNames() string {
	var b strings.Builder
	for _, folder := range t.folders() {
		t.must(filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // the database's own files come and go
			}
			b.WriteString(strings.TrimPrefix(path, folder) + "\n")
			return err
		}))
	}
	return b.String()
}

// tables copies every table of the database, as its administrator, and looks through it.
func (t *tour) tables(see func(string, []byte), control needle) int {
	rows, err := t.admin.Query(t.ctx, `select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%' order by 1`)
	t.must(err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	t.must(err)
	controlled := false
	for _, name := range names {
		var b bytes.Buffer
		_, err := t.admin.PgConn().CopyTo(t.ctx, &b, "copy "+name+" to stdout (format binary)")
		t.must(err)
		see("table "+name, b.Bytes())
		controlled = controlled || len(in(name, b.Bytes(), []needle{control})) > 0
	}
	t.check(controlled, "expected to find a request's number in the tables, but the search is blind")
	return len(names)
}

// disk looks through every file that the stopped service left: database files and write-ahead log, sealed files, keys.
func (t *tour) disk() (found []string, files int, err error) {
	needles, control, seeing := t.needles(), t.control(), false
	for _, folder := range t.folders() {
		err = errors.Join(err, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return fmt.Errorf("look through the disk: %w", err)
			case d.IsDir() && path == t.mails:
				return fs.SkipDir // recipients stand in the mails themselves, which were looked through
			case !d.Type().IsRegular():
				return nil
			}
			body, err := os.ReadFile(path) //nolint:gosec // the service's own folders
			if err != nil {
				return fmt.Errorf("look through the disk: %w", err)
			}
			files++
			found = append(found, in(strings.TrimPrefix(path, folder), body, needles)...)
			seeing = seeing || len(in("", body, []needle{control})) > 0
			return nil
		}))
	}
	if err == nil && !seeing {
		err = errors.New("expected to find a request's number on the disk, but the search is blind")
	}
	return found, files, err
}

// redisWatch looks into Redis again and again while the tour goes on: tasks live there for a moment only.
type redisWatch struct {
	client *redis.Client
	cancel context.CancelFunc
	done   chan struct{}

	mu     sync.Mutex
	values map[string]struct{}
}

const redisPause = 10 * time.Millisecond

func watchRedis(ctx context.Context, address string) (*redisWatch, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, errors.New("the address of the tour's Redis cannot be read")
	}
	ctx, cancel := context.WithCancel(ctx)
	w := &redisWatch{client: redis.NewClient(o), cancel: cancel, done: make(chan struct{}), values: map[string]struct{}{}}
	go func() {
		defer close(w.done)
		for ctx.Err() == nil {
			w.look(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(redisPause):
			}
		}
	}()
	return w, nil
}

// look notes every key and value there is now. What goes away meanwhile is seen another time.
func (w *redisWatch) look(ctx context.Context) {
	keys, err := w.client.Keys(ctx, "*").Result()
	if err != nil {
		return
	}
	for _, k := range keys {
		w.note(k)
		switch kind, _ := w.client.Type(ctx, k).Result(); kind {
		case "string":
			v, _ := w.client.Get(ctx, k).Result()
			w.note(v)
		case "list":
			v, _ := w.client.LRange(ctx, k, 0, -1).Result()
			w.note(v...)
		case "set":
			v, _ := w.client.SMembers(ctx, k).Result()
			w.note(v...)
		case "zset":
			v, _ := w.client.ZRange(ctx, k, 0, -1).Result()
			w.note(v...)
		case "hash":
			v, _ := w.client.HGetAll(ctx, k).Result()
			for f, x := range v {
				w.note(f, x)
			}
		}
	}
}

func (w *redisWatch) note(values ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, v := range values {
		w.values[v] = struct{}{}
	}
}

// seen is everything that has been seen.
func (w *redisWatch) seen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]string, 0, len(w.values))
	for v := range w.values {
		out = append(out, v)
	}
	return out
}

func (w *redisWatch) stop() error {
	w.cancel()
	<-w.done
	if err := w.client.Close(); err != nil {
		return fmt.Errorf("let go of Redis: %w", err)
	}
	return nil
}
