package desk

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"insyn/workflows"
)

// exported is everything that is read in, as one workbook; exportedCSV as CSV in a zip file.
func (s *desk) exported(c *gin.Context) error { return s.sendExport(c, sendBook) }

func (s *desk) exportedCSV(c *gin.Context) error { return s.sendExport(c, sendTables) }

// emptyTemplate is a workbook to fill in; emptyTemplatesCSV each table as CSV in a zip file.
func (s *desk) emptyTemplate(c *gin.Context) error { return sendBook(c, workflows.Templates()) }

func (s *desk) emptyTemplatesCSV(c *gin.Context) error { return sendTables(c, workflows.Templates()) }

func (s *desk) sendExport(c *gin.Context, send func(*gin.Context, []workflows.Spreadsheet) error) error {
	w, _ := whoIs(c)
	sheets, err := s.Service.ExportSpreadsheets(c.Request.Context(), w.actor)
	if err != nil {
		return err
	}
	return send(c, sheets)
}

// sendBook sends the workbook with every table. It is made whole first: what fails half way is an error and no file.
func sendBook(c *gin.Context, sheets []workflows.Spreadsheet) error {
	for _, sheet := range sheets {
		if path.Ext(sheet.Name) != ".xlsx" {
			continue
		}
		var b bytes.Buffer
		if err := sheet.Write(&b); err != nil {
			return fmt.Errorf("write workbook: %w", err)
		}
		sendDownload(c, path.Base(sheet.Name), sheet.MediaType, b.Bytes())
		return nil
	}
	return workflows.ErrNotFound
}

// sendTables sends every table as CSV, in a zip file with the workbook's name.
func sendTables(c *gin.Context, sheets []workflows.Spreadsheet) error {
	var b bytes.Buffer
	name := "insyn.zip"
	z := zip.NewWriter(&b)
	for _, sheet := range sheets {
		if path.Ext(sheet.Name) == ".xlsx" {
			name = strings.TrimSuffix(path.Base(sheet.Name), ".xlsx") + ".zip"
			continue
		}
		file, err := z.Create(path.Base(sheet.Name))
		if err == nil {
			err = sheet.Write(file)
		}
		if err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write tables: %w", err)
	}
	sendDownload(c, name, "application/zip", b.Bytes())
	return nil
}

func sendDownload(c *gin.Context, name, kind string, body []byte) {
	c.Header("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	c.Header("Content-Security-Policy", documentPolicy)
	c.Data(http.StatusOK, kind, body)
}
