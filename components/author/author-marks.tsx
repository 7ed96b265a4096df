'use client';

import { createContext, useContext } from 'react';
import type { LessonProblem } from '../../protocol/authoring.ts';

interface AuthorMarks {
  /** Problems by the block or step they belong to; empty unless the author view is open. */
  marks: ReadonlyMap<string, LessonProblem[]>;
  /** Shows it in the author view. */
  onShow(problem: LessonProblem): void;
}

const AuthorMarksContext = createContext<AuthorMarks>({ marks: new Map(), onShow: () => undefined });

export const AuthorMarksProvider = AuthorMarksContext.Provider;

export function useAuthorMarks(): AuthorMarks {
  return useContext(AuthorMarksContext);
}
