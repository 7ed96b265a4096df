import { isWorkspacePath } from '../../protocol/ids.ts';
import type { WorkspaceEntry } from '../../protocol/workspace.ts';

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder a path is in; '' for the workspace itself. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

export function isInside(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/** `Dockerfile`, `Dockerfile.dev`, `dev.Dockerfile`, in any case, as editors and `docker build -f` use them. */
export function isDockerfile(path: string): boolean {
  return /^(?:dockerfile(?:\..+)?|.+\.dockerfile)$/i.test(baseName(path));
}

/** Why a name cannot be used, in words, or null. A name may hold slashes: then folders are made on the way. */
export function problemWithName(
  name: string,
  folder: string,
  entries: readonly WorkspaceEntry[],
  current: string | null,
): string | null {
  const path = joinPath(folder, name);
  if (name.trim() === '') return 'Type a name.';
  if (name.startsWith('/')) return 'A name does not begin with a slash: the file stays in this lesson’s folder.';
  if (name.endsWith('/')) return 'A name does not end with a slash.';
  if (name.includes('\\')) return 'A backslash cannot be part of a name here. Use / for folders.';
  if (name.split('/').some((part) => part === '.' || part === '..'))
    return 'The names . and .. mean folders that exist already.';
  if (name.includes('//')) return 'Two slashes in a row leave a name out.';
  if (!isWorkspacePath(path)) return 'This name is too long, or has characters that cannot be used.';
  if (path !== current && entries.some((entry) => entry.path === path)) return `${path} exists already.`;
  const parents = path
    .split('/')
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  const file = entries.find((entry) => entry.type !== 'folder' && parents.includes(entry.path));
  return file === undefined ? null : `${file.path} is a file, so nothing can be inside it.`;
}

const languages: [RegExp, string][] = [
  [/^(?:compose|docker-compose)(?:\..*)?\.ya?ml$|\.ya?ml$/i, 'yaml'],
  [/\.(?:sh|bash|bashrc|profile)$|^\.(?:bashrc|profile|bash_profile|bash_aliases)$/i, 'shell'],
  [/\.(?:[cm]?jsx?)$/i, 'javascript'],
  [/\.pyi?$/i, 'python'],
  [/\.json$/i, 'json'],
  [/\.html?$/i, 'html'],
  [/\.css$/i, 'css'],
  [/\.(?:ini|conf|cfg|env|toml|properties)$|^\.env(?:\..+)?$|^\.(?:docker|git)ignore$|\.dockerignore$/i, 'ini'],
];

/** Monaco's id of a file's language. */
export function languageOf(path: string): string {
  const name = baseName(path);
  if (/\.dockerignore$/i.test(name)) return 'ini';
  if (isDockerfile(path)) return 'dockerfile';
  return languages.find(([pattern]) => pattern.test(name))?.[1] ?? 'plaintext';
}
