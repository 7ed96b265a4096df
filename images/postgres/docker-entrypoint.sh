#!/bin/bash
# Makes a database the first time, then becomes the server. What it reads from the environment is what the official image reads.
set -euo pipefail

say() { printf 'postgres: %s\n' "$*" >&2; }
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

# Run with `--user`, an id may have no name here, and initdb refuses to work for somebody without a name.
lend_a_name() {
  getent passwd "$(id -u)" > /dev/null && return
  local library
  for library in /usr/lib/*/libnss_wrapper.so; do
    [ -e "$library" ] || continue
    NSS_WRAPPER_PASSWD="$(mktemp)"
    NSS_WRAPPER_GROUP="$(mktemp)"
    export LD_PRELOAD="$library" NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
    printf 'postgres:x:%s:%s:PostgreSQL:%s:/bin/false\n' "$(id -u)" "$(id -g)" "$PGDATA" > "$NSS_WRAPPER_PASSWD"
    printf 'postgres:x:%s:\n' "$(id -g)" > "$NSS_WRAPPER_GROUP"
  done
}

return_the_name() {
  if [ -n "${NSS_WRAPPER_PASSWD:-}" ]; then
    rm -f "$NSS_WRAPPER_PASSWD" "$NSS_WRAPPER_GROUP"
    unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
  fi
}

require_password() {
  [ -n "$POSTGRES_PASSWORD" ] && return
  if [ "$POSTGRES_HOST_AUTH_METHOD" = trust ]; then
    say 'POSTGRES_HOST_AUTH_METHOD is "trust": whoever reaches port 5432 needs no password.'
    return
  fi
  fail "there is no database in $PGDATA yet, and it will not be made without a password for its superuser.
  Say one:            docker run -e POSTGRES_PASSWORD=secret postgres
  Or, to try things:  docker run -e POSTGRES_HOST_AUTH_METHOD=trust postgres
  (trust: anybody who reaches the port may do anything.)"
}

make_database() {
  local options=()
  eval "options=(${POSTGRES_INITDB_ARGS:-})"
  [ -z "${POSTGRES_INITDB_WALDIR:-}" ] || options+=(--waldir "$POSTGRES_INITDB_WALDIR")
  lend_a_name
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${options[@]}"
  return_the_name
  # Written last, as the official image does: from anywhere, by the method that was asked for.
  local method="$POSTGRES_HOST_AUTH_METHOD"
  [ -n "$method" ] || method="$(postgres -C password_encryption "${@:2}")"
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
}

run_sql() {
  local database=()
  [ -z "$POSTGRES_DB" ] || database=(--dbname "$POSTGRES_DB")
  # The server that runs meanwhile has its socket and nothing else: what points psql elsewhere must not count.
  PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$POSTGRES_USER" "${database[@]}" "$@"
}

create_named_database() {
  [ "$POSTGRES_DB" = postgres ] && return
  local there
  there="$(POSTGRES_DB=postgres run_sql --tuples-only --set name="$POSTGRES_DB" <<< "SELECT 1 FROM pg_database WHERE datname = :'name';")"
  [ -n "$there" ] || POSTGRES_DB=postgres run_sql --set name="$POSTGRES_DB" <<< 'CREATE DATABASE :"name";'
}

# The files of /docker-entrypoint-initdb.d in the order of their names. What fails ends the start.
run_init_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    [ -e "$file" ] || continue
    case "$file" in
      *.sh)
        say "running $file"
        # A script that may be executed runs by itself; any other becomes part of this one and can set variables.
        # shellcheck disable=SC1090
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
      *.sql) say "running $file"; run_sql -f "$file" ;;
      *.sql.gz) say "running $file"; gzip -dc "$file" | run_sql ;;
      *.sql.xz) say "running $file"; xz -dc "$file" | run_sql ;;
      *.sql.zst) say "running $file"; zstd -dcq "$file" | run_sql ;;
      *) say "leaving out $file: its name does not end in .sh, .sql, .sql.gz, .sql.xz or .sql.zst" ;;
    esac
  done
}

# The database is filled by a server that nobody outside can reach yet.
fill_database() {
  [ "${1:-}" != postgres ] || shift
  PGUSER="$POSTGRES_USER" pg_ctl --pgdata="$PGDATA" --wait \
    --options="$(printf '%q ' "$@" -c "listen_addresses=" -p "${PGPORT:-5432}")" start
  create_named_database
  run_init_files
  PGUSER="$POSTGRES_USER" pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
  say 'the database is made; the server starts.'
}

only_asks() {
  local word
  for word in "$@"; do
    case "$word" in -'?' | --help | --describe-config | -V | --version) return 0 ;; esac
  done
  return 1
}

main() {
  case "${1:-}" in -*) set -- postgres "$@" ;; esac
  if [ "${1:-}" != postgres ] || only_asks "$@"; then exec "$@"; fi

  if [ "$(id -u)" = 0 ]; then
    # A mounted folder belongs to whoever made it; PostgreSQL wants its own, and never runs as root.
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 700 "$PGDATA"
    find "$PGDATA" ! -user postgres -exec chown postgres '{}' +
    chown postgres /var/run/postgresql
    if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then
      mkdir -p "$POSTGRES_INITDB_WALDIR"
      chmod 700 "$POSTGRES_INITDB_WALDIR"
      find "$POSTGRES_INITDB_WALDIR" ! -user postgres -exec chown postgres '{}' +
    fi
    export HOME=/var/lib/postgresql
    exec setpriv --reuid postgres --regid postgres --init-groups "$BASH_SOURCE" "$@"
  fi

  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    read_variable POSTGRES_PASSWORD
    read_variable POSTGRES_USER postgres
    read_variable POSTGRES_DB "$POSTGRES_USER"
    read_variable POSTGRES_INITDB_ARGS
    : "${POSTGRES_HOST_AUTH_METHOD:=}"
    require_password
    mkdir -p "$PGDATA"
    chmod 700 "$PGDATA" 2> /dev/null || true
    make_database "$@"
    # Local connections ask for a password too if initdb was told so.
    export PGPASSWORD="$POSTGRES_PASSWORD"
    fill_database "$@"
    unset PGPASSWORD
  else
    say "there is a database in $PGDATA already; it is used as it is."
  fi
  exec "$@"
}

main "$@"
