'use client';

import { useCallback, useEffect, useState } from 'react';
import type { TerminalSummary } from '../../protocol/events.ts';

/** The terminal that is always there. */
export const mainTerminal = 'main';

/**
 * The tabs: the main one, those the server knows, and those opened in this window. The last are kept through a
 * reload, because a server that was restarted learns of a shell only when a page opens it again.
 */
export function useTerminalNames(lesson: string, terminals: TerminalSummary[], active: string) {
  const [opened, setOpened] = useState<string[]>([]);
  useEffect(() => setOpened(readNames(lesson)), [lesson]);

  const change = useCallback(
    (update: (names: string[]) => string[]) =>
      setOpened((names) => {
        const next = update(names);
        writeNames(lesson, next);
        return next;
      }),
    [lesson],
  );
  // A closed tab is gone at once, not when the server has said so.
  const [closed, setClosed] = useState<string[]>([]);
  const add = useCallback(
    (name: string) => {
      setClosed((names) => names.filter((other) => other !== name));
      change((names) => (names.includes(name) ? names : [...names, name]));
    },
    [change],
  );
  const remove = useCallback(
    (name: string) => {
      setClosed((names) => [...names, name]);
      change((names) => names.filter((other) => other !== name));
    },
    [change],
  );
  useEffect(() => {
    const listed = new Set(terminals.map(({ terminal }) => terminal));
    setClosed((names) => (names.every((name) => listed.has(name)) ? names : names.filter((name) => listed.has(name))));
  }, [terminals]);

  const all = [mainTerminal, ...terminals.map(({ terminal }) => terminal), ...opened, active];
  const names = [...new Set(all)].filter((name) => !closed.includes(name));
  return { names, add, remove };
}

/** `shell-2`, `shell-3`, …: the first that is free. */
export function nextTerminalName(names: readonly string[]): string {
  let number = 2;
  while (names.includes(`shell-${number}`)) number += 1;
  return `shell-${number}`;
}

const storageKey = (lesson: string) => `drydock.terminals.${lesson}`;

function readNames(lesson: string): string[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(storageKey(lesson)) ?? '[]');
    if (!Array.isArray(stored)) return [];
    return stored
      .filter((name): name is string => typeof name === 'string' && /^[a-z0-9-]{1,32}$/.test(name))
      .slice(0, 8);
  } catch {
    return [];
  }
}

function writeNames(lesson: string, names: string[]): void {
  try {
    sessionStorage.setItem(storageKey(lesson), JSON.stringify(names));
  } catch {
    // refused: the tabs last as long as the page
  }
}
