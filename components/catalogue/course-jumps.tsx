import { Check } from 'lucide-react';
import { InlineCode } from '../ui/inline-code.tsx';
import type { Road } from './road.ts';

/** The table of contents where there are many courses. On a narrow screen it waits folded. */
export function CourseJumps({ roads }: { roads: readonly Road[] }) {
  return (
    <nav aria-label="Courses" className="mt-8 border-b border-line pb-6">
      <ul className="columns-2 gap-x-10 wide:columns-3 max-pair:hidden">
        <Jumps roads={roads} />
      </ul>
      <details className="pair:hidden">
        <summary className="py-1 text-control font-medium text-ink-soft hover:text-ink">
          All {roads.length} courses
        </summary>
        <ul className="mt-1">
          <Jumps roads={roads} />
        </ul>
      </details>
    </nav>
  );
}

function Jumps({ roads }: { roads: readonly Road[] }) {
  return roads.map(({ course, done, stations, known, finished }) => (
    <li key={course.id} className="break-inside-avoid">
      <a
        href={`#${course.id}`}
        className="group/jump flex h-7 items-center justify-between gap-3 text-control max-pair:h-9"
      >
        <span className="min-w-0 truncate text-ink-soft underline-offset-4 group-hover/jump:text-accent group-hover/jump:underline">
          <InlineCode text={course.title} />
        </span>
        <span className="flex shrink-0 items-center gap-1 text-ui text-ink-faint tabular-nums">
          {finished && <Check size={13} strokeWidth={2.5} aria-hidden="true" className="text-running" />}
          {known && <span>may be skipped · </span>}
          {done}/{stations.length}
          <span className="sr-only"> lessons done</span>
        </span>
      </a>
    </li>
  ));
}
