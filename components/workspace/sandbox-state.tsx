'use client';

import { useConnectionStatus } from '../realtime/lab-provider.tsx';
import { type PageSandbox, sandboxWords } from '../sandbox/sandbox-words.ts';
import { formatSeconds } from '../ui/quantity.ts';
import { useNow } from '../ui/use-now.ts';

/** The sandbox in the bar: a sign, words, and seconds while one waits. */
export function SandboxState({ sandbox }: { sandbox: PageSandbox }) {
  const away = useConnectionStatus().state === 'offline';
  const waiting = !away && (sandbox.state === 'starting' || sandbox.state === 'resetting');
  const now = useNow(waiting);
  return (
    <p className="flex items-center gap-2 text-ui whitespace-nowrap text-ink-soft">
      <Sign state={away ? 'away' : sandbox.state} />
      <span role="status" className={sandbox.state === 'ready' ? 'max-pair:sr-only' : 'max-w-[44vw] truncate'}>
        {away ? 'Sandbox out of reach' : sandboxWords(sandbox)}
      </span>
      {waiting && 'since' in sandbox && (
        <span className="text-ink-faint tabular-nums">{formatSeconds(now - sandbox.since)}</span>
      )}
    </p>
  );
}

function Sign({ state }: { state: PageSandbox['state'] | 'away' }) {
  switch (state) {
    case 'ready':
      return <span aria-hidden="true" className="size-2 rounded-full bg-running" />;
    case 'failed':
      return <span aria-hidden="true" className="size-2 rotate-45 bg-failed" />;
    case 'paused':
      return <span aria-hidden="true" className="h-2.5 w-2 border-x-3 border-exited" />;
    case 'stopped':
    case 'removed':
      return <span aria-hidden="true" className="size-2 bg-exited" />;
    case 'away':
      return <span aria-hidden="true" className="size-2 rounded-full border-2 border-exited" />;
    case 'none':
    case 'starting':
    case 'resetting':
      return <span aria-hidden="true" className="breathing size-2 rounded-full border-2 border-building" />;
  }
}
