'use client';

import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import { TabList } from '../ui/tab-list.tsx';

export type LowerTab = 'terminals' | 'build';

interface LowerPanelProps {
  tab: LowerTab;
  onTab(tab: LowerTab): void;
  /** There is something to show of a build. Until then there are no tabs. */
  hasBuild: boolean;
  /** Above both, in a room of its own: it covers no line one reads. */
  notices: ReactNode;
  terminals: ReactNode;
  build: ReactNode;
}

/** Under the editor: the terminals, and the build's output once there is one. */
export function LowerPanel({ tab, onTab, hasBuild, notices, terminals, build }: LowerPanelProps) {
  const showsBuild = hasBuild && tab === 'build';
  return (
    <section
      aria-label="Terminal"
      data-pane="terminal"
      tabIndex={-1}
      className="on-steel flex h-full min-h-0 flex-col bg-terminal text-ink outline-none"
    >
      {hasBuild && (
        <TabList
          label="Terminal and build"
          tabs={[
            { name: 'terminals', label: 'Terminals', controls: 'lower-terminals' },
            { name: 'build', label: 'Build output', controls: 'lower-build' },
          ]}
          active={showsBuild ? 'build' : 'terminals'}
          onActivate={onTab}
          className="shrink-0 border-b border-line bg-surface px-1"
        />
      )}
      {notices}
      <div className="relative min-h-0 flex-1">
        {/* Kept in the layout while hidden: a terminal that loses its size loses its lines. */}
        <div id="lower-terminals" className={classNames('absolute inset-0', showsBuild && 'invisible')}>
          {terminals}
        </div>
        <div id="lower-build" className={classNames('absolute inset-0', !showsBuild && 'hidden')}>
          {showsBuild && build}
        </div>
      </div>
    </section>
  );
}
