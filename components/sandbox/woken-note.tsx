'use client';

import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { SandboxNotice } from '../../protocol/sandbox.ts';
import { noticeWords } from './notice-words.ts';
import type { SandboxNotices } from './use-sandbox-notices.ts';

/** It is of no consequence, so it goes by itself once it has been in sight for so long; milliseconds. */
const inSight = 15_000;

/** One quiet line: it was paused, and goes on. */
export function WokenNote({ shelf }: { shelf: SandboxNotices }) {
  const notice = shelf.notices.find((each) => each.kind === 'woken') ?? null;
  const latest = useRef({ notice, dismiss: shelf.dismiss });
  useEffect(() => {
    latest.current = { notice, dismiss: shelf.dismiss };
  });
  const there = notice !== null;
  useEffect(() => {
    if (!there) return;
    let left = inSight;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') left -= 1_000;
      if (left <= 0 && latest.current.notice !== null) latest.current.dismiss(latest.current.notice);
    }, 1_000);
    return () => clearInterval(timer);
  }, [there]);
  return notice === null ? null : <Note notice={notice} onDismiss={() => shelf.dismiss(notice)} />;
}

function Note({ notice, onDismiss }: { notice: SandboxNotice; onDismiss(): void }) {
  const { title, text } = noticeWords(notice, Date.now());
  return (
    <p className="appear flex min-w-0 items-center gap-1 text-ui text-ink-soft">
      <span className="truncate">
        {title}. {text}
      </span>
      <button
        type="button"
        aria-label={`Dismiss: ${title}`}
        onClick={onDismiss}
        className="inline-flex size-6 shrink-0 items-center justify-center rounded-md hover:bg-sunken hover:text-ink"
      >
        <X size={14} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </p>
  );
}
