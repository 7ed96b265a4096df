'use client';

import { type KeyboardEvent, useEffect, useRef } from 'react';
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

  // Without a scrollbar, the tab that is shown has to come into sight by itself.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is the selected one
  useEffect(() => {
    const { current } = list;
    if (current === null) return;
    // Looks once at the beginning, too.
    const observer = new ResizeObserver(() => reveal(current));
    observer.observe(current);
    return () => observer.disconnect();
  }, [active]);

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
    <div
      ref={list}
      role="tablist"
      aria-label="Terminals"
      className="flex min-w-0 items-stretch overflow-x-auto [scrollbar-width:none] [&::-webkit-scrollbar]:hidden"
    >
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

/** Scrolls the selected tab into the strip; sideways only, and nothing around it. */
function reveal(strip: HTMLElement): void {
  const tab = strip.querySelector('[aria-selected="true"]')?.getBoundingClientRect();
  if (tab === undefined) return;
  const { left, right } = strip.getBoundingClientRect();
  strip.scrollBy({ left: Math.max(0, tab.right - right) + Math.min(0, tab.left - left) });
}
