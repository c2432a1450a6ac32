#!/bin/sh
# Runs go generate and fails when a file changes: what is generated is committed, and must be what the generator says.
set -eu
cd "$(dirname "$0")/.."

fingerprint() {
  # All files of the project, not only committed ones, so that it works in the middle of a change and without git.
  { git ls-files --cached --others --exclude-standard 2>/dev/null | grep . ||
    find . -type f -not -path './.git/*' -not -path './var/*' -not -path './bin/*' -not -path '*/node_modules/*'; } |
    LC_ALL=C sort | while IFS= read -r file; do
      [ -f "$file" ] && cksum "$file" || echo "gone $file"
    done
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fingerprint >"$work/before"
go generate ./...
fingerprint >"$work/after"
if ! diff "$work/before" "$work/after" >"$work/diff"; then
  echo "generated files are not fresh; run go generate ./... and commit:" >&2
  sed -n 's/^> [0-9]* [0-9]* /  /p' "$work/diff" >&2
  exit 1
fi
