import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One place packages come from, as apt is told in sources.list or a `.sources` file. */
export interface AptSource {
  uri: string;
  suite: string;
  components: string[];
  /** Path of a key file; null when apt's own keys are used or the key is written into the file. */
  signedBy: string | null;
}

/** All binary package sources of this machine that are switched on, in apt's order. */
export async function readAptSources(folder = '/etc/apt'): Promise<AptSource[]> {
  const main = parseOneLineSources(await readText(join(folder, 'sources.list')));
  const parts = join(folder, 'sources.list.d');
  const names = await readdir(parts).catch(() => []);
  const more = await Promise.all(
    names.sort().map(async (name) => {
      if (name.endsWith('.list')) return parseOneLineSources(await readText(join(parts, name)));
      if (name.endsWith('.sources')) return parseDeb822Sources(await readText(join(parts, name)));
      return [];
    }),
  );
  return Promise.all([...main, ...more.flat()].map(resolveMirrorList));
}

/** Debian's cloud images name a file with a list of mirrors; its first one is taken. */
async function resolveMirrorList(source: AptSource): Promise<AptSource> {
  const file = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(source.uri)?.[1];
  if (file === undefined) return source;
  const uri = /^\s*(https?:\/\/\S+)/m.exec(await readText(file))?.[1];
  return uri === undefined ? source : { ...source, uri };
}

/** The one-line format: `deb [signed-by=/key.gpg arch=amd64] http://mirror/debian bookworm main contrib`. */
export function parseOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)/.exec(line);
    if (match?.[2] === undefined || match[3] === undefined) return [];
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(match[1] ?? '')?.[1] ?? null;
    return [{ uri: match[2], suite: match[3], components: words(match[4] ?? ''), signedBy: keyFile(signedBy) }];
  });
}

/** The deb822 format: stanzas of `Field: value`, with continuation lines that begin with a space. */
export function parseDeb822Sources(text: string): AptSource[] {
  const withoutComments = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    let last = '';
    for (const line of stanza.split('\n')) {
      const match = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line);
      if (match?.[1] !== undefined) {
        last = match[1].toLowerCase();
        fields.set(last, match[2] ?? '');
      } else if (/^\s/.test(line) && last !== '') {
        fields.set(last, `${fields.get(last) ?? ''}\n${line.trim()}`);
      }
    }
    if (/^(no|false|0)$/i.test(fields.get('enabled') ?? '')) return [];
    if (!words(fields.get('types') ?? '').includes('deb')) return [];
    const signedBy = keyFile(words(fields.get('signed-by') ?? '')[0] ?? null);
    const components = words(fields.get('components') ?? '');
    return words(fields.get('uris') ?? '').flatMap((uri) =>
      words(fields.get('suites') ?? '').map((suite) => ({ uri, suite, components, signedBy })),
    );
  });
}

export interface DebianMirror {
  /** Lines for sources.list of the new system. */
  lines: string[];
  /** Key files the mirror needs beside Debian's own. */
  keys: string[];
  /** True when the mirror is on this machine's loopback, where containers cannot reach it. */
  loopback: boolean;
}

/**
 * The machine's own Debian mirror, as sources of another release of Debian. Null when none of its sources is a
 * mirror of Debian: a derivative's mirror does not carry it.
 */
export function mirrorFor(release: string, sources: readonly AptSource[]): DebianMirror | null {
  const archive = sources.filter(
    (source) => source.components.includes('main') && /^https?:.*\/debian(\/|$)/.test(source.uri),
  );
  const security = sources.filter(
    (source) => /-security$/.test(source.suite) && /^https?:.*\/debian(-security)?(\/|$)/.test(source.uri),
  );
  const main = archive.find((source) => !/-(security|updates|backports|proposed-updates)$/.test(source.suite));
  if (main === undefined) return null;
  const updates = archive.some((source) => source.suite.endsWith('-updates'));
  const used = [main, ...security.slice(0, 1)];
  return {
    lines: [
      `deb ${main.uri} ${release} main`,
      ...(updates ? [`deb ${main.uri} ${release}-updates main`] : []),
      ...security.slice(0, 1).map((source) => `deb ${source.uri} ${release}-security main`),
    ],
    keys: [
      ...new Set(used.map((source) => source.signedBy).filter((key) => key !== null && !isDebianKey(key))),
    ] as string[],
    loopback: used.some((source) => /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])[:/]/.test(source.uri)),
  };
}

/** Debian's own keys are in every Debian system; others have to be brought along. */
function isDebianKey(path: string): boolean {
  return /\/debian-archive-[^/]*$/.test(path);
}

function keyFile(text: string | null): string | null {
  return text?.startsWith('/') === true ? text : null;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
