#!/bin/sh
# A scanner in a few lines: compares the Debian packages of an image with a list of advisories.
# Ends with 0: nothing found; 1: something found; 2: nothing can be said.
docker run --rm -i --network none --user 0 --entrypoint sh "$1" -c '
  [ -f /var/lib/dpkg/status ] || { echo "UNKNOWN: there is no package database in this image"; exit 2; }
  found=0
  while read -r id package repaired severity; do
    case "$id" in "" | "#"*) continue ;; esac
    version=$(dpkg-query -W -f "\${Version}" "$package" 2>/dev/null) || continue
    [ -n "$version" ] || continue
    if dpkg --compare-versions "$version" lt "$repaired"; then
      echo "$severity $id: $package $version, repaired in $repaired"
      found=1
    fi
  done
  [ "$found" = 1 ] || echo "OK: no package is on the list"
  exit "$found"' < "$(dirname "$0")/advisories.txt"
