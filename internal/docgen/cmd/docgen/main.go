// Command docgen writes the generated parts of the documentation: docgen ROOT.
package main

import (
	"context"
	"fmt"
	"os"

	"insyn/internal/docgen"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	packages, err := docgen.Packages(context.Background(), root)
	if err == nil {
		err = docgen.Write(root, packages)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "docgen:", err)
		os.Exit(1)
	}
}
