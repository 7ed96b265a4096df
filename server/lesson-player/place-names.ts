import type { PlayOptions } from './play-lesson.ts';

const ofEverybody = new Set(['localhost', '127.0.0.1', 'docker.io', 'registry-1.docker.io', 'registry.npmjs.org']);
/** A name of letters alone that is no longer is a word that any output may hold, such as `docker` or `debian`. */
const longestWord = 8;

/** What no lesson may show, because it is so on this machine alone. @param place.host its name. `root`: the clone */
export function namesOfThisPlace(place: {
  host: string;
  root: string;
  env: Record<string, string | undefined>;
}): PlayOptions['ofThisPlace'] {
  const { host, root, env } = place;
  const others = Object.entries(env).flatMap(([name, value = '']) => {
    if (!/proxy|registry|mirror|index_url|hub/i.test(name) || /no_proxy/i.test(name)) return [];
    const address = value.includes('://') ? value : `http://${value}`;
    return URL.canParse(address) ? [new URL(address).hostname] : [];
  });
  const names = [host, ...others].filter((name) => name.length > 3 && !ofEverybody.has(name));
  return [...new Set([...names.filter((name) => isOwn(name) || name.length > longestWord), root.replace(/\/+$/, '')])];
}

/** Those that a lesson does not use as words itself. @param source of the lesson */
export function namesForeignTo(source: string, names: readonly string[]): string[] {
  return names.filter((name) => isOwn(name) || !source.includes(name));
}

function isOwn(name: string): boolean {
  return /[\d./-]/.test(name);
}
