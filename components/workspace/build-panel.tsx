'use client';

import { memo, type UIEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { BuildStatus } from '../../protocol/build.ts';
import { Button } from '../ui/button.tsx';
import { formatBytes, formatDuration, formatSeconds } from '../ui/quantity.ts';
import { useNow } from '../ui/use-now.ts';
import type { BuildLog } from './build-log.ts';

interface BuildPanelProps {
  build: BuildStatus | null;
  log: BuildLog;
  /** Why the last build could not be started. */
  refused: string | null;
  onCancel(build: string): void;
}

/** The output of the lesson's build as it comes, under a line that says how it stands. */
export function BuildPanel({ build, log, refused, onCancel }: BuildPanelProps) {
  if (build === null && refused === null) {
    return (
      <p className="max-w-[56ch] p-5 text-control text-ink-soft">
        The output of a build comes here. Open a Dockerfile in the editor and press Build.
      </p>
    );
  }
  return (
    <section aria-label="Build output" className="flex h-full min-h-0 flex-col bg-terminal text-terminal-ink">
      {refused !== null && (
        <p role="alert" className="border-b border-line bg-failed-soft px-4 py-2 text-ui text-ink">
          {refused}
        </p>
      )}
      {build !== null && <Head build={build} onCancel={onCancel} />}
      <Output log={log} />
    </section>
  );
}

function Head({ build, onCancel }: { build: BuildStatus; onCancel(build: string): void }) {
  const running = build.state === 'running';
  const now = useNow(running);
  return (
    <div className="flex min-h-10 items-center gap-3 border-b border-line px-4 text-ui">
      <p role="status" className="flex min-w-0 items-center gap-2.5">
        <Sign state={build.state} />
        <span className="truncate">{headWords(build)}</span>
      </p>
      {running && <span className="text-ink-faint tabular-nums">{formatSeconds(now - build.startedAt)}</span>}
      <span className="flex-1" />
      {running && (
        <Button size="small" onClick={() => onCancel(build.build)}>
          Cancel the build
        </Button>
      )}
    </div>
  );
}

function headWords(build: BuildStatus): string {
  switch (build.state) {
    case 'running':
      return `Building ${build.tag} from ${build.path}`;
    case 'succeeded': {
      const size = build.image === null ? '' : ` · ${formatBytes(build.image.size)}`;
      return `Built ${build.tag}${size} · took ${formatDuration(build.endedAt - build.startedAt)}`;
    }
    case 'failed':
      return `The build failed with exit code ${build.exitCode} after ${formatDuration(build.endedAt - build.startedAt)}`;
    case 'cancelled':
      return `You cancelled the build after ${formatDuration(build.endedAt - build.startedAt)}`;
    case 'lost':
      return build.error.message;
  }
}

function Sign({ state }: { state: BuildStatus['state'] }) {
  const shapes: Record<BuildStatus['state'], string> = {
    running: 'breathing rounded-full border-2 border-building',
    succeeded: 'rounded-full bg-running',
    failed: 'rotate-45 bg-failed',
    cancelled: 'border-2 border-exited',
    lost: 'rotate-45 bg-warning',
  };
  return <span aria-hidden="true" className={`size-2 shrink-0 ${shapes[state]}`} />;
}

/** Follows the end, until one scrolls up; follows again once one is back at the end. */
function Output({ log }: { log: BuildLog }) {
  const text = useSyncExternalStore(log.subscribe, log.text, () => '');
  const chunks = useMemo(() => inChunks(text), [text]);
  const box = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new text moves the end
  useEffect(() => {
    if (follows && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [text, follows]);
  const onScroll = (event: UIEvent<HTMLDivElement>) => {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
    setFollows(scrollHeight - scrollTop - clientHeight < 24);
  };
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={box}
        role="log"
        aria-label="Output of the build"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
        className="h-full overflow-auto px-4 py-3"
      >
        <pre className="font-mono text-[length:var(--terminal-font-size)] leading-[1.5] whitespace-pre-wrap [overflow-wrap:anywhere]">
          {chunks.map((chunk, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: text only grows at its end
            <Chunk key={index} text={chunk} />
          ))}
        </pre>
      </div>
      {!follows && (
        <Button size="small" className="absolute right-4 bottom-3" onClick={() => setFollows(true)}>
          Go to the end
        </Button>
      )}
    </div>
  );
}

const linesInChunk = 200;

/** Pieces of whole lines, so that a long output renders only its last piece anew. */
function inChunks(text: string): string[] {
  const lines = text.split('\n');
  const chunks: string[] = [];
  for (let index = 0; index < lines.length; index += linesInChunk) {
    const isLast = index + linesInChunk >= lines.length;
    chunks.push(lines.slice(index, index + linesInChunk).join('\n') + (isLast ? '' : '\n'));
  }
  return chunks;
}

const Chunk = memo(function Chunk({ text }: { text: string }) {
  return text.split(/(?<=\n)/).map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines never move
    <span key={index} className={lineClass(line)}>
      {line}
    </span>
  ));
});

/** BuildKit's plain progress: `#7 [2/4] RUN …`, `#7 CACHED`, `#7 DONE 0.3s`, `#7 ERROR: …`. */
function lineClass(line: string): string | undefined {
  if (line.startsWith('$ ')) return 'text-accent';
  if (/^#\d+ CACHED/.test(line)) return 'text-cached';
  if (/^(#\d+ )?ERROR\b|^#\d+ CANCELED/.test(line)) return 'text-failed';
  if (/^#\d+ \[(?!internal)/.test(line)) return 'font-semibold';
  if (/^#\d+ (DONE|sha256:|transferring|naming to|exporting|writing|resolve)|^#\d+ \[internal/.test(line))
    return 'text-ink-faint';
  return undefined;
}
