'use client';

import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';

interface NameFieldProps {
  /** What it is for: "Name of the new file". */
  label: string;
  initial: string;
  /** An example, while nothing is typed. */
  placeholder?: string;
  /** Why a name cannot be used, or null. */
  problemWith(name: string): string | null;
  /** Resolves with words when it could not be done. `typedSince`: what was typed behind the Enter until then. */
  onCommit(name: string, typedSince: () => string): Promise<string | null>;
  onCancel(): void;
}

/** Takes a name in place. Enter takes it, Escape and leaving it do not. */
export function NameField({ label, initial, placeholder, problemWith, onCommit, onCancel }: NameFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(initial);
  const [touched, setTouched] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  const typedSince = useRef('');
  const messageId = useId();

  useEffect(() => {
    const field = input.current;
    if (field === null) return;
    field.focus();
    // The part before the extension is what one changes; a name that begins with a dot has none.
    const dot = initial.lastIndexOf('.');
    field.setSelectionRange(0, dot > 0 ? dot : initial.length);
  }, [initial]);

  const problem = refused ?? (touched ? problemWith(name) : null);
  const commit = async () => {
    setTouched(true);
    if (problemWith(name) !== null || pending) return;
    setPending(true);
    typedSince.current = '';
    const failure = await onCommit(name, () => typedSince.current);
    setPending(false);
    setRefused(failure);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation(); // the tree's keys are letters here
    if (pending) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
      if (event.key.length === 1) typedSince.current += event.key;
      else if (event.key === 'Enter') typedSince.current += '\n';
      else if (event.key === 'Backspace') typedSince.current = typedSince.current.slice(0, -1);
      else return;
      event.preventDefault();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      void commit();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      onCancel();
    }
  };
  return (
    <span className="relative block min-w-0 flex-1">
      <input
        ref={input}
        value={name}
        placeholder={placeholder}
        aria-label={label}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : messageId}
        spellCheck={false}
        autoComplete="off"
        readOnly={pending}
        onChange={(event) => {
          setName(event.target.value);
          setTouched(event.target.value !== '');
          setRefused(null);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          if (!pending) onCancel();
        }}
        className="h-6 w-full rounded-sm border border-accent bg-raised px-1.5 font-mono text-caption text-ink outline-none placeholder:text-ink-faint aria-invalid:border-failed"
      />
      {problem !== null && (
        <span
          id={messageId}
          role="alert"
          className="absolute top-full right-0 left-0 z-20 mt-0.5 rounded-sm border border-failed bg-failed-soft px-1.5 py-1 text-caption whitespace-normal text-ink"
        >
          {problem}
        </span>
      )}
    </span>
  );
}
