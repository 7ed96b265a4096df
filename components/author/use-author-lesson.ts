'use client';

import { useEffect, useMemo, useState } from 'react';
import type { AuthorCheck, AuthorLesson } from '../../protocol/authoring.ts';
import { useLab } from '../realtime/lab-provider.tsx';

export interface AuthorReading {
  /** What was read last; it stays while a newer one is on its way. */
  source: AuthorLesson | null;
  /** Why it could not be read. */
  refused: string | null;
}

/** While `open`: the lesson as its author sees it, read anew when it changes, its checks as they are observed. */
export function useAuthorLesson(lesson: string, open: boolean): AuthorReading {
  const lab = useLab();
  const [reading, setReading] = useState<AuthorReading>({ source: null, refused: null });
  /** What was observed last, even before the answer to which it belongs. */
  const [observed, setObserved] = useState<ReadonlyMap<string, AuthorCheck>>(new Map());
  useEffect(() => {
    if (lab === null || !open) return;
    let asked = 0;
    let ended = false;
    const read = () => {
      asked += 1;
      const mine = asked;
      const isLatest = () => !ended && mine === asked;
      lab.request('author:read', { lesson }).then(
        (source) => isLatest() && setReading({ source, refused: null }),
        (error: unknown) => {
          const refused = error instanceof Error ? error.message : 'The lesson could not be read. Reload the page.';
          if (isLatest()) setReading((before) => ({ ...before, refused }));
        },
      );
    };
    const ends = [
      lab.onOnline(read),
      lab.on('lesson:changed', (fact) => fact.lesson === lesson && read()),
      lab.on('author:observed', (fact) => {
        if (fact.lesson !== lesson) return;
        setObserved(
          (before) => new Map([...before, ...fact.checks.map((check): [string, AuthorCheck] => [check.id, check])]),
        );
      }),
    ];
    return () => {
      ended = true;
      for (const end of ends) end();
    };
  }, [lab, lesson, open]);

  return useMemo(() => {
    const { source } = reading;
    if (source === null) return reading;
    return { ...reading, source: { ...source, checks: source.checks.map((check) => latest(check, observed)) } };
  }, [reading, observed]);
}

/** What was observed of a check that has been written anew since says nothing about it. */
function latest(check: AuthorCheck, observed: ReadonlyMap<string, AuthorCheck>): AuthorCheck {
  const seen = observed.get(check.id);
  if (seen === undefined || seen.source !== check.source) return check;
  return { ...check, state: seen.state, message: seen.message, hint: seen.hint };
}
