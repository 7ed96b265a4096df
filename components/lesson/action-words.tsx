import type { ReactNode } from 'react';
import { InlineCode } from '../ui/inline-code.tsx';
import type { ActionState } from './use-action.ts';

/** What came of pressing a button, read out politely; shown under it only when something is left to do. */
export function ActionWords({ state, children }: { state: ActionState; children?: ReactNode }) {
  return (
    <div role="status" className="relative text-ui">
      {state.words !== null && state.tone === 'done' && <span className="sr-only">{state.words}</span>}
      {state.words !== null && state.tone === 'refused' && (
        <p className="appear flex flex-wrap items-center gap-x-3 gap-y-2 pt-2">
          <span className="text-warning">
            <InlineCode text={state.words} />
          </span>
          {children}
        </p>
      )}
    </div>
  );
}
