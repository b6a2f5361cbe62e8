#!/usr/bin/env bash
# Tests on a real FreeSWITCH, one after the other: they want the machine for
# themselves. FREESWITCH names the program where it is not in PATH.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=${FREESWITCH:-$(command -v freeswitch || ls /usr/local/freeswitch/bin/freeswitch /usr/bin/freeswitch 2>/dev/null | head -n 1)}
if [ -z "$bin" ]; then
  echo "no FreeSWITCH here: put it in PATH or set FREESWITCH; docs/freeswitch.md names packages" >&2
  exit 1
fi
export FREESWITCH=$bin SWITCHDESK_TEST_FREESWITCH=1
"$bin" -version
failed=0
run() {
  echo "== $*"
  "$@" || failed=1
}
run go test -count=1 -timeout 15m ./internal/testswitch/...
run go test -count=1 -timeout 15m ./simswitch/conformance
run go test -count=1 -timeout 15m -run Real ./esl ./dialplan
run go test -count=1 -timeout 20m -run FreeSWITCH -v ./app
if command -v chromium >/dev/null && [ -d web/node_modules ]; then
  run npm --prefix web run --silent e2e:freeswitch
else
  echo "skipped: the web softphone in Chromium (needs chromium and web/node_modules)"
fi
exit $failed
