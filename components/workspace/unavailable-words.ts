import type { Preparation } from '../../protocol/preparation.ts';
import type { LessonSession } from './use-lesson-session.ts';

/** Why the server cannot be told anything; null: it can. */
export function unreachableWords(
  loaded: boolean,
  online: boolean,
  session: Pick<LessonSession, 'openError'>,
): string | null {
  if (!loaded) return 'The page is still loading.';
  if (!online) return 'There is no connection to the server. As soon as it is back, try again.';
  return session.openError?.message ?? null;
}

/** Why nothing can be done in the sandbox; null: it can. */
export function machineWords({ sandbox, preparation }: Pick<LessonSession, 'sandbox' | 'preparation'>): string | null {
  switch (sandbox.state) {
    case 'ready':
    // At rest: whatever is asked of it calls it.
    case 'paused':
    case 'stopped':
    case 'removed':
      return preparation === null ? null : preparationWords(preparation);
    case 'none':
    case 'starting':
      return 'Your sandbox is still starting. It takes a few seconds.';
    case 'resetting':
      return 'Your sandbox is being reset. It takes a few seconds.';
    case 'failed':
      return 'There is no sandbox right now. Press Retry where the terminal was.';
  }
}

function preparationWords({ kind, state }: Preparation): string | null {
  // What failed can be mended by hand as well: the sandbox is the learner's again.
  if (state === 'failed') return null;
  return kind === 'setup'
    ? 'The lab is preparing this step in your sandbox. As soon as that is done, go on here.'
    : 'The lab is doing the earlier steps in your sandbox. As soon as that is done, go on here.';
}
