'use client';

import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { VariableView } from '../../protocol/lesson-view.ts';
import { Button } from '../ui/button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { useLessonActions } from './lesson-context.tsx';

interface Refusal {
  variable: string | null;
  message: string;
}

/** What the lesson asks its learner once: a small form, then one quiet line. Until then the defaults hold. */
export function VariablesForm({ variables }: { variables: readonly VariableView[] }) {
  const answered = variables.every((variable) => variable.answered);
  const [changing, setChanging] = useState(false);
  const { answerVariables, unreachable } = useLessonActions();
  const [values, setValues] = useState<Record<string, string>>({});
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const change = useRef<HTMLButtonElement>(null);
  const refocus = useRef<'form' | 'change' | null>(null);
  const title = useId();
  const asks = !answered || changing;

  useEffect(() => {
    const target = asks ? 'form' : 'change';
    if (refocus.current !== target) return;
    refocus.current = null;
    // What was focused went away with the form or the button; where the learner went meanwhile they stay.
    if (document.activeElement !== document.body) return;
    if (asks) form.current?.querySelector('input')?.focus();
    else change.current?.focus();
  }, [asks]);

  const shownValue = (variable: VariableView) => values[variable.name] ?? variable.value;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    if (unreachable !== null) return setRefusal({ variable: null, message: unreachable });
    setPending(true);
    setRefusal(null);
    const outcome = await answerVariables(
      Object.fromEntries(variables.map((variable) => [variable.name, shownValue(variable).trim()])),
    );
    setPending(false);
    if (!outcome.ok) {
      setRefusal(outcome);
      if (outcome.variable !== null)
        form.current?.querySelector<HTMLInputElement>(`input[name="${CSS.escape(outcome.variable)}"]`)?.focus();
      return;
    }
    refocus.current = 'change';
    setChanging(false);
  };
  const open = () => {
    refocus.current = 'form';
    setValues({});
    setRefusal(null);
    setChanging(true);
  };
  const cancel = () => {
    refocus.current = 'change';
    setValues({});
    setRefusal(null);
    setChanging(false);
  };

  if (!asks) {
    return (
      <div
        data-variables="answered"
        className="mt-6 flex flex-wrap items-center gap-x-3 gap-y-1 pl-(--gutter) text-ui text-ink-soft"
      >
        <p className="min-w-0">
          This lesson uses{' '}
          {variables.map((variable, index) => (
            <span key={variable.name}>
              {index > 0 && (index === variables.length - 1 ? ' and ' : ', ')}
              {variable.name} <code className="inline-code">{variable.value}</code>
            </span>
          ))}
          .
        </p>
        <Button ref={change} size="small" tone="quiet" aria-label="Change your answers" onClick={open}>
          Change
        </Button>
      </div>
    );
  }
  return (
    <form
      ref={form}
      noValidate
      aria-labelledby={title}
      data-variables="asked"
      onSubmit={(event) => void submit(event)}
      className="mt-8 ml-(--gutter) rounded-md border border-line bg-raised px-4 pt-3 pb-4"
    >
      <h2 id={title} className="text-control font-semibold">
        Before you begin
      </h2>
      <p className="mt-0.5 text-ui text-ink-soft">
        Your answers stand in the texts and commands of this lesson. You can change them later.
      </p>
      {variables.map((variable) => (
        <VariableField
          key={variable.name}
          variable={variable}
          value={shownValue(variable)}
          refused={refusal?.variable === variable.name ? refusal.message : null}
          onChange={(value) => setValues({ ...values, [variable.name]: value })}
        />
      ))}
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <Button type="submit" size="small" tone="soft" aria-disabled={pending || undefined}>
          {changing ? 'Change' : 'Use these'}
        </Button>
        {changing && (
          <Button size="small" tone="quiet" onClick={cancel}>
            Leave as it is
          </Button>
        )}
        <p role="status" className="min-w-0 text-ui text-warning">
          {refusal !== null && !variables.some(({ name }) => name === refusal.variable) ? refusal.message : null}
        </p>
      </div>
    </form>
  );
}

interface VariableFieldProps {
  variable: VariableView;
  value: string;
  refused: string | null;
  onChange(value: string): void;
}

function VariableField({ variable, value, refused, onChange }: VariableFieldProps) {
  const id = useId();
  return (
    <div className="mt-3">
      <label htmlFor={id} className="block text-control font-medium">
        <InlineCode text={variable.prompt} />
      </label>
      <input
        id={id}
        name={variable.name}
        value={value}
        maxLength={200}
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        aria-invalid={refused !== null || undefined}
        aria-describedby={refused === null ? undefined : `${id}-refused`}
        onChange={(event) => onChange(event.target.value)}
        className="mt-1 h-9 w-full max-w-80 rounded-md border border-line-strong bg-surface px-3 font-mono text-control aria-invalid:border-warning"
      />
      {refused !== null && (
        <p id={`${id}-refused`} role="alert" className="appear mt-1 text-ui text-warning">
          {refused}
        </p>
      )}
    </div>
  );
}
