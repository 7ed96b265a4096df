import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ActionState } from './use-action.ts';

/** A button's words, and for a moment what came of pressing it, in the same room: nothing around it moves. */
export function ActionFace({ state, done, children }: { state: ActionState; done: string; children: ReactNode }) {
  const isDone = state.words !== null && state.tone === 'done';
  const face = 'col-start-1 row-start-1 flex items-center justify-center gap-1.5';
  return (
    <span className="grid">
      <span className={isDone ? `${face} invisible` : face}>{children}</span>
      <span className={isDone ? `${face} appear` : `${face} invisible`}>
        <Check size={13} strokeWidth={2.5} aria-hidden="true" />
        {done}
      </span>
    </span>
  );
}
