#!/bin/bash
# make-shelf.sh FOLDER: puts the modules of `modules` into FOLDER, a proxy as Go wants it. Needs go, and Debian's sources.
set -euo pipefail

shelf="$1"
here="$(cd "$(dirname "$BASH_SOURCE")" && pwd)"
sed 's/^deb /deb-src /' /etc/apt/sources.list > /etc/apt/sources.list.d/drydock-sources.list 2> /dev/null || true
sed -i 's/^Types: deb$/Types: deb deb-src/' /etc/apt/sources.list.d/*.sources 2> /dev/null || true
apt-get update -o Acquire::Retries=3

work="$(mktemp -d)"
export GOTOOLCHAIN=local GOCACHE="$work/cache" GOPATH="$work/go" CGO_ENABLED=0
go build -o "$work/pack-module" "$here/pack-module.go"
mkdir -p "$shelf"
while read -r module version package; do
  case "$module" in '' | '#'*) continue ;; esac
  mkdir "$work/source"
  (cd "$work/source" && apt-get source -qq -o Acquire::Retries=3 --download-only --tar-only "$package")
  archive=("$work"/source/*.orig.tar.*)
  case "${archive[0]}" in *.gz) unpack='gzip -dc' ;; *.xz) unpack='xz -dc' ;; *) unpack='bzip2 -dc' ;; esac
  $unpack "${archive[0]}" | "$work/pack-module" "$shelf" "$module" "$version"
  rm -r "$work/source"
done < "$here/modules"

# Go itself compares every module with go.sum, which has the hashes that the whole world has.
cp "$here/go.mod" "$here/go.sum" "$work/"
(cd "$work" && GOFLAGS=-mod=readonly GONOSUMDB='*' GOPROXY="file://$shelf" go mod download all)
chmod -R u+w "$work"
rm -rf "$work"
