import type { FileCheck } from '../../protocol/check-schema.ts';
import { testPattern } from './bounded-pattern.ts';
import { missingInstruction } from './dockerfile-instructions.ts';
import { nearestWord } from './nearest-word.ts';
import type { Round } from './round.ts';
import { met, unmet, type Verdict } from './verdict.ts';
import { asTexts, plural, quoted } from './words.ts';

export type FileConditions = Omit<FileCheck, 'subject' | 'title' | 'file' | 'hints' | 'initially'>;

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
  const reason = wrongContent(text, conditions);
  return reason === null
    ? met(`${path} is there, with the content it has to have.`)
    : unmet(`${path} is there, but ${reason}.`);
}

function asksForContent(conditions: FileConditions): boolean {
  return Object.entries(conditions).some(([key, value]) => key !== 'state' && value !== undefined);
}

function wrongContent(text: string, conditions: FileConditions): string | null {
  if (text.trim() === '' && !(conditions.lacks && Object.keys(conditions).length === 1)) return 'it is empty';
  const missing = asTexts(conditions.contains).find((wanted) => !text.includes(wanted));
  if (missing !== undefined) return `it does not hold ${quoted(missing)}`;
  if (conditions.matches !== undefined && !testPattern(conditions.matches, [text]).includes(true)) {
    return `nothing in it fits the pattern ${quoted(conditions.matches)}`;
  }
  const left = asTexts(conditions.lacks).find((unwanted) => text.includes(unwanted));
  if (left !== undefined) {
    const line = text.slice(0, text.indexOf(left)).split('\n').length;
    return `line ${line} still holds ${quoted(left)}`;
  }
  return conditions.instruction === undefined ? null : missingInstruction(text, conditions.instruction);
}

async function noFile(path: string, round: Round): Promise<string> {
  const near = nearestWord(path, await round.files());
  return `There is no file ${path} in your workspace yet.${near ? ` There is ${near}; the name has to be exact, capital letters too.` : ''}`;
}
