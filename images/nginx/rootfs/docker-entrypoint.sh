#!/bin/sh
# Runs what is in /docker-entrypoint.d, in the order of the names, and then the command it was given. Anything else
# than nginx (a shell, say) starts at once.
#   *.envsh  is read into this shell, so that it can set variables
#   *.sh     is run as a program
# Both have to be executable. NGINX_ENTRYPOINT_QUIET_LOGS keeps it silent.
set -e

say() {
  [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "docker-entrypoint: $*"
}

prepare() {
  [ "$(find /docker-entrypoint.d -mindepth 1 -maxdepth 1 -print -quit)" ] || return 0
  for part in /docker-entrypoint.d/*; do
    case "$part" in
      *.envsh | *.sh)
        if [ ! -x "$part" ]; then
          say "$part is left out, because it is not executable"
        elif [ "${part%.envsh}" != "$part" ]; then
          say "reading $part"
          . "$part"
        else
          say "running $part"
          "$part"
        fi
        ;;
      *) say "$part is left out, because its name ends neither in .sh nor in .envsh" ;;
    esac
  done
  say 'ready to start'
}

case "${1:-}" in
  nginx | nginx-debug) prepare ;;
esac
exec "$@"
