'use client';

import { classNames } from '../ui/class-names.ts';

interface TouchKeyBarProps {
  /** Ctrl holds for the next key. */
  control: boolean;
  onControl(held: boolean): void;
  onKey(key: TouchKey): void;
}

export type TouchKey = 'escape' | 'tab' | 'up' | 'down' | 'left' | 'right';

const keys: { key: TouchKey; label: string; name: string }[] = [
  { key: 'up', label: '↑', name: 'Up' },
  { key: 'down', label: '↓', name: 'Down' },
  { key: 'left', label: '←', name: 'Left' },
  { key: 'right', label: '→', name: 'Right' },
];

/** Keys that on-screen keyboards lack. Pressing one leaves focus in the terminal, so the keyboard stays up. */
export function TouchKeyBar({ control, onControl, onKey }: TouchKeyBarProps) {
  const look = 'h-9 min-w-10 flex-1 rounded-sm border border-line bg-raised px-2 text-ui text-ink active:bg-sunken';
  const stay = (event: React.PointerEvent) => event.preventDefault();
  return (
    <div role="toolbar" aria-label="Terminal keys" className="flex gap-1 border-t border-line bg-surface p-1">
      <button type="button" className={look} onPointerDown={stay} onClick={() => onKey('escape')}>
        Esc
      </button>
      <button type="button" className={look} onPointerDown={stay} onClick={() => onKey('tab')}>
        Tab
      </button>
      <button
        type="button"
        aria-pressed={control}
        className={classNames(look, control && 'border-accent bg-accent-soft text-accent')}
        onPointerDown={stay}
        onClick={() => onControl(!control)}
      >
        Ctrl
      </button>
      {keys.map(({ key, label, name }) => (
        <button
          key={key}
          type="button"
          aria-label={name}
          className={look}
          onPointerDown={stay}
          onClick={() => onKey(key)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** What a key sends. Arrow keys depend on the mode a program asked for. */
export function touchKeySequence(key: TouchKey, applicationCursor: boolean): string {
  const arrow = applicationCursor ? '\x1bO' : '\x1b[';
  switch (key) {
    case 'escape':
      return '\x1b';
    case 'tab':
      return '\t';
    case 'up':
      return `${arrow}A`;
    case 'down':
      return `${arrow}B`;
    case 'right':
      return `${arrow}C`;
    case 'left':
      return `${arrow}D`;
  }
}

/** Ctrl with a letter or one of `@[\]^_`; anything else stays as it is. */
export function withControl(text: string): string {
  return /^[a-zA-Z@[\\\]^_]$/.test(text) ? String.fromCharCode(text.toUpperCase().charCodeAt(0) & 31) : text;
}
