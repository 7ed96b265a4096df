'use client';

import { BookOpen, Code, SquareTerminal } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BuildStatus } from '../../protocol/build.ts';
import type { SandboxStatus } from '../../protocol/sandbox.ts';
import { useConnectionStatus } from '../realtime/lab-provider.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { formatMemory } from '../ui/quantity.ts';
import type { PaneName, Panes } from './use-panes.ts';

interface StatusBarProps {
  sandbox: SandboxStatus;
  build: BuildStatus | null;
  /** Said for a moment, instead of the connection. */
  remark: string | null;
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
export function StatusBar({ sandbox, build, remark, panes, onShowBuild, children }: StatusBarProps) {
  return (
    <footer className="on-steel flex h-10 shrink-0 items-center gap-4 border-t border-line bg-surface px-2 text-ui text-ink-soft">
      {children}
      <div className="hidden shrink-0 items-center gap-4 pair:flex">
        <p role="status" className="whitespace-nowrap">
          {remark ?? <Connection />}
        </p>
        {build !== null && (
          <button
            type="button"
            onClick={onShowBuild}
            className="rounded-sm whitespace-nowrap hover:text-ink hover:underline"
          >
            {buildWords(build)}
          </button>
        )}
        {sandbox.state === 'ready' && (
          <p className="hidden whitespace-nowrap text-ink-faint tabular-nums wide:block">
            Limit {formatMemory(sandbox.resources.memoryLimit)} memory · {sandbox.resources.cpus} CPU
            {sandbox.resources.cpus === 1 ? '' : 's'}
          </p>
        )}
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
      return <span className="text-warning">Not connected</span>;
    case 'refused':
      return <span className="text-warning">Reload needed</span>;
  }
}

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
