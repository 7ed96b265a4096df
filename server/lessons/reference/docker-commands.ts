import { readCommands } from '../shell-words.ts';

/** A `docker …` that a shell text carries out. */
export interface DockerCommand {
  /** Without its arguments: `docker volume create`, `docker compose up`. */
  name: string;
  /** As they are spelt, each once, without values: `-d`, `--name`. */
  options: string[];
  /** All that stands behind `docker`, quotes removed. */
  words: readonly string[];
  /** The whole line of the shell text it stands in, with the lines that a backslash joins to it. */
  line: string;
  /** Nothing else stands on that line. */
  isAlone: boolean;
  /** Line in the text, from 0. */
  at: number;
}

/** Words before which a command can stand, and that are none themselves. */
const leading = new Set('sudo time if then else elif do while until ! exec $ { nohup command'.split(' '));
/** Programs that carry out the command among their arguments. */
const carriers = new Set(['xargs', 'timeout', 'watch', 'env', 'nice']);

/** Groups of commands: a further word says what is to be done. */
const groups = new Set(
  'builder buildx checkpoint compose config container context image manifest network node plugin secret service stack swarm system trust volume imagetools'.split(
    ' ',
  ),
);

/** Options before the command that take the next word for their value. */
const valued: Readonly<Record<string, ReadonlySet<string>>> = {
  docker: new Set([
    '-H',
    '--host',
    '-c',
    '--context',
    '--config',
    '-l',
    '--log-level',
    '--tlscacert',
    '--tlscert',
    '--tlskey',
  ]),
  'docker compose': new Set(
    '-f --file -p --project-name --profile --env-file --project-directory --ansi --progress --parallel'.split(' '),
  ),
};

/**
 * Commands that hand what stands after their first argument to something else. Here are their options without a value:
 * the others take the next word.
 */
const passing: Readonly<Record<string, ReadonlySet<string>>> = flagsOf({
  'docker run':
    'd detach i interactive t tty P publish-all rm init privileged read-only no-healthcheck oom-kill-disable sig-proxy q quiet disable-content-trust help',
  'docker create':
    'i interactive t tty P publish-all rm init privileged read-only no-healthcheck oom-kill-disable q quiet',
  'docker exec': 'd detach i interactive t tty privileged',
  'docker top': '',
  'docker service create': 'd detach init read-only no-healthcheck no-resolve-image q quiet t tty with-registry-auth',
  'docker compose run':
    'build d detach i interactive no-deps T no-TTY q quiet-pull remove-orphans rm P service-ports use-aliases',
  'docker compose exec': 'd detach T no-TTY privileged',
});

function flagsOf(table: Record<string, string>): Record<string, ReadonlySet<string>> {
  const flags: Record<string, ReadonlySet<string>> = {};
  for (const [name, words] of Object.entries(table)) flags[name] = new Set(words.split(' '));
  const also = {
    'docker container run': 'docker run',
    'docker container create': 'docker create',
    'docker container exec': 'docker exec',
  };
  for (const [other, name] of Object.entries(also)) flags[other] = flags[name] ?? new Set();
  return flags;
}

/** Every docker command of a shell text, those in pipes, loops and `$(…)` too. Not what a here-document holds. */
export function dockerCommands(text: string): DockerCommand[] {
  const found: DockerCommand[] = [];
  for (const { line, at } of logicalLines(text)) {
    const commands = everyCommand(line);
    const docker = commands.flatMap((words) => readDocker(words) ?? []);
    const isAlone =
      commands.length === 1 && /^docker\s/.test(line) && !/[<>]/.test(line.replace(/'[^']*'|"[^"]*"/g, ''));
    for (const command of docker) found.push({ ...command, line, isAlone, at });
  }
  return found;
}

/** Lines as a shell takes them: joined by a backslash, a quote or a bracket that is still open. */
function logicalLines(text: string): { line: string; at: number }[] {
  const lines: { line: string; at: number }[] = [];
  let held: string[] = [];
  let open: OpenEnd = closed;
  let at = 0;
  let heredoc: string | null = null;
  const take = (): string => {
    const line = held.join('\n');
    if (line.trim() !== '') lines.push({ line: line.trim(), at });
    held = [];
    return line;
  };
  for (const [index, source] of text.split('\n').entries()) {
    if (heredoc !== null) {
      if (source.trim() === heredoc) heredoc = null;
      continue;
    }
    if (held.length === 0) at = index;
    held.push(source);
    open = endOf(source, held.length === 1 ? closed : open);
    if (open.joins || open.quote !== null || open.depth > 0) continue;
    heredoc = /<<-?\s*(['"]?)(\w+)\1/.exec(take())?.[2] ?? null;
  }
  take();
  return lines;
}

/** What a line leaves open: a quote, brackets, or a backslash that joins the next line to it. */
interface OpenEnd {
  quote: string | null;
  depth: number;
  joins: boolean;
}

const closed: OpenEnd = { quote: null, depth: 0, joins: false };

/** Each line is read once, however many are joined: lessons may be long, and are not trusted. */
function endOf(line: string, before: OpenEnd): OpenEnd {
  let { quote, depth } = before;
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index] ?? '';
    if (character === '\\' && quote !== "'") {
      if (index === line.length - 1) return { quote, depth, joins: true };
      index += 1;
    } else if (quote !== null) {
      if (character === quote) quote = null;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '#' && (index === 0 || /\s/.test(line[index - 1] ?? ''))) break;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
  }
  return { quote, depth, joins: false };
}

/** The words of all simple commands of a line, those inside `"$(…)"` too. */
function everyCommand(line: string, depth = 0): string[][] {
  const inner = depth > 4 ? [] : quotedSubstitutions(line).flatMap((text) => everyCommand(text, depth + 1));
  return [...readCommands(line).map(({ words }) => words), ...inner];
}

/** What stands in `$(…)` between double quotes: outside of them `readCommands` sees it by itself. */
function quotedSubstitutions(text: string): string[] {
  const found: string[] = [];
  let quote: string | null = null;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === '\\' && quote !== "'") index += 1;
    else if (quote === '"' && text.startsWith('$(', index) && text[index + 2] !== '(') {
      const end = closingBracket(text, index + 2);
      found.push(text.slice(index + 2, end));
      index = end;
    } else if (character === quote) quote = null;
    else if (quote === null && (character === '"' || character === "'")) quote = character;
  }
  return found;
}

function closingBracket(text: string, from: number): number {
  let depth = 1;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '(') depth += 1;
    else if (text[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return text.length;
}

/** Of one command; what comes after so many is not looked at. */
const mostWords = 1_000;

/** @returns null when the words are another command, or `docker` alone */
function readDocker(words: readonly string[]): Pick<DockerCommand, 'name' | 'options' | 'words'> | null {
  let rest = words.slice(0, mostWords);
  while (rest[0] !== undefined && (/^\w+=/.test(rest[0]) || leading.has(rest[0]))) rest = rest.slice(1);
  if (carriers.has(rest[0] ?? '')) {
    const carried = rest.indexOf('docker');
    if (carried === -1) return null;
    rest = rest.slice(carried);
  }
  if (rest[0] !== 'docker') return null;
  let name = 'docker';
  const options = new Set<string>();
  rest = rest.slice(1);
  const behind = rest;
  for (;;) {
    while (rest[0]?.startsWith('-')) {
      const option = rest[0].replace(/=.*$/s, '');
      options.add(option);
      rest = rest.slice(valued[name]?.has(option) && option === rest[0] ? 2 : 1);
    }
    const word = rest[0];
    if (word === undefined || !/^[a-z][a-z-]*$/.test(word)) break;
    name = `${name} ${word}`;
    rest = rest.slice(1);
    if (!groups.has(word)) break;
  }
  if (name === 'docker') {
    // `docker --version` is what it asks for; anything else is not complete.
    const version = ['--version', '-v', '--help'].find((option) => options.has(option));
    return version === undefined ? null : { name: `docker ${version}`, options: [], words: behind };
  }
  for (const option of optionsAmong(rest, passing[name])) options.add(option);
  return { name, options: [...options], words: behind };
}

/** @param flags those without a value, where what follows the first argument is no option of Docker's */
function optionsAmong(words: readonly string[], flags: ReadonlySet<string> | undefined): string[] {
  const options: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') break;
    if (!/^-[-a-zA-Z]/.test(word)) {
      if (flags !== undefined) break;
      continue;
    }
    if (word.startsWith('--')) {
      options.push(word.replace(/=.*$/s, ''));
      if (flags !== undefined && !word.includes('=') && !flags.has(word.slice(2))) index += 1;
      continue;
    }
    const letters = [...(/^-([a-zA-Z]+)/.exec(word)?.[1] ?? '')];
    const last = flags === undefined ? letters.length - 1 : letters.findIndex((letter) => !flags.has(letter));
    const own = letters.slice(0, last === -1 ? letters.length : last + 1);
    options.push(...own.map((letter) => `-${letter}`));
    // The option with a value is the last of the word: the value is the next one.
    if (flags !== undefined && last !== -1 && own.length + 1 === word.length) index += 1;
  }
  return options;
}
