import type { FileBlock } from '../lessons/lesson.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** What the button of a file block does. @throws file.* */
export async function applyFileBlock(
  workspace: Pick<Workspace, 'write' | 'append' | 'replaceLines'>,
  { path, code, mode }: FileBlock,
): Promise<{ path: string; version: string }> {
  switch (mode.type) {
    case 'write':
      return { path, ...(await workspace.write(path, code, { basedOn: null, overwrite: true })) };
    case 'append':
      return { path, ...(await workspace.append(path, code)) };
    case 'lines':
      return { path, ...(await workspace.replaceLines(path, mode.from, mode.to, code)) };
  }
}
