#!/bin/sh
# Plays the journey in a real browser against a demo of its own: with scripts (axe looks at every page) and without.
# Needs Chromium and npm; pictures are left below ${INSYN_VAR:-var}/e2e.
set -eu
cd "$(dirname "$0")/.."
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$chromium" ] || ! command -v npm >/dev/null; then
	echo "make e2e needs Chromium and npm; on Debian or Ubuntu: apt-get install chromium npm" >&2
	exit 1
fi
dir=${INSYN_VAR:-var}/e2e
port=${E2E_PORT:-18480}
mkdir -p "$dir"
npm --prefix e2e ci --ignore-scripts --no-fund --no-audit >/dev/null
INSYN_VAR="$dir" INSYN_ADDR="127.0.0.1:$port" bin/insyn demo --fresh --no-history >"$dir/demo.out" 2>&1 &
demo=$!
trap 'kill "$demo" 2>/dev/null; wait "$demo" 2>/dev/null || true' EXIT INT TERM
for _ in $(seq 120); do
	grep -q 'Insyn is running' "$dir/demo.out" && break
	kill -0 "$demo" 2>/dev/null || { cat "$dir/demo.out" >&2; exit 1; }
	sleep 0.25
done
echo "with scripts"
CHROMIUM="$chromium" node e2e/journey.mjs "http://127.0.0.1:$port" "$dir/script"
echo "without scripts"
CHROMIUM="$chromium" node e2e/journey.mjs "http://127.0.0.1:$port" "$dir/no-script" no-script
echo "pictures: $dir"
