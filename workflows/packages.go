package workflows

import "insyn/templates"

// PackageKeysPath is the page that says which keys sign packages and how one is checked. Its address stands in every package.
const PackageKeysPath = "/kontrollera-paket"

// packageReadme is the note that lies in the package of a case.
func (s *Service) packageReadme(x *extract) []byte {
	return s.Templates.Readme(templates.Readme{Number: x.c.Number, Controller: x.ctl.Name, Made: x.made, KeysURL: s.Settings.BaseURL + PackageKeysPath})
}
