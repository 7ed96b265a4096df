'use client';

import { useCallback, useState } from 'react';
import type { TerminalSummary } from '../../protocol/events.ts';
import type { Press } from '../lesson/press.ts';
import { nextTerminalName } from '../terminal/use-terminal-names.ts';
import { handOver } from './hand-over.ts';
import type { LowerTab } from './lower-panel.tsx';
import { focusPane } from './pane-focus.ts';
import type { Panes } from './use-panes.ts';

/** What the lower pane shows: which terminal, or the build; and how each is brought into sight. */
export function useLowerPane({ show, narrow }: Panes, terminals: readonly TerminalSummary[]) {
  const [tab, setTab] = useState<LowerTab>('terminals');
  const [chosen, setTerminal] = useState<string | null>(null);
  const terminal = chosen ?? terminals[0]?.terminal ?? 'main';

  const showTerminal = useCallback(
    (name: string) => {
      setTerminal(name);
      setTab('terminals');
      show('terminal');
    },
    [show],
  );
  const showBuild = useCallback(() => {
    setTab('build');
    show('terminal');
  }, [show]);
  /** A button has typed a command there. */
  const onTyped = useCallback(
    (name: string, press: Press) => {
      showTerminal(name);
      handOver(name, press, narrow);
    },
    [showTerminal, narrow],
  );
  const newTerminal = () => {
    showTerminal(nextTerminalName([terminal, ...terminals.map((each) => each.terminal)]));
    requestAnimationFrame(() => focusPane('terminal'));
  };
  return { tab, setTab, terminal, setTerminal, showBuild, onTyped, newTerminal };
}
