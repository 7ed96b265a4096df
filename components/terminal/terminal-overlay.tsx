import type { Ref } from 'react';
import { Button } from '../ui/button.tsx';
import type { SandboxRest, SessionState } from './terminal-session.ts';

/** Why the sandbox rests, and the button that calls it. */
export interface TerminalRest {
  kind: SandboxRest;
  words: string;
  /** What to do, by keyboard. */
  hint: string;
  action: string;
}

interface TerminalOverlayProps {
  ref: Ref<HTMLDivElement>;
  session: SessionState;
  ready: boolean;
  rest: TerminalRest | null;
  /** Something of the shell is on the screen. */
  hasContent: boolean;
  onStart(): void;
  onWake(): void;
  /** Absent for a terminal that always stays. */
  onClose?: (() => void) | undefined;
}

/** The state of a terminal in words: across the pane while there is nothing to see, else in a strip below. */
export function TerminalOverlay(props: TerminalOverlayProps) {
  const { ref, session, ready, rest, hasContent, onStart, onWake, onClose } = props;
  const words = rest === null ? wordsFor(session, ready) : rest.words;
  const action = session.state === 'ended' ? 'Start a new shell' : session.state === 'failed' ? 'Try again' : null;
  return (
    <div
      ref={ref}
      role="status"
      className={
        words === null
          ? 'sr-only'
          : hasContent
            ? 'absolute inset-x-0 bottom-0 z-10 flex flex-wrap items-center gap-x-3 gap-y-1.5 border-t border-line bg-raised px-3 py-2 text-ui text-ink'
            : 'absolute inset-0 z-10 flex flex-col items-center justify-center gap-3 bg-terminal px-6 text-center text-control text-ink-soft'
      }
    >
      {words !== null && rest !== null && (
        <>
          <RestSign kind={rest.kind} />
          <span className={hasContent ? 'min-w-0 flex-1 basis-64' : 'max-w-[56ch]'}>
            {words} <span className="max-pair:sr-only">{rest.hint}</span>
          </span>
          <Button size="small" tone="primary" onClick={onWake}>
            {rest.action}
          </Button>
        </>
      )}
      {words !== null && rest === null && (
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

/** Two bars, or a square, as on every player. */
function RestSign({ kind }: { kind: SandboxRest }) {
  return kind === 'paused' ? (
    <span aria-hidden="true" className="h-2.5 w-2 shrink-0 border-x-3 border-exited" />
  ) : (
    <span aria-hidden="true" className="size-2.5 shrink-0 bg-exited" />
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
