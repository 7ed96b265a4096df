import Link from 'next/link';
import type { LessonLink } from '../../protocol/lesson-view.ts';
import { classNames } from '../ui/class-names.ts';
import { InlineCode } from '../ui/inline-code.tsx';

/** Lessons that are named at once; the others are a press away. */
const namedLessons = 3;

/** Where something is met: a few lessons, and the others on demand. */
export function LessonLinks({
  lessons,
  words,
  className,
}: {
  lessons: readonly LessonLink[];
  words: string;
  className?: string;
}) {
  if (lessons.length === 0) return null;
  // A single one more is named as well: the words for it would be as long.
  const named = lessons.length === namedLessons + 1 ? lessons : lessons.slice(0, namedLessons);
  const rest = lessons.slice(named.length);
  return (
    <div className={classNames('text-ui leading-relaxed text-ink-faint', className)}>
      <p>
        {words} <Names lessons={named} />
      </p>
      {rest.length > 0 && (
        <details>
          <summary className="w-fit hover:text-ink">and in {rest.length} more</summary>
          <p>
            <Names lessons={rest} />
          </p>
        </details>
      )}
    </div>
  );
}

function Names({ lessons }: { lessons: readonly LessonLink[] }) {
  return lessons.map(({ id, title }, index) => (
    <span key={id}>
      {index > 0 && ', '}
      <Link
        href={`/learn/${id}`}
        prefetch={false}
        className="text-ink-soft underline decoration-accent-line underline-offset-4 hover:text-accent hover:decoration-current"
      >
        <InlineCode text={title} />
      </Link>
    </span>
  ));
}
