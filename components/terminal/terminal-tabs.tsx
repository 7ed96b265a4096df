'use client';

import { type KeyboardEvent, useRef } from 'react';
import { classNames } from '../ui/class-names.ts';

interface TerminalTab {
  name: string;
  /** A command runs in it. */
  busy: boolean;
  tabId: string;
  panelId: string;
  closable: boolean;
}

interface TerminalTabsProps {
  tabs: TerminalTab[];
  active: string;
  /** `byPointer`: the person goes on in the terminal, not in the tabs. */
  onActivate(name: string, byPointer: boolean): void;
  onClose(name: string): void;
}

/** One stop for Tab; arrows, Home and End move between tabs, Delete closes one. */
export function TerminalTabs({ tabs, active, onActivate, onClose }: TerminalTabsProps) {
  const list = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>, index: number) => {
    const last = tabs.length - 1;
    const targets: Record<string, number> = {
      ArrowLeft: index === 0 ? last : index - 1,
      ArrowRight: index === last ? 0 : index + 1,
      Home: 0,
      End: last,
    };
    const tab = tabs[targets[event.key] ?? -1];
    if (tab !== undefined) {
      event.preventDefault();
      onActivate(tab.name, false);
      list.current?.querySelector<HTMLElement>(`[id="${tab.tabId}"]`)?.focus();
    } else if (event.key === 'Delete' && tabs[index]?.closable === true) {
      event.preventDefault();
      onClose(tabs[index].name);
    }
  };

  return (
    <div ref={list} role="tablist" aria-label="Terminals" className="flex min-w-0 items-stretch overflow-x-auto">
      {tabs.map((tab, index) => {
        const selected = tab.name === active;
        return (
          <button
            key={tab.name}
            type="button"
            role="tab"
            id={tab.tabId}
            aria-selected={selected}
            aria-controls={tab.panelId}
            tabIndex={selected ? 0 : -1}
            className={classNames(
              'flex h-full shrink-0 items-center gap-2 border-b-2 px-3 text-ui transition-colors focus-visible:-outline-offset-2',
              selected ? 'border-accent text-ink' : 'border-transparent text-ink-soft hover:text-ink',
            )}
            onClick={(event) => onActivate(tab.name, event.detail > 0)}
            onAuxClick={(event) => {
              if (event.button === 1 && tab.closable) onClose(tab.name);
            }}
            onKeyDown={(event) => onKeyDown(event, index)}
          >
            {tab.name}
            {tab.busy && (
              <>
                <span aria-hidden="true" className="size-1.5 rounded-full bg-running" />
                <span className="sr-only">(a command runs)</span>
              </>
            )}
          </button>
        );
      })}
    </div>
  );
}
