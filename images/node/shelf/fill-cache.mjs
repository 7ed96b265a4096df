// fill-cache.mjs list LOCK REGISTRY FOLDER       prints what curl has to fetch into FOLDER, as its --config
// fill-cache.mjs fill LOCK NPM FOLDER CACHE      makes npm's cache of it, with the library of the npm in the folder NPM
//
// npm asks for two things: a package's versions and a version's archive. Both lie in its cache under the address it would
// ask. The versions are written from the lock file, which holds all that npm wants to know of a version, and they list
// only what is there, so they count as old at once: where the registry answers, npm asks it again. Packages for other processors (esbuild has one for each) are listed, without their archive.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [command, lockFile, third, folder, cache] = process.argv.slice(2);
// npm's own address, whichever registry the packages come from when the image is made.
const registry = 'https://registry.npmjs.org';

/** Of the lock file: [{ name, version, integrity, entry, top }]; `top`: the version that `npm install NAME` gets. */
const packages = Object.entries(JSON.parse(readFileSync(lockFile, 'utf8')).packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version: entry.version,
    integrity: entry.integrity,
    entry,
    top: path.lastIndexOf('node_modules/') === 0,
    here: (entry.os?.includes(process.platform) ?? true) && (entry.cpu?.includes(process.arch) ?? true),
  }));

const fileName = ({ name, version }) => `${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
const tarball = (from, one) => `${from}/${one.name}/-/${fileName(one)}`;
const localFile = (one) => join(folder, `${one.name.replace('/', '+')}-${one.version}.tgz`);

if (command === 'list') {
  for (const one of packages.filter(({ here }) => here)) {
    console.log(`url = "${tarball(third, one)}"\noutput = "${localFile(one)}"`);
  }
} else {
  const cacache = createRequire(join(third, 'package.json'))('cacache');
  const put = async (url, data, type, reqHeaders, { integrity, seconds }) =>
    cacache.put(join(cache, '_cacache'), `make-fetch-happen:request-cache:${url}`, data, {
      ...(integrity === undefined ? {} : { integrity }),
      algorithms: ['sha512'],
      metadata: {
        time: Date.now(),
        url,
        reqHeaders,
        resHeaders: { 'cache-control': `public, max-age=${seconds}`, 'content-type': type },
        options: { compress: true },
      },
    });

  for (const one of packages.filter(({ here }) => here)) {
    // Throws EINTEGRITY where the archive is not the one of the lock file.
    await put(
      tarball(registry, one),
      readFileSync(localFile(one)),
      'application/octet-stream',
      {},
      {
        integrity: one.integrity,
        seconds: 31_536_000,
      },
    );
  }
  for (const [name, versions] of groupByName(packages)) {
    const latest = versions.find(({ top }) => top) ?? versions[0];
    const versionsOfIt = JSON.stringify({
      name,
      'dist-tags': { latest: latest.version },
      modified: '2026-01-01T00:00:00.000Z',
      versions: Object.fromEntries(versions.map((one) => [one.version, manifest(one)])),
    });
    // `npm install` and `npm view` ask with different words, and an answer counts only for the words it was given to.
    for (const accept of [
      'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*',
      'application/json',
    ]) {
      await put(
        `${registry}/${name.replace('/', '%2f')}`,
        versionsOfIt,
        'application/json',
        { accept },
        { seconds: 0 },
      );
    }
  }
  console.log(`${packages.filter(({ here }) => here).length} packages are on the shelf.`);
}

/** A version as the registry describes it to `npm install`. */
function manifest(one) {
  const { name, version, integrity, entry } = one;
  const { resolved: _, dev: _dev, optional: _optional, peer: _peer, ...rest } = entry;
  return { ...rest, name, version, dist: { integrity, tarball: tarball(registry, one) } };
}

function groupByName(all) {
  const groups = new Map();
  for (const one of all) groups.set(one.name, [...(groups.get(one.name) ?? []), one]);
  return groups;
}
