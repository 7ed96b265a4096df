/** The full name of an image: `nginx` is `docker.io/library/nginx:latest`. Ids and digests stay as they are. */
export function normaliseImage(reference: string): string {
  const trimmed = reference.trim();
  if (/^(?:sha256:)?[a-f0-9]{12,64}$/.test(trimmed)) return trimmed;
  const at = trimmed.indexOf('@');
  const digest = at === -1 ? '' : trimmed.slice(at);
  let name = at === -1 ? trimmed : trimmed.slice(0, at);
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  let tag = colon === -1 ? '' : name.slice(colon);
  if (colon !== -1) name = name.slice(0, colon);
  if (tag === '' && digest === '') tag = ':latest';
  const first = name.split('/')[0] ?? '';
  const hasHost = name.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const withHost = hasHost ? name : `docker.io/${name}`;
  const parts = withHost.replace(/^index\.docker\.io\//, 'docker.io/').split('/');
  const full = parts[0] === 'docker.io' && parts.length === 2 ? `docker.io/library/${parts[1]}` : parts.join('/');
  return `${full}${tag}${digest}`;
}

/** As people write it: without Docker Hub's own name, and without the tag `latest`. */
export function familiarImage(reference: string): string {
  return normaliseImage(reference)
    .replace(/^docker\.io\/library\//, '')
    .replace(/^docker\.io\//, '')
    .replace(/:latest$/, '');
}

/**
 * Every way to write the name of an image. A daemon may list a million names: looking each of them up here costs far
 * less than making each of them full.
 */
export function spellingsOf(reference: string): ReadonlySet<string> {
  const full = normaliseImage(reference);
  const short = full.replace(/^docker\.io\/(?:library\/)?/, '');
  const hubs = ['', 'docker.io/', 'index.docker.io/'].flatMap((hub) => [hub, `${hub}library/`]);
  const named = [full, reference, ...hubs.map((hub) => `${hub}${short}`)];
  const untagged = named.map((name) => name.replace(/:latest$/, ''));
  return new Set([...named, ...untagged].filter((name) => normaliseImage(name) === full));
}

export function sameImage(a: string, b: string): boolean {
  return normaliseImage(a) === normaliseImage(b);
}

/** An image's name without tag and digest, in full. */
export function imageRepository(reference: string): string {
  return normaliseImage(reference)
    .replace(/@.*$/, '')
    .replace(/:[^/:]*$/, '');
}
