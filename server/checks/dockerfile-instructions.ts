import { DockerfileParser } from 'dockerfile-ast';
import type { FileCheck } from '../../protocol/check-schema.ts';
import { testPattern } from './bounded-pattern.ts';
import { asList, asTexts, quoted } from './words.ts';

export interface DockerfileInstruction {
  /** Upper case. */
  name: string;
  /** On one line, with single blanks; a JSON list without blanks between its words. */
  arguments: string;
  /** As it is written in the file. */
  source: string;
}

type Wanted = NonNullable<FileCheck['instruction']>;

/** Characters of a Dockerfile that is taken apart: reading a larger one would keep the server from everybody else. */
const longestDockerfile = 64 * 1024;

export const tooLarge = 'it is too large to be looked at as a Dockerfile';

/** FROM, COPY, …: in the order of the file. Null: it is too large. Ask `Round.instructions`, which reads a file once. */
export function readInstructions(text: string): DockerfileInstruction[] | null {
  if (text.length > longestDockerfile) return null;
  return DockerfileParser.parse(text)
    .getInstructions()
    .map((instruction) => ({
      name: instruction.getKeyword().toUpperCase(),
      arguments: normalise(
        instruction
          .getArguments()
          .map((argument) => argument.getValue())
          .join(' '),
      ),
      source: instruction.getTextContent(),
    }));
}

/** Why the instructions are not as wanted: completes "Dockerfile is there, but …". Null: they are. */
export function missingInstruction(found: readonly DockerfileInstruction[] | null, wanted: Wanted): string | null {
  if (found === null) return tooLarge;
  for (const item of asList<string | Exclude<Wanted, string | readonly unknown[]>>(wanted as string)) {
    const reason = typeof item === 'string' ? missingText(item, found) : missingObject(item, found);
    if (reason !== null) return reason;
  }
  return null;
}

function missingText(wanted: string, found: readonly DockerfileInstruction[]): string | null {
  const match = /^(\S+)\s*([\s\S]*)$/.exec(wanted.trim());
  const name = (match?.[1] ?? '').toUpperCase();
  const rest = normalise(match?.[2] ?? '');
  const same = found.filter((instruction) => instruction.name === name);
  if (same.length === 0)
    return `it has no ${name} instruction${rest === '' ? '' : `; this step asks for ${quoted(`${name} ${rest}`)}`}`;
  if (rest === '' || same.some((instruction) => instruction.arguments === rest)) return null;
  return `no ${name} in it is ${quoted(`${name} ${rest}`)}: there is ${quoted(show(same.at(-1)))}`;
}

function missingObject(
  wanted: Exclude<Wanted, string | readonly unknown[]>,
  found: readonly DockerfileInstruction[],
): string | null {
  const name = wanted.name.toUpperCase();
  const same = found.filter((instruction) => instruction.name === name);
  if (same.length === 0) return `it has no ${name} instruction`;
  const texts = same
    .map((instruction) => instruction.arguments)
    .filter((text) => asTexts(wanted.contains).every((part) => text.includes(part)))
    .filter((text) => !asTexts(wanted.lacks).some((part) => text.includes(part)));
  // All in one go: the pattern's time is limited for a call, and a file may have thousands of instructions.
  const fits = wanted.matches === undefined ? texts.length > 0 : testPattern(wanted.matches, texts).includes(true);
  if (fits) return null;
  const missing = asTexts(wanted.contains).find(
    (text) => !same.some((instruction) => instruction.arguments.includes(text)),
  );
  const reason =
    missing === undefined
      ? `no ${name} in it is what this step asks for`
      : `no ${name} in it contains ${quoted(missing)}`;
  return `${reason}: there is ${quoted(show(same.at(-1)))}`;
}

function show(instruction: DockerfileInstruction | undefined): string {
  return instruction ? `${instruction.name} ${instruction.arguments}` : '';
}

function normalise(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (!line.startsWith('[')) return line;
  try {
    return JSON.stringify(JSON.parse(line));
  } catch {
    return line;
  }
}
