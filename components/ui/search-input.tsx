import { Search } from 'lucide-react';
import type { ComponentPropsWithRef } from 'react';
import { classNames } from './class-names.ts';

interface SearchInputProps extends ComponentPropsWithRef<'input'> {
  label: string;
}

/** A field to search with, and its sign. What is laid over its end goes beside it, in the same frame. */
export function SearchInput({ label, className, children, ...input }: SearchInputProps) {
  return (
    <div className={classNames('relative min-w-0 flex-1', className)}>
      <Search
        size={17}
        strokeWidth={1.75}
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-ink-faint"
      />
      <input
        name="q"
        aria-label={label}
        placeholder={label}
        enterKeyHint="search"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        className={classNames(
          'h-10 w-full rounded-md border border-line-strong bg-raised pl-10 text-control placeholder:text-ink-faint max-sm:text-[1rem]',
          children === undefined ? 'pr-3' : 'pr-11',
        )}
        {...input}
      />
      {children}
    </div>
  );
}
