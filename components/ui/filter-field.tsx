import { Button } from './button.tsx';
import { longestFilter } from './read-filter.ts';
import { SearchField } from './search-field.tsx';

interface FilterFieldProps {
  /** Path of the page; without JavaScript the server answers. */
  action: string;
  label: string;
  /** What is searched for now. */
  text: string;
  onText(text: string): void;
}

/** A field that narrows what stands below it while somebody types. */
export function FilterField({ action, label, text, onText }: FilterFieldProps) {
  return (
    <search className="block print:hidden">
      <form
        action={action}
        method="get"
        onSubmit={(event) => event.preventDefault()}
        className="flex items-center gap-3"
      >
        <SearchField
          type="search"
          label={label}
          text={text}
          onText={onText}
          maxLength={longestFilter}
          // The browser's own cross would stand beside ours.
          className="[&_input::-webkit-search-cancel-button]:hidden"
        />
        <noscript>
          <Button type="submit">Search</Button>
        </noscript>
      </form>
    </search>
  );
}
