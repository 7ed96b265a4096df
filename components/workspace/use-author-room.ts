'use client';

import { useRouter } from 'next/navigation';
import { type RefObject, useCallback, useEffect, useMemo, useState } from 'react';
import type { LessonProblem } from '../../protocol/authoring.ts';
import { showPlace } from '../author/show-place.ts';
import { useAuthorView } from '../author/use-author-view.ts';
import type { LessonWorkspaceProps } from './lesson-workspace.tsx';
import type { UpperTab } from './upper-panel.tsx';
import type { Panes } from './use-panes.ts';

interface AuthorRoomOptions {
  lesson: string;
  authoring: LessonWorkspaceProps['authoring'];
  panes: Panes;
  /** The code of what opening the lesson was refused with. */
  refused: string | null;
  scroller: RefObject<HTMLElement | null>;
  goTo(step: string | null): void;
}

/** The author view's place in the page: above the terminals, beside the text, or a tab of its own. */
export function useAuthorRoom({ lesson, authoring, panes, refused, scroller, goTo }: AuthorRoomOptions) {
  const router = useRouter();
  const view = useAuthorView({ lesson, ...authoring });
  const [upperTab, setUpperTab] = useState<UpperTab>('author');
  const { show, narrow } = panes;
  const { open, setOpen, setTab, showLine } = view;

  const bringUp = useCallback(() => {
    setUpperTab('author');
    show('editor');
  }, [show]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the address asks for it
  useEffect(() => {
    if (open && authoring.asked) bringUp();
  }, []);

  // It was saved with mistakes between this page and its connection: the page of a broken lesson shows them.
  useEffect(() => {
    if (authoring.mayAuthor && refused === 'lesson.invalid') router.refresh();
  }, [authoring.mayAuthor, refused, router]);

  const toggle = () => {
    setOpen(!open);
    if (!open) bringUp();
    else if (narrow) show('lesson');
  };

  /** Brings a block or step of the text into view; null: its beginning. */
  const findInText = (place: string | null) => {
    show('lesson');
    requestAnimationFrame(() => {
      if (place === null || !showPlace(scroller.current, place)) goTo(null);
    });
  };

  const marks = useMemo(
    () => ({
      isOpen: open,
      marks: view.marks,
      onShow: (problem: LessonProblem) => {
        setTab('problems');
        showLine(problem.line);
        bringUp();
      },
    }),
    [open, view.marks, setTab, showLine, bringUp],
  );

  const problems = (open ? view.source?.problems.length : undefined) ?? authoring.problems;
  return {
    view,
    marks,
    upperTab,
    setUpperTab,
    bringUp,
    findInText,
    /** For the command menu; null: this person may not author. */
    command: authoring.mayAuthor ? { open, toggle } : null,
    /** For the bar; null: nothing of it is shown. */
    barSwitch: view.isKnown || problems > 0 ? { open, problems, onToggle: toggle } : null,
  };
}

export type AuthorRoom = ReturnType<typeof useAuthorRoom>;
