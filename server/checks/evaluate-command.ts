import {
  type CommonCheckKey,
  type HttpCheck,
  parseDuration,
  type RanCheck,
  type RunCheck,
  slashed,
} from '../../protocol/check-schema.ts';
import { DrydockError } from '../errors.ts';
import { longestCommand, testPattern } from './bounded-pattern.ts';
import { firstWords, plainPattern } from './pattern-words.ts';
import type { Round } from './round.ts';
import { triesAgain } from './took-too-long.ts';
import { placeWords, seemsThere, type TextNames, unfitting } from './unfitting-text.ts';
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
/** curl's exit status when its time is over. */
const curlTimedOut = 28;

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
  const looked = lookedWith(command);
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
      const asked = pattern ? askedOutput(pattern.pattern, stdout) : `It has to print ${quoted(text)}.`;
      return unmet(`${looked}.${outputWords(stdout, stderr)} ${asked}`);
    }
  }
  const printed = conditions.stdout === undefined ? '' : outputWords(stdout, '');
  const ended = wanted === 0 ? '' : ` It ended with exit status ${exit}, as it has to.`;
  return met(`${looked}.${ended}${printed}`);
}

/** Longer ones are the author's tools, and no reading for who learns. */
const longestShown = 60;

function lookedWith(command: string): string {
  const isShort = command.length <= longestShown && !command.trim().includes('\n');
  return isShort ? `Drydock looked with ${quoted(command)}` : 'Drydock looked with a command of its own';
}

/** What a command has to print, if that can be said without the pattern. */
function askedOutput(pattern: string, stdout: string): string {
  const plain = plainPattern(pattern);
  const isThere = plain !== null && seemsThere(plain, stdout);
  const place = isThere ? placeWords(plain) : null;
  if (plain === null || (isThere && place === null)) return 'This is not yet what this step asks for.';
  return place === null ? `It has to print ${quoted(plain.text)}.` : `It has to print a line that ${place}.`;
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
  const seconds = httpSeconds * round.patience;
  const command = `curl -s -i --http1.1 --globoff -m ${seconds} ${shellQuote(url)} | head -c 300000; exit \${PIPESTATUS[0]}`;
  const { exit, stdout } = await round.run(command, (httpSeconds + 2) * 1000);
  const reply = readReply(stdout);
  const reason = reply && wrongReply(reply, conditions);
  // What it would still have said is not known, so it is not called wrong.
  if (exit === curlTimedOut && (reply === null || reason !== null)) {
    const late = `${shown} did not answer in full within ${seconds} s. It may be slow, busy or paused.`;
    throw new DrydockError('check.timeout', `${late} ${triesAgain}`);
  }
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
  if (conditions.matches !== undefined) parts.push(fittingPage(conditions.matches, reply.body));
  return parts.map((part) => `, and ${part}`).join('');
}

/** A browser shows other lines than those that are sent. */
const pageNames: TextNames = {
  hasNoLine: 'the page does not contain',
  lacks: 'the page does not contain',
  noLine: 'no line of the answer’s body',
};

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
    const plain = plainPattern(conditions.matches);
    const reason = plain === null ? null : unfitting(plain, reply.body, pageNames);
    return reason ?? `the page is not yet what this step asks for. ${pageWords(reply.body)}`;
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

function fittingPage(pattern: string, body: string): string {
  const plain = plainPattern(pattern)?.text;
  return plain !== undefined && body.includes(plain)
    ? `the page contains ${quoted(plain)}`
    : 'the page says what this step asks for';
}
