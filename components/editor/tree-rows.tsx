'use client';

import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { WorkspaceEntry } from '../../protocol/workspace.ts';
import { classNames } from '../ui/class-names.ts';
import { copyText } from '../ui/copy-text.ts';
import { download, fileAddress } from './file-addresses.ts';
import { RowIcon } from './file-icon.tsx';
import { folderOf, joinPath, problemWithName } from './file-names.ts';
import { NameField } from './name-field.tsx';
import { type MenuEntry, TreeMenu } from './tree-menu.tsx';
import { rowStartingWith, type TreeRow } from './tree-model.ts';
import type { FileActions } from './use-file-actions.ts';
import type { FileTreeModel } from './use-file-tree.ts';

interface TreeRowsProps {
  lesson: string;
  model: FileTreeModel;
  actions: FileActions;
  entries: readonly WorkspaceEntry[];
  openPath: string | null;
  dropFolder: string | null;
  onOpen(path: string, focus: boolean, typed?: () => string): void;
  onUpload(folder: string): void;
}

/** The rows, by the WAI-ARIA tree pattern: one of them is reached by Tab, arrows do the rest. */
export function TreeRows({ lesson, model, actions, entries, openPath, dropFolder, onOpen, onUpload }: TreeRowsProps) {
  const tree = useRef<HTMLDivElement>(null);
  const refocus = useRef(false);
  const { rows, naming } = model;

  const focusRow = (path: string | null) => {
    const row = [...(tree.current?.querySelectorAll<HTMLElement>('[role="treeitem"]') ?? [])].find(
      (item) => item.dataset.path === path,
    );
    row?.focus();
  };
  // After a name was typed the focus goes back to the row it belongs to, once that is there.
  useEffect(() => {
    if (!refocus.current || naming !== null) return;
    refocus.current = false;
    focusRow(model.current);
  });

  const go = (row: TreeRow | undefined) => {
    if (row === undefined) return;
    model.setCurrent(row.path);
    focusRow(row.path);
  };
  const activate = (row: TreeRow, focus: boolean) => {
    model.setCurrent(row.path);
    if (row.type === 'folder') model.toggle(row.path);
    else onOpen(row.path, focus);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = rows.findIndex((row) => row.path === model.current);
    const row = rows[at];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const parent = rows.find((other) => other.path === folderOf(row.path));
    const folder = row.type === 'folder';
    const keys = new Map<string, () => void>([
      ['ArrowDown', () => go(rows[at + 1])],
      ['ArrowUp', () => go(rows[at - 1])],
      ['Home', () => go(rows[0])],
      ['End', () => go(rows.at(-1))],
      [
        'ArrowRight',
        () => (folder && !row.expanded ? model.toggle(row.path, true) : folder && !row.empty && go(rows[at + 1])),
      ],
      ['ArrowLeft', () => (folder && row.expanded ? model.toggle(row.path, false) : go(parent))],
      ['Enter', () => activate(row, true)],
      [' ', () => activate(row, false)],
      ['F2', () => model.startRename(row.path)],
      ['Delete', () => model.setDeleting(row.path)],
    ]);
    const action = keys.get(event.key);
    if (action !== undefined) {
      event.preventDefault();
      action();
    } else if (event.key.length === 1) {
      go(rowStartingWith(rows, at, event.key) ?? undefined);
    }
  };
  const menuOf = (row: TreeRow): MenuEntry[][] => {
    const folder = row.type === 'folder' ? row.path : folderOf(row.path);
    return [
      [
        ...(row.type === 'folder' ? [] : [{ name: 'Open', run: () => onOpen(row.path, true) }]),
        { name: 'New file', run: () => model.startNew('file', folder) },
        { name: 'New folder', run: () => model.startNew('folder', folder) },
        { name: 'Upload', run: () => onUpload(folder) },
      ],
      [
        ...(row.type === 'file' ? [{ name: 'Download', run: () => download(fileAddress(lesson, row.path)) }] : []),
        { name: 'Copy path', run: () => void copyText(row.path) },
      ],
      [
        { name: 'Rename', keys: 'F2', run: () => model.startRename(row.path) },
        { name: 'Delete', keys: 'Del', danger: true, run: () => model.setDeleting(row.path) },
      ],
    ];
  };

  const field = (kind: 'file' | 'folder', folder: string, level: number) => (
    <div
      key="naming"
      role="treeitem"
      aria-level={level}
      aria-selected={false}
      tabIndex={-1}
      className="flex h-7 items-center pr-1.5"
      style={{ paddingLeft: indent(level) + 20 }}
    >
      <NameField
        label={kind === 'file' ? 'Name of the new file' : 'Name of the new folder'}
        initial=""
        placeholder={kind === 'file' ? 'name.txt' : 'name'}
        problemWith={(name) => problemWithName(name, folder, entries, null)}
        onCommit={async (name, typedSince) => {
          const path = joinPath(folder, name);
          const problem = await (kind === 'file' ? actions.createFile(path) : actions.createFolder(path));
          if (problem === null) {
            model.setCurrent(path);
            if (kind === 'folder') refocus.current = true;
            else onOpen(path, true, typedSince);
            model.endNaming();
          }
          return problem;
        }}
        onCancel={() => {
          refocus.current = true;
          model.endNaming();
        }}
      />
    </div>
  );
  const renameField = (row: TreeRow) => (
    <NameField
      label={`New name of ${row.name}`}
      initial={row.name}
      problemWith={(name) => problemWithName(name, folderOf(row.path), entries, row.path)}
      onCommit={async (name) => {
        const to = joinPath(folderOf(row.path), name);
        const problem = to === row.path ? null : await actions.rename(row.path, to);
        if (problem === null) {
          model.renamed(row.path, to);
          refocus.current = true;
          model.endNaming();
        }
        return problem;
      }}
      onCancel={() => {
        refocus.current = true;
        model.endNaming();
      }}
    />
  );

  const newIn = naming !== null && naming.kind !== 'rename' ? naming : null;
  return (
    <div
      ref={tree}
      role="tree"
      aria-label="Files of this lesson"
      onKeyDown={onKeyDown}
      className="min-h-0 flex-1 overflow-auto py-1"
    >
      {newIn?.folder === '' && field(newIn.kind, '', 1)}
      {rows.map((row) => (
        <div key={row.path} role="none">
          {naming?.kind === 'rename' && naming.path === row.path ? (
            <div
              role="treeitem"
              aria-level={row.level}
              aria-selected={false}
              tabIndex={-1}
              className="flex h-7 items-center gap-1.5 pr-1.5"
              style={{ paddingLeft: indent(row.level) }}
            >
              <RowIcon row={row} />
              {renameField(row)}
            </div>
          ) : (
            <TreeMenu groups={menuOf(row)}>
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys of its rows */}
              <div
                role="treeitem"
                data-path={row.path}
                data-type={row.type}
                aria-level={row.level}
                aria-posinset={row.position}
                aria-setsize={row.siblings}
                aria-selected={row.path === openPath}
                {...(row.type === 'folder' ? { 'aria-expanded': row.expanded } : {})}
                tabIndex={row.path === model.current ? 0 : -1}
                title={row.path}
                onClick={() => activate(row, false)}
                onDoubleClick={() => row.type !== 'folder' && onOpen(row.path, true)}
                onContextMenu={() => model.setCurrent(row.path)}
                style={{ paddingLeft: indent(row.level) }}
                className={classNames(
                  'flex h-7 cursor-default items-center gap-1.5 pr-2 text-ui whitespace-nowrap -outline-offset-2 select-none',
                  row.path === openPath ? 'bg-accent-soft text-ink' : 'text-ink-soft hover:bg-sunken hover:text-ink',
                  dropFolder !== null && dropFolder === row.path && 'bg-accent-soft',
                )}
              >
                <RowIcon row={row} />
                <span className="truncate">{row.name}</span>
              </div>
            </TreeMenu>
          )}
          {newIn !== null && newIn.folder === row.path && field(newIn.kind, row.path, row.level + 1)}
        </div>
      ))}
    </div>
  );
}

/** pixels */
function indent(level: number): number {
  return 6 + (level - 1) * 14;
}
