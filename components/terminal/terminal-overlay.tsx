import { Button } from '../ui/button.tsx';
import type { SessionState } from './terminal-session.ts';

interface TerminalOverlayProps {
  session: SessionState;
  ready: boolean;
  /** Something of the shell is on the screen. */
  hasContent: boolean;
  onStart(): void;
  /** Absent for a terminal that always stays. */
  onClose?: (() => void) | undefined;
}

/** The state of a terminal in words: across the pane while there is nothing to see, else in a strip below. */
export function TerminalOverlay({ session, ready, hasContent, onStart, onClose }: TerminalOverlayProps) {
  const words = wordsFor(session, ready);
  const action = session.state === 'ended' ? 'Start a new shell' : session.state === 'failed' ? 'Try again' : null;
  return (
    <div
      role="status"
      className={
        words === null
          ? 'sr-only'
          : hasContent
            ? 'absolute inset-x-0 bottom-0 z-10 flex flex-wrap items-center gap-3 border-t border-line bg-raised px-3 py-2 text-ui text-ink'
            : 'absolute inset-0 z-10 flex flex-col items-center justify-center gap-3 bg-terminal px-6 text-center text-control text-ink-soft'
      }
    >
      {words !== null && (
        <>
          <span className="min-w-0">{words}</span>
          {ready && action !== null && (
            <Button size="small" tone="primary" onClick={onStart}>
              {action}
            </Button>
          )}
          {session.state === 'ended' && onClose !== undefined && (
            <Button size="small" onClick={onClose}>
              Close
            </Button>
          )}
        </>
      )}
    </div>
  );
}

function wordsFor(session: SessionState, ready: boolean): string | null {
  switch (session.state) {
    case 'ended':
      return `The shell ended with code ${session.exitCode}.`;
    case 'failed':
      return session.message;
    case 'lost':
      return ready
        ? 'Connection lost. Your shell goes on running; this page is reconnecting.'
        : 'Your sandbox is starting…';
    case 'waiting':
      return 'Your sandbox is starting…';
    case 'connecting':
      return ready ? 'Connecting to your shell…' : 'Your sandbox is starting…';
    case 'open':
      return ready ? null : 'Your sandbox is starting…';
  }
}
