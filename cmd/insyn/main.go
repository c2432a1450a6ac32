// Command insyn is the whole service: serve, worker, migrate, demo, tour, import, deadline, audit, keys, doctor, staff,
// package.
// Here is wiring only; what the service does is in the rooms below.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"insyn/internal/config"
)

// version is set by the linker.
var version = "dev"

type cli struct {
	Serve    serveCmd         `cmd:"" help:"Serve the portal and the desk."`
	Worker   workerCmd        `cmd:"" help:"Run jobs: fan-out, mails, release, reminders, sweep."`
	Migrate  migrateCmd       `cmd:"" help:"Change the database schema, as its owner."`
	Demo     demoCmd          `cmd:"" help:"Run everything on this machine, to try it."`
	Tour     tourCmd          `cmd:"" help:"Play an access request through the public doors, as everybody involved."`
	Import   importCmd        `cmd:"" help:"Read controllers, staff, delegations and the register from spreadsheets."`
	Export   exportCmd        `cmd:"" help:"Write controllers, staff, delegations and the register as spreadsheets that import reads."`
	Deadline deadlineCmd      `cmd:"" help:"Print due dates and how they came about."`
	Audit    auditCmd         `cmd:"" help:"Check the event chains and the read log."`
	Keys     keysCmd          `cmd:"" help:"Look after the key store."`
	Doctor   doctorCmd        `cmd:"" help:"Say in one line each whether what the service stands on is right."`
	Package  packageCmd       `cmd:"" help:"Check a package that was downloaded. Needs no configuration."`
	Staff    staffCmd         `cmd:"" help:"Give a member of staff a role from the command line."`
	Version  kong.VersionFlag `help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// run is main with its ground given, so that tests start the same command.
func run(ctx context.Context, args, environ []string, in io.Reader, out, errOut io.Writer) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("insyn"), kong.Description("The municipality's e-service for the rights of the GDPR."),
		kong.Vars{"version": version}, kong.Writers(out, errOut), kong.Exit(func(code int) { exit = code }), kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(out, (*io.Writer)(nil)), kong.BindTo(in, (*io.Reader)(nil)), kong.Bind(environment(environ)))
	if err != nil {
		fmt.Fprintln(errOut, "insyn:", err)
		return 2
	}
	k, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintln(errOut, "insyn:", err)
		return 2
	}
	if err := k.Run(); err != nil {
		fmt.Fprintln(errOut, "insyn:", strings.ReplaceAll(err.Error(), "\n", "; "))
		var known interface{ ExitCode() int }
		if errors.As(err, &known) {
			return known.ExitCode()
		}
		return 1
	}
	return 0
}

// environment is the process environment, as "NAME=value".
type environment []string

func (e environment) config() (config.Config, error) { return config.Load(e) }

// Help lists the environment variables below the command's own help.
func (serveCmd) Help() string { return settingsHelp() }

// Help lists the environment variables below the command's own help.
func (workerCmd) Help() string { return settingsHelp() }

// settingsHelp lists the environment variables.
func settingsHelp() string {
	var b strings.Builder
	b.WriteString("Settings are environment variables; each can be given as NAME_FILE, the path of a file with the value.\n")
	for _, v := range config.Variables() {
		fmt.Fprintf(&b, "\n  %s\n      %s", v.Name, v.Doc)
		if v.Default != "" {
			fmt.Fprintf(&b, " (default %s)", v.Default)
		}
	}
	return b.String()
}
