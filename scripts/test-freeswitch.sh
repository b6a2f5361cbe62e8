#!/usr/bin/env bash
# Runs the tests that need a real FreeSWITCH and sipp: the configuration to
# copy, the event socket, the simulated switch held to the real one, whole
# calls in and out, controllers that die, the doctor, the demo, and the web
# softphone in Chromium. FREESWITCH=/path/to/freeswitch names the program.
set -uo pipefail
cd "$(dirname "$0")/.."

binary=${FREESWITCH:-}
for at in freeswitch /usr/local/freeswitch/bin/freeswitch /usr/bin/freeswitch /usr/local/bin/freeswitch; do
  [ -n "$binary" ] || binary=$(command -v "$at" || true)
done
if [ -z "$binary" ] || ! command -v "$binary" >/dev/null; then
  echo "No FreeSWITCH on this machine: docs/freeswitch.md says where it is had. FREESWITCH=/path names one." >&2
  exit 1
fi
if ! command -v sipp >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "== installing sip-tester"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends sip-tester >/dev/null
  fi
  command -v sipp >/dev/null || { echo "sipp is missing; on Debian: apt-get install sip-tester" >&2; exit 1; }
fi
echo "== $("$binary" -version | head -n 1)"
export SWITCHDESK_TEST_FREESWITCH=1 FREESWITCH=$binary
out=$(mktemp)
trap 'rm -f "$out"' EXIT
failed=()
skipped=()

step() { # name, command…
  local name=$1 started=$SECONDS
  shift
  echo "== $name"
  if "$@" >"$out" 2>&1; then
    echo "   ok, $((SECONDS - started)) s, $(grep -cE '^ *--- PASS' "$out") passed"
  else
    failed+=("$name")
    echo "   FAILED, $((SECONDS - started)) s"
    grep -vE '^(=== |    --- PASS|--- PASS|ok  )' "$out" | tail -n 150
  fi
  while read -r line; do skipped+=("$line"); done < <(grep -A1 -E '^ *--- SKIP' "$out" | grep -vE '^--$' | paste -d' ' - -)
}

# One package after the other: each starts switches of its own.
step "configuration, people on telephones" go test -count=1 -v -p 1 -timeout 10m ./configs/freeswitch ./internal/sipp ./internal/testswitch/...
step "event socket, look-ups, the simulated switch held to the real one" go test -count=1 -v -p 1 -timeout 10m -run 'FreeSWITCH|Real|Conform' ./esl ./dialplan ./simswitch/...
step "calls in and out, controllers that die, the doctor" go test -count=1 -v -timeout 10m -run 'FreeSWITCH' ./app
step "demo: 20 calls" go run ./cmd/switchdesk demo --switch freeswitch --calls 20 --exit
if command -v chromium >/dev/null && command -v npm >/dev/null; then
  step "web softphone in Chromium" bash -c 'cd web && { test -d node_modules || npm ci --no-audit --no-fund; } && npm run build && npm run e2e:freeswitch'
else
  skipped+=("web softphone: no chromium or no npm here")
fi
echo
if [ ${#skipped[@]} -gt 0 ]; then
  echo "== skipped"
  printf '   %s\n' "${skipped[@]}"
fi
if [ ${#failed[@]} -gt 0 ]; then
  printf 'FAILED: %s\n' "${failed[@]}"
  exit 1
fi
echo "all well"
