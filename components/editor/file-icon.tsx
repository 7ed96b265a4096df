import { ChevronRight, Container, File, FileCode, FileSymlink, FileText, Folder, FolderOpen } from 'lucide-react';
import { classNames } from '../ui/class-names.ts';
import { isDockerfile, languageOf } from './file-names.ts';
import type { TreeRow } from './tree-model.ts';

/** The sign in front of a row: a folder's arrow and state, or the kind of file. The name says the same in words. */
export function RowIcon({ row }: { row: TreeRow }) {
  if (row.type === 'folder') {
    const Icon = row.expanded ? FolderOpen : Folder;
    return (
      <>
        <ChevronRight
          size={14}
          aria-hidden="true"
          className={classNames('shrink-0 text-ink-faint transition-transform', row.expanded && 'rotate-90')}
        />
        <Icon size={14} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-ink-faint" />
      </>
    );
  }
  return (
    <>
      <span className="w-3.5 shrink-0" />
      <FileIcon path={row.path} special={row.type === 'other'} />
    </>
  );
}

export function FileIcon({ path, special = false }: { path: string; special?: boolean }) {
  const dockerfile = isDockerfile(path);
  const language = languageOf(path);
  const Icon = special
    ? FileSymlink
    : dockerfile
      ? Container
      : language === 'plaintext'
        ? File
        : language === 'ini'
          ? FileText
          : FileCode;
  return (
    <Icon
      size={14}
      strokeWidth={1.75}
      aria-hidden="true"
      className={classNames('shrink-0', dockerfile ? 'text-accent' : 'text-ink-faint')}
    />
  );
}
