package templates

import (
	"fmt"
	"html/template"
)

// icons are the drawings, on a grid of 20 by 20, stroked in the colour of the text around them.
func icons() map[string]string {
	return map[string]string{
		"arrow":    `<path d="M4 10h12M11 5l5 5-5 5"/>`,
		"calendar": `<rect x="3" y="4.5" width="14" height="12.5" rx="1.5"/><path d="M3 8.5h14M7 2.5v4M13 2.5v4"/>`,
		"clock":    `<circle cx="10" cy="10" r="7"/><path d="M10 6v4.3l2.8 1.7"/>`,
		"download": `<path d="M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13"/>`,
		"file":     `<path d="M5 2.5h6.5L15.5 6.5v11H5Z"/><path d="M11.5 2.5v4h4M7.5 10.5h5.5M7.5 13.5h5.5"/>`,
		"lock":     `<rect x="4.5" y="9" width="11" height="8" rx="1.5"/><path d="M7 9V6.5a3 3 0 0 1 6 0V9"/>`,
		"mail":     `<rect x="2.5" y="4.5" width="15" height="11" rx="1.5"/><path d="m3 6 7 5 7-5"/>`,
		"message":  `<path d="M3 4.5h14v9.5H9l-4 3.5V14H3Z"/>`,
		"pen":      `<path d="m4 16 .8-3.3L13.5 4 16 6.5l-8.7 8.7Z"/>`,
		"person":   `<circle cx="10" cy="6.5" r="3.3"/><path d="M3.5 17c.5-4 3-5.8 6.5-5.8s6 1.8 6.5 5.8"/>`,
		"phone":    `<path d="M6.5 3 8.5 7 6.8 8.6a10 10 0 0 0 4.6 4.6L13 11.5l4 2v2.6c0 .5-.4.9-.9.9C9 16.6 3.4 11 3 3.9c0-.5.4-.9.9-.9Z"/>`,
		"pin":      `<path d="M10 18s6-5.2 6-9.8A6 6 0 0 0 4 8.2C4 12.8 10 18 10 18Z"/><circle cx="10" cy="8" r="2.2"/>`,
		"plus":     `<path d="M10 4v12M4 10h12"/>`,
		"search":   `<circle cx="9" cy="9" r="5.5"/><path d="m13.2 13.2 4.3 4.3"/>`,
		"tick":     `<path d="m4 10.5 4 4 8-9"/>`,
		"warning":  `<path d="M10 3 18 17H2Z"/><path d="M10 8v4.5M10 14.8v.2"/>`,
	}
}

// icon draws one; it says nothing to a screen reader, so the words must stand beside it.
func icon(name, class string) (template.HTML, error) {
	paths, ok := icons()[name]
	if !ok {
		return "", fmt.Errorf("no icon %q", name)
	}
	return template.HTML(`<svg class="` + class + `" viewBox="0 0 20 20" aria-hidden="true" focusable="false">` + paths + `</svg>`), nil //nolint:gosec // constants
}
