package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"insyn/internal/postgres"
	"insyn/migrations"
	"insyn/models"
	"insyn/workflows"
)

// exportCmd is "insyn export": the organisation and the register in the form that insyn import reads. It wants the environment
// and an io.Writer bound.
type exportCmd struct {
	Dir string `arg:"" type:"path" help:"Folder to write to. It is made if it is not there; nothing in it is overwritten."`
}

// Run writes one workbook with everything, and each table as CSV in a folder beside it.
func (c *exportCmd) Run(ctx context.Context, env environment, out io.Writer) error {
	settings, err := env.config()
	if err != nil {
		return err
	}
	store, db, err := openStore(ctx, settings)
	if err != nil {
		return err
	}
	defer func() { _ = postgres.Close(db) }() // nothing was changed
	if err := postgres.CheckSchema(ctx, db, migrations.FS); err != nil {
		return fmt.Errorf("INSYN_DATABASE_URL: %w", err)
	}
	sheets, err := workflows.Export(ctx, store, models.SystemActor())
	if err != nil {
		return err
	}
	return writeSpreadsheets(out, c.Dir, sheets)
}

// writeSpreadsheets writes files into a folder, and says which. The first that exists already ends it: somebody may have
// filled it in. They name members of staff, so only the user may read them.
func writeSpreadsheets(out io.Writer, dir string, sheets []workflows.Spreadsheet) error {
	for _, s := range sheets {
		path := filepath.Join(dir, filepath.FromSlash(s.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // G304: the folder the user named
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s is there already; choose an empty folder", path)
		}
		if err != nil {
			return fmt.Errorf("make spreadsheet: %w", err)
		}
		if err := errors.Join(s.Write(file), file.Close()); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		if _, err := fmt.Fprintln(out, path); err != nil {
			return err
		}
	}
	return nil
}
