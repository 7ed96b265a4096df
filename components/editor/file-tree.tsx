'use client';

import { Download, FilePlus, FolderPlus, PanelLeftClose, Upload } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { archiveAddress, download } from './file-addresses.ts';
import { DeleteDialog, ReplaceDialog } from './file-dialogs.tsx';
import { folderOf } from './file-names.ts';
import { TreeRows } from './tree-rows.tsx';
import type { FileActions } from './use-file-actions.ts';
import { useFileTree } from './use-file-tree.ts';
import type { TreeState } from './use-workspace-tree.ts';

interface FileTreeProps {
  lesson: string;
  tree: TreeState;
  actions: FileActions;
  openPath: string | null;
  /** `focus`: the person wants to type there next; `typed`: and has begun to. */
  onOpen(path: string, focus: boolean, typed?: () => string): void;
  onReload(): void;
  onHide(): void;
}

/** The lesson's files: open, make, rename, delete, upload, download. */
export function FileTree({ lesson, tree, actions, openPath, onOpen, onReload, onHide }: FileTreeProps) {
  const entries = tree.state === 'shown' ? tree.tree.entries : [];
  const model = useFileTree(lesson, entries, openPath);
  const [problem, setProblem] = useState<string | null>(null);
  const [dropFolder, setDropFolder] = useState<string | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const pickedFor = useRef('');
  const disabled = tree.state !== 'shown';

  const run = (action: Promise<string | null>) => void action.then(setProblem);
  const isThere = (path: string) => entries.some((entry) => entry.path === path);
  const pick = (folder: string) => {
    pickedFor.current = folder;
    picker.current?.click();
  };
  const folderUnder = (event: DragEvent): string => {
    const row = event.target instanceof Element ? event.target.closest('[data-path]') : null;
    const path = row?.getAttribute('data-path') ?? '';
    return row?.getAttribute('data-type') === 'folder' ? path : folderOf(path);
  };
  const onDrop = (event: DragEvent) => {
    setDropFolder(null);
    if (disabled || !event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    const items = [...event.dataTransfer.items].filter((item) => item.kind === 'file');
    const folders = items.filter((item) => item.webkitGetAsEntry()?.isDirectory === true);
    const files = items.filter((item) => !folders.includes(item)).flatMap((item) => item.getAsFile() ?? []);
    if (files.length > 0) run(actions.upload(folderUnder(event), files, isThere));
    if (folders.length > 0)
      setProblem('Whole folders cannot be uploaded. Drop the files in them, or pack them into one archive.');
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a short cut; the Upload button does the same
    <div
      className={classNames(
        'flex h-full w-full flex-col bg-surface',
        dropFolder !== null && 'outline-2 -outline-offset-2 outline-accent',
      )}
      onDragOver={(event) => {
        if (disabled || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        setDropFolder(folderUnder(event));
      }}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget))
          setDropFolder(null);
      }}
      onDrop={onDrop}
    >
      <div className="flex h-(--tab-height) shrink-0 items-center border-b border-line pr-0.5 pl-3">
        <h2 className="flex-1 truncate text-caption font-medium text-ink-soft">Files</h2>
        <IconButton
          icon={FilePlus}
          name="New file"
          disabled={disabled}
          className="size-7"
          onClick={() => model.startNew('file')}
        />
        <IconButton
          icon={FolderPlus}
          name="New folder"
          disabled={disabled}
          className="size-7"
          onClick={() => model.startNew('folder')}
        />
        <IconButton
          icon={Upload}
          name="Upload"
          note="or drop files here"
          disabled={disabled}
          className="size-7"
          onClick={() => pick(model.targetFolder)}
        />
        <IconButton
          icon={Download}
          name="Download all"
          note="as .tar.gz"
          disabled={disabled || entries.length === 0}
          className="size-7"
          onClick={() => download(archiveAddress(lesson))}
        />
        <IconButton icon={PanelLeftClose} name="Hide files" className="size-7" onClick={onHide} />
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Files to upload"
        onChange={(event) => {
          run(actions.upload(pickedFor.current, [...(event.target.files ?? [])], isThere));
          event.target.value = '';
        }}
      />
      {problem !== null && (
        <div
          role="alert"
          className="flex items-start gap-2 border-b border-line bg-failed-soft py-1.5 pr-1 pl-3 text-caption text-ink"
        >
          <span className="min-w-0 flex-1 break-words">{problem}</span>
          <Button size="small" tone="quiet" onClick={() => setProblem(null)}>
            Dismiss
          </Button>
        </div>
      )}
      {tree.state === 'waiting' && (
        <p className="p-3 text-ui text-ink-faint">The files appear when your sandbox is ready.</p>
      )}
      {tree.state === 'failed' && (
        <div role="alert" className="space-y-2 p-3 text-ui text-ink-soft">
          <p>The files cannot be listed. {tree.message}</p>
          <Button size="small" onClick={onReload}>
            Try again
          </Button>
        </div>
      )}
      {tree.state === 'shown' && entries.length === 0 && model.naming === null && (
        <p className="p-3 text-ui text-ink-soft">
          This lesson has no files yet.{' '}
          <button
            type="button"
            className="text-accent underline underline-offset-2"
            onClick={() => model.startNew('file')}
          >
            New file
          </button>{' '}
          makes one.
        </p>
      )}
      {tree.state === 'shown' && (entries.length > 0 || model.naming !== null) && (
        <TreeRows
          lesson={lesson}
          model={model}
          actions={actions}
          entries={entries}
          openPath={openPath}
          dropFolder={dropFolder}
          onOpen={onOpen}
          onUpload={pick}
        />
      )}
      {tree.state === 'shown' && tree.tree.omitted > 0 && (
        <p className="border-t border-line px-3 py-1.5 text-caption text-ink-faint">
          {tree.tree.omitted} more not shown here. The terminal shows them all.
        </p>
      )}
      {actions.uploading > 0 && (
        <p role="status" className="border-t border-line px-3 py-1.5 text-caption text-ink-soft">
          Uploading, {actions.uploading} {actions.uploading === 1 ? 'file' : 'files'} left…
        </p>
      )}
      <DeleteDialog
        path={model.deleting}
        entries={entries}
        onCancel={() => model.setDeleting(null)}
        onDelete={(path) => {
          model.setDeleting(null);
          run(actions.remove(path));
        }}
      />
      <ReplaceDialog question={actions.question} onAnswer={(replace) => run(actions.answer(replace))} />
    </div>
  );
}
