'use client';

import { Play } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { ActionFace } from './action-face.tsx';
import { ActionWords } from './action-words.tsx';
import { CodeText } from './code-text.tsx';
import { useLessonActions } from './lesson-context.tsx';
import { isSlip, type Press, pressOf, pressOnce } from './press.ts';
import { useAction } from './use-action.ts';

interface RunBlockProps {
  /** The block to name to the server: a solution sends its own id. */
  id: string;
  command: string;
  html: string;
  terminal: string;
  interrupt: boolean;
}

/** A command with the button that types it into the learner's terminal. */
export function RunBlock({ id, command, html, terminal, interrupt }: RunBlockProps) {
  const { run, unavailable } = useLessonActions();
  const [state, start] = useAction();
  const button = useRef<HTMLButtonElement>(null);
  /** A key has pressed it, and the focus is on it still: what is typed on goes nowhere. */
  const [stays, setStays] = useState(false);
  const type = (withInterrupt: boolean, press: Press) => {
    if (isSlip(press, state, stays)) return;
    start(async () => {
      if (unavailable !== null) return { ok: false, busy: false, message: unavailable };
      const outcome = await run(id, { interrupt: withInterrupt, press });
      setStays(outcome.ok && press.by === 'keyboard' && document.activeElement === button.current);
      return outcome;
    }, `Typed into terminal ${terminal}.`);
  };
  const oneLine = command.trim().replace(/\s+/g, ' ');
  return (
    <div>
      {/* On a phone a command that does not fit beside its buttons has the whole width, and they stand below. */}
      <div className="flex flex-wrap items-stretch rounded-md border border-line-strong bg-raised @lg:flex-nowrap">
        <CodeText
          html={html}
          label="Command"
          wraps
          className="command min-w-0 grow pt-2.5 pr-2 pb-1 pl-4 @lg:basis-0 @lg:pb-2.5"
        />
        <div className="ml-auto flex shrink-0 items-start gap-0.5 p-1.5 pl-1">
          <CopyButton text={command} what={oneLine} />
          <Button
            ref={button}
            tone="soft"
            size="small"
            aria-label={`Run ${oneLine}`}
            aria-disabled={unavailable !== null || state.pending}
            className="aria-disabled:opacity-60"
            onKeyDown={pressOnce}
            onBlur={() => setStays(false)}
            onClick={(event) => type(interrupt, pressOf(event))}
          >
            <ActionFace state={state} done="Typed">
              <Play size={12} fill="currentColor" strokeWidth={0} aria-hidden="true" />
              Run
            </ActionFace>
          </Button>
        </div>
      </div>
      {/* Always there, so that what comes into it is read out. */}
      <div role="status" className="text-ui text-ink-soft">
        {stays && (
          <p className="appear flex flex-wrap items-center gap-x-1.5 pt-2">
            You are still at this button. <Kbd keys="Ctrl+`" /> goes to the terminal.
          </p>
        )}
      </div>
      <ActionWords state={state}>
        {state.busy && (
          <Button
            size="small"
            onClick={(event) => {
              // It goes away when it has worked, and would take the focus with it.
              button.current?.focus({ preventScroll: true });
              type(true, pressOf(event));
            }}
          >
            Interrupt and run
          </Button>
        )}
      </ActionWords>
    </div>
  );
}
