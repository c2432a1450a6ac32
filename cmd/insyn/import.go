package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/internal/postgres"
	"insyn/migrations"
	"insyn/workflows"
)

// importCmd is "insyn import": controllers, staff, delegations and the register from spreadsheets. docs/import.md describes
// them. It wants the environment and an io.Writer bound.
type importCmd struct {
	Apply      bool          `help:"Keep what the import does. Without it everything is tried and taken back."`
	EndMissing calendar.Date `placeholder:"DATE" help:"End the rows that are in Insyn but not in the files, with this as their last day. Only in tables that the files have."`
	Lang       string        `enum:"sv,en" default:"sv" help:"Language of the report: ${enum}."`
	Templates  string        `type:"path" placeholder:"DIR" help:"Write empty spreadsheets to fill in to the folder, and do nothing else."`
	File       []string      `arg:"" optional:"" name:"file" type:"path" help:"Spreadsheets (.xlsx, .csv), or folders of them."`
}

// errImportFaults makes the command fail when the spreadsheets have faults, so that a script notices.
var errImportFaults = errors.New("the spreadsheets have faults; nothing was imported")

// errNoSpreadsheets says how the command is used.
var errNoSpreadsheets = errors.New("which spreadsheets? name files or folders, or write empty ones with --templates DIR")

// Run imports and prints the report, or writes the templates.
func (c *importCmd) Run(ctx context.Context, env environment, out io.Writer) error {
	if c.Templates != "" {
		return writeSpreadsheets(out, c.Templates, workflows.Templates())
	}
	if len(c.File) == 0 {
		return errNoSpreadsheets
	}
	// A day that has passed would end rights after the fact, and a wrong year could not be mended.
	if today := calendar.DateOf(clock.System().Now()); !c.EndMissing.IsZero() && c.EndMissing.Before(today) {
		return fmt.Errorf("--end-missing %s: the day has passed; say today, %s, or later", c.EndMissing, today)
	}
	settings, err := env.config()
	if err != nil {
		return err
	}
	files, err := importFiles(c.File)
	if err != nil {
		return err
	}
	store, db, err := openStore(ctx, settings)
	if err != nil {
		return err
	}
	defer func() { _ = postgres.Close(db) }() // what was to be kept is committed
	if err := postgres.CheckSchema(ctx, db, migrations.FS); err != nil {
		return fmt.Errorf("INSYN_DATABASE_URL: %w", err)
	}
	report, err := workflows.Import(ctx, store, files, workflows.ImportOptions{Apply: c.Apply, EndMissing: c.EndMissing})
	if err != nil {
		return err
	}
	if err := printImport(out, report, c.Lang); err != nil {
		return err
	}
	if len(report.Faults) > 0 {
		return errImportFaults
	}
	return nil
}

// importFiles lists the files given, and the spreadsheets of the folders given.
func importFiles(paths []string) ([]workflows.ImportFile, error) {
	var files []workflows.ImportFile
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("open spreadsheet: %w", err)
		}
		if !info.IsDir() {
			files = append(files, workflows.ImportFile{Name: filepath.Base(path), Open: func() (io.ReadCloser, error) { return os.Open(path) }}) //nolint:gosec // G304: the file the user named
			continue
		}
		inside, err := workflows.ImportFolder(os.DirFS(path))
		if err != nil {
			return nil, err
		}
		if len(inside) == 0 {
			return nil, fmt.Errorf("no spreadsheets in %s", path)
		}
		files = append(files, inside...)
	}
	return files, nil
}
