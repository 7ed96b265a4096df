#!/bin/sh
# A configuration file means: serve with it. Commands and options of the registry are passed to it, and any other
# program (a shell, say) is started as it is.
case "${1:-}" in
  *.yml | *.yaml) exec registry serve "$@" ;;
  serve | garbage-collect | help | -*) exec registry "$@" ;;
  *) exec "$@" ;;
esac
