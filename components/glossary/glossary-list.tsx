'use client';

import { useEffect, useMemo, useState } from 'react';
import type { GlossaryEntry } from '../../protocol/reference.ts';
import { foldText } from '../catalogue/folded-text.ts';
import { SearchCount } from '../catalogue/search-count.tsx';
import { holdsWishes, wishesOf } from '../catalogue/synonyms.ts';
import { FilterField } from '../ui/filter-field.tsx';
import { GlossaryItem } from './glossary-item.tsx';
import { groupByLetter } from './letters.ts';

interface GlossaryListProps {
  entries: readonly GlossaryEntry[];
  /** What the address asks for. */
  asked: string;
}

/** All terms, by letter. What is searched for stays on the page; the rest is hidden, so that links go on working. */
export function GlossaryList({ entries, asked }: GlossaryListProps) {
  const [query, setQuery] = useState(asked);
  const folded = useMemo(() => new Map(entries.map(({ id, text }) => [id, foldText(text).folded])), [entries]);
  const wishes = wishesOf(query);
  const isFound = ({ id }: GlossaryEntry): boolean => holdsWishes(folded.get(id) ?? '', wishes);
  const found = new Set(entries.filter(isFound).map(({ id }) => id));
  useShownTarget(() => setQuery(''));
  if (entries.length === 0) {
    return (
      <p className="max-w-[58ch] border-t border-line pt-8 text-body text-ink-soft">
        Terms will be listed here. There is none yet: they stand in a file <code>glossary.md</code> beside the courses.
      </p>
    );
  }
  const groups = groupByLetter(entries);
  const isHidden = (letter: readonly GlossaryEntry[]): boolean => letter.every(({ id }) => !found.has(id));
  return (
    <>
      <FilterField key={asked} action="/glossary" label="Search the glossary" asked={asked} onChange={setQuery} />
      <SearchCount words={countWords(found.size, entries.length)} narrowed={wishes.length > 0} />
      <nav aria-label="Letters" className="mt-6">
        <ul className="-ml-2 flex flex-wrap">
          {groups.map(({ letter, entries: those }) => (
            <li key={letter}>
              <a
                href={`#page:letter-${letter.toLowerCase()}`}
                aria-disabled={isHidden(those)}
                className="flex size-9 items-center justify-center rounded-md text-control font-medium text-ink-soft hover:bg-sunken hover:text-ink aria-disabled:text-ink-faint aria-disabled:opacity-60"
              >
                {letter}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {groups.map(({ letter, entries: those }) => (
        <section
          key={letter}
          aria-labelledby={`page:letter-${letter.toLowerCase()}`}
          hidden={isHidden(those)}
          className="pt-10"
        >
          <h2
            id={`page:letter-${letter.toLowerCase()}`}
            className="mb-4 scroll-mt-4 text-heading font-semibold tracking-[-0.014em] text-ink-faint"
          >
            {letter}
          </h2>
          <ul>
            {those.map((entry) => (
              <GlossaryItem key={entry.id} entry={entry} hidden={!found.has(entry.id)} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function countWords(found: number, all: number): string {
  if (found === all) return `${all} terms`;
  return found === 0 ? 'No term has these words' : `${found} of ${all} terms`;
}

/** A link to a term that the search hides ends the search. */
function useShownTarget(showAll: () => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: it only sets a state
  useEffect(() => {
    const onHashChange = () => {
      const target = document.querySelector(':target');
      if (target === null || target.closest('[hidden]') === null) return;
      const field = document.querySelector<HTMLInputElement>('search input');
      if (field !== null) field.value = '';
      showAll();
      requestAnimationFrame(() => target.scrollIntoView());
    };
    window.addEventListener('hashchange', onHashChange);
    return () => window.removeEventListener('hashchange', onHashChange);
  }, []);
}
