import type { CommonCheckKey, FileCheck } from '../../protocol/check-schema.ts';
import { testPattern } from './bounded-pattern.ts';
import { type DockerfileInstruction, missingInstruction, tooLarge } from './dockerfile-instructions.ts';
import { nearestWord } from './nearest-word.ts';
import { namedInstructions, type PlainPattern, plainPattern } from './pattern-words.ts';
import type { Round } from './round.ts';
import { fileNames, seemsThere, unfitting } from './unfitting-text.ts';
import { met, nothingThere, unmet, type Verdict } from './verdict.ts';
import { asTexts, listed, plural, quoted, quotedTexts, saying } from './words.ts';

export type FileConditions = Omit<FileCheck, 'subject' | 'file' | CommonCheckKey>;

export async function evaluateFile(path: string, conditions: FileConditions, round: Round): Promise<Verdict> {
  const stat = await round.stat(path);
  if (conditions.state === 'absent') {
    return stat === null ? met(`There is no ${path}.`) : unmet(`${path} is still there. It has to be gone.`);
  }
  if (stat === null) return nothingThere(await noFile(path, round));
  if (stat.type !== 'file')
    return nothingThere(`${path} is ${stat.type === 'folder' ? 'a folder' : 'no plain file'}; it has to be a file.`);
  if (!asksForContent(conditions)) return met(`${path} is there, ${plural(stat.size, 'byte')} long.`);
  const text = await round.readFile(path);
  if (text === null) return nothingThere(`${path} was there, and is gone again.`);
  if (text.trim() === '' && !onlyLacks(conditions)) return nothingThere(`${path} is there, but it is empty.`);
  const asDockerfile = conditions.instruction !== undefined || (conditions.matches !== undefined && isDockerfile(path));
  const instructions = asDockerfile ? await round.instructions(path) : null;
  const reason = wrongContent(path, text, instructions, conditions);
  return reason === null
    ? met(`${evidence(path, text, instructions, conditions).join('. ')}.`)
    : unmet(`${path} is there, but ${reason}.`);
}

function asksForContent(conditions: FileConditions): boolean {
  return Object.entries(conditions).some(([key, value]) => key !== 'state' && value !== undefined);
}

/** What was found where the conditions looked. */
function evidence(
  path: string,
  text: string,
  instructions: readonly DockerfileInstruction[] | null,
  conditions: FileConditions,
): string[] {
  const { contains, matches, lacks, instruction } = conditions;
  const parts = [`${path} is there`];
  if (contains !== undefined) parts.push(`It contains ${quotedTexts(asTexts(contains))}`);
  if (lacks !== undefined) parts.push(`It does not contain ${quotedTexts(asTexts(lacks))}`);
  if (matches !== undefined && !isDockerfile(path)) parts.push(fittingText(matches, text));
  if (instruction !== undefined || (matches !== undefined && isDockerfile(path)))
    parts.push(instructionWords(instructions));
  return parts;
}

function instructionWords(instructions: readonly DockerfileInstruction[] | null): string {
  if (instructions === null) return `Its instructions are not listed, because ${tooLarge}`;
  const names = instructions.map((instruction) => instruction.name);
  return `Its instructions are, in order: ${listed(names, 20)}`;
}

function isDockerfile(path: string): boolean {
  return /(?:^|\/)Dockerfile[^/]*$|\.Dockerfile$/.test(path);
}

function wrongContent(
  path: string,
  text: string,
  instructions: readonly DockerfileInstruction[] | null,
  conditions: FileConditions,
): string | null {
  const missing = asTexts(conditions.contains).find((wanted) => !text.includes(wanted));
  if (missing !== undefined) return `it does not contain ${quoted(missing)}`;
  if (conditions.matches !== undefined && !testPattern(conditions.matches, [text]).includes(true)) {
    return isDockerfile(path)
      ? otherInstructions(conditions.matches, text, instructions)
      : otherText(conditions.matches, text);
  }
  const left = asTexts(conditions.lacks).find((unwanted) => text.includes(unwanted));
  if (left !== undefined) {
    const line = text.slice(0, text.indexOf(left)).split('\n').length;
    return `line ${line} still contains ${quoted(left)}`;
  }
  return conditions.instruction === undefined ? null : missingInstruction(instructions, conditions.instruction);
}

/** Why a pattern does not fit, without the pattern: learners do not read those. */
function otherText(pattern: string, text: string): string {
  const plain = plainPattern(pattern);
  const reason = plain === null ? null : unfitting(plain, text, fileNames);
  return reason ?? `it does not say yet what this step asks for. It says ${saying(text)}`;
}

function otherInstructions(pattern: string, text: string, found: readonly DockerfileInstruction[] | null): string {
  const plain = plainPattern(pattern);
  const names = namedInstructions(pattern);
  const missing = found === null ? undefined : names.find((name) => !found.some((each) => each.name === name));
  if (missing !== undefined) return `it has no ${missing} instruction yet`;
  const reason = plain === null ? null : unfitting(plain, text, fileNames);
  // What is there looks the same as what has to be there.
  if (reason !== null && plain !== null && seemsThere(plain, text)) return reason;
  if (found === null || names.length !== 1)
    return `${reason ?? 'it does not say yet what this step asks for'}. ${instructionWords(found)}`;
  const own = found.filter(({ name }) => name === names[0]).map((each) => shownInstruction(each, plain));
  const others = own.length > 1 ? ` and ${own.length - 1} more` : '';
  return `${reason ?? `its ${names[0]} is not yet what this step asks for`}: there is ${quoted(own[0] ?? '')}${others}`;
}

/** On one line, unless it then says what is said to be missing. */
function shownInstruction(
  { name, arguments: words, source }: DockerfileInstruction,
  plain: PlainPattern | null,
): string {
  const line = `${name} ${words}`;
  return source.includes('\n') && !(plain !== null && line.includes(plain.text)) ? line : source;
}

function fittingText(pattern: string, text: string): string {
  const plain = plainPattern(pattern)?.text;
  return plain !== undefined && text.includes(plain)
    ? `It contains ${quoted(plain)}`
    : 'It says what this step asks for';
}

/** An empty file lacks everything; that it is there was looked at before. */
function onlyLacks(conditions: FileConditions): boolean {
  return Object.entries(conditions).every(([key, value]) => value === undefined || key === 'lacks' || key === 'state');
}

async function noFile(path: string, round: Round): Promise<string> {
  const near = nearestWord(path, await round.files());
  return `There is no file ${path} in your workspace yet.${near ? ` There is ${near}; the name has to be exact, capital letters too.` : ''}`;
}
