import type { ErrorCode } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { DrydockError } from '../errors.ts';
import { exitCodes } from './workspace-scripts.ts';

/** Exit code → code and words, `%` standing for the file's name. Not here: too large, which needs its size. */
const meanings = new Map<number, [ErrorCode, string]>([
  [
    exitCodes.notFound,
    ['file.not-found', '% is not there any more. It may have been renamed or deleted in the terminal.'],
  ],
  [exitCodes.exists, ['file.exists', '% exists already. Choose another name.']],
  [exitCodes.folder, ['file.is-folder', '% is a folder.']],
  [
    exitCodes.notRegular,
    ['file.failed', '% is not an ordinary file but a pipe, a device or a broken link, so it cannot be used here.'],
  ],
  [exitCodes.conflict, ['file.conflict', '% was changed in your sandbox since it was read.']],
  [
    exitCodes.parentIsFile,
    ['file.exists', '% cannot be made, because a file stands where one of its folders should be.'],
  ],
  [exitCodes.incomplete, ['file.failed', '% did not arrive whole, so nothing was changed. Try again.']],
  // drydock-enter's own: the namespace is not there (yet)
  [125, ['sandbox.starting', 'Your sandbox is starting. Try again in a moment.']],
]);

/**
 * What a script's exit code means for the person. `path` is the one they know, relative to the workspace;
 * it passed `isWorkspacePath`, so it can be quoted.
 */
export function fileError(path: string, exitCode: number | null, stderr: string): DrydockError {
  const name = `“${path}”`;
  const meaning = meanings.get(exitCode ?? -1);
  // A function, because a name may hold what `replace` takes for a pattern.
  if (meaning !== undefined)
    return new DrydockError(
      meaning[0],
      meaning[1].replace('%', () => name),
    );
  if (/No space left on device|Disk quota exceeded/i.test(stderr)) {
    return new DrydockError(
      'file.no-space',
      `${name} was not saved, because the disk of your sandbox is full. Remove what you do not need, for example with \`docker system prune\`, and try again.`,
    );
  }
  const words = firstLine(stderr);
  return new DrydockError(
    'file.failed',
    words === '' ? `${name} could not be used. Try again.` : `${name} could not be used. Your sandbox says: ${words}`,
    { cause: new Error(`exit code ${exitCode}`) },
  );
}

export function tooLargeForEditor(path: string, size: number): DrydockError {
  return new DrydockError(
    'file.too-large',
    `“${path}” has ${formatBytes(size)}; the editor opens files up to ${formatBytes(limits.fileText)}. Look at it in the terminal, for example with \`less\`, or download it.`,
    { details: { size, limit: limits.fileText } },
  );
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, '')} MiB`;
}

/** What the sandbox wrote is quoted printable, on one line and short. */
function firstLine(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 200);
}
