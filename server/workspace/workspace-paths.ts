import { isWorkspacePath } from '../../protocol/ids.ts';
import { DrydockError } from '../errors.ts';

/** Where a learner's lessons live inside their sandbox. */
const homeFolder = '/root';

/**
 * The absolute folder of a lesson's files: `/root/<lesson>`, so that the prompt stays short. Where lessons of two
 * courses share a folder name, the first in the library's order has it and the others get `/root/<course>--<lesson>`, so
 * that a lesson that is added moves nobody's files. A slug never holds two hyphens in a row, so no two lessons can meet
 * in one folder.
 */
export function workspaceRoot(lesson: string, allLessons: readonly string[]): string {
  const name = folderOf(lesson);
  const first = allLessons.find((other) => folderOf(other) === name) ?? lesson;
  return `${homeFolder}/${first === lesson ? name : lesson.replace('/', '--')}`;
}

function folderOf(lesson: string): string {
  return lesson.slice(lesson.indexOf('/') + 1);
}

/** Files that are being written are named so; the tree and the watcher pass over them. */
export const temporaryPrefix = '.drydock-save-';

/** @throws file.path-invalid */
export function absolutePath(root: string, path: string): string {
  if (!isWorkspacePath(path)) {
    throw new DrydockError(
      'file.path-invalid',
      'This path cannot be used: it has to be relative, stay inside the lesson’s folder, and have no control characters or backslashes.',
    );
  }
  return `${root}/${path}`;
}
