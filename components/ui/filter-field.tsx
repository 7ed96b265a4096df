import { Search } from 'lucide-react';
import { Button } from './button.tsx';

/** Letters that are looked for; the rest is cut. */
const longest = 80;

/** What was asked for in the address of a page. */
export function readFilter(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).slice(0, longest);
}

interface FilterFieldProps {
  /** Path of the page; without JavaScript the server answers. */
  action: string;
  label: string;
  asked: string;
  onChange(text: string): void;
}

/** A field that narrows what stands below it while somebody types. */
export function FilterField({ action, label, asked, onChange }: FilterFieldProps) {
  return (
    <search className="block print:hidden">
      <form
        action={action}
        method="get"
        onSubmit={(event) => event.preventDefault()}
        className="flex items-center gap-3"
      >
        <div className="relative min-w-0 flex-1">
          <Search
            size={17}
            strokeWidth={1.75}
            aria-hidden="true"
            className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-ink-faint"
          />
          <input
            type="search"
            name="q"
            defaultValue={asked}
            maxLength={longest}
            aria-label={label}
            placeholder={label}
            enterKeyHint="search"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            className="h-10 w-full rounded-md border border-line-strong bg-raised pr-3 pl-10 text-control placeholder:text-ink-faint max-sm:text-[1rem]"
            onChange={(event) => onChange(event.target.value)}
          />
        </div>
        <noscript>
          <Button type="submit">Search</Button>
        </noscript>
      </form>
    </search>
  );
}
