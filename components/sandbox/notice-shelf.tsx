'use client';

import { Archive, Info, RotateCcw, TriangleAlert, X } from 'lucide-react';
import { type MouseEvent, type ReactNode, useEffect, useRef } from 'react';
import type { SandboxNotice } from '../../protocol/sandbox.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { archiveAddress } from './archive-address.ts';
import { noticeWords, restoredWords } from './notice-words.ts';
import type { Restoring, SandboxNotices } from './use-sandbox-notices.ts';

/** Has a place of its own in the status bar. */
const isQuiet = (notice: SandboxNotice) => notice.kind === 'woken';

/** Whether the shelf has something to show. */
export function hasNotices({ notices, restoring }: SandboxNotices): boolean {
  return restoring.state !== 'idle' || notices.some((notice) => !isQuiet(notice));
}

const icons = {
  woken: Info,
  restarted: RotateCcw,
  archived: Archive,
  'disk-full': TriangleAlert,
  lost: TriangleAlert,
  'egress-unavailable': TriangleAlert,
};

interface NoticeShelfProps {
  shelf: SandboxNotices;
  className?: string;
  /** The last notice was dismissed by keyboard: its focus has to go somewhere. */
  onEmptied(): void;
}

/** What the learner should know of how their sandbox came to be as it is, each with its cross. */
export function NoticeShelf({ shelf, className, onEmptied }: NoticeShelfProps) {
  const { notices, restoring, dismiss, restore, endRestoring } = shelf;
  const root = useRef<HTMLElement>(null);
  const shown = notices.filter((notice) => !isQuiet(notice));
  // The words about an archive stay when the notice that offered it is no longer true.
  const withoutNotice = restoring.state !== 'idle' && !shown.some((notice) => notice.kind === 'archived');
  const isLast = shown.length + (withoutNotice ? 1 : 0) <= 1;
  // The button that was pressed goes with its notice.
  const restored = restoring.state === 'done';
  useEffect(() => {
    if (restored && document.activeElement === document.body) root.current?.focus();
  }, [restored]);
  const leave = ({ detail }: MouseEvent) => {
    if (detail !== 0) return; // a pointer is where it is
    if (isLast) onEmptied();
    else root.current?.focus();
  };
  return (
    <section
      ref={root}
      tabIndex={-1}
      aria-label="About your sandbox"
      className={`on-steel divide-y divide-line overflow-y-auto bg-raised text-ink outline-none ${className ?? ''}`}
    >
      {shown.map((notice) => (
        <NoticeRow
          key={notice.kind}
          notice={notice}
          restoring={restoring}
          onRestore={restore}
          onDismiss={(event) => {
            if (notice.kind === 'archived') endRestoring();
            dismiss(notice);
            leave(event);
          }}
        />
      ))}
      {withoutNotice && (
        <Row
          icon={Archive}
          title="Files of an earlier sandbox"
          onDismiss={(event) => {
            endRestoring();
            leave(event);
          }}
        >
          <RestoreArea archive={'archive' in restoring ? restoring.archive : null} {...{ restoring, restore }} />
        </Row>
      )}
    </section>
  );
}

interface NoticeRowProps {
  notice: SandboxNotice;
  restoring: Restoring;
  onRestore(archive: string): void;
  onDismiss(event: MouseEvent): void;
}

function NoticeRow({ notice, restoring, onRestore, onDismiss }: NoticeRowProps) {
  const words = noticeWords(notice, Date.now());
  return (
    <Row icon={icons[notice.kind]} title={words.title} onDismiss={onDismiss}>
      <p className="text-ink-soft">
        <InlineCode text={words.text} />
      </p>
      {words.lists.map((list) => (
        <p key={list.words} className="mt-1 text-ink-soft">
          {list.words} <Names names={list.names} />
        </p>
      ))}
      {words.command !== null && (
        <div className="mt-1.5 flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="text-ink-soft">
            <InlineCode text={words.command.words} />
          </span>
          <span className="flex min-w-0 items-start rounded-md border border-line bg-surface">
            <code className="min-w-0 py-1 pl-2.5 text-caption leading-5 [overflow-wrap:anywhere]">
              {words.command.command}
            </code>
            <CopyButton text={words.command.command} what={words.command.command.slice(0, 80)} />
          </span>
        </div>
      )}
      {notice.kind === 'archived' && (
        <RestoreArea archive={notice.archive.id} restoring={restoring} restore={onRestore} />
      )}
    </Row>
  );
}

interface RowProps {
  icon: typeof Info;
  title: string;
  onDismiss(event: MouseEvent): void;
  children: ReactNode;
}

function Row({ icon: Icon, title, onDismiss, children }: RowProps) {
  return (
    <div className="appear flex items-start gap-3 py-2.5 pr-2 pl-4 text-ui">
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" className="mt-0.5 shrink-0 text-ink-faint" />
      <div className="min-w-0 max-w-[86ch] flex-1 [overflow-wrap:anywhere]">
        <h3 className="font-medium">{title}</h3>
        {children}
      </div>
      <IconButton icon={X} name={`Dismiss: ${title}`} className="-mt-1.5 ml-auto" onClick={onDismiss} />
    </div>
  );
}

function Names({ names }: { names: string[] }) {
  return names.map((name, index) => (
    <span key={name}>
      {index > 0 && ', '}
      <code className="inline-code">{name}</code>
    </span>
  ));
}

interface RestoreAreaProps {
  /** null: it is done. */
  archive: string | null;
  restoring: Restoring;
  restore(archive: string): void;
}

/** The buttons, and under them what came of pressing them. */
function RestoreArea({ archive, restoring, restore }: RestoreAreaProps) {
  const done = restoring.state === 'done';
  return (
    <>
      {!done && archive !== null && (
        <div className="mt-2 flex flex-wrap gap-2">
          <Button
            tone="primary"
            size="small"
            aria-disabled={restoring.state === 'running'}
            className="aria-disabled:opacity-60"
            onClick={() => restoring.state !== 'running' && restore(archive)}
          >
            {restoring.state === 'running' ? 'Putting them back …' : 'Put my files back'}
          </Button>
          <a href={archiveAddress(archive)} download className={buttonClass('plain', 'small')}>
            Download
          </a>
        </div>
      )}
      <div role="status">
        {restoring.state === 'done' && (
          <p className="mt-1 text-ink-soft">
            {restoredWords(restoring.result)} <Names names={restoring.result.kept} />
          </p>
        )}
        {restoring.state === 'failed' && <p className="mt-1.5 text-failed">{restoring.message}</p>}
      </div>
    </>
  );
}
