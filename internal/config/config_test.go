package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAWrongValueIsOneLineThatNamesTheVariable(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"INSYN_ADDR": "8080", "INSYN_METRICS_ADDR": "nine", "INSYN_BASE_URL": "insyn.kommun.example", "INSYN_DATABASE_URL": "mysql://secret@db/insyn",
		"INSYN_MIGRATE_URL": "secret", "INSYN_REDIS_URL": "http://secret@redis", "INSYN_FILES_URL": "s3", "INSYN_KEYS_URL": "/keys", "INSYN_SMTP_URL": "secret:25",
		"INSYN_RESIDENT_OIDC_ISSUER": "login", "INSYN_STAFF_OIDC_ISSUER": "ftp://login", "INSYN_LOG_LEVEL": "loud", "INSYN_ASK_WITHIN_DAYS": "0",
		"INSYN_UPLOAD_MAX_MB": "much", "INSYN_ROLL_EVES": "perhaps", "INSYN_ADRESS": "x", "INSYN_KEK_FILE": "/nowhere/secret",
	} {
		_, err := Load([]string{name + "=" + value})
		if err == nil {
			t.Errorf("%s=%s was accepted", name, value)
			continue
		}
		if !strings.HasPrefix(err.Error(), name+": ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the error is %q", name, err)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error repeats the value: %q", name, err)
		}
	}
}

func TestDefaultsAreUsable(t *testing.T) {
	t.Parallel()
	c, err := Load([]string{"PATH=/bin", "OTHER_ADDR=x"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != "127.0.0.1:8080" || c.AskWithinDays != 5 || c.Var != "./var" || c.RollEves {
		t.Errorf("defaults: %+v", c)
	}
	if err := c.Require("ADDR", "KEK"); err == nil || !strings.HasPrefix(err.Error(), "INSYN_KEK: missing") {
		t.Errorf("a missing KEK: %v", err)
	}
}

func TestAValueCanLieInAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kek")
	if err := os.WriteFile(path, []byte("k1:value\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load([]string{"INSYN_KEK_FILE=" + path, "INSYN_RESIDENT_OIDC_SCOPES=a b"})
	if err != nil {
		t.Fatal(err)
	}
	if c.KEK != "k1:value" || len(c.Resident.Scopes) != 2 {
		t.Errorf("read %q and %q", c.KEK, c.Resident.Scopes)
	}
}

func TestEverySettingIsDocumented(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, v := range Variables() {
		if v.Doc == "" || seen[v.Name] || !strings.HasPrefix(v.Name, Prefix) {
			t.Errorf("%s is not documented, or twice there", v.Name)
		}
		seen[v.Name] = true
	}
}
