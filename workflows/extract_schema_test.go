package workflows_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// extractSchema is the published schema of the extract as JSON.
func extractSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	b, err := os.ReadFile("../docs/extract.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("extract", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("extract")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fits tells what is wrong with a document by the schema.
func fits(t *testing.T, s *jsonschema.Schema, doc []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// neutralExtract is what a neutral answer's JSON is, whatever was found.
func neutralExtract(t *testing.T) []byte {
	t.Helper()
	w := workflowtest.New(t)
	maja := w.Resident("197701172392")
	number := w.Request(maja, "SN")
	w.Answer("SN", number+"-SN", models.OutcomeNeutral)
	s := staged{World: w, maja: maja, request: number, number: number + "-SN"}
	content, _ := unzipped(t, []byte(w.Read(w.OpenAnswer(t.Context(), maja, s.mine(s.number).Package.ID))))
	return content["Registerutdrag.json"]
}

func TestTheExtractForMachinesFitsItsSchema(t *testing.T) {
	t.Parallel()
	schema := extractSchema(t)
	_, zipped := packaged(t)
	content, _ := unzipped(t, zipped)
	for name, doc := range map[string][]byte{"full": content["Registerutdrag.json"], "neutral": neutralExtract(t), "docs/extract.md": documentedExtract(t)} {
		if err := fits(t, schema, doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// documentedExtract is the example in docs/extract.md.
func documentedExtract(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("../docs/extract.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "```json\n")
	doc, _, ok := strings.Cut(rest, "\n```")
	if !ok {
		t.Fatal("docs/extract.md has no example")
	}
	return []byte(doc)
}

// TestTheSchemaIsStrict: a member more or less, anywhere but in a record, and what a field may not say, do not fit.
func TestTheSchemaIsStrict(t *testing.T) {
	t.Parallel()
	schema, doc := extractSchema(t), documentedExtract(t)
	places := 0
	for _, change := range changesTo(t, doc) {
		places++
		if err := fits(t, schema, change.doc); err == nil {
			t.Errorf("%s: fits", change.name)
		}
	}
	if places < 40 {
		t.Errorf("only %d changes were tried", places)
	}
	for was, is := range map[string]string{
		`"version": 1`: `"version": 2`, workflows.ExtractFormat: "other", `"made": "2026-03-20"`: `"made": "20 mars"`, `"withheld": 0`: `"withheld": -1`,
		"197701172392": "770117-2392", `"kind": "request"`: `"kind": "note"`, "2026-03-02T09:12:00Z": "2 mars", "Handlingar/Handling 0001.csv": "../maja.csv",
		`"Orsak": "Sjuk"`: `"Orsak": 1`,
	} {
		if !bytes.Contains(doc, []byte(was)) {
			t.Fatalf("the example does not say %s", was)
		}
		if err := fits(t, schema, bytes.ReplaceAll(doc, []byte(was), []byte(is))); err == nil {
			t.Errorf("%s fits", is)
		}
	}
}

type alteredDoc struct {
	name string
	doc  []byte
}

// mayBeLeftOut are the members of the example that the schema does not ask for.
func mayBeLeftOut() map[string]bool {
	return map[string]bool{"diary_number": true, "address": true, "email": true, "data_protection_officer": true, "data_protection_officer_email": true,
		"text": true, "size": true, "tables": true}
}

// changesTo are copies of a document, each with one member more or less.
func changesTo(t *testing.T, doc []byte) []alteredDoc {
	t.Helper()
	var root any
	if err := json.Unmarshal(doc, &root); err != nil {
		t.Fatal(err)
	}
	var out []alteredDoc
	keep := func(name string) {
		b, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, alteredDoc{name, b})
	}
	var visit func(at string, v any)
	visit = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if strings.HasSuffix(at, "/records") {
				return // named by the table's columns
			}
			v["unknown"] = "x"
			keep("more in " + at)
			delete(v, "unknown")
			for _, key := range slices.Sorted(maps.Keys(v)) {
				was := v[key]
				if !mayBeLeftOut()[key] {
					delete(v, key)
					keep("less " + at + "/" + key)
					v[key] = was
				}
				visit(at+"/"+key, was)
			}
		case []any:
			for _, each := range v {
				visit(at, each)
			}
		}
	}
	visit("", root)
	return out
}
