'use client';

import { Play } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ActionFace } from './action-face.tsx';
import { ActionWords } from './action-words.tsx';
import { CodeText } from './code-text.tsx';
import { useLessonActions } from './lesson-context.tsx';
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
  const press = (withInterrupt: boolean) =>
    start(
      () =>
        unavailable === null
          ? run(id, { terminal, interrupt: withInterrupt })
          : Promise.resolve({ ok: false, busy: false, message: unavailable }),
      `Typed into terminal ${terminal}.`,
    );
  const oneLine = command.trim().replace(/\s+/g, ' ');
  return (
    <div>
      <div className="flex items-stretch rounded-md border border-line-strong bg-raised">
        <CodeText html={html} label="Command" wraps className="command min-w-0 flex-1 py-2.5 pl-4" />
        <div className="flex shrink-0 items-start gap-0.5 p-1.5 pl-1">
          <CopyButton text={command} what={oneLine} />
          <Button
            tone="soft"
            size="small"
            aria-label={`Run ${oneLine}`}
            aria-disabled={unavailable !== null || state.pending}
            className="aria-disabled:opacity-60"
            onClick={() => press(interrupt)}
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
          <Button size="small" onClick={() => press(true)}>
            Interrupt and run
          </Button>
        )}
      </ActionWords>
    </div>
  );
}
