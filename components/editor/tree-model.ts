import type { WorkspaceEntry } from '../../protocol/workspace.ts';
import { baseName, folderOf } from './file-names.ts';

/** One visible row of the tree, with what the ARIA tree pattern asks for. */
export interface TreeRow {
  path: string;
  name: string;
  type: WorkspaceEntry['type'];
  /** From 1. */
  level: number;
  /** Place among its siblings, from 1, and how many they are. */
  position: number;
  siblings: number;
  expanded: boolean;
  /** A folder that has nothing in it (as far as the list goes). */
  empty: boolean;
}

/** The rows to show, folders before files, in the order people expect of names with numbers. */
export function visibleRows(entries: readonly WorkspaceEntry[], expanded: ReadonlySet<string>): TreeRow[] {
  const children = new Map<string, WorkspaceEntry[]>();
  for (const entry of entries) {
    const folder = folderOf(entry.path);
    const list = children.get(folder);
    if (list === undefined) children.set(folder, [entry]);
    else list.push(entry);
  }
  for (const list of children.values()) list.sort(compareEntries);
  const rows: TreeRow[] = [];
  const add = (folder: string, level: number): void => {
    const list = children.get(folder) ?? [];
    list.forEach((entry, index) => {
      const open = entry.type === 'folder' && expanded.has(entry.path);
      rows.push({
        path: entry.path,
        name: baseName(entry.path),
        type: entry.type,
        level,
        position: index + 1,
        siblings: list.length,
        expanded: open,
        empty: entry.type === 'folder' && !children.has(entry.path),
      });
      if (open) add(entry.path, level + 1);
    });
  };
  add('', 1);
  return rows;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compareEntries(a: WorkspaceEntry, b: WorkspaceEntry): number {
  const folders = Number(b.type === 'folder') - Number(a.type === 'folder');
  return folders || collator.compare(baseName(a.path), baseName(b.path)) || (a.path < b.path ? -1 : 1);
}

/** Every folder above a path, so that it can be brought into sight. */
export function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Where typing a letter leads: the next row whose name begins with it, going round. */
export function rowStartingWith(rows: readonly TreeRow[], from: number, letter: string): TreeRow | null {
  const wanted = letter.toLocaleLowerCase('en');
  for (let step = 1; step <= rows.length; step += 1) {
    const row = rows[(from + step) % rows.length];
    if (row?.name.toLocaleLowerCase('en').startsWith(wanted)) return row;
  }
  return null;
}
