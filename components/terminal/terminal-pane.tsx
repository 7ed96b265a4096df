'use client';

import { Plus, Search, Speech, X } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import type { TerminalSummary } from '../../protocol/events.ts';
import { useLab } from '../realtime/lab-provider.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { CloseTerminalDialog } from './close-terminal-dialog.tsx';
import type { TerminalRest } from './terminal-overlay.tsx';
import { TerminalPanel } from './terminal-panel.tsx';
import type { SessionState } from './terminal-session.ts';
import { TerminalTabs } from './terminal-tabs.tsx';
import { useReaderMode } from './use-reader-mode.ts';
import { mainTerminal, nextTerminalName, useTerminalNames } from './use-terminal-names.ts';

export interface TerminalPaneProps {
  /** course/lesson */
  lesson: string;
  /** As the server tells. */
  terminals: TerminalSummary[];
  active: string;
  onActivate(name: string): void;
  /** The sandbox runs. */
  ready: boolean;
  /** Words for a sandbox that is paused or stopped. */
  rest: TerminalRest | null;
  /** Calls it. */
  onWake(): void;
}

/** The lesson's terminals as tabs. Load it with `ssr: false`: xterm needs a browser. */
export function TerminalPane(props: TerminalPaneProps) {
  const { lesson, terminals, active, onActivate, ready, rest, onWake } = props;
  const lab = useLab();
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const { names, add, remove } = useTerminalNames(lesson, terminals, active);
  const [shown, setShown] = useState<string[]>([]);
  const [readerMode, setReaderMode] = useReaderMode();
  const [searching, setSearching] = useState(false);
  const [closing, setClosing] = useState<string | null>(null);
  const [announcement, setAnnouncement] = useState('');
  const states = useRef(new Map<string, SessionState>());
  const current = names.includes(active) ? active : mainTerminal;

  // A terminal is attached when it is first looked at, and stays attached.
  if (!shown.includes(current)) setShown([...shown, current]);

  const tabIdOf = (name: string) => `${id}-tab-${name}`;
  const panelIdOf = (name: string) => `${id}-panel-${name}`;
  const focusTerminal = () =>
    requestAnimationFrame(() => {
      root.current?.querySelector<HTMLElement>('[role="tabpanel"]:not([inert]) .xterm-helper-textarea')?.focus();
    });

  const drop = (name: string) => {
    remove(name);
    setShown((list) => list.filter((other) => other !== name));
    states.current.delete(name);
    if (name === current) onActivate(mainTerminal);
  };

  // Closed in another window: it ended here, and the server lists it no more.
  const listed = useRef<string[]>([]);
  useEffect(() => {
    const now = terminals.map(({ terminal }) => terminal);
    const vanished = listed.current.filter((name) => name !== mainTerminal && !now.includes(name));
    listed.current = now;
    for (const name of vanished) if (states.current.get(name)?.state === 'ended') drop(name);
  });

  const open = () => {
    const name = nextTerminalName(names);
    add(name);
    onActivate(name);
    focusTerminal();
  };
  const close = (name: string) => {
    if (terminals.some(({ terminal }) => terminal === name)) {
      lab?.request('terminal:close', { lesson, terminal: name }).catch((error: unknown) => {
        setAnnouncement(error instanceof Error ? error.message : 'The terminal could not be closed.');
      });
    }
    drop(name);
    // The button or tab that was pressed may have gone with it.
    requestAnimationFrame(() =>
      setTimeout(() => {
        if (document.activeElement === document.body) document.getElementById(tabIdOf(mainTerminal))?.focus();
      }, 0),
    );
  };
  const askToClose = (name: string) => {
    if (terminals.find(({ terminal }) => terminal === name)?.busy === true) setClosing(name);
    else close(name);
  };
  const announce = (words: string) => setAnnouncement((before) => (before === words ? `${words}\u00a0` : words));

  const tabs = names.map((name) => ({
    name,
    busy: terminals.find(({ terminal }) => terminal === name)?.busy === true,
    tabId: tabIdOf(name),
    panelId: panelIdOf(name),
    closable: name !== mainTerminal,
  }));

  return (
    <div ref={root} className="on-steel flex size-full min-h-0 flex-col bg-terminal">
      <div className="flex h-(--tab-height) shrink-0 items-stretch border-b border-line bg-surface pr-1">
        <TerminalTabs
          tabs={tabs}
          active={current}
          onActivate={(name, byPointer) => {
            onActivate(name);
            if (byPointer) focusTerminal();
          }}
          onClose={askToClose}
        />
        <div className="flex items-center">
          <IconButton icon={Plus} name="New terminal" className="size-7" onClick={open} />
        </div>
        <div className="ml-auto flex items-center gap-0.5">
          <IconButton
            icon={Search}
            name="Find in terminal"
            note="Ctrl+F"
            className="size-7"
            onClick={() => setSearching(true)}
          />
          <IconButton
            icon={Speech}
            name="Reader mode: for screen readers"
            note={readerMode ? 'on' : 'off'}
            aria-pressed={readerMode}
            className="size-7 aria-pressed:bg-accent-soft aria-pressed:text-accent"
            onClick={() => setReaderMode(!readerMode)}
          />
          {current !== mainTerminal && (
            <IconButton
              icon={X}
              name={`Close terminal ${current}`}
              className="size-7"
              onClick={() => askToClose(current)}
            />
          )}
        </div>
      </div>
      <div className="relative min-h-0 flex-1">
        {names
          .filter((name) => shown.includes(name))
          .map((name) => (
            <TerminalPanel
              key={`${lesson}:${name}`}
              lesson={lesson}
              name={name}
              tabId={tabIdOf(name)}
              panelId={panelIdOf(name)}
              active={name === current}
              ready={ready}
              rest={rest}
              onWake={onWake}
              readerMode={readerMode}
              searching={searching}
              onSearching={setSearching}
              onState={(state) => states.current.set(name, state)}
              onLeave={() => {
                document.getElementById(tabIdOf(name))?.focus();
                announce('Left the terminal.');
              }}
              onAnnounce={announce}
              onClose={name === mainTerminal ? undefined : () => close(name)}
            />
          ))}
      </div>
      <p role="status" className="sr-only">
        {announcement}
      </p>
      <CloseTerminalDialog
        name={closing}
        onAnswer={(yes) => {
          if (yes && closing !== null) close(closing);
          setClosing(null);
        }}
      />
    </div>
  );
}
