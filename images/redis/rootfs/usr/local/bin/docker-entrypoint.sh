#!/bin/sh
# Starts what it was given. A first word that is an option, or a configuration file, is meant for redis-server.
# redis-server, when root starts it, runs as the user redis, to whom the data is given first; SKIP_FIX_PERMS leaves
# owners alone, SKIP_DROP_PRIVS stays root.
set -e

case "${1:-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac

case "${1:-}" in
  redis-server | redis-sentinel) ;;
  *) exec "$@" ;;
esac

# Whoever decides about protected mode themselves, here or in their file, is heard. Else it is off: with it on, only the
# container itself could connect.
decided() {
  case " $* " in *' --protected-mode '*) return 0 ;; esac
  case "${2:-}" in '' | -*) return 1 ;; esac
  grep -qiE '^[[:space:]]*protected-mode[[:space:]]' "$2" 2>/dev/null
}
[ "$1" != redis-server ] || decided "$@" || set -- "$@" --protected-mode no

if [ "$(id -u)" = 0 ] && [ -z "${SKIP_DROP_PRIVS:-}" ]; then
  [ -n "${SKIP_FIX_PERMS:-}" ] || find . \! -user redis -exec chown redis:redis '{}' + 2>/dev/null || true
  export HOME=/home/redis
  exec setpriv --reuid redis --regid redis --init-groups -- "$@"
fi
exec "$@"
