import { FileWarning } from 'lucide-react';
import Link from 'next/link';
import type { BrokenLesson, LessonProblem } from '../../protocol/authoring.ts';
import { InlineCode } from '../ui/inline-code.tsx';

/** Problems told here; all of them are on the lesson's own page. */
const told = 3;

interface BrokenLessonsProps {
  broken: readonly BrokenLesson[];
  /** Where they stand among others of their course, the course's title; null: on their own. */
  course: string | null;
}

/** For who may mend them: what learners do not see, and why. */
export function BrokenLessons({ broken, course }: BrokenLessonsProps) {
  return (
    <section
      aria-label={course === null ? 'Not shown to learners' : `Not shown to learners: ${course}`}
      className={course === null ? 'mt-16 border-t border-line pt-8' : 'mt-10 pl-11'}
    >
      {course === null ? (
        <h2 className="text-heading font-semibold tracking-[-0.014em]">Not shown to learners</h2>
      ) : (
        <h3 className="text-control font-semibold">Not shown to learners</h3>
      )}
      <p className="mt-1 max-w-[62ch] text-ui text-ink-faint">
        These have errors in their source. You see them because you may write lessons here; as soon as a source is
        mended, reload this page.
      </p>
      <ul className="mt-4 space-y-5">
        {broken.map((each) => (
          <BrokenItem key={each.id} broken={each} />
        ))}
      </ul>
    </section>
  );
}

function BrokenItem({ broken: { id, title, problems } }: { broken: BrokenLesson }) {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const shown = [...errors, ...problems.filter(({ severity }) => severity === 'warning')].slice(0, told);
  const rest = problems.length - shown.length;
  const isLesson = id.includes('/');
  const name = <InlineCode text={title ?? id} />;
  return (
    <li data-broken={id} className="border-l-2 border-failed pl-4">
      <p className="flex flex-wrap items-baseline gap-x-2 text-control">
        <FileWarning size={15} strokeWidth={1.75} aria-hidden="true" className="self-center text-failed" />
        {isLesson ? (
          <Link
            href={`/learn/${id}`}
            className="font-medium underline decoration-accent-line underline-offset-4 hover:text-accent"
          >
            {name}
          </Link>
        ) : (
          <span className="font-medium">{name}</span>
        )}
        <span className="text-ui text-ink-faint">
          {title !== null && `${id} · `}
          {isLesson ? '' : 'course · '}
          {problems.length === 1 ? '1 problem' : `${problems.length} problems`}
        </span>
      </p>
      <ul className="mt-1.5 max-w-[72ch] space-y-1 text-ui leading-relaxed text-ink-soft">
        {shown.map((problem) => (
          <li
            key={`${problem.file}:${problem.line}:${problem.column}:${problem.code}:${problem.message}`}
            className="break-words"
          >
            <code className="inline-code">{placeOf(problem)}</code> {problem.severity === 'warning' && 'Warning: '}
            <InlineCode text={problem.message} />
          </li>
        ))}
        {rest > 0 && (
          <li>
            {isLesson ? (
              <Link href={`/learn/${id}`} className="text-ink-faint hover:text-accent hover:underline">
                and {rest} more
              </Link>
            ) : (
              <span className="text-ink-faint">and {rest} more</span>
            )}
          </li>
        )}
      </ul>
    </li>
  );
}

function placeOf({ file, line, column }: LessonProblem): string {
  return `${file}:${line}:${column}`;
}
