#!/usr/bin/env bash
# Measures, and prints one line for each row of the figures, as
#   P1 anchor=… ours=… ratio=… goal=…
#   scripts/bench.sh              what runs anywhere; under ten minutes
#   scripts/bench.sh freeswitch   what needs a real FreeSWITCH and sipp
# The anchors run in the same run. BENCH_FULL=1 measures at the sizes that the
# goals name instead of at a tenth, which takes much longer. BENCH_KILLS sets
# how often R5 kills the controller. What else ran, is in bin/bench.log.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p bin
log=$PWD/bin/bench.log
: >"$log"
failed=0
export BENCH_LINES=1

lines() { grep --line-buffered -E '^(P|R)[0-9]+[a-z]? '; }

# run PACKAGE PATTERN: the benchmarks of a package whose names match.
run() {
  printf '\n== %s %s\n' "$1" "$2" >>"$log"
  if ! go test -run '^$' -bench "$2" -benchtime 1x -timeout 60m "./$1" 2>&1 | tee -a "$log" | lines; then
    failed=1
  fi
  if [ "${PIPESTATUS[0]}" != 0 ]; then failed=1; fi
}

echo "# $(nproc) cores, $(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), load $(cut -d' ' -f1 /proc/loadavg), $(go version | cut -d' ' -f3,4), $(git rev-parse --short HEAD 2>/dev/null)"
if [ "${1:-}" = freeswitch ]; then
  if ! command -v sipp >/dev/null || ! { command -v "${FREESWITCH:-freeswitch}" >/dev/null || [ -x /usr/local/freeswitch/bin/freeswitch ]; }; then
    echo "bench: needs FreeSWITCH (\$FREESWITCH or in PATH) and sipp" >&2
    exit 1
  fi
  run app 'GoalP3|GoalP11|GoalR5Freeswitch'
else
  run esl 'Goal(P1|P10|R1|R2|R3|R4)$'
  run queues 'GoalP4$'
  run floor 'GoalR8$'
  run app 'Goal(P16|P9|R5|R6)$'
fi
[ $failed = 0 ] || echo "bench: something failed, see bin/bench.log" >&2
exit $failed
