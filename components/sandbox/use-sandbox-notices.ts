'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { Results } from '../../protocol/events.ts';
import type { SandboxNotice } from '../../protocol/sandbox.ts';
import { useLab } from '../realtime/lab-provider.tsx';
import { spokenNotice } from './notice-words.ts';
import type { PageSandbox } from './sandbox-words.ts';

/** Putting an archive back, from the click to its result. */
export type Restoring =
  | { state: 'idle' }
  /** Asked for elsewhere (in the catalogue), and not yet begun. */
  | { state: 'asked'; archive: string }
  | { state: 'running'; archive: string }
  | { state: 'done'; result: Results['sandbox:restore'] }
  | { state: 'failed'; archive: string; message: string };

export interface SandboxNotices {
  notices: SandboxNotice[];
  restoring: Restoring;
  /** To be read out, while it is true. */
  spoken: string;
  dismiss(notice: SandboxNotice): void;
  restore(archive: string): void;
  /** The words about an archive have been read. */
  endRestoring(): void;
}

const keyOf = (notice: SandboxNotice) => JSON.stringify(notice);

/**
 * What the learner should know of how their sandbox came to be as it is. A dismissed notice goes at once, not when
 * the server has heard of it.
 */
export function useSandboxNotices(lesson: string, sandbox: PageSandbox, asked: string | null): SandboxNotices {
  const lab = useLab();
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const [restoring, setRestoring] = useState<Restoring>(
    asked === null ? { state: 'idle' } : { state: 'asked', archive: asked },
  );
  const [spoken, setSpoken] = useState<{ words: string; of: string[] }>({ words: '', of: [] });
  const said = useRef(new Set<string>());
  const all = sandbox.state === 'ready' ? sandbox.notices : [];
  const notices = all.filter((notice) => !dismissed.has(keyOf(notice)));

  useEffect(() => {
    const fresh = notices.filter((notice) => !said.current.has(keyOf(notice)));
    if (fresh.length > 0) {
      const of = fresh.map(keyOf);
      for (const key of of) said.current.add(key);
      setSpoken({ words: fresh.map((notice) => spokenNotice(notice, Date.now())).join(' '), of });
    } else if (spoken.of.some((key) => !notices.some((notice) => keyOf(notice) === key))) {
      setSpoken({ words: '', of: [] });
    }
  });
  // What came back before a reset may be gone with it.
  const resetting = sandbox.state === 'resetting';
  useEffect(() => {
    if (!resetting) return;
    setRestoring((before) => (before.state === 'done' || before.state === 'failed' ? { state: 'idle' } : before));
  }, [resetting]);

  const dismiss = useCallback(
    (notice: SandboxNotice) => {
      setDismissed((before) => new Set(before).add(keyOf(notice)));
      // Unheard, it comes back with the next visit.
      lab?.request('sandbox:dismiss', { lesson, kind: notice.kind }).catch(() => undefined);
    },
    [lab, lesson],
  );

  const restore = useCallback(
    (archive: string) => {
      if (lab === null) return;
      setRestoring({ state: 'running', archive });
      lab.request('sandbox:restore', { lesson, archive }).then(
        (result) => setRestoring({ state: 'done', result }),
        (error: unknown) =>
          setRestoring({
            state: 'failed',
            archive,
            message: error instanceof Error ? error.message : 'The files could not be put back. Try again.',
          }),
      );
    },
    [lab, lesson],
  );
  const endRestoring = useCallback(() => setRestoring({ state: 'idle' }), []);

  return { notices, restoring, spoken: spoken.words, dismiss, restore, endRestoring };
}
