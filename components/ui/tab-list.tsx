'use client';

import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { classNames } from './class-names.ts';

export interface TabItem<Name extends string> {
  name: Name;
  label: ReactNode;
  /** The id of the element it shows. */
  controls: string;
}

interface TabListProps<Name extends string> {
  label: string;
  tabs: readonly TabItem<Name>[];
  active: Name;
  onActivate(name: Name): void;
  className?: string;
}

/** Tabs with arrow keys, Home and End; what they show is elsewhere in the page. */
export function TabList<Name extends string>({ label, tabs, active, onActivate, className }: TabListProps<Name>) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.name === active);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const next = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    onActivate(next.name);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.name}"]`)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label={label} className={classNames('flex', className)}>
      {tabs.map((tab) => {
        const selected = tab.name === active;
        return (
          <button
            key={tab.name}
            type="button"
            role="tab"
            data-tab={tab.name}
            aria-selected={selected}
            aria-controls={tab.controls}
            tabIndex={selected ? 0 : -1}
            onClick={() => onActivate(tab.name)}
            onKeyDown={onKeyDown}
            className={classNames(
              'relative inline-flex h-(--tab-height) items-center gap-2 px-3.5 text-ui whitespace-nowrap outline-offset-[-2px] transition-colors',
              selected
                ? 'font-medium text-ink after:absolute after:inset-x-2.5 after:bottom-0 after:h-0.5 after:bg-accent'
                : 'text-ink-faint hover:text-ink',
            )}
          >
            {tab.label}
          </button>
        );
      })}
    </div>
  );
}
