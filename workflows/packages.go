package workflows

import "insyn/templates"

// PackageKeysPath is the page that says which keys sign packages and how one is checked. Its address stands in every package.
const PackageKeysPath = "/kontrollera-paket"

// packageReadme is the note that lies in the package of a case.
func (s *Service) packageReadme(r templates.Readme) []byte {
	r.KeysURL = s.Settings.BaseURL + PackageKeysPath
	return s.Templates.Readme(r)
}
