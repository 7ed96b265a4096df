import { createHash } from 'node:crypto';
import { DrydockError } from '../errors.ts';

/** A file's version: the first 32 hex digits of its content's SHA-256. */
export function versionOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

export function isVersion(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** The bytes as text, byte order mark included, or null when they are none: a NUL byte or invalid UTF-8. */
export function decodeText(content: Buffer): string | null {
  if (content.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return null;
  }
}

/** `content` after `text`, on a line of its own. */
export function appendText(text: string, content: string): string {
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  return text + separator + content;
}

/**
 * Lines `from` to `to` (counted from 1, both included) replaced by `content`. `from` may be the line after the
 * last one, which appends.
 * @throws file.failed when the file is shorter
 */
export function replaceLinesOf(text: string, from: number, to: number, content: string): string {
  const lines = text.split('\n');
  // What follows the last line end is no line.
  const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  if (from > count + 1) {
    throw new DrydockError(
      'file.failed',
      `Lines ${from} to ${to} cannot be replaced, because the file has only ${count}. Write the whole file, or edit it by hand.`,
    );
  }
  const before = lines.slice(0, from - 1);
  const after = lines.slice(Math.min(to, count));
  const body = content.endsWith('\n') ? content.slice(0, -1) : content;
  const middle = content === '' ? [] : body.split('\n');
  // Keeps a line end at the end of the file when the last line is replaced.
  if (after.length === 0) after.push('');
  return [...before, ...middle, ...after].join('\n');
}
