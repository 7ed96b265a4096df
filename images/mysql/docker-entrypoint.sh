#!/bin/bash
# Makes a database the first time, then becomes the server. What it reads from the environment is what the official image reads.
set -euo pipefail

socket=/var/run/mysqld/mysqld.sock

say() { printf 'mysql: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# read_variable NAME [DEFAULT]: NAME, or what is in the file that NAME_FILE names (a secret, as a rule).
read_variable() {
  local name="$1" file_name="$1_FILE"
  local value="${!name:-}" file="${!file_name:-}"
  if [ -n "$value" ] && [ -n "$file" ]; then fail "$name and $file_name are both set. Set one of them."; fi
  if [ -n "$file" ]; then
    [ -r "$file" ] || fail "$file_name says $file, and there is no such file that can be read."
    value="$(< "$file")"
  fi
  export "$name=${value:-${2:-}}"
  unset "$file_name"
}

# What the server itself makes of its configuration and the words it is started with. setting NAME WORDS…
setting() {
  local name="$1"
  shift
  "$@" --verbose --help 2> /dev/null | awk -v name="$name" '$1 == name { sub(/^[^ \t]+[ \t]+/, ""); value = $0 } END { print value }'
}

# A text as SQL has to quote it.
quote() {
  local text="${1//\\/\\\\}"
  printf "'%s'" "${text//\'/\\\'}"
}
quote_name() { printf '`%s`' "${1//\`/\`\`}"; }

require_password() {
  if [ -n "$MYSQL_ROOT_PASSWORD$MYSQL_RANDOM_ROOT_PASSWORD$MYSQL_ALLOW_EMPTY_PASSWORD" ]; then return; fi
  fail "there is no database in $datadir yet, and it will not be made before you say what the password of root shall be.
  Say one:            docker run -e MYSQL_ROOT_PASSWORD=secret mysql
  Have one made:      docker run -e MYSQL_RANDOM_ROOT_PASSWORD=yes mysql    (it is written to the log)
  Or, to try things:  docker run -e MYSQL_ALLOW_EMPTY_PASSWORD=yes mysql"
}

run_sql() {
  MYSQL_PWD="$MYSQL_ROOT_PASSWORD" mysql --no-defaults --protocol=socket --socket="$socket" --user=root --comments "$@"
}

server=0
start_private_server() {
  "$@" --skip-networking --mysqlx=OFF --socket="$socket" --default-time-zone=SYSTEM --skip-log-bin &
  server=$!
  local turn
  for turn in $(seq 600); do
    # Before there is a password and after, whatever it is, this is answered as soon as somebody listens.
    if mysqladmin --no-defaults --socket="$socket" --user=root ping > /dev/null 2>&1; then return; fi
    kill -0 "$server" 2> /dev/null || fail 'the server that should fill the database ended; its last words are above.'
    sleep 0.1
  done
  fail "the server that should fill the database did not answer within a minute (turn $turn)."
}

stop_private_server() {
  kill -TERM "$server"
  wait "$server" || fail 'the server that filled the database did not end well; its last words are above.'
}

set_users() {
  if [ -n "$MYSQL_RANDOM_ROOT_PASSWORD" ] && [ -z "$MYSQL_ROOT_PASSWORD" ]; then
    MYSQL_ROOT_PASSWORD="$(head -c 24 /dev/urandom | base64 | tr -d '/+=')"
    say "GENERATED ROOT PASSWORD: $MYSQL_ROOT_PASSWORD"
  fi
  local password
  password="$(quote "$MYSQL_ROOT_PASSWORD")"
  {
    if [ "$MYSQL_ROOT_HOST" != localhost ]; then
      echo "CREATE USER root@$(quote "$MYSQL_ROOT_HOST") IDENTIFIED BY $password;"
      echo "GRANT ALL ON *.* TO root@$(quote "$MYSQL_ROOT_HOST") WITH GRANT OPTION;"
    fi
    if [ -n "$MYSQL_DATABASE" ]; then echo "CREATE DATABASE IF NOT EXISTS $(quote_name "$MYSQL_DATABASE");"; fi
    if [ -n "$MYSQL_USER" ]; then
      echo "CREATE USER $(quote "$MYSQL_USER")@'%' IDENTIFIED BY $(quote "$MYSQL_PASSWORD");"
      # In the name of a database that something is granted on, _ and % are wildcards.
      local pattern="${MYSQL_DATABASE//_/\\_}"
      if [ -n "$MYSQL_DATABASE" ]; then
        echo "GRANT ALL ON $(quote_name "${pattern//%/\\%}").* TO $(quote "$MYSQL_USER")@'%';"
      fi
    fi
    # Last, for with it the password that this very connection used changes.
    echo "ALTER USER root@localhost IDENTIFIED BY $password;"
  } | MYSQL_ROOT_PASSWORD='' run_sql --database=mysql
}

# The files of /docker-entrypoint-initdb.d in the order of their names. What fails ends the start.
run_init_files() {
  local file into=()
  [ -z "$MYSQL_DATABASE" ] || into=(--database="$MYSQL_DATABASE")
  for file in /docker-entrypoint-initdb.d/*; do
    [ -e "$file" ] || continue
    case "$file" in
      *.sh)
        say "running $file"
        # A script that may be executed runs by itself; any other becomes part of this one and can set variables.
        # shellcheck disable=SC1090
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
      *.sql) say "running $file"; run_sql "${into[@]}" < "$file" ;;
      *.sql.bz2) say "running $file"; bzip2 -dc "$file" | run_sql "${into[@]}" ;;
      *.sql.gz) say "running $file"; gzip -dc "$file" | run_sql "${into[@]}" ;;
      *.sql.xz) say "running $file"; xz -dc "$file" | run_sql "${into[@]}" ;;
      *.sql.zst) say "running $file"; zstd -dcq "$file" | run_sql "${into[@]}" ;;
      *) say "leaving out $file: its name does not end in .sh, .sql, .sql.bz2, .sql.gz, .sql.xz or .sql.zst" ;;
    esac
  done
}

make_database() {
  say "making a database in $datadir"
  "$@" --initialize-insecure --default-time-zone=SYSTEM
  start_private_server "$@"
  if [ -z "${MYSQL_INITDB_SKIP_TZINFO:-}" ]; then
    mysql_tzinfo_to_sql /usr/share/zoneinfo 2> /dev/null | MYSQL_ROOT_PASSWORD='' run_sql --database=mysql
  fi
  set_users
  run_init_files
  if [ -n "${MYSQL_ONETIME_PASSWORD:-}" ]; then run_sql <<< "ALTER USER root@$(quote "$MYSQL_ROOT_HOST") PASSWORD EXPIRE;"; fi
  stop_private_server
  say 'the database is made; the server starts.'
}

only_asks() {
  local word
  for word in "$@"; do
    case "$word" in -'?' | --help | -V | --version | --print-defaults | --validate-config | --initialize*) return 0 ;; esac
  done
  return 1
}

main() {
  case "${1:-}" in -*) set -- mysqld "$@" ;; esac
  if [ "${1:-}" != mysqld ] || only_asks "$@"; then exec "$@"; fi

  local said
  if ! said="$("$@" --validate-config 2>&1)"; then fail "the server does not take what it is started with: $said"; fi
  datadir="$(setting datadir "$@")"
  datadir="${datadir%/}"
  mkdir -p "$datadir" /var/run/mysqld
  if [ "$(id -u)" = 0 ]; then
    # A mounted folder belongs to whoever made it, and the server does not run as root.
    find "$datadir" /var/run/mysqld ! -user mysql -exec chown mysql: '{}' +
    export HOME=/var/lib/mysql
    exec setpriv --reuid mysql --regid mysql --init-groups "$BASH_SOURCE" "$@"
  fi

  if [ ! -d "$datadir/mysql" ]; then
    local name
    for name in MYSQL_ROOT_PASSWORD MYSQL_DATABASE MYSQL_USER MYSQL_PASSWORD; do read_variable "$name"; done
    read_variable MYSQL_ROOT_HOST '%'
    : "${MYSQL_RANDOM_ROOT_PASSWORD:=}" "${MYSQL_ALLOW_EMPTY_PASSWORD:=}"
    require_password
    [ "$MYSQL_USER" != root ] || fail 'MYSQL_USER is for a user beside root, who is there in any case. Leave it out.'
    if [ -n "$MYSQL_USER" ] && [ -z "$MYSQL_PASSWORD" ]; then fail "MYSQL_USER is $MYSQL_USER, but MYSQL_PASSWORD is not set."; fi
    make_database "$@"
    unset MYSQL_ROOT_PASSWORD MYSQL_PASSWORD
  else
    say "there is a database in $datadir already; it is used as it is."
  fi
  exec "$@"
}

main "$@"
