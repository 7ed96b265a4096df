'use client';

import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useLab } from '../realtime/lab-provider.tsx';
import { classNames } from '../ui/class-names.ts';
import { useMediaQuery } from '../ui/use-media-query.ts';
import type { Xterm } from './create-xterm.ts';
import { TerminalOverlay, type TerminalRest } from './terminal-overlay.tsx';
import { TerminalSearchBar } from './terminal-search-bar.tsx';
import { type SessionState, TerminalSession } from './terminal-session.ts';
import { TouchKeyBar, touchKeySequence, withControl } from './touch-key-bar.tsx';
import { xtermScreen } from './xterm-screen.ts';
import { XtermView } from './xterm-view.tsx';

interface TerminalPanelProps {
  lesson: string;
  name: string;
  tabId: string;
  panelId: string;
  active: boolean;
  ready: boolean;
  rest: TerminalRest | null;
  readerMode: boolean;
  searching: boolean;
  onSearching(open: boolean): void;
  onState(state: SessionState): void;
  /** Call the sandbox that rests. */
  onWake(): void;
  /** Focus goes back to the page. */
  onLeave(): void;
  onAnnounce(words: string): void;
  onClose?: (() => void) | undefined;
}

/** One terminal: xterm, its session with the server, and what stands around them. */
export function TerminalPanel(props: TerminalPanelProps) {
  const { lesson, name, tabId, panelId, active, ready, rest, readerMode, searching } = props;
  const lab = useLab();
  const [xterm, setXterm] = useState<Xterm | null>(null);
  const [state, setState] = useState<SessionState>({ state: 'waiting' });
  const [hasContent, setHasContent] = useState(false);
  const [control, setControl] = useState(false);
  const session = useRef<TerminalSession | null>(null);
  const touch = useMediaQuery('(max-width: 899.98px)');
  const hintId = useId();
  const { onState, onWake } = props;
  const latest = useRef({ ready, rest, onState, onWake });
  useEffect(() => {
    latest.current = { ready, rest, onState, onWake };
  });

  useEffect(() => {
    if (lab === null || xterm === null) return;
    const opened = new TerminalSession({
      lab,
      lesson,
      terminal: name,
      screen: xtermScreen(xterm.terminal, () => setHasContent(true)),
      ready: latest.current.ready,
      rest: latest.current.rest?.kind ?? null,
      onWake: () => latest.current.onWake(),
      onState: (next) => {
        setState(next);
        latest.current.onState(next);
      },
    });
    session.current = opened;
    return () => {
      session.current = null;
      opened.dispose();
    };
  }, [lab, lesson, name, xterm]);

  const restKind = rest?.kind ?? null;
  useEffect(() => session.current?.setReady(ready, restKind), [ready, restKind]);

  // A terminal that comes into sight takes the size it has now.
  useEffect(() => {
    if (active) xterm?.fit();
  }, [active, xterm]);

  const type = (text: string) => {
    session.current?.type(control ? withControl(text) : text);
    if (control) setControl(false);
  };
  const claimSize = () => {
    if (xterm !== null) session.current?.resize(xterm.terminal.cols, xterm.terminal.rows);
  };
  const closeSearch = () => {
    props.onSearching(false);
    xterm?.terminal.focus();
  };
  const startShell = () => {
    session.current?.startShell();
    xterm?.terminal.focus();
  };

  // The strip of words below must not cover the line one types on.
  const strip = hasContent && (rest !== null || state.state !== 'open' || !ready);
  const overlay = useRef<HTMLDivElement>(null);
  const [raised, setRaised] = useState(0);
  const [grid, setGrid] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: another grid puts the cursor elsewhere
  useLayoutEffect(() => setRaised(strip ? heightToRaise(overlay.current, xterm) : 0), [strip, xterm, grid]);

  return (
    <div
      role="tabpanel"
      id={panelId}
      aria-labelledby={tabId}
      // Out of sight it keeps its size, so that full-screen programs are not redrawn at every change of tab.
      inert={!active}
      className={classNames('absolute inset-0 flex flex-col', !active && 'invisible')}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a section with a name is announced the same way, less reliably */}
      <div
        role="region"
        aria-label={`Terminal ${name}`}
        aria-describedby={hintId}
        data-state={state.state}
        className="relative min-h-0 flex-1 overflow-hidden bg-terminal"
      >
        <p id={hintId} className="sr-only">
          Tab goes to the shell. Press Escape twice to leave the terminal.
        </p>
        <div
          className={classNames(
            'absolute inset-0 py-2 pr-1 pl-3 transition-opacity',
            // What is paused is all there; what was stopped is to be read, too.
            restKind === null && (state.state === 'lost' || state.state === 'waiting' || !ready) && 'opacity-50',
            restKind === 'stopped' && 'opacity-70',
          )}
          style={raised === 0 ? undefined : { translate: `0 -${raised}px` }}
        >
          <XtermView
            name={name}
            readerMode={readerMode}
            onMount={(mounted) => {
              setXterm(mounted);
              return () => setXterm(null);
            }}
            onText={type}
            onBytes={(data) => session.current?.send(data)}
            onResize={(cols, rows) => {
              setGrid(`${cols}x${rows}`);
              session.current?.resize(cols, rows);
            }}
            onFocus={claimSize}
            onLeave={props.onLeave}
            onSearch={() => props.onSearching(true)}
            onCopied={(done) =>
              props.onAnnounce(done ? 'Copied.' : 'The browser refused to copy. Use its context menu.')
            }
          />
        </div>
        {active && searching && xterm !== null && <TerminalSearchBar name={name} xterm={xterm} onClose={closeSearch} />}
        <TerminalOverlay
          ref={overlay}
          session={state}
          ready={ready}
          rest={rest}
          hasContent={hasContent}
          onStart={startShell}
          onWake={() => {
            onWake();
            xterm?.terminal.focus();
          }}
          onClose={props.onClose}
        />
      </div>
      {touch && (
        <TouchKeyBar
          control={control}
          onControl={setControl}
          onKey={(key) => {
            const applicationCursor = xterm?.terminal.modes.applicationCursorKeysMode ?? false;
            session.current?.type(touchKeySequence(key, applicationCursor));
          }}
        />
      )}
    </div>
  );
}

/** How far the terminal has to go up, in pixels, so that the strip below does not cover its cursor. */
function heightToRaise(strip: HTMLElement | null, xterm: Xterm | null): number {
  if (strip === null || xterm === null) return 0;
  const { rows, buffer } = xterm.terminal;
  const height = strip.offsetHeight;
  const pane = strip.parentElement?.clientHeight ?? 0;
  const cursorEnd = ((buffer.active.cursorY + 1) / rows) * pane;
  return Math.max(0, Math.min(height, cursorEnd - (pane - height)));
}
