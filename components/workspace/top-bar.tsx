'use client';

import { CircleHelp, PencilRuler, RotateCcw, Search } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { LessonView } from '../../protocol/lesson-view.ts';
import type { PageSandbox } from '../sandbox/sandbox-words.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Mark } from '../ui/mark.tsx';
import { ThemeSwitch } from '../ui/theme-switch.tsx';
import { SandboxState } from './sandbox-state.tsx';

interface TopBarProps {
  lesson: LessonView;
  sandbox: PageSandbox;
  /** The steps as dots. */
  children: ReactNode;
  /** The switch of the author view; null: nothing of it is shown. */
  author: { open: boolean; problems: number; onToggle(): void } | null;
  onReset(): void;
  onMenu(): void;
  onKeys(): void;
}

export function TopBar({ lesson, sandbox, children, author, onReset, onMenu, onKeys }: TopBarProps) {
  return (
    <header className="on-steel flex h-(--bar-height) shrink-0 items-center gap-4 border-b border-line bg-surface px-3 text-ink">
      <div className="flex min-w-0 flex-1 items-center gap-3">
        <Link href="/" aria-label="Drydock, all lessons" className="shrink-0 rounded-sm">
          <Mark size={24} />
        </Link>
        <nav aria-label="Where you are" className="min-w-0">
          <ol className="flex min-w-0 items-center gap-2 text-ui">
            <li className="hidden shrink-0 wide:block">
              <Link href={`/#${lesson.course.id}`} className="text-ink-soft hover:text-ink hover:underline">
                {lesson.course.title}
              </Link>
            </li>
            <li aria-hidden="true" className="hidden text-ink-faint wide:block">
              ›
            </li>
            <li aria-current="page" className="truncate font-medium">
              {lesson.title}
            </li>
          </ol>
        </nav>
      </div>
      <div className="hidden pair:block">{children}</div>
      <div className="flex shrink-0 items-center justify-end gap-1 pair:flex-1">
        <SandboxState sandbox={sandbox} />
        <span className="ml-2 hidden pair:block">
          <Button
            tone="quiet"
            size="small"
            // Not `disabled`: after a reset the focus comes back to it.
            onClick={() => canReset(sandbox) && onReset()}
            aria-disabled={!canReset(sandbox)}
            className="aria-disabled:opacity-55"
            aria-label="Reset the sandbox"
          >
            <RotateCcw size={14} strokeWidth={1.75} aria-hidden="true" />
            Reset
          </Button>
        </span>
        <span aria-hidden="true" className="mx-1 hidden h-5 w-px bg-line pair:block" />
        {author !== null && <AuthorSwitch {...author} />}
        <IconButton icon={Search} name="Commands" note="Ctrl+K" onClick={onMenu} />
        <span className="hidden pair:contents">
          <IconButton icon={CircleHelp} name="Help and keys" note="?" onClick={onKeys} />
          <ThemeSwitch />
        </span>
      </div>
    </header>
  );
}

function AuthorSwitch({ open, problems, onToggle }: NonNullable<TopBarProps['author']>) {
  const count = problems === 1 ? '1 problem' : `${problems} problems`;
  return (
    <span className="relative flex">
      <IconButton
        icon={PencilRuler}
        name="Author view"
        note={problems > 0 ? count : undefined}
        aria-pressed={open}
        onClick={onToggle}
        className="aria-pressed:bg-sunken"
      />
      {problems > 0 && <span aria-hidden="true" className="absolute top-1 right-1 size-2 rotate-45 bg-failed" />}
    </span>
  );
}

function canReset({ state }: PageSandbox): boolean {
  return state === 'ready' || state === 'paused' || state === 'stopped' || state === 'failed';
}
