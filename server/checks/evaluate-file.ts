import type { CommonCheckKey, FileCheck } from '../../protocol/check-schema.ts';
import { testPattern } from './bounded-pattern.ts';
import { type DockerfileInstruction, missingInstruction, tooLarge } from './dockerfile-instructions.ts';
import { nearestWord } from './nearest-word.ts';
import type { Round } from './round.ts';
import { met, unmet, type Verdict } from './verdict.ts';
import { asTexts, listed, plural, quoted, quotedTexts } from './words.ts';

export type FileConditions = Omit<FileCheck, 'subject' | 'file' | CommonCheckKey>;

export async function evaluateFile(path: string, conditions: FileConditions, round: Round): Promise<Verdict> {
  const stat = await round.stat(path);
  if (conditions.state === 'absent') {
    return stat === null ? met(`There is no ${path}.`) : unmet(`${path} is still there. It has to be gone.`);
  }
  if (stat === null) return unmet(await noFile(path, round));
  if (stat.type !== 'file')
    return unmet(`${path} is ${stat.type === 'folder' ? 'a folder' : 'no plain file'}; it has to be a file.`);
  if (!asksForContent(conditions)) return met(`${path} is there, ${plural(stat.size, 'byte')} long.`);
  const text = await round.readFile(path);
  if (text === null) return unmet(`${path} was there and is gone again.`);
  const asDockerfile = conditions.instruction !== undefined || (conditions.matches !== undefined && isDockerfile(path));
  const instructions = asDockerfile ? await round.instructions(path) : null;
  const reason = wrongContent(path, text, instructions, conditions);
  return reason === null
    ? met(`${evidence(path, instructions, conditions).join('. ')}.`)
    : unmet(`${path} is there, but ${reason}.`);
}

function asksForContent(conditions: FileConditions): boolean {
  return Object.entries(conditions).some(([key, value]) => key !== 'state' && value !== undefined);
}

/** What was found where the conditions looked. */
function evidence(
  path: string,
  instructions: readonly DockerfileInstruction[] | null,
  conditions: FileConditions,
): string[] {
  const { contains, matches, lacks, instruction } = conditions;
  const parts = [`${path} is there`];
  if (contains !== undefined) parts.push(`It contains ${quotedTexts(asTexts(contains))}`);
  if (lacks !== undefined) parts.push(`It does not contain ${quotedTexts(asTexts(lacks))}`);
  if (matches !== undefined && !isDockerfile(path)) parts.push(`It matches ${quoted(matches)}`);
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
  if (text.trim() === '' && !onlyLacks(conditions)) return 'it is empty';
  const missing = asTexts(conditions.contains).find((wanted) => !text.includes(wanted));
  if (missing !== undefined) return `it does not contain ${quoted(missing)}`;
  if (conditions.matches !== undefined && !testPattern(conditions.matches, [text]).includes(true)) {
    return isDockerfile(path)
      ? `it does not say yet what is asked for. ${instructionWords(instructions)}`
      : `it does not match the pattern ${quoted(conditions.matches)}`;
  }
  const left = asTexts(conditions.lacks).find((unwanted) => text.includes(unwanted));
  if (left !== undefined) {
    const line = text.slice(0, text.indexOf(left)).split('\n').length;
    return `line ${line} still contains ${quoted(left)}`;
  }
  return conditions.instruction === undefined ? null : missingInstruction(instructions, conditions.instruction);
}

/** An empty file lacks everything; that it is there was looked at before. */
function onlyLacks(conditions: FileConditions): boolean {
  return Object.entries(conditions).every(([key, value]) => value === undefined || key === 'lacks' || key === 'state');
}

async function noFile(path: string, round: Round): Promise<string> {
  const near = nearestWord(path, await round.files());
  return `There is no file ${path} in your workspace yet.${near ? ` There is ${near}; the name has to be exact, capital letters too.` : ''}`;
}
