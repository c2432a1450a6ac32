package templates

import "io/fs"

type mailSet map[string]any

func (s *Set) loadMails(_ fs.FS, _ string) error { return nil }
