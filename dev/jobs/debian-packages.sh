#!/bin/sh
# Sees that the Debian packages of one job (a word of the first column of dev/jobs/packages) are there:
#
#     sh dev/jobs/debian-packages.sh test
#
# As root they are installed, without starting or enabling the servers they bring. Otherwise, or when that fails, this says
# what is missing, what for and how to get it, and still succeeds: what needs none of it can run.
set -eu

job=$1
list=$(dirname "$0")/packages
policy=/usr/sbin/policy-rc.d
# Debian keeps some programs out of a plain user's PATH.
PATH=$PATH:/usr/sbin:/sbin

main() {
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    install_packages
    missing=$(missing_packages)
  fi
  [ -z "$missing" ] || explain
}

# Names of the job's packages that are not there, one a line.
missing_packages() {
  while read -r jobs package evidence _; do
    case ",$jobs," in
      *",$job,"*) is_there "$evidence" || echo "$package" ;;
    esac
  done <"$list"
}

# A program's name, or a path that may hold a pattern.
is_there() {
  case $1 in
    /*) ls -d $1 >/dev/null 2>&1 ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

install_packages() {
  echo "setup: installing Debian packages:" $missing
  log=$(mktemp)
  trap 'rm -f "$log"; undo_policy' EXIT
  trap 'exit 130' INT TERM HUP
  forbid_services
  apt update >"$log" 2>&1 || true
  apt install -y --no-install-recommends $missing >>"$log" 2>&1 || tail -n 20 "$log" >&2
  undo_policy
  disable_services
}

apt() {
  DEBIAN_FRONTEND=noninteractive timeout --foreground 900 apt-get -q -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 "$@" </dev/null
}

# invoke-rc.d asks this file before it starts a server (101: forbidden). One that is there already is the machine's own.
forbid_services() {
  [ ! -e "$policy" ] || return 0
  printf '#!/bin/sh\n# havock8s: removed again by dev/jobs/debian-packages.sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}

undo_policy() {
  if grep -qs havock8s "$policy"; then rm -f "$policy"; fi
}

# Nobody who runs tests asks for a database or a proxy at the next boot.
disable_services() {
  for package in $missing; do
    case $package in
      postgresql | redis-server | haproxy) update-rc.d "$package" disable >/dev/null 2>&1 || true ;;
      etcd-server) update-rc.d etcd disable >/dev/null 2>&1 || true ;;
      containerd) systemctl disable containerd >/dev/null 2>&1 || true ;;
    esac
  done
}

explain() {
  echo "setup: these Debian packages are missing; all that needs none of them runs:"
  while read -r _ package _ purpose; do
    if echo "$missing" | grep -qx "$package"; then printf '  %-14s %s\n' "$package" "$purpose"; fi
  done <"$list"
  echo "To install them:" $(sudo_word) "apt-get install --no-install-recommends" $missing
}

sudo_word() {
  if [ "$(id -u)" != 0 ]; then echo sudo; fi
}

main
