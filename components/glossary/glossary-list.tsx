'use client';

import { useEffect, useMemo, useState } from 'react';
import type { GlossaryEntry } from '../../protocol/reference.ts';
import { AlsoFoundWords } from '../catalogue/also-found.tsx';
import { foldText } from '../catalogue/folded-text.ts';
import { rankEntries } from '../catalogue/ranked.ts';
import { SearchCount } from '../catalogue/search-count.tsx';
import { FilterField } from '../ui/filter-field.tsx';
import { FoundSection } from './found-section.tsx';
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
  const findable = useMemo(
    () =>
      entries.map(({ id, title, text }) => ({
        id,
        names: [foldText(title).folded],
        all: foldText(`${title} ${text}`).folded,
      })),
    [entries],
  );
  const { found, terms, also, narrowed } = rankEntries(findable, query);
  const best = narrowed ? found.flatMap((id) => entries.find((entry) => entry.id === id) ?? []) : [];
  useShownTarget(() => setQuery(''));
  if (entries.length === 0) {
    return (
      <p className="max-w-[58ch] border-t border-line pt-8 text-body text-ink-soft">
        Terms will be listed here. There is none yet: they stand in a file <code>glossary.md</code> beside the courses.
      </p>
    );
  }
  const groups = groupByLetter(entries);
  return (
    <>
      <FilterField action="/glossary" label="Search the glossary" text={query} onText={setQuery} />
      <SearchCount words={countWords(found.length, entries.length)} narrowed={narrowed} />
      <AlsoFoundWords also={also} />
      <nav aria-label="Letters" hidden={narrowed} className="mt-6">
        <ul className="-ml-2 flex flex-wrap">
          {groups.map(({ letter }) => (
            <li key={letter}>
              <a
                href={`#page:letter-${letter.toLowerCase()}`}
                className="flex size-9 items-center justify-center rounded-md text-control font-medium text-ink-soft hover:bg-sunken hover:text-ink"
              >
                {letter}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {best.length > 0 && (
        <FoundSection>
          {best.map((entry) => (
            <GlossaryItem key={entry.id} entry={entry} hidden={false} terms={terms} />
          ))}
        </FoundSection>
      )}
      {groups.map(({ letter, entries: those }) => (
        <section
          key={letter}
          aria-labelledby={`page:letter-${letter.toLowerCase()}`}
          hidden={narrowed}
          className="pt-10"
        >
          <h2
            id={`page:letter-${letter.toLowerCase()}`}
            className="mb-4 scroll-mt-4 text-heading font-semibold tracking-[-0.014em] text-ink-faint"
          >
            {letter}
          </h2>
          <ul>
            {/* What is not found stays on the page, so that links to it go on working. */}
            {those
              .filter((entry) => !best.includes(entry))
              .map((entry) => (
                <GlossaryItem key={entry.id} entry={entry} hidden={narrowed} terms={[]} />
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
      showAll();
      requestAnimationFrame(() => target.scrollIntoView());
    };
    window.addEventListener('hashchange', onHashChange);
    return () => window.removeEventListener('hashchange', onHashChange);
  }, []);
}
