# What the checks share. Sourced. HERE is the checkout.
set -euo pipefail
work=$(mktemp -d)
server=
trap 'status=$?; [ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf "$work"; exit $status' EXIT

die() { echo "  $*" >&2; exit 1; }

# Whether `tools` are there, for --possible.
possible() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "$tool is missing"; exit 1; }
  done
}

# Waits until a command succeeds, at most so many seconds.
until_ok() { # seconds command...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}

# Starts ./sluice as a daemon with more arguments; its pid is in $server, its output in $work/server.log.
start_server() {
  "$HERE/sluice" --no-console "$@" >"$work/server.log" 2>&1 </dev/null &
  server=$!
}

# Waits for the end of the server; its exit code is in $code.
await_server() { # seconds
  until_ok "$1" sh -c "! kill -0 $server" || die "the server did not end within $1 s"
  code=0
  wait "$server" || code=$?
  server=
}
