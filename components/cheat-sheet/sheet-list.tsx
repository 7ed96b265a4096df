'use client';

import { Printer } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { SheetCommand, SheetGroup } from '../../protocol/reference.ts';
import { foldText } from '../catalogue/folded-text.ts';
import { SearchCount } from '../catalogue/search-count.tsx';
import { holdsWishes, wishesOf } from '../catalogue/synonyms.ts';
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
  const folded = useMemo(
    () => new Map(commands.map((command) => [command.id, foldText(wordsOf(command)).folded])),
    [commands],
  );
  if (commands.length === 0) {
    return (
      <p className="max-w-[58ch] border-t border-line pt-8 text-body text-ink-soft">
        Commands will be listed here, as soon as there are lessons that use some.
      </p>
    );
  }
  const wishes = wishesOf(query);
  const found = new Set(commands.filter(({ id }) => holdsWishes(folded.get(id) ?? '', wishes)).map(({ id }) => id));
  const isShown = (group: SheetGroup): boolean => group.commands.some(({ id }) => found.has(id));
  return (
    <>
      <div className="flex items-center gap-3 print:hidden">
        <div className="min-w-0 flex-1">
          <FilterField
            key={asked}
            action="/cheat-sheet"
            label="Search the commands"
            asked={asked}
            onChange={setQuery}
          />
        </div>
        <span className="noscript:hidden max-sm:hidden">
          <Button onClick={() => window.print()}>
            <Printer size={15} strokeWidth={1.75} aria-hidden="true" />
            Print
          </Button>
        </span>
      </div>
      <div className="print:hidden">
        <SearchCount words={countWords(found.size, commands.length)} narrowed={wishes.length > 0} />
      </div>
      <nav aria-label="Groups" className="mt-4 print:hidden">
        <ul className="flex flex-wrap gap-x-5 gap-y-1">
          {groups.filter(isShown).map(({ id, title }) => (
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
        {groups.map((group) => (
          <section
            key={group.id}
            aria-labelledby={`page:group-${group.id}`}
            hidden={!isShown(group)}
            className="pt-12 print:pt-2"
          >
            <h2
              id={`page:group-${group.id}`}
              className="mb-4 scroll-mt-4 text-heading font-semibold tracking-[-0.014em] print:mb-1 print:break-after-avoid print:text-[10.5pt]"
            >
              {group.title}
            </h2>
            <ul>
              {group.commands.map((command) => (
                <SheetItem key={command.id} command={command} hidden={!found.has(command.id)} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}

function wordsOf({ name, also, does, example, options }: SheetCommand): string {
  return [name, ...also, does, example, ...options.flatMap((option) => [option.names, option.does])].join(' ');
}

function countWords(found: number, all: number): string {
  if (found === all) return `${all} commands`;
  return found === 0 ? 'No command has these words' : `${found} of ${all} commands`;
}
