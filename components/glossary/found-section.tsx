import type { ReactNode } from 'react';

/** What a search in the glossary or the cheat sheet found, in one list instead of groups. */
export function FoundSection({ children }: { children: ReactNode }) {
  return (
    <section aria-labelledby="page:found" className="pt-8 print:pt-2">
      {/* Between the page's heading and those of the entries. */}
      <h2 id="page:found" className="sr-only">
        Found, what fits best first
      </h2>
      <ul>{children}</ul>
    </section>
  );
}
