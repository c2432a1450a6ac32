// Command diagram writes docs/state-machine.md from the tables of the state machines. It is run by go generate.
package main

import (
	"fmt"
	"os"

	"insyn/workflows"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: diagram FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], []byte(workflows.StateMachines()), 0o644); err != nil { //nolint:gosec // G306: a page of the documentation
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
