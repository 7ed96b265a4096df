'use client';

import { X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { classNames } from '../ui/class-names.ts';
import { FileIcon } from './file-icon.tsx';
import { baseName, folderOf } from './file-names.ts';
import type { FileView } from './file-view.ts';

interface EditorTabsProps {
  views: readonly FileView[];
  active: string | null;
  panelId: string;
  onActivate(path: string): void;
  onClose(path: string): void;
}

/** The open files. Arrows move, Delete closes, as does the middle mouse button. */
export function EditorTabs({ views, active, panelId, onActivate, onClose }: EditorTabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const tabOf = (path: string | null) =>
    [...(list.current?.querySelectorAll<HTMLElement>('[role="tab"]') ?? [])].find((tab) => tab.dataset.path === path);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a tab that was just added has to come into sight, too
  useEffect(() => {
    tabOf(active)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [active, views.length]);

  const onKeyDown = (event: KeyboardEvent) => {
    const at = views.findIndex((view) => view.path === active);
    if (event.key === 'Delete' && active !== null) {
      event.preventDefault();
      onClose(active);
      const next = views[at + 1] ?? views[at - 1];
      requestAnimationFrame(() => tabOf(next?.path ?? null)?.focus());
      return;
    }
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: views.length - 1 }[event.key];
    const next = to === undefined ? undefined : views[(to + views.length) % views.length];
    if (next === undefined) return;
    event.preventDefault();
    onActivate(next.path);
    tabOf(next.path)?.focus();
  };
  const names = views.map((view) => baseName(view.path));
  return (
    <div
      ref={list}
      role="tablist"
      aria-label="Open files"
      className="flex min-w-0 flex-1 overflow-x-auto [scrollbar-width:none]"
    >
      {views.map((view, index) => {
        const selected = view.path === active;
        const name = names[index] ?? '';
        const ambiguous = names.indexOf(name) !== names.lastIndexOf(name);
        const unsaved = view.state === 'open' && view.save.state === 'failed';
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: for the middle mouse button; the keyboard has Delete
          <div
            key={view.path}
            role="presentation"
            className={classNames(
              'group flex shrink-0 items-center border-r border-line pr-1',
              selected ? 'bg-code text-ink' : 'text-ink-faint hover:text-ink',
            )}
            onMouseDown={(event) => {
              if (event.button === 1) event.preventDefault(); // no autoscroll
            }}
            onAuxClick={(event) => event.button === 1 && onClose(view.path)}
          >
            <button
              type="button"
              role="tab"
              data-path={view.path}
              aria-selected={selected}
              aria-controls={panelId}
              aria-keyshortcuts="Delete"
              tabIndex={selected || (active === null && index === 0) ? 0 : -1}
              title={view.path}
              onClick={() => onActivate(view.path)}
              onKeyDown={onKeyDown}
              className="flex h-full items-center gap-1.5 pr-1 pl-3 text-ui whitespace-nowrap -outline-offset-2"
            >
              <FileIcon path={view.path} />
              {name}
              {ambiguous && folderOf(view.path) !== '' && (
                <span className="text-caption text-ink-faint">{folderOf(view.path)}</span>
              )}
              {unsaved && <span className="text-caption text-failed">not saved</span>}
            </button>
            {/* For the mouse; the keyboard closes by Delete. A tab list holds nothing but tabs. */}
            <button
              type="button"
              aria-hidden="true"
              tabIndex={-1}
              title={`Close ${name}`}
              onClick={() => onClose(view.path)}
              className={classNames(
                'inline-flex size-5 items-center justify-center rounded-sm text-ink-faint hover:bg-sunken hover:text-ink',
                !selected && 'opacity-0 group-hover:opacity-100',
              )}
            >
              <X size={13} aria-hidden="true" />
            </button>
          </div>
        );
      })}
    </div>
  );
}
