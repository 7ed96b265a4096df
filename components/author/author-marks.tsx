'use client';

import { createContext, useContext } from 'react';
import type { LessonProblem } from '../../protocol/authoring.ts';

interface AuthorMarks {
  /** What only the author needs to know is shown beside the text. */
  isOpen: boolean;
  /** Problems by the block or step they belong to; empty unless the author view is open. */
  marks: ReadonlyMap<string, LessonProblem[]>;
  /** Shows it in the author view. */
  onShow(problem: LessonProblem): void;
}

const AuthorMarksContext = createContext<AuthorMarks>({ isOpen: false, marks: new Map(), onShow: () => undefined });

export const AuthorMarksProvider = AuthorMarksContext.Provider;

export function useAuthorMarks(): AuthorMarks {
  return useContext(AuthorMarksContext);
}
