'use client';

import { type FormEvent, useEffect, useRef } from 'react';
import type { LessonLevel } from '../../protocol/lesson-view.ts';
import { Button } from '../ui/button.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { type CatalogueQuery, levels, longestSearch } from './catalogue-query.ts';

interface SearchFormProps {
  query: CatalogueQuery;
  /** Those that lessons have. */
  present: ReadonlySet<LessonLevel>;
  onChange(part: Partial<CatalogueQuery>): void;
  /** The learner leaves the field. */
  onSettle(): void;
}

/** One field and two filters. Without JavaScript it is a form that the server answers. */
export function SearchForm({ query, present, onChange, onSettle }: SearchFormProps) {
  const field = useRef<HTMLInputElement>(null);
  useSearchKeys(field);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onSettle();
  };
  const offered = levels.filter((level) => present.has(level) || query.level === level);
  return (
    <search id="search" className="mt-12 block scroll-mt-4">
      <form action="/" method="get" onSubmit={onSubmit} className="flex flex-wrap items-center gap-x-5 gap-y-3">
        <SearchField
          field={field}
          type="text"
          label="Search lessons"
          placeholder="Search lessons and commands"
          text={query.text}
          maxLength={longestSearch}
          aria-keyshortcuts="/ Control+K"
          className="basis-80"
          onText={(text) => onChange({ text })}
          onBlur={onSettle}
          idle={
            <span aria-hidden="true" className="mr-1 max-sm:hidden noscript:hidden">
              <Kbd keys="/" />
            </span>
          }
        />
        {offered.length > 1 && (
          <fieldset className="flex rounded-md border border-line-strong bg-raised p-0.5 max-sm:w-full">
            <legend className="sr-only">Level</legend>
            <LevelChoice level={null} query={query} onChange={onChange} />
            {offered.map((level) => (
              <LevelChoice key={level} level={level} query={query} onChange={onChange} />
            ))}
          </fieldset>
        )}
        <label className="flex h-9 items-center gap-2 text-control text-ink-soft">
          <input
            type="checkbox"
            name="todo"
            value="1"
            checked={query.todo}
            onChange={(event) => onChange({ todo: event.target.checked })}
            className="size-4 accent-(--accent)"
          />
          Not done yet
        </label>
        <noscript>
          <Button type="submit">Search</Button>
        </noscript>
      </form>
    </search>
  );
}

interface LevelChoiceProps extends Pick<SearchFormProps, 'query' | 'onChange'> {
  level: LessonLevel | null;
}

function LevelChoice({ level, query, onChange }: LevelChoiceProps) {
  return (
    <label className="relative flex h-8 items-center rounded-sm px-2.5 text-ui text-ink-soft hover:text-ink has-checked:bg-accent-soft has-checked:font-medium has-checked:text-accent-strong has-focus-visible:outline-2 has-focus-visible:outline-focus max-sm:flex-1 max-sm:justify-center max-sm:px-1">
      <input
        type="radio"
        name="level"
        value={level ?? ''}
        checked={query.level === level}
        onChange={() => onChange({ level })}
        // All of the label, so that it is what a press meets.
        className="absolute inset-0 cursor-pointer appearance-none outline-none"
      />
      {level === null ? 'Any level' : `${level.slice(0, 1).toUpperCase()}${level.slice(1)}`}
    </label>
  );
}

/** `/` and Ctrl+K bring the learner to the field, from anywhere but another field. */
function useSearchKeys(field: { current: HTMLInputElement | null }): void {
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      const { target, key, ctrlKey, metaKey, altKey, shiftKey } = event;
      if (event.defaultPrevented || altKey) return;
      const chord = (ctrlKey || metaKey) && !shiftKey && key.toLowerCase() === 'k';
      const isTyping =
        target instanceof HTMLElement && target.closest('input:not([type=radio],[type=checkbox]),textarea') !== null;
      const slash = key === '/' && !ctrlKey && !metaKey && !isTyping;
      if (!chord && !slash) return;
      if (document.querySelector('[role=dialog]') !== null) return;
      event.preventDefault();
      field.current?.scrollIntoView({ block: 'nearest' });
      field.current?.focus();
      field.current?.select();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [field]);
}
