// Package config reads the environment. Every variable carries the prefix INSYN_ and can be given as INSYN_NAME_FILE, the path
// of a file that holds the value, so that secrets need not lie in the environment. A wrong or missing value is one clear line
// that names the variable, before anything is opened.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Prefix is what every variable begins with.
const Prefix = "INSYN_"

// OIDC is one identity provider.
type OIDC struct {
	Issuer        string   `env:"ISSUER" doc:"the provider's address, exactly as it names itself"`
	ClientID      string   `env:"CLIENT_ID" doc:"what the provider calls this service"`
	ClientSecret  string   `env:"CLIENT_SECRET" doc:"for client_secret_basic and client_secret_post"`
	PrivateKey    string   `env:"PRIVATE_KEY" doc:"PEM, for private_key_jwt"`
	AuthMethod    string   `env:"AUTH_METHOD" envDefault:"client_secret_basic" doc:"client_secret_basic, client_secret_post or private_key_jwt"`
	Scopes        []string `env:"SCOPES" envSeparator:" " doc:"scopes beside openid, with spaces between"`
	ACRValues     []string `env:"ACR_VALUES" envSeparator:" " doc:"levels of assurance that are enough, with spaces between"`
	NumberClaim   string   `env:"NUMBER_CLAIM" doc:"claim with the personnummer"`
	RequiredClaim string   `env:"REQUIRED_CLAIM" doc:"claim that must be there, as name=value"`
}

// Config is all of it.
type Config struct {
	Addr           string `env:"ADDR" envDefault:"127.0.0.1:8080" doc:"where serve listens"`
	MetricsAddr    string `env:"METRICS_ADDR" doc:"where /metrics listens; empty: nowhere"`
	BaseURL        string `env:"BASE_URL" doc:"the address people use, such as https://insyn.kommun.example"`
	DatabaseURL    string `env:"DATABASE_URL" doc:"PostgreSQL 15 or later, as the runtime role" secret:"true"`
	MigrateURL     string `env:"MIGRATE_URL" doc:"the same database, as the owner role; only for migrate" secret:"true"`
	RedisURL       string `env:"REDIS_URL" doc:"Redis with appendonly and noeviction" secret:"true"`
	FilesURL       string `env:"FILES_URL" doc:"the file store, such as file:///var/lib/insyn/files"`
	KeysURL        string `env:"KEYS_URL" doc:"the key store, apart from the database and its backups"`
	KEK            string `env:"KEK" doc:"key-encryption keys id:base64, the active one first; see insyn keys generate" secret:"true"`
	SigningKey     string `env:"SIGNING_KEY" doc:"private Ed25519 key that signs packages, base64 or PEM; see insyn keys signing" secret:"true"`
	SigningFormer  string `env:"SIGNING_FORMER" doc:"public keys that signed before, key@day with commas between; they stay published"`
	SMTPURL        string `env:"SMTP_URL" doc:"where mail is handed in, such as smtp://user:password@host:587?starttls=required" secret:"true"`
	MailFrom       string `env:"MAIL_FROM" doc:"sender of mails, such as Insyn <insyn@kommun.example>"`
	Municipality   string `env:"MUNICIPALITY" envDefault:"Exempelby kommun" doc:"the municipality's name"`
	Phone          string `env:"PHONE" doc:"the service centre's telephone number"`
	PhoneHours     string `env:"PHONE_HOURS" doc:"when it answers, in Swedish"`
	PhoneHoursEN   string `env:"PHONE_HOURS_EN" doc:"when it answers, in English"`
	ProtectedPhone string `env:"PROTECTED_PHONE" doc:"telephone for people with protected data, who must not use the e-service"`
	Visit          string `env:"VISIT" doc:"where the service centre can be visited"`
	Postal         string `env:"POSTAL" doc:"the municipality's postal address"`
	DPOURL         string `env:"DPO_URL" doc:"where a resident writes to the data protection officer, such as mailto:dso@kommun.example"`
	RollEves       bool   `env:"ROLL_EVES" envDefault:"false" doc:"whether answers' due dates pass over midsummer, Christmas and New Year's Eve"`
	AskWithinDays  int    `env:"ASK_WITHIN_DAYS" envDefault:"5" doc:"days from receipt within which a question to the person may stop the clock"`
	UploadMaxMB    int64  `env:"UPLOAD_MAX_MB" envDefault:"50" doc:"greatest size of one file"`
	LogLevel       string `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error"`
	Var            string `env:"VAR" envDefault:"./var" doc:"everything the demo writes"`
	Resident       OIDC   `envPrefix:"RESIDENT_OIDC_"`
	Staff          OIDC   `envPrefix:"STAFF_OIDC_"`
}

// Load reads the environment and checks the form of what is there; Require says what a command cannot do without.
func Load(environ []string) (Config, error) {
	vars, err := environment(environ)
	if err != nil {
		return Config{}, err
	}
	var c Config
	if err := env.ParseWithOptions(&c, env.Options{Prefix: Prefix, Environment: vars}); err != nil {
		return c, fault(err)
	}
	return c, c.check()
}

// environment resolves INSYN_NAME_FILE and refuses variables nobody reads: a misspelt name must not pass in silence.
func environment(environ []string) (map[string]string, error) {
	vars := map[string]string{}
	known := map[string]bool{}
	for _, v := range Variables() {
		known[v.Name] = true
	}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, Prefix) || strings.HasPrefix(name, Prefix+"TEST_") {
			continue
		}
		if base, ok := strings.CutSuffix(name, "_FILE"); ok && known[base] {
			b, err := os.ReadFile(value) //nolint:gosec // the operator names the file
			if err != nil {
				return nil, fmt.Errorf("%s: the file cannot be read", name)
			}
			vars[base] = strings.TrimRight(string(b), "\r\n")
			continue
		}
		if !known[name] {
			return nil, fmt.Errorf("%s: no such setting; see insyn serve --help", name)
		}
		if _, given := vars[name]; !given {
			vars[name] = value
		}
	}
	return vars, nil
}

// fault names the variable of a parse error, never its value.
func fault(err error) error {
	var agg env.AggregateError
	if errors.As(err, &agg) {
		for _, e := range agg.Errors {
			var p env.ParseError
			if errors.As(e, &p) {
				for _, v := range Variables() {
					if v.Field == p.Name {
						return fmt.Errorf("%s: this must be %s", v.Name, p.Type)
					}
				}
			}
		}
	}
	return errors.New("the environment cannot be read")
}

func (c Config) check() error {
	for _, a := range []struct{ name, value string }{{"ADDR", c.Addr}, {"METRICS_ADDR", c.MetricsAddr}} {
		if _, _, err := net.SplitHostPort(a.value); a.value != "" && err != nil {
			return fmt.Errorf("%s%s: this must be host:port, such as 127.0.0.1:8080", Prefix, a.name)
		}
	}
	for _, u := range []struct {
		name, value string
		schemes     []string
	}{
		{"BASE_URL", c.BaseURL, []string{"http", "https"}},
		{"DATABASE_URL", c.DatabaseURL, []string{"postgres", "postgresql"}},
		{"MIGRATE_URL", c.MigrateURL, []string{"postgres", "postgresql"}},
		{"REDIS_URL", c.RedisURL, []string{"redis", "rediss", "redis-socket", "redis-sentinel"}},
		{"FILES_URL", c.FilesURL, []string{"file"}},
		{"KEYS_URL", c.KeysURL, []string{"file"}},
		{"SMTP_URL", c.SMTPURL, []string{"smtp", "smtps"}},
		{"RESIDENT_OIDC_ISSUER", c.Resident.Issuer, []string{"http", "https"}},
		{"STAFF_OIDC_ISSUER", c.Staff.Issuer, []string{"http", "https"}},
	} {
		if p, err := url.Parse(u.value); u.value != "" && (err != nil || !slices.Contains(u.schemes, p.Scheme)) {
			return fmt.Errorf("%s%s: this must be an address that begins with %s://", Prefix, u.name, strings.Join(u.schemes, ":// or "))
		}
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel) {
		return fmt.Errorf("%sLOG_LEVEL: this must be debug, info, warn or error", Prefix)
	}
	if c.AskWithinDays < 1 || c.AskWithinDays > 31 {
		return fmt.Errorf("%sASK_WITHIN_DAYS: this must be from 1 to 31", Prefix)
	}
	if c.UploadMaxMB < 1 || c.UploadMaxMB > 4096 {
		return fmt.Errorf("%sUPLOAD_MAX_MB: this must be from 1 to 4096", Prefix)
	}
	return nil
}

// Require names the first variable of those given that is missing. Names are without the prefix.
func (c Config) Require(names ...string) error {
	v := reflect.ValueOf(c)
	for _, name := range names {
		for _, known := range Variables() {
			if known.Name == Prefix+name && v.FieldByIndex(known.index).IsZero() {
				return fmt.Errorf("%s: missing; it is %s", known.Name, known.Doc)
			}
		}
	}
	return nil
}

// Variable is one setting, for help and documentation.
type Variable struct {
	Name, Field, Default, Doc string
	index                     []int
}

// Variables lists every setting.
func Variables() []Variable { return variables(reflect.TypeFor[Config](), Prefix, nil) }

func variables(t reflect.Type, prefix string, at []int) []Variable {
	var out []Variable
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(slices.Clone(at), i)
		if sub, ok := f.Tag.Lookup("envPrefix"); ok {
			out = append(out, variables(f.Type, prefix+sub, index)...)
			continue
		}
		out = append(out, Variable{Name: prefix + f.Tag.Get("env"), Field: f.Name, Default: f.Tag.Get("envDefault"), Doc: f.Tag.Get("doc"), index: index})
	}
	return out
}
