'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { classNames } from './class-names.ts';
import { copyText } from './copy-text.ts';

/** `what` completes the name: "Copy docker ps". */
export function CopyButton({ text, what, className }: { text: string; what?: string; className?: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 1_600);
    return () => clearTimeout(timer);
  }, [state]);
  const Icon = state === 'copied' ? Check : Copy;
  return (
    <button
      type="button"
      aria-label={what === undefined ? 'Copy' : `Copy ${what}`}
      onClick={() => void copyText(text).then((done) => setState(done ? 'copied' : 'refused'))}
      className={classNames(
        'inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md px-2 text-caption text-ink-faint transition-colors hover:bg-sunken hover:text-ink',
        className,
      )}
    >
      <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
      <span role="status" className={state === 'idle' ? 'sr-only' : undefined}>
        {state === 'copied' && 'Copied'}
        {state === 'refused' && 'Press Ctrl+C'}
      </span>
    </button>
  );
}
