#!/bin/bash
# healthcheck.sh --connect --innodb_initialized: says by its exit code whether MariaDB is well. Every word must hold.
set -euo pipefail

options=(--defaults-file=/var/lib/mysql/.my-healthcheck.cnf)
[ -r /var/lib/mysql/.my-healthcheck.cnf ] || options=()

ask() { mariadb "${options[@]}" --batch --skip-column-names --execute "$1"; }

connect() {
  # By TCP: the server that fills a new database has no port, and must not count as ready.
  local answer
  answer="$(mariadb "${options[@]}" --host=127.0.0.1 --protocol=tcp --batch --skip-column-names --execute 'SELECT 1' 2>&1)" && return
  # Whoever is refused has reached a server.
  [[ "$answer" == *'Access denied'* ]]
}

innodb_initialized() {
  [ "$(ask "SELECT 1 FROM information_schema.engines WHERE engine = 'InnoDB' AND support IN ('YES', 'DEFAULT', 'NO')")" = 1 ]
}

[ $# -gt 0 ] || { echo 'healthcheck.sh: say what to look at: --connect, --innodb_initialized' >&2; exit 1; }
for word in "$@"; do
  case "$word" in
    --connect) connect ;;
    --innodb_initialized) innodb_initialized ;;
    --ping) mariadb-admin "${options[@]}" ping > /dev/null ;;
    --no-defaults | --defaults-file=* | --defaults-extra-file=*) options=("$word") ;;
    # Whoever may connect is asked in any case, so nobody has to be another user for it.
    --su-mysql | --su=*) ;;
    *) echo "healthcheck.sh: this build does not know $word" >&2; exit 1 ;;
  esac || exit 1
done
