import { describe, expect, it } from 'vitest';
import type { WorkspaceEntry } from '../../protocol/workspace.ts';
import { foldersAbove, rowStartingWith, visibleRows } from './tree-model.ts';

const file = (path: string): WorkspaceEntry => ({ path, type: 'file', size: 0 });
const folder = (path: string): WorkspaceEntry => ({ path, type: 'folder', size: 0 });
const entries = [
  file('Dockerfile'),
  folder('src'),
  file('src/b10'),
  file('src/b9'),
  folder('src/lib'),
  folder('zeta'),
  file('app.py'),
];

describe('visibleRows', () => {
  it('shows folders first, numbers by size, and only what is expanded', () => {
    expect(visibleRows(entries, new Set()).map((row) => row.path)).toEqual(['src', 'zeta', 'app.py', 'Dockerfile']);
    const rows = visibleRows(entries, new Set(['src']));
    expect(rows.map((row) => row.path)).toEqual([
      'src',
      'src/lib',
      'src/b9',
      'src/b10',
      'zeta',
      'app.py',
      'Dockerfile',
    ]);
    expect(rows[2]).toMatchObject({ level: 2, position: 2, siblings: 3, name: 'b9' });
    expect(rows[4]).toMatchObject({ empty: true });
  });
});

it('foldersAbove gives every folder of a path', () => {
  expect(foldersAbove('a/b/c')).toEqual(['a', 'a/b']);
  expect(foldersAbove('a')).toEqual([]);
});

it('typing a letter goes to the next name, round the end', () => {
  const rows = visibleRows(entries, new Set());
  expect(rowStartingWith(rows, 3, 's')?.path).toBe('src');
  expect(rowStartingWith(rows, 0, 'D')?.path).toBe('Dockerfile');
  expect(rowStartingWith(rows, 0, 'q')).toBeNull();
});
