'use client';

import { BookOpen, Code, SquareTerminal } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { BuildStatus } from '../../protocol/build.ts';
import { useConnectionStatus } from '../realtime/lab-provider.tsx';
import { SandboxGauges } from '../sandbox/sandbox-gauges.tsx';
import type { PageSandbox } from '../sandbox/sandbox-words.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { formatSeconds } from '../ui/quantity.ts';
import { useNow } from '../ui/use-now.ts';
import type { PaneName, Panes } from './use-panes.ts';

interface StatusBarProps {
  sandbox: PageSandbox;
  build: BuildStatus | null;
  /** Said for a moment, instead of the connection. */
  remark: string | null;
  /** Quiet news of the sandbox, instead of the connection too. */
  news: ReactNode;
  panes: Panes;
  onShowBuild(): void;
  children: ReactNode;
}

const paneButtons: { name: PaneName; words: string; icon: typeof BookOpen }[] = [
  { name: 'lesson', words: 'lesson', icon: BookOpen },
  { name: 'editor', words: 'editor', icon: Code },
  { name: 'terminal', words: 'terminal', icon: SquareTerminal },
];

/** The line at the bottom: the way through the lesson on the left, the machine on the right. */
export function StatusBar({ sandbox, build, remark, news, panes, onShowBuild, children }: StatusBarProps) {
  return (
    <footer className="on-steel flex h-10 shrink-0 items-center gap-3 border-t border-line bg-surface px-2 text-ui text-ink-soft">
      {children}
      <div className="hidden shrink-0 items-center gap-4 pair:flex">
        {news ?? (
          <p role="status" className="whitespace-nowrap">
            {remark ?? <Connection />}
          </p>
        )}
        {build !== null && <BuildState key={build.build} build={build} onShow={onShowBuild} />}
      </div>
      <SandboxGauges sandbox={sandbox} />
      <div className="hidden shrink-0 pair:block">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
        <div role="group" aria-label="Panes" className="flex">
          {paneButtons.map(({ name, words, icon }) => {
            const folded = panes.folded.has(name);
            return (
              <IconButton
                key={name}
                icon={icon}
                name={`${folded ? 'Show' : 'Hide'} the ${words}`}
                className={folded ? 'opacity-50' : ''}
                onClick={() => panes.toggle(name)}
              />
            );
          })}
        </div>
      </div>
    </footer>
  );
}

function Connection() {
  const status = useConnectionStatus();
  switch (status.state) {
    case 'connecting':
      return 'Connecting …';
    case 'online':
      return 'Connected';
    case 'offline':
      return null; // the banner above says it
    case 'refused':
      return <span className="text-warning">Reload needed</span>;
  }
}

/** The outcome of a build is news for this long; milliseconds. */
const newsFor = 60_000;

function BuildState({ build, onShow }: { build: BuildStatus; onShow(): void }) {
  const [past, setPast] = useState(false);
  const endedAt = build.state === 'running' ? null : build.endedAt;
  useEffect(() => {
    if (endedAt === null) return;
    const left = endedAt + newsFor - Date.now();
    setPast(left <= 0);
    if (left <= 0) return;
    const timer = setTimeout(() => setPast(true), Math.min(left, newsFor));
    return () => clearTimeout(timer);
  }, [endedAt]);
  const running = build.state === 'running';
  const now = useNow(running);
  if (past && !running) return null;
  return (
    <button
      type="button"
      onClick={onShow}
      className="flex items-center gap-2 rounded-sm whitespace-nowrap hover:text-ink hover:underline"
    >
      <span aria-hidden="true" className={`size-2 shrink-0 ${buildSigns[build.state]}`} />
      {buildWords(build)}
      {running && <span className="text-ink-faint tabular-nums">{formatSeconds(now - build.startedAt)}</span>}
    </button>
  );
}

const buildSigns: Record<BuildStatus['state'], string> = {
  running: 'breathing rounded-full border-2 border-building',
  succeeded: 'rounded-full bg-running',
  failed: 'rotate-45 bg-failed',
  cancelled: 'border-2 border-exited',
  lost: 'rotate-45 bg-warning',
};

function buildWords(build: BuildStatus): string {
  switch (build.state) {
    case 'running':
      return 'Building …';
    case 'succeeded':
      return 'Build succeeded';
    case 'failed':
      return 'Build failed';
    case 'cancelled':
      return 'Build cancelled';
    case 'lost':
      return 'Build lost';
  }
}
