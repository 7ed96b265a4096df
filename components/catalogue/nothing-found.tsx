'use client';

import type { MouseEvent } from 'react';
import { buttonClass } from '../ui/button.tsx';
import { type CatalogueQuery, everything, queryAddress } from './catalogue-query.ts';

interface NothingFoundProps {
  query: CatalogueQuery;
  /** The words with a slip put right, where they would find something. */
  near: string | null;
  /** Lessons the words alone would find, without level and without "not done yet". */
  unfiltered: number;
  onChange(query: CatalogueQuery): void;
}

/** That nothing matches, and the ways out of it. They are links, so that they work before the page is awake. */
export function NothingFound({ query, near, unfiltered, onChange }: NothingFoundProps) {
  const text = query.text.trim();
  const go = (to: CatalogueQuery) => ({
    href: queryAddress(to),
    onClick: (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onChange(to);
      document.querySelector<HTMLElement>('#search input')?.focus();
    },
  });
  return (
    <div className="pt-14 pb-6">
      <p className="text-heading font-semibold tracking-[-0.014em] break-words">{headingOf(query)}</p>
      <p className="mt-2 max-w-[62ch] text-control leading-relaxed text-ink-soft">
        {unfiltered > 0
          ? `${unfiltered === 1 ? 'One lesson has' : `${unfiltered} lessons have`} these words, but not what else you asked for.`
          : 'A lesson is found by its title, its summary, what it teaches, its steps, its commands and the words it explains. All of your words have to be there. Fewer or shorter words find more.'}
      </p>
      {near !== null && (
        <p className="mt-4 text-control">
          Did you mean{' '}
          <a
            {...go({ ...query, text: near })}
            className="font-medium text-accent underline decoration-accent-line underline-offset-4 hover:decoration-current"
          >
            {near}
          </a>
          ?
        </p>
      )}
      <p className="mt-6 flex flex-wrap gap-2">
        {unfiltered > 0 && (
          <a {...go({ ...everything, text })} className={buttonClass('plain')}>
            Search all lessons
          </a>
        )}
        <a {...go(everything)} className={buttonClass(unfiltered > 0 ? 'quiet' : 'plain')}>
          Show all lessons
        </a>
      </p>
    </div>
  );
}

function headingOf({ text, level, todo }: CatalogueQuery): string {
  const lesson = level === null ? 'lesson' : `${level} lesson`;
  const open = todo ? ' that is not done yet' : '';
  return text.trim() === '' ? `There is no ${lesson}${open}` : `No ${lesson}${open} matches “${text.trim()}”`;
}
