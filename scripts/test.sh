#!/usr/bin/env bash
# Runs every check that this machine can run, says at the end what was skipped
# and why, and fails if anything failed or no test ran.
set -uo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failed=()
skipped=()

step() { # name, command…
  local name=$1 started=$SECONDS
  shift
  echo "== $name"
  if "$@" >"$out/log" 2>&1; then
    echo "   ok, $((SECONDS - started)) s"
  else
    failed+=("$name")
    echo "   FAILED, $((SECONDS - started)) s"
    grep -vE '^(=== |    --- PASS|--- PASS|ok  )' "$out/log" | tail -n 120
  fi
}

# What the tests use beyond Go, Node and make.
need=()
command -v mariadbd >/dev/null || [ -x /usr/sbin/mariadbd ] || need+=(mariadb-server-core mariadb-client-core)
command -v chromium >/dev/null || need+=(chromium)
fc-list 2>/dev/null | grep -qiE 'droid|noto.*cjk|wqy' || need+=(fonts-droid-fallback)
command -v sipp >/dev/null || need+=(sip-tester)
if [ ${#need[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "== installing ${need[*]}"
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}") >"$out/apt" 2>&1 ||
      skipped+=("could not install ${need[*]}: $(tail -n 1 "$out/apt")")
  else
    skipped+=("may not install ${need[*]} (needs root and apt-get)")
  fi
fi

go_tests() {
  go test -timeout 12m -v ./... >"$out/go" 2>&1
  local code=$?
  grep -E -A25 '^(panic:|FAIL|# )|^ *--- FAIL' "$out/go" | head -n 300
  return $code
}

step "web app: install" bash -c 'test -d web/node_modules && test web/node_modules -nt web/package-lock.json || (cd web && npm ci --no-audit --no-fund && touch node_modules)'
step "web app: build" bash -c 'cd web && npm run build'
step "lint" make --no-print-directory lint
step "Go tests" go_tests
step "races in the concurrent parts" go test -short -race -timeout 6m ./esl ./realtime ./floor ./storage/journal
step "web app: tests" bash -c 'cd web && npm run test'
cp "$out/log" "$out/web" 2>/dev/null
if command -v chromium >/dev/null; then
  step "browser tests" bash -c 'cd web && npm run e2e'
  cp "$out/log" "$out/e2e"
else
  skipped+=("browser tests: no chromium here")
fi

passed=$(grep -cE '^ *--- PASS' "$out/go")
go_failed=$(grep -cE '^ *--- FAIL' "$out/go")
go_skipped=$(grep -cE '^ *--- SKIP' "$out/go")
echo
echo "== skipped"
# A test's reason is the line before its SKIP; one line for each reason.
while read -r line; do skipped+=("$line"); done < <(awk '
  /^ *--- SKIP: / { why = before; sub(/^ *[^ ]*: /, "", why); n[why]++; if (n[why] <= 3) names[why] = names[why] " " $3 }
  { before = $0 }
  END { for (why in n) print why " (" n[why] ":" names[why] (n[why] > 3 ? " …" : "") ")" }' "$out/go" | sort)
if [ ${#skipped[@]} = 0 ]; then echo "   nothing"; else printf '   %s\n' "${skipped[@]}"; fi
for f in web e2e; do [ -f "$out/$f" ] && grep -E '^ *(Test Files|Tests) ' "$out/$f"; done
if [ "$passed" = 0 ]; then failed+=("no Go test ran"); fi
if [ ${#failed[@]} -gt 0 ]; then printf '\nFAILED: %s\n' "${failed[@]}"; fi
echo "$passed passed, $((go_failed + ${#failed[@]})) failed, $go_skipped skipped"
[ ${#failed[@]} = 0 ]
