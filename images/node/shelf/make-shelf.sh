#!/bin/bash
# make-shelf.sh FOLDER: puts npm and the packages of package-lock.json into FOLDER, laid out as in the image's root.
# Needs node and curl. NPM_REGISTRY is where the packages are taken from.
set -euo pipefail

out="$1"
here="$(cd "$(dirname "$BASH_SOURCE")" && pwd)"
registry="${NPM_REGISTRY:-https://registry.npmjs.org}"
registry="${registry%/}"
. "$here/npm.env"

# Certificates are not checked, for a school's proxy may show one of its own; what came is, to the last bit: the hashes
# are in package-lock.json and npm.env.
fetch() {
  curl --silent --show-error --fail --location --insecure --retry 3 --connect-timeout 20 "$@" || {
    echo "The npm registry $registry did not give a package that this image brings along. Say another one with the build argument NPM_REGISTRY." >&2
    exit 1
  }
}

work="$(mktemp -d)"
fetch --output "$work/npm.tgz" "$registry/npm/-/npm-$NPM_VERSION.tgz"
node "$here/check-integrity.mjs" "$work/npm.tgz" "$NPM_INTEGRITY"
npm="$out/usr/local/lib/node_modules/npm"
mkdir -p "$npm" "$work/tarballs" "$out/usr/local/sbin"
tar -xzf "$work/npm.tgz" -C "$npm" --strip-components 1

node "$here/fill-cache.mjs" list "$here/package-lock.json" "$registry" "$work/tarballs" > "$work/downloads"
fetch --parallel --parallel-max 8 --config "$work/downloads"
node "$here/fill-cache.mjs" fill "$here/package-lock.json" "$npm" "$work/tarballs" "$out/usr/local/share/npm-shelf"
# Everybody reads it; what npm writes goes into the cache of whoever runs it.
chmod -R a+rX,go-w "$out/usr/local/share/npm-shelf"
cp "$here/offline.cjs" "$out/usr/local/share/npm-shelf/"
cp "$here/npm.sh" "$out/usr/local/sbin/npm"
chmod 755 "$out/usr/local/sbin/npm"
ln -s npm "$out/usr/local/sbin/npx"
rm -rf "$work"
