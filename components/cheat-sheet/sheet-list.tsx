'use client';

import { Printer } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { SheetCommand, SheetGroup } from '../../protocol/reference.ts';
import { AlsoFoundWords } from '../catalogue/also-found.tsx';
import { foldText } from '../catalogue/folded-text.ts';
import { type Findable, rankEntries } from '../catalogue/ranked.ts';
import { SearchCount } from '../catalogue/search-count.tsx';
import { FoundSection } from '../glossary/found-section.tsx';
import { Button } from '../ui/button.tsx';
import { FilterField } from '../ui/filter-field.tsx';
import { SheetItem } from './sheet-item.tsx';

interface SheetListProps {
  groups: readonly SheetGroup[];
  /** What the address asks for. */
  asked: string;
}

/** All commands, by what they are for. On paper in two columns: those that are shown. */
export function SheetList({ groups, asked }: SheetListProps) {
  const [query, setQuery] = useState(asked);
  const commands = useMemo(() => groups.flatMap((group) => group.commands), [groups]);
  const findable = useMemo(() => commands.map(findableOf), [commands]);
  if (commands.length === 0) {
    return (
      <p className="max-w-[58ch] border-t border-line pt-8 text-body text-ink-soft">
        Commands will be listed here, as soon as there are lessons that use some.
      </p>
    );
  }
  const { found, terms, also, narrowed } = rankEntries(findable, query);
  const best = narrowed ? found.flatMap((id) => commands.find((command) => command.id === id) ?? []) : [];
  return (
    <>
      <div className="flex items-center gap-3 print:hidden">
        <div className="min-w-0 flex-1">
          <FilterField action="/cheat-sheet" label="Search the commands" text={query} onText={setQuery} />
        </div>
        <span className="noscript:hidden max-sm:hidden">
          <Button onClick={() => window.print()}>
            <Printer size={15} strokeWidth={1.75} aria-hidden="true" />
            Print
          </Button>
        </span>
      </div>
      <div className="print:hidden">
        <SearchCount words={countWords(found.length, commands.length)} narrowed={narrowed} />
        <AlsoFoundWords also={also} />
      </div>
      <nav aria-label="Groups" hidden={narrowed} className="mt-4 print:hidden">
        <ul className="flex flex-wrap gap-x-5 gap-y-1">
          {groups.map(({ id, title }) => (
            <li key={id}>
              <a
                href={`#page:group-${id}`}
                className="flex h-8 items-center text-control text-ink-soft underline-offset-4 hover:text-accent hover:underline"
              >
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="print:columns-2 print:gap-[7mm]">
        {best.length > 0 && (
          <FoundSection>
            {best.map((command) => (
              <SheetItem key={command.id} command={command} hidden={false} terms={terms} />
            ))}
          </FoundSection>
        )}
        {groups.map((group) => (
          <section
            key={group.id}
            aria-labelledby={`page:group-${group.id}`}
            hidden={narrowed}
            className="pt-12 print:pt-2"
          >
            <h2
              id={`page:group-${group.id}`}
              className="mb-4 scroll-mt-4 text-heading font-semibold tracking-[-0.014em] print:mb-1 print:break-after-avoid print:text-[10.5pt]"
            >
              {group.title}
            </h2>
            <ul>
              {/* What is not found stays on the page, so that links to it go on working. */}
              {group.commands
                .filter((command) => !best.includes(command))
                .map((command) => (
                  <SheetItem key={command.id} command={command} hidden={narrowed} terms={[]} />
                ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}

function findableOf({ id, name, also, does, example, options }: SheetCommand): Findable {
  const names = [name, ...also];
  const all = [...names, does, example, ...options.flatMap((option) => [option.names, option.does])].join(' ');
  return { id, names: names.map((each) => foldText(each).folded), all: foldText(all).folded };
}

function countWords(found: number, all: number): string {
  if (found === all) return `${all} commands`;
  return found === 0 ? 'No command has these words' : `${found} of ${all} commands`;
}
