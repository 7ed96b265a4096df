import type { WorkspaceEntry } from '../../protocol/workspace.ts';
import { folderOf, isDockerfile } from './file-names.ts';

/** The file a lesson is most likely about; null where that cannot be told, as among several Dockerfiles. */
export function mostLikelyFile(entries: readonly WorkspaceEntry[]): string | null {
  const files = entries.filter((entry) => entry.type === 'file').map((entry) => entry.path);
  const dockerfiles = files.filter(isDockerfile);
  const atRoot = dockerfiles.filter((path) => folderOf(path) === '');
  if (atRoot.includes('Dockerfile')) return 'Dockerfile';
  const [first] = atRoot.length > 0 ? atRoot : dockerfiles;
  if (atRoot.length === 0 && dockerfiles.length > 1) return null;
  return first ?? files.find((path) => !path.startsWith('.')) ?? null;
}
