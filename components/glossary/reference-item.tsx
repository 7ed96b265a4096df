import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';

interface ReferenceItemProps {
  /** What a link leads to. */
  id: string;
  /** Id of its heading. */
  heading: string;
  /** The search does not find it. It stays on the page, so that links to it go on working. */
  hidden: boolean;
  /** Its name, in a column as wide as `className` says. */
  name: ReactNode;
  className: string;
  wordsClassName: string;
  children: ReactNode;
}

/** An entry of the glossary or the cheat sheet: its name on one side, what there is to say on the other; marked when a link has led to it. */
export function ReferenceItem({ id, heading, hidden, name, className, wordsClassName, children }: ReferenceItemProps) {
  return (
    <li
      id={id}
      hidden={hidden}
      aria-labelledby={heading}
      className={classNames(
        'grid scroll-mt-4 gap-x-16 gap-y-2 border-t border-line py-6 target:-mx-4 target:rounded-md target:border-transparent target:bg-sunken target:px-4 target:shadow-[inset_3px_0_0_var(--accent)]',
        className,
      )}
    >
      <div className="min-w-0">{name}</div>
      <div className={classNames('min-w-0 max-w-[68ch]', wordsClassName)}>{children}</div>
    </li>
  );
}
