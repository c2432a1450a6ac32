package portal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/oidc"
	"insyn/internal/session"
)

// What a person typed before the login ran out is kept until they have logged in again: sealed in the browser's own
// anonymous session, under a key that is in the browser's cookie and nowhere else. Whose it is needs no mark: it is given
// back on the page it was typed on, and that page belongs to one person.

// keptFor is how long the browser keeps the key, in seconds.
const keptFor = 3600

// keptState names what is kept for a page among the session's pending things.
func keptState(page string) string { return "kept " + page }

func (p *portal) keptCookie() string {
	if p.site.Secure() {
		return "__Host-kept"
	}
	return "kept"
}

// keepForm keeps the fields of the form that was sent, and tells whether there were any. Files are not kept.
func (p *portal) keepForm(c *gin.Context, page string) (bool, error) {
	values, err := readFields(c)
	if err != nil {
		return false, err
	}
	values.Del("version")
	typed := false
	for _, v := range values {
		for _, s := range v {
			typed = typed || s != ""
		}
	}
	if !typed {
		return false, nil
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	aead, err := keptCipher(key)
	if err != nil {
		return false, err
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce)
	sealed := aead.Seal(nonce, nonce, []byte(values.Encode()), []byte(page))
	p.Sessions.PutPending(c.Request.Context(), session.Pending{
		Flow: oidc.Flow{State: keptState(page)}, ReturnTo: base64.RawURLEncoding.EncodeToString(sealed),
	})
	p.setKeptCookie(c, base64.RawURLEncoding.EncodeToString(key), keptFor)
	return true, nil
}

func (p *portal) setKeptCookie(c *gin.Context, value string, age int) {
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // G124: Secure whenever the site is https
		Name: p.keptCookie(), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: p.site.Secure(), SameSite: http.SameSiteLaxMode,
	})
}

// readFields reads the text fields of a form of either kind.
func readFields(c *gin.Context) (url.Values, error) {
	kind, _, _ := mime.ParseMediaType(c.ContentType())
	if kind != "multipart/form-data" {
		return web.Form(c)
	}
	return web.Upload(c, func(url.Values, *multipart.Part) error { return nil })
}

// restore gives back what was typed on a page, once. The caller has made sure that the page is the person's own.
func (p *portal) restore(c *gin.Context, page string) (url.Values, bool, error) {
	k, err := c.Request.Cookie(p.keptCookie())
	if err != nil {
		return nil, false, nil //nolint:nilerr // no cookie: nothing is kept
	}
	pending, ok, err := p.Sessions.TakePending(c.Request.Context(), keptState(page))
	if err != nil || !ok {
		return nil, false, err
	}
	p.setKeptCookie(c, "", -1)
	key, err1 := base64.RawURLEncoding.DecodeString(k.Value)
	sealed, err2 := base64.RawURLEncoding.DecodeString(pending.ReturnTo)
	aead, err3 := keptCipher(key)
	if err1 != nil || err2 != nil || err3 != nil || len(sealed) < aead.NonceSize() {
		return nil, false, nil //nolint:nilerr // not ours; nothing to give back
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(page))
	if err != nil {
		return nil, false, nil //nolint:nilerr // kept under another key
	}
	values, err := url.ParseQuery(string(plain))
	return values, err == nil, nil
}

func keptCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
