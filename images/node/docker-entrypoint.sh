#!/bin/sh
# `docker run node app.js` and `docker run node -e 1+1` mean Node.js; `docker run node npm ci` means npm.
set -e

case "${1:-}" in
  -*) set -- node "$@" ;;
  *)
    # A file that lies here is for Node.js, too, unless it is a program itself.
    if ! command -v "${1:-}" > /dev/null || { [ -f "$1" ] && [ ! -x "$1" ]; }; then set -- node "$@"; fi
    ;;
esac
exec "$@"
