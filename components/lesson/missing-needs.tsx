import { TriangleAlert } from 'lucide-react';
import type { MissingNeed } from '../../protocol/lesson-view.ts';
import { InlineCode } from '../ui/inline-code.tsx';

/** Says before anything is tried that this machine lacks what the lesson is about. */
export function MissingNeeds({ missing }: { missing: readonly MissingNeed[] }) {
  return (
    <section aria-labelledby="missing-needs" className="mt-8 ml-(--gutter) border-l-2 border-warning py-0.5 pl-4">
      <h2 id="missing-needs" className="flex items-center gap-1.5 text-ui font-semibold text-warning">
        <TriangleAlert size={14} strokeWidth={2} aria-hidden="true" />
        This lesson needs something that this machine lacks
      </h2>
      <ul className="mt-1 space-y-1 text-control leading-relaxed">
        {missing.map(({ need, words }) => (
          <li key={need}>
            <InlineCode text={words} />
          </li>
        ))}
      </ul>
      <p className="mt-1 text-control leading-relaxed text-ink-soft">
        You can read it. Some of its checks cannot be met here.
      </p>
    </section>
  );
}
