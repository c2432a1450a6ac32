package templates

import "io/fs"

func (s *Set) loadDocuments(_ fs.FS, _ string) error { return nil }

type mailSet map[string]any

func (s *Set) loadMails(_ fs.FS, _ string) error { return nil }
