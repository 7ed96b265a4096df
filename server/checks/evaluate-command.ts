import {
  type CommonCheckKey,
  type HttpCheck,
  parseDuration,
  type RanCheck,
  type RunCheck,
  slashed,
} from '../../protocol/check-schema.ts';
import { longestCommand, testPattern } from './bounded-pattern.ts';
import { firstWords, plainText } from './pattern-words.ts';
import type { Round } from './round.ts';
import { met, unmet, type Verdict } from './verdict.ts';
import { asTexts, plural, quoted, quotedTexts, saying, shellQuote } from './words.ts';

export type RanConditions = Omit<RanCheck, 'subject' | 'ran' | CommonCheckKey>;
export type RunConditions = Omit<RunCheck, 'subject' | 'run' | CommonCheckKey>;
export type HttpConditions = Omit<HttpCheck, 'subject' | 'http' | CommonCheckKey>;

/** Newest commands that are looked at. */
const commandsKept = 500;
/** Milliseconds of a `run` check that names no timeout. */
const defaultRunMs = 5000;
const httpSeconds = 4;

export async function evaluateRan(pattern: string, conditions: RanConditions, round: Round): Promise<Verdict> {
  const wanted = conditions.exit ?? 0;
  const commands = round.context.commands
    .slice(-commandsKept)
    .map(({ command, exitCode }) => ({ command: onOneLine(command).slice(0, longestCommand), exitCode }));
  const hits = testPattern(
    pattern,
    commands.map(({ command }) => command),
    '',
  );
  const matching = commands.filter((_, index) => hits[index] === true);
  const right = matching.findLast(({ exitCode }) => exitCode === wanted);
  if (right) return met(`You ran ${quoted(right.command)}.`);
  const last = matching.at(-1);
  if (last) {
    return unmet(
      wanted === 0
        ? `You ran ${quoted(last.command)}, and it failed with exit status ${last.exitCode}. The terminal shows why.`
        : `You ran ${quoted(last.command)}. It ended with exit status ${last.exitCode}; this step asks for a command that ends with ${wanted}.`,
    );
  }
  const newest = commands.at(-1);
  if (!newest) return unmet('You have not run a command in this lesson yet.');
  const begin = firstWords(pattern);
  const near = begin === null ? undefined : commands.findLast(({ command }) => isBegun(command, begin));
  return unmet(
    near
      ? `You ran ${quoted(near.command)}. The command is right; its options or names are not yet those that this step asks for.`
      : `You have not run a command that fits yet. The last one was ${quoted(newest.command)}.`,
  );
}

function isBegun(command: string, begin: string): boolean {
  return command === begin || command.startsWith(`${begin} `);
}

/** A backslash at the end of a line joins it with the next. One pattern for it would take very long for many blanks. */
function onOneLine(command: string): string {
  return command
    .slice(0, longestCommand * 2)
    .split(/\\\r?\n/)
    .map((line, index, lines) => {
      const begun = index === 0 ? line : line.trimStart();
      return index === lines.length - 1 ? begun : begun.trimEnd();
    })
    .join(' ')
    .trim();
}

export function runLimit(conditions: RunConditions): number {
  return conditions.timeout === undefined ? defaultRunMs : (parseDuration(conditions.timeout) ?? defaultRunMs);
}

export async function evaluateRun(command: string, conditions: RunConditions, round: Round): Promise<Verdict> {
  const { exit, stdout, stderr = '' } = await round.run(command, runLimit(conditions));
  const looked = `Drydock looked with ${quoted(command)}`;
  const wanted = conditions.exit ?? 0;
  if (exit !== wanted)
    return unmet(
      `${looked}. It ended with exit status ${exit}; it has to end with ${wanted}.${outputWords(stdout, stderr)}`,
    );
  if (conditions.stdout !== undefined) {
    const text = String(conditions.stdout);
    const pattern = slashed(text);
    const found = pattern
      ? testPattern(pattern.pattern, [stdout], `${pattern.flags}m`).includes(true)
      : stdout.includes(text);
    if (!found) {
      const plain = pattern ? plainText(pattern.pattern) : text;
      const asked = plain === null ? 'This is not yet what this step asks for.' : `It has to print ${quoted(plain)}.`;
      return unmet(`${looked}.${outputWords(stdout, stderr)} ${asked}`);
    }
  }
  const printed = conditions.stdout === undefined ? '' : outputWords(stdout, '');
  return met(`${looked}. It ended with exit status ${exit}.${printed}`);
}

/** Errors where there is nothing else: mostly they say what is not there. */
function outputWords(stdout: string, stderr: string): string {
  const printed = stdout.trim() === '' ? stderr : stdout;
  return printed.trim() === '' ? ' It printed nothing.' : ` It printed ${saying(printed)}.`;
}

/** Asks with curl inside the sandbox, as the learner would. */
export async function evaluateHttp(
  target: string | number,
  conditions: HttpConditions,
  round: Round,
): Promise<Verdict> {
  const [port = '', ...rest] = String(target).split('/');
  const path = `/${rest.join('/')}`;
  const shown = `localhost:${port}${path === '/' ? '' : path}`;
  const url = `http://127.0.0.1:${port}${path}`;
  const command = `curl -s -i --http1.1 --globoff -m ${httpSeconds} ${shellQuote(url)} | head -c 300000`;
  const { stdout } = await round.run(command, (httpSeconds + 2) * 1000);
  const reply = readReply(stdout);
  if (reply === null) {
    const users = (await round.containers()).filter((container) =>
      container.ports.some((published) => published.hostPort === Number(port)),
    );
    const user = users[0];
    return unmet(
      user
        ? `${user.name} publishes port ${port}, but nothing inside it answers there. Its log may say why.`
        : `Nothing answers on ${shown}: no running container publishes port ${port}.`,
    );
  }
  const reason = wrongReply(reply, conditions);
  return reason === null
    ? met(`${shown} answers with status ${reply.status}${replyEvidence(reply, conditions)}.`)
    : unmet(`${shown} answers, but ${reason}.`);
}

interface HttpReply {
  status: number;
  headers: Map<string, string>;
  body: string;
}

function readReply(output: string): HttpReply | null {
  let text = output;
  // What came before the real answer, such as "100 Continue": a few at most, and only whole ones.
  for (let skipped = 0; skipped < 5 && /^HTTP\/[\d.]+ 1\d\d\b/.test(text); skipped += 1) {
    const end = /\r?\n\r?\n/.exec(text);
    if (end === null) return null;
    text = text.slice(end.index + end[0].length);
  }
  const match = /^HTTP\/[\d.]+ (\d{3})[^\n]*\n([\s\S]*?)(?:\r?\n\r?\n|$)([\s\S]*)$/.exec(text);
  if (!match) return null;
  const headers = new Map<string, string>();
  for (const line of (match[2] ?? '').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { status: Number(match[1]), headers, body: match[3] ?? '' };
}

/** What was found in the answer; completes "… answers with status 200". */
function replyEvidence(reply: HttpReply, conditions: HttpConditions): string {
  const parts: string[] = [];
  for (const name of Object.keys(conditions.header ?? {}))
    parts.push(`its header ${name} is ${quoted(reply.headers.get(name.toLowerCase()) ?? '')}`);
  const texts = asTexts(conditions.contains);
  if (texts.length > 0) parts.push(`the page contains ${quotedTexts(texts)}`);
  if (conditions.matches !== undefined) parts.push(fittingPage(conditions.matches));
  return parts.map((part) => `, and ${part}`).join('');
}

function wrongReply(reply: HttpReply, conditions: HttpConditions): string | null {
  if (conditions.status !== undefined && reply.status !== conditions.status)
    return `with status ${reply.status}; it has to be ${conditions.status}`;
  for (const [name, value] of Object.entries(conditions.header ?? {})) {
    const found = reply.headers.get(name.toLowerCase());
    if (found === undefined) return `without the header ${name}`;
    if (!found.includes(String(value)))
      return `the header ${name} is ${quoted(found)}; it has to contain ${quoted(String(value))}`;
  }
  const missing = asTexts(conditions.contains).find((text) => !reply.body.includes(text));
  if (missing !== undefined) return `the page does not contain ${quoted(missing)}. ${pageWords(reply.body)}`;
  if (conditions.matches !== undefined && !testPattern(conditions.matches, [reply.body]).includes(true)) {
    const plain = plainText(conditions.matches);
    return plain === null
      ? `the page is not yet what this step asks for. ${pageWords(reply.body)}`
      : `the page does not contain ${quoted(plain)}`;
  }
  return null;
}

/** Characters of a page that are looked at to say what it says: taking out tags may look from each of them anew. */
const longestPage = 4096;

/** What a page says to a reader: its text without tags. */
function pageWords(body: string): string {
  const begin = Math.max(0, body.indexOf('<body'));
  const text = body
    .slice(begin, begin + longestPage)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? `It is ${plural(body.length, 'character')} long` : `It says ${quoted(text)}`;
}

function fittingPage(pattern: string): string {
  const plain = plainText(pattern);
  return plain === null ? 'the page says what this step asks for' : `the page contains ${quoted(plain)}`;
}
