'use client';

import { useSyncExternalStore } from 'react';

const key = 'drydock.terminal-reader-mode';
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // Another window of this browser changed it.
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

/** Storage may be refused; then the mode lasts as long as the page. */
let unsaved: boolean | null = null;

function read(): boolean {
  if (unsaved !== null) return unsaved;
  try {
    return localStorage.getItem(key) === 'on';
  } catch {
    return false;
  }
}

function write(on: boolean): void {
  try {
    localStorage.setItem(key, on ? 'on' : 'off');
  } catch {
    unsaved = on;
  }
  for (const listener of [...listeners]) listener();
}

/** xterm's mode for screen readers: off until asked for, because it makes full-screen programs slow. */
export function useReaderMode(): [boolean, (on: boolean) => void] {
  return [useSyncExternalStore(subscribe, read, () => false), write];
}
