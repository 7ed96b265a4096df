'use client';

import { X } from 'lucide-react';
import {
  type ComponentPropsWithoutRef,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
} from 'react';
import { IconButton } from './icon-button.tsx';
import { SearchInput } from './search-input.tsx';

interface SearchFieldProps extends Omit<ComponentPropsWithoutRef<'input'>, 'onChange' | 'defaultValue' | 'children'> {
  label: string;
  /** What is searched for now. */
  text: string;
  onText(text: string): void;
  /** Stands at its end while nothing is searched for. */
  idle?: ReactNode;
  field?: RefObject<HTMLInputElement | null>;
}

/** A field to search with, and the way to empty it: a button, or Escape, which leaves an empty field. */
export function SearchField({ text, onText, idle, field: given, ...input }: SearchFieldProps) {
  const own = useRef<HTMLInputElement>(null);
  const field = given ?? own;

  // Typed before the page was awake.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    const typed = field.current?.value ?? '';
    if (typed !== text) onText(typed);
  }, []);
  // The field is the browser's own, so that no letter waits; it follows when the search changes without it.
  useEffect(() => {
    if (field.current !== null && field.current.value.trim() !== text.trim()) field.current.value = text;
  }, [text, field]);

  const clear = () => {
    onText('');
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    if (text === '') field.current?.blur();
    else clear();
  };
  return (
    <SearchInput
      ref={field}
      {...input}
      defaultValue={text}
      onChange={(event) => onText(event.target.value)}
      onKeyDown={onKeyDown}
    >
      <span className="absolute top-1/2 right-2 flex -translate-y-1/2 items-center">
        {text === '' ? (
          idle
        ) : (
          <IconButton icon={X} name="Clear the search" className="size-7! noscript:hidden" onClick={clear} />
        )}
      </span>
    </SearchInput>
  );
}
