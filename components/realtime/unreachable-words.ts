import type { useConnectionStatus } from './lab-provider.tsx';

/** Why no answer can be sent right now; null: it can. */
export function unreachableWords(state: ReturnType<typeof useConnectionStatus>['state']): string | null {
  switch (state) {
    case 'online':
      return null;
    case 'connecting':
      return 'The page is still connecting to the server. In a moment, answer again.';
    case 'offline':
      return 'There is no connection to the server. As soon as it is back, answer again.';
    case 'refused':
      return 'The server does not accept this page any more. Reload it, and answer again.';
  }
}
