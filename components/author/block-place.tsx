'use client';

import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import { ProblemMark } from './problem-mark.tsx';

/** Where a block stands in the text: the author view finds it by its id, and marks it. `className`: of the place. */
export function BlockPlace({ id, className, children }: { id: string; className?: string; children: ReactNode }) {
  return (
    <div data-block={id} className={classNames('min-w-0', className)}>
      <ProblemMark id={id} />
      {children}
    </div>
  );
}
