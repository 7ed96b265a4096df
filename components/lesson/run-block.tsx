'use client';

import { Play } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ActionFace } from './action-face.tsx';
import { ActionWords } from './action-words.tsx';
import { CodeText } from './code-text.tsx';
import { useLessonActions } from './lesson-context.tsx';
import { type Press, pressOf } from './press.ts';
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
  const type = (withInterrupt: boolean, press: Press) =>
    start(
      () =>
        unavailable === null
          ? run(id, { interrupt: withInterrupt, press })
          : Promise.resolve({ ok: false, busy: false, message: unavailable }),
      `Typed into terminal ${terminal}.`,
    );
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
            onClick={(event) => type(interrupt, pressOf(event))}
          >
            <ActionFace state={state} done="Typed">
              <Play size={12} fill="currentColor" strokeWidth={0} aria-hidden="true" />
              Run
            </ActionFace>
          </Button>
        </div>
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
