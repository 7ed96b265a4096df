'use client';

import type { SandboxStage } from '../../protocol/sandbox.ts';
import { failureWords, type PageSandbox, stageWords } from '../sandbox/sandbox-words.ts';
import { Button } from '../ui/button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { formatSeconds } from '../ui/quantity.ts';
import { useNow } from '../ui/use-now.ts';

const stageOrder: SandboxStage[] = ['creating', 'starting', 'waiting-for-daemon', 'preparing-files'];

interface SandboxNoticeProps {
  sandbox: PageSandbox;
  /** Why the lesson could not be opened at all. */
  refused: { code: string; message: string } | null;
  onRetry(): void;
  onReset(): void;
}

/** Stands where the terminal will be, until there is one. A sandbox at rest has its words in the terminal. */
export function SandboxNotice({ sandbox, refused, onRetry, onReset }: SandboxNoticeProps) {
  if (refused !== null) return <Failure error={refused} onRetry={onRetry} onReset={onReset} />;
  switch (sandbox.state) {
    case 'ready':
    case 'paused':
    case 'stopped':
    case 'removed':
      return null;
    case 'failed':
      return <Failure error={sandbox.error} onRetry={onRetry} onReset={onReset} />;
    case 'none':
      return <Waiting heading="Asking for a sandbox" since={null} stage={null} />;
    case 'starting':
      return <Waiting heading={stageWords(sandbox.stage)} since={sandbox.since} stage={sandbox.stage} />;
    case 'resetting':
      return <Waiting heading="Making a fresh sandbox" since={sandbox.since} stage={null} />;
  }
}

function Waiting({ heading, since, stage }: { heading: string; since: number | null; stage: SandboxStage | null }) {
  const now = useNow(since !== null);
  const at = stage === null ? -1 : stageOrder.indexOf(stage);
  return (
    <div className="appear absolute inset-0 z-10 bg-terminal p-5 font-mono text-ui text-terminal-ink">
      <p className="text-ink-soft">
        {heading}
        {since !== null && <span className="ml-3 text-ink-faint tabular-nums">{formatSeconds(now - since)}</span>}
        <span aria-hidden="true" className="breathing ml-2 inline-block h-3.5 w-2 translate-y-0.5 bg-accent" />
      </p>
      <noscript>
        <p className="mt-2 max-w-[56ch] text-ink-soft">
          Terminal and editor need JavaScript, which is off in this browser. The lesson can be read without it.
        </p>
      </noscript>
      {at > 0 && (
        <ol className="mt-2 text-ink-faint">
          {stageOrder.slice(0, at).map((done) => (
            <li key={done}>
              <span aria-hidden="true" className="mr-2 text-running">
                ✓
              </span>
              {stageWords(done)}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

interface FailureProps {
  error: { code: string; message: string };
  onRetry(): void;
  onReset(): void;
}

function Failure({ error, onRetry, onReset }: FailureProps) {
  const words = failureWords(error.code);
  return (
    <div role="alert" className="absolute inset-0 z-10 overflow-y-auto bg-terminal p-6 text-terminal-ink">
      <p className="flex items-center gap-2 text-control font-semibold">
        <span aria-hidden="true" className="size-2 rotate-45 bg-failed" />
        {words.heading}
      </p>
      <p className="mt-2 max-w-[60ch] text-control text-ink-soft">
        <InlineCode text={error.message} />
      </p>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button tone="primary" size="small" onClick={onRetry}>
          {words.action}
        </Button>
        {words.resetHelps && (
          <Button size="small" onClick={onReset}>
            Reset the sandbox
          </Button>
        )}
      </div>
    </div>
  );
}
