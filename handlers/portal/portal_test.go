package portal_test

import (
	"testing"

	"insyn/templates"
)

func TestTemplatesLoad(t *testing.T) {
	if _, err := templates.New(templates.DefaultLook("Exempelby kommun")); err != nil {
		t.Fatal(err)
	}
}
