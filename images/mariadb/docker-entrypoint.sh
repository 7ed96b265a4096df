#!/bin/bash
# Makes a database the first time, then becomes the server. What it reads from the environment is what the official image reads.
set -euo pipefail

socket=/run/mysqld/mysqld.sock

say() { printf 'mariadb: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# read_variable NAME [DEFAULT]: MARIADB_NAME, or MYSQL_NAME, or what is in the file that …_FILE names (a secret, as a rule).
read_variable() {
  local name="MARIADB_$1" prefix value='' source='' variable
  for prefix in MARIADB MYSQL; do
    for variable in "${prefix}_$1" "${prefix}_$1_FILE"; do
      [ -n "${!variable:-}" ] || continue
      # The two prefixes may say the same thing; the newer counts. A value and a file of one prefix contradict each other.
      [ "$source" != "${variable%_FILE}" ] || fail "$source and $variable are both set. Set one of them."
      [ -z "$source" ] || continue
      source="$variable"
      case "$variable" in
        *_FILE)
          [ -r "${!variable}" ] || fail "$variable says ${!variable}, and there is no such file that can be read."
          value="$(< "${!variable}")"
          ;;
        *) value="${!variable}" ;;
      esac
    done
  done
  export "$name=${value:-${2:-}}"
}

# What the server itself makes of its configuration and the words it is started with. setting NAME WORDS…
setting() {
  local name="$1"
  shift
  "$@" --verbose --help 2> /dev/null | awk -v name="$name" '$1 == name { sub(/^[^ \t]+[ \t]+/, ""); print; exit }'
}

# A text as SQL has to quote it.
quote() {
  local text="${1//\\/\\\\}"
  printf "'%s'" "${text//\'/\\\'}"
}
quote_name() { printf '`%s`' "${1//\`/\`\`}"; }

require_password() {
  if [ -n "$MARIADB_ROOT_PASSWORD$MARIADB_ROOT_PASSWORD_HASH$MARIADB_RANDOM_ROOT_PASSWORD$MARIADB_ALLOW_EMPTY_ROOT_PASSWORD" ]; then return; fi
  fail "there is no database in $datadir yet, and it will not be made before you say what the password of root shall be.
  Say one:            docker run -e MARIADB_ROOT_PASSWORD=secret mariadb
  Have one made:      docker run -e MARIADB_RANDOM_ROOT_PASSWORD=yes mariadb    (it is written to the log)
  Or, to try things:  docker run -e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=yes mariadb"
}

run_sql() {
  MYSQL_PWD="$MARIADB_ROOT_PASSWORD" mariadb --no-defaults --protocol=socket --socket="$socket" --user=root --comments "$@"
}

server=0
start_private_server() {
  "$@" --skip-networking --socket="$socket" --default-time-zone=SYSTEM --skip-log-bin --loose-innodb-buffer-pool-load-at-startup=0 &
  server=$!
  local turn
  for turn in $(seq 300); do
    # Before there is a password and after, whatever it is, this is answered as soon as somebody listens.
    if mariadb-admin --no-defaults --socket="$socket" --user=root ping > /dev/null 2>&1; then return; fi
    kill -0 "$server" 2> /dev/null || fail 'the server that should fill the database ended; its last words are above.'
    sleep 0.1
  done
  fail "the server that should fill the database did not answer within 30 seconds (turn $turn)."
}

stop_private_server() {
  kill -TERM "$server"
  wait "$server" || fail 'the server that filled the database did not end well; its last words are above.'
}

set_users() {
  if [ -n "$MARIADB_RANDOM_ROOT_PASSWORD" ] && [ -z "$MARIADB_ROOT_PASSWORD$MARIADB_ROOT_PASSWORD_HASH" ]; then
    MARIADB_ROOT_PASSWORD="$(head -c 24 /dev/urandom | base64 | tr -d '/+=')"
    say "GENERATED ROOT PASSWORD: $MARIADB_ROOT_PASSWORD"
  fi
  local password health
  password="$(quote "$MARIADB_ROOT_PASSWORD")"
  health="$(head -c 24 /dev/urandom | base64 | tr -d '/+=')"
  local identified="IDENTIFIED BY $password"
  [ -z "$MARIADB_ROOT_PASSWORD_HASH" ] || identified="IDENTIFIED BY PASSWORD $(quote "$MARIADB_ROOT_PASSWORD_HASH")"
  {
    echo "SET @@SESSION.SQL_LOG_BIN = 0;"
    # No anonymous users, no root without a password at 127.0.0.1, no database `test`.
    echo "DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost'); DROP DATABASE IF EXISTS test; FLUSH PRIVILEGES;"
    if [ "$MARIADB_ROOT_HOST" != localhost ]; then
      echo "CREATE USER IF NOT EXISTS root@$(quote "$MARIADB_ROOT_HOST") $identified;"
      echo "GRANT ALL ON *.* TO root@$(quote "$MARIADB_ROOT_HOST") WITH GRANT OPTION;"
      echo "GRANT PROXY ON ''@'%' TO root@$(quote "$MARIADB_ROOT_HOST") WITH GRANT OPTION;"
    fi
    if [ -n "$MARIADB_DATABASE" ]; then echo "CREATE DATABASE IF NOT EXISTS $(quote_name "$MARIADB_DATABASE");"; fi
    if [ -n "$MARIADB_USER" ]; then
      if [ -n "$MARIADB_PASSWORD_HASH" ]; then
        echo "CREATE USER $(quote "$MARIADB_USER")@'%' IDENTIFIED BY PASSWORD $(quote "$MARIADB_PASSWORD_HASH");"
      else
        echo "CREATE USER $(quote "$MARIADB_USER")@'%' IDENTIFIED BY $(quote "$MARIADB_PASSWORD");"
      fi
      # In the name of a database that something is granted on, _ and % are wildcards.
      local pattern="${MARIADB_DATABASE//_/\\_}"
      if [ -n "$MARIADB_DATABASE" ]; then
        echo "GRANT ALL ON $(quote_name "${pattern//%/\\%}").* TO $(quote "$MARIADB_USER")@'%';"
      fi
    fi
    for host in localhost 127.0.0.1 ::1; do
      echo "CREATE USER IF NOT EXISTS healthcheck@'$host' IDENTIFIED BY $(quote "$health"); GRANT USAGE ON *.* TO healthcheck@'$host';"
    done
    # Last, for with it the password that this very connection used changes.
    echo "ALTER USER root@localhost $identified;"
  } | MARIADB_ROOT_PASSWORD='' run_sql --database=mysql
  (umask 077; printf '[mariadb-client]\nport=%s\nsocket=%s\nuser=healthcheck\npassword=%s\n' "$port" "$socket" "$health" > "$datadir/.my-healthcheck.cnf")
}

# The files of /docker-entrypoint-initdb.d in the order of their names. What fails ends the start.
run_init_files() {
  local file into=()
  [ -z "$MARIADB_DATABASE" ] || into=(--database="$MARIADB_DATABASE")
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
      *.sql.gz) say "running $file"; gzip -dc "$file" | run_sql "${into[@]}" ;;
      *.sql.xz) say "running $file"; xz -dc "$file" | run_sql "${into[@]}" ;;
      *.sql.zst) say "running $file"; zstd -dcq "$file" | run_sql "${into[@]}" ;;
      *) say "leaving out $file: its name does not end in .sh, .sql, .sql.gz, .sql.xz or .sql.zst" ;;
    esac
  done
}

make_database() {
  say "making a database in $datadir"
  # Words that are for the server at hand (a port, a key file) are for this step too: it runs the same program.
  mariadb-install-db --datadir="$datadir" --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve \
    --cross-bootstrap "${@:2}" --default-time-zone=SYSTEM > /dev/null
  start_private_server "$@"
  if [ -z "${MARIADB_INITDB_SKIP_TZINFO:-}${MYSQL_INITDB_SKIP_TZINFO:-}" ]; then
    mariadb-tzinfo-to-sql --skip-write-binlog /usr/share/zoneinfo 2> /dev/null | MARIADB_ROOT_PASSWORD='' run_sql --database=mysql
  fi
  set_users
  run_init_files
  stop_private_server
  say 'the database is made; the server starts.'
}

only_asks() {
  local word
  for word in "$@"; do
    case "$word" in -'?' | --help | -V | --version | --print-defaults) return 0 ;; esac
  done
  return 1
}

main() {
  case "${1:-}" in -*) set -- mariadbd "$@" ;; mysqld) shift; set -- mariadbd "$@" ;; esac
  if [ "${1:-}" != mariadbd ] || only_asks "$@"; then exec "$@"; fi

  local said
  if ! said="$("$@" --verbose --help 2>&1 > /dev/null)"; then fail "the server does not take what it is started with: $said"; fi
  datadir="$(setting datadir "$@")"
  datadir="${datadir%/}"
  port="$(setting port "$@")"
  mkdir -p "$datadir" /run/mysqld
  if [ "$(id -u)" = 0 ]; then
    # A mounted folder belongs to whoever made it, and the server does not run as root.
    find "$datadir" /run/mysqld ! -user mysql -exec chown mysql: '{}' +
    export HOME=/var/lib/mysql
    exec setpriv --reuid mysql --regid mysql --init-groups "$BASH_SOURCE" "$@"
  fi

  if [ ! -d "$datadir/mysql" ]; then
    local name
    for name in ROOT_PASSWORD ROOT_PASSWORD_HASH RANDOM_ROOT_PASSWORD DATABASE USER PASSWORD PASSWORD_HASH; do read_variable "$name"; done
    read_variable ROOT_HOST '%'
    # The older spelling has no _ROOT_.
    read_variable ALLOW_EMPTY_ROOT_PASSWORD "${MYSQL_ALLOW_EMPTY_PASSWORD:-}"
    require_password
    if [ -n "$MARIADB_USER" ] && [ -z "$MARIADB_PASSWORD$MARIADB_PASSWORD_HASH" ]; then
      fail "MARIADB_USER is $MARIADB_USER, but MARIADB_PASSWORD is not set."
    fi
    make_database "$@"
    for name in ROOT_PASSWORD ROOT_PASSWORD_HASH PASSWORD PASSWORD_HASH; do unset "MARIADB_$name"; done
  else
    say "there is a database in $datadir already; it is used as it is."
  fi
  exec "$@"
}

main "$@"
