'use client';

import type { ReactNode } from 'react';
import { ProblemMark } from './problem-mark.tsx';

/** Where a block stands in the text: the author view finds it by its id, and marks it. */
export function BlockPlace({ id, children }: { id: string; children: ReactNode }) {
  return (
    <div data-block={id} className="min-w-0">
      <ProblemMark id={id} />
      {children}
    </div>
  );
}
