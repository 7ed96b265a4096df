import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { imageRepository, normaliseImage } from '../checks/image-reference.ts';
import { readCommands } from './shell-words.ts';

export interface ImageUse {
  reference: string;
  /** Line in the text, from 0. */
  line: number;
}

export interface ImageUses {
  /** Named to be pulled, run or built from. */
  used: ImageUse[];
  /** Made here, so they need not be declared. */
  made: string[];
}

/** Options of run and create that take no value; all others do. */
const runFlags = new Set(
  'd detach i interactive t tty P publish-all rm init privileged read-only no-healthcheck oom-kill-disable sig-proxy q quiet disable-content-trust help'.split(
    ' ',
  ),
);

/** The same of pull. */
const pullFlags = new Set(['a', 'all-tags', 'q', 'quiet', 'disable-content-trust', 'help']);

const composeOrDocker = /^(?:docker|podman)$/;

/** Images in shell commands. */
export function imagesInShell(text: string): ImageUses {
  const uses: ImageUses = { used: [], made: [] };
  for (const { words, line } of readCommands(text)) {
    let rest = words;
    while (
      rest[0] !== undefined &&
      (/^\w+=/.test(rest[0]) || ['sudo', 'time', 'if', 'then', 'do', '!', 'exec', '$'].includes(rest[0]))
    )
      rest = rest.slice(1);
    if (!composeOrDocker.test(rest[0] ?? '')) continue;
    rest = rest.slice(1);
    while (rest[0]?.startsWith('-')) rest = rest.slice(1);
    if (rest[0] === 'container' || rest[0] === 'image' || rest[0] === 'buildx' || rest[0] === 'builder')
      rest = rest.slice(1);
    const [command = '', ...args] = rest;
    readCommand(command, args, line, uses);
  }
  return uses;
}

function readCommand(command: string, args: string[], line: number, uses: ImageUses): void {
  const use = (reference: string | undefined): void => {
    // The name is reserved: a lesson may ask for it to see that there is no such image.
    if (reference && reference !== 'scratch' && isPlain(reference)) uses.used.push({ reference, line });
  };
  switch (command) {
    case 'run':
    case 'create':
      use(firstArgument(args));
      return;
    case 'pull':
      use(firstArgument(args, pullFlags));
      return;
    case 'build':
    case 'bake':
      for (const [index, argument] of args.entries()) {
        const value = /^(?:-t|--tag)=?(.*)$/.exec(argument);
        const name = value ? value[1] || args[index + 1] : undefined;
        if (name) uses.made.push(name);
      }
      return;
    case 'tag':
      use(args[0]);
      if (args[1]) uses.made.push(args[1]);
      return;
    case 'commit':
    case 'import': {
      const names = args.filter(
        (argument, index) => !argument.startsWith('-') && !/^-[acm]$/.test(args[index - 1] ?? ''),
      );
      if (names[1]) uses.made.push(names[1]);
    }
  }
}

/** What stands after the options. */
function firstArgument(args: string[], flags = runFlags): string | undefined {
  for (let index = 0; index < args.length; index++) {
    const argument = args[index] ?? '';
    if (argument === '--') return args[index + 1];
    if (!argument.startsWith('-')) return argument;
    if (argument.includes('=')) continue;
    if (argument.startsWith('--')) {
      if (!flags.has(argument.slice(2))) index += 1;
      continue;
    }
    // `-it` are two flags; `-itp 80:80` ends with an option that takes the next word; `-p80:80` has its value.
    const letters = argument.slice(1);
    const valued = [...letters].findIndex((letter) => !flags.has(letter));
    if (valued !== -1 && valued === letters.length - 1) index += 1;
  }
  return undefined;
}

/** Images in a Dockerfile: FROM, COPY --from and RUN --mount=from=, without stages of its own. */
export function imagesInDockerfile(text: string): ImageUse[] {
  const uses: ImageUse[] = [];
  const stages = new Set<string>(['scratch']);
  for (const [line, source] of text.split('\n').entries()) {
    const from = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(source);
    const copied =
      /^\s*(?:COPY|ADD)\s.*?--from=(\S+)/i.exec(source) ?? /^\s*RUN\s.*?--mount=\S*?\bfrom=([^\s,]+)/i.exec(source);
    const reference = from?.[1] ?? copied?.[1];
    if (
      reference !== undefined &&
      isPlain(reference) &&
      !stages.has(reference.toLowerCase()) &&
      !/^\d+$/.test(reference)
    )
      uses.push({ reference, line });
    if (from?.[2]) stages.add(from[2].toLowerCase());
  }
  return uses;
}

/** Images in a Compose file; a service that has `build:` makes its own here. */
export function imagesInCompose(text: string): ImageUses {
  const uses: ImageUses = { used: [], made: [] };
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, logLevel: 'silent' });
  const services = isMap(document.contents) ? document.contents.get('services') : undefined;
  if (!isMap(services)) return uses;
  for (const { value } of services.items) {
    const service = mapOf(value, document);
    if (service === null) continue;
    const named = entryOf(service, 'image', document);
    const image = isAlias(named) ? named.resolve(document) : named;
    if (!isScalar(image) || typeof image.value !== 'string') continue;
    const reference = image.value;
    // The name may hold what Compose fills in: a made one covers what is used under it.
    if (entryOf(service, 'build', document) !== undefined) uses.made.push(reference);
    else if (isPlain(reference)) uses.used.push({ reference, line: lines.linePos(image.range?.[0] ?? 0).line - 1 });
  }
  return uses;
}

/** The map, also where an alias (`*name`) stands for it. */
function mapOf(node: unknown, document: Document): YAMLMap | null {
  const meant = isAlias(node) ? node.resolve(document) : node;
  return isMap(meant) ? meant : null;
}

/** The value of a key of a service, or of what it takes over with `<<`. */
function entryOf(service: YAMLMap, key: string, document: Document, depth = 0): unknown {
  if (service.has(key)) return service.get(key, true);
  if (depth > 5) return undefined;
  const merged = service.get('<<', true);
  for (const source of isSeq(merged) ? merged.items : [merged]) {
    const map = mapOf(source, document);
    const value = map === null ? undefined : entryOf(map, key, document, depth + 1);
    if (value !== undefined) return value;
  }
  return undefined;
}

export function isDockerfile(path: string): boolean {
  return /(?:^|\/)(?:Dockerfile(?:\.[^/]+)?|[^/]+\.Dockerfile)$/i.test(path);
}

export function isComposeFile(path: string): boolean {
  return /(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/i.test(path);
}

/** Whether one declared or made name covers a used one: tags count, a name without one is `latest`. */
export function covers(name: string, used: string): boolean {
  return (
    normaliseImage(name) === normaliseImage(used) ||
    (/\$/.test(name) && imageRepository(name) === imageRepository(used))
  );
}

function isPlain(reference: string): boolean {
  return /^[a-z0-9][\w./:@-]*$/.test(reference) && !/^[a-f0-9]{12,64}$/.test(reference);
}
