'use client';

import { useCallback, useEffect, useMemo, useState } from 'react';
import type { LessonProblem } from '../../protocol/authoring.ts';
import { problemsByPlace } from './author-places.ts';
import { useAuthorLesson } from './use-author-lesson.ts';

/** Whether this browser shows it: `open` or `closed`; nothing while nobody ever asked for it. */
const storageKey = 'drydock.author';

export type AuthorTab = 'problems' | 'checks' | 'source';

interface AuthorViewOptions {
  lesson: string;
  mayAuthor: boolean;
  /** The address asks for it. */
  asked: boolean;
}

/** The author view of a lesson: whether it is open, what it has read, and which line it shows. */
export function useAuthorView({ lesson, mayAuthor, asked }: AuthorViewOptions) {
  const [remembered, setRemembered] = useState<'open' | 'closed' | null>(mayAuthor && asked ? 'open' : null);
  const [tab, setTab] = useState<AuthorTab>('problems');
  const [shown, setShown] = useState<{ line: number } | null>(null);
  const open = mayAuthor && remembered === 'open';
  const reading = useAuthorLesson(lesson, open);

  const setOpen = useCallback((wanted: boolean) => {
    const next = wanted ? 'open' : 'closed';
    setRemembered(next);
    keep(next);
  }, []);

  useEffect(() => {
    if (asked && mayAuthor) keep('open');
    const kept = recall();
    if (kept !== null) setRemembered((before) => before ?? kept);
  }, [asked, mayAuthor]);

  /** A new object each time: the same line can be asked for twice. */
  const showLine = useCallback((line: number) => setShown({ line }), []);

  const { source } = reading;
  const marks = useMemo(
    () => (open && source !== null ? problemsByPlace(source) : new Map<string, LessonProblem[]>()),
    [open, source],
  );
  return {
    mayAuthor,
    open,
    setOpen,
    /** This browser has had it open: a button for it stays in the bar. */
    isKnown: mayAuthor && remembered !== null,
    ...reading,
    marks,
    tab,
    setTab,
    shown,
    showLine,
  };
}

export type AuthorView = ReturnType<typeof useAuthorView>;

function keep(next: 'open' | 'closed'): void {
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // a browser without storage forgets
  }
}

function recall(): 'open' | 'closed' | null {
  try {
    const kept = localStorage.getItem(storageKey);
    return kept === 'open' || kept === 'closed' ? kept : null;
  } catch {
    return null;
  }
}
