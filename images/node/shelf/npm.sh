#!/bin/sh
# npm and npx of this image (in /usr/local/sbin, before the ones in /usr/local/bin, which are npm's own and do the work).
# Where the npm registry does not answer, npm finds the packages that the image brings along: `ls /usr/local/share/npm-shelf`.
# Where it answers, npm runs as it is.
case "${1:-}" in
  # These ask no registry, or start a program that asks for itself.
  '' | -v | --version | -h | --help | help | config | c | get | set | run | run-script | start | stop | restart | test | t \
    | ls | list | ll | la | root | prefix | pkg | version | explain | why | completion) ;;
  *)
    # Empty, or the variables that this one command needs.
    [ -n "${DRYDOCK_NPM_ASKED:-}" ] || eval "$({ node /usr/local/share/npm-shelf/offline.cjs "$@"; :; } 2> /dev/null)"
    ;;
esac
exec "/usr/local/bin/${0##*/}" "$@"
