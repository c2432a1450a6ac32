package workflows_test

import (
	"testing"

	"insyn/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }
