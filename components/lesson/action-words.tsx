import type { ReactNode } from 'react';
import type { ActionState } from './use-action.ts';

/** What came of pressing a button, under it; read out politely. */
export function ActionWords({ state, children }: { state: ActionState; children?: ReactNode }) {
  return (
    <div role="status" className="text-ui">
      {state.words !== null && (
        <p className="appear flex flex-wrap items-center gap-x-3 gap-y-2 pt-2">
          <span className={state.tone === 'refused' ? 'text-warning' : 'text-ink-faint'}>{state.words}</span>
          {children}
        </p>
      )}
    </div>
  );
}
