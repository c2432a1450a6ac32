// Package insyn_test holds the rules that go for the whole repository: which room may import which, and what no file
// may contain.
package insyn_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const module = "insyn"

// listed is what go list says of a package.
type listed struct {
	ImportPath   string
	Dir          string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Dir,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 5 {
		t.Fatalf("go list finds only %d packages", len(all))
	}
	return all
}

// room is the part of the house a package belongs to: "" for the root, else the first folder, two for handlers.
func room(importPath string) string {
	path := strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
	first, rest, _ := strings.Cut(path, "/")
	if first == "handlers" && rest != "" {
		second, _, _ := strings.Cut(rest, "/")
		return first + "/" + second
	}
	return first
}

// mayImport says which rooms a room may import besides itself. handlers/web is the floor the other handlers stand on.
func mayImport(from, to string) bool {
	below := map[string][]string{
		"cmd":        {"handlers", "demo", "workflows", "models", "internal", "templates", "migrations", "api"},
		"demo":       {"workflows", "models", "internal", "templates"},
		"handlers":   {"handlers/web", "workflows", "models", "internal", "templates", "api"},
		"workflows":  {"models", "internal", "templates"},
		"models":     {"internal"},
		"internal":   {},
		"templates":  {"internal"},
		"migrations": {},
		"api":        {"internal"},
	}
	if from == to {
		return true
	}
	first, _, _ := strings.Cut(from, "/")
	for _, allowed := range below[first] {
		if to == allowed || strings.HasPrefix(to, allowed+"/") {
			return true
		}
	}
	return false
}

// testWorld is the municipality that tests of several rooms live in; the product does not import it.
const testWorld = module + "/workflows/workflowtest"

func TestArchitectureImportsPointDown(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		if from == "" {
			continue
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, module+"/") || mayImport(from, room(imported)) || testkitNeeds(p.ImportPath, imported) {
				continue
			}
			t.Errorf("%s imports %s; imports point down only", p.ImportPath, imported)
		}
	}
}

// testkitNeeds lets the test servers migrate their databases.
func testkitNeeds(from, to string) bool {
	return from == module+"/internal/testkit" && to == module+"/migrations"
}

// TestArchitectureTestsImportDown holds tests inside internal and models to the same direction, but lets them use
// the test servers and the schema.
func TestArchitectureTestsImportDown(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		from := room(p.ImportPath)
		if from != "internal" && from != "models" {
			continue
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if !strings.HasPrefix(imported, module+"/") || mayImport(from, room(imported)) || imported == module+"/migrations" {
				continue
			}
			t.Errorf("tests of %s import %s; imports point down only", p.ImportPath, imported)
		}
	}
}

func TestArchitectureLibrariesStayInTheirRooms(t *testing.T) {
	t.Parallel()
	rules := []struct {
		library string
		allowed []string // prefixes of import paths
	}{
		{"github.com/gin-gonic/gin", []string{"handlers/", "cmd/"}},
		{"gorm.io/", []string{"models", "internal/postgres", "internal/testkit", "cmd/"}},
		{"github.com/hibiken/asynq", []string{"handlers/tasks", "internal/queue", "cmd/"}},
		{"github.com/pdfcpu/", []string{"internal/pdf/pdfcheck"}},
		{"insyn/internal/pdf/pdfcheck", nil}, // for tests
	}
	for _, p := range packages(t) {
		path := strings.TrimPrefix(p.ImportPath, module+"/")
		for _, rule := range rules {
			allowed := slices.ContainsFunc(rule.allowed, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
			if allowed {
				continue
			}
			for _, imported := range p.Imports {
				if strings.HasPrefix(imported, rule.library) {
					t.Errorf("%s imports %s; only %v may", p.ImportPath, imported, rule.allowed)
				}
			}
		}
		if strings.HasPrefix(path, "internal/testkit") || p.ImportPath == testWorld {
			continue
		}
		if slices.Contains(p.Imports, module+"/internal/testkit") {
			t.Errorf("%s imports internal/testkit outside its tests", p.ImportPath)
		}
	}
}

// TestArchitectureTimeAndComments reads the source: the machine's clock is read in one package, and every package says
// what it is for.
func TestArchitectureTimeAndComments(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.ImportPath == module {
			continue
		}
		documented := false
		files, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		product := 0
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			product++
			set := token.NewFileSet()
			parsed, err := parser.ParseFile(set, file, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Errorf("parse: %v", err)
				continue
			}
			documented = documented || parsed.Doc != nil
			if p.ImportPath != module+"/internal/clock" {
				for _, at := range readsClock(parsed) {
					t.Errorf("%s reads the machine's clock; instants come from internal/clock", set.Position(at))
				}
			}
		}
		if product > 0 && !documented {
			t.Errorf("package %s has no package comment", p.ImportPath)
		}
	}
}

// readsClock finds uses of time.Now, called or passed on, under whatever name the file imports time.
func readsClock(file *ast.File) []token.Pos {
	name := ""
	for _, spec := range file.Imports {
		if spec.Path.Value == `"time"` {
			if name = "time"; spec.Name != nil {
				name = spec.Name.Name
			}
		}
	}
	var found []token.Pos
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok || selector.Sel.Name != "Now" {
			return true
		}
		if ident, ok := selector.X.(*ast.Ident); ok && ident.Name == name && name != "" {
			found = append(found, selector.Pos())
		}
		return true
	})
	return found
}

// textFile is a file of the repository that is text.
type textFile struct {
	path string
	text string
}

// textFiles returns what is or would be committed; without git everything but what a run writes.
func textFiles(t *testing.T) []textFile {
	t.Helper()
	var paths []string
	if out, err := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output(); err == nil {
		paths = strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	} else {
		paths = walk(t)
	}
	var files []textFile
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil || bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content) {
			continue // deleted but not committed, or not text
		}
		files = append(files, textFile{path: filepath.ToSlash(path), text: string(content)})
	}
	return files
}

func walk(t *testing.T) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{".git", "var", "bin", "node_modules"}, path) {
			return fs.SkipDir
		}
		if entry.Type().IsRegular() {
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

var numberPattern = regexp.MustCompile(`\d{8}[-+]?\d{4}`)

// TestNoRealIdentityNumbers holds every identity number in the repository to the published list of test numbers. A
// number picked at random may be somebody's.
func TestNoRealIdentityNumbers(t *testing.T) {
	t.Parallel()
	known := testIdentities(t)
	for _, file := range textFiles(t) {
		for _, place := range numberPattern.FindAllStringIndex(file.text, -1) {
			if digitAt(file.text, place[0]-1) || digitAt(file.text, place[1]) {
				continue // part of a longer number
			}
			found := file.text[place[0]:place[1]]
			number := strings.NewReplacer("-", "", "+", "").Replace(found)
			if looksLikeIdentity(number) && !known[number] {
				line := 1 + strings.Count(file.text[:place[0]], "\n")
				t.Errorf("%s:%d: an identity number that is not in the list of test identities", file.path, line)
			}
		}
	}
}

func digitAt(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }

func testIdentities(t *testing.T) map[string]bool {
	t.Helper()
	file, err := os.Open("internal/testkit/testdata/test-identities.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool, len(rows))
	for _, row := range rows[1:] {
		known[row[1]] = true
	}
	if len(known) < 100 {
		t.Fatalf("the list of test identities has only %d numbers", len(known))
	}
	return known
}

// looksLikeIdentity reports whether twelve digits could be a personnummer or samordningsnummer of someone alive or
// remembered: a date between 1890 and 2060, where coordination numbers add 60 to the day, and a right check digit.
func looksLikeIdentity(number string) bool {
	year, _ := strconv.Atoi(number[:4])
	month, _ := strconv.Atoi(number[4:6])
	day, _ := strconv.Atoi(number[6:8])
	if year < 1890 || year > 2060 || !checkDigit(number[2:]) {
		return false
	}
	if day >= 60 {
		return month <= 12 && day <= 91 // test numbers have impossible dates, so the calendar is not asked
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return date.Year() == year && int(date.Month()) == month && date.Day() == day
}

func checkDigit(ten string) bool {
	sum := 0
	for i, r := range ten {
		d := int(r - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

func TestIdentityGuardSeesNumbers(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]bool{
		"197701172392": true, "202312872399": true, "191500722390": true,
		"197701172393": false, // check digit
		"000000000000": false,
	} {
		if looksLikeIdentity(number) != want {
			t.Errorf("%s: want %v", number, want)
		}
	}
}

// TestNoForeignHostsOrMachinePaths keeps addresses of package registries and paths of one machine out of the files: a
// checkout works anywhere.
func TestNoForeignHostsOrMachinePaths(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`registry\.npm` + `js\.org|registry\.yarn` + `pkg\.com|proxy\.golang` + `\.org|sum\.golang` + `\.org|npm\.pkg\.git` + `hub\.com` +
		`|(^|[^a-zA-Z0-9._/<-])(/wo` + `rk|/ro` + `ot|/ho` + `me/[a-z]+|/Us` + `ers/[A-Za-z]+)(/|\b)`)
	allowed := regexp.MustCompile(`/home/` + `linuxbrew/`) // where Homebrew lives on every Linux
	for _, file := range textFiles(t) {
		if file.path == "go.sum" {
			continue
		}
		for number, lines := 1, bufio.NewScanner(strings.NewReader(file.text)); lines.Scan(); number++ {
			line := allowed.ReplaceAllString(lines.Text(), "")
			if found := forbidden.FindString(line); found != "" {
				t.Errorf("%s:%d: contains %q", file.path, number, found)
			}
		}
	}
}
