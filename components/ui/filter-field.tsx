import { Button } from './button.tsx';
import { SearchInput } from './search-input.tsx';

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
        <SearchInput
          type="search"
          label={label}
          defaultValue={asked}
          maxLength={longest}
          onChange={(event) => onChange(event.target.value)}
        />
        <noscript>
          <Button type="submit">Search</Button>
        </noscript>
      </form>
    </search>
  );
}
