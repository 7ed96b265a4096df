import Link from 'next/link';
import type { CourseView, LessonCard, LessonProgress } from '../../protocol/lesson-view.ts';
import { standingOf } from './lesson-standing.ts';
import { StandingSign } from './standing-sign.tsx';

const startsWithFor = /^for\b/i;

/** A course as a way to go: its lessons in order along one line. */
export function CoursePath({ course, progress }: { course: CourseView; progress: LessonProgress[] }) {
  const done = course.lessons.filter((card) => standingOf(card, progress).state === 'done').length;
  const minutes = course.lessons.reduce((sum, card) => sum + card.minutes, 0);
  return (
    <section
      id={course.id}
      aria-labelledby={`course-${course.id}`}
      className="grid gap-x-16 gap-y-8 pt-16 pair:grid-cols-[minmax(0,17rem)_minmax(0,1fr)]"
    >
      <header className="self-start pair:sticky pair:top-8">
        <h2 id={`course-${course.id}`} className="text-heading font-semibold tracking-[-0.014em]">
          {course.title}
        </h2>
        <p className="mt-2 text-control leading-relaxed text-ink-soft">{course.summary}</p>
        {course.audience !== '' && (
          <p className="mt-3 text-ui leading-relaxed text-ink-faint">
            {!startsWithFor.test(course.audience) && <span className="font-medium text-ink-soft">For: </span>}
            {course.audience}
          </p>
        )}
        <p className="mt-3 text-ui text-ink-faint">
          {done} of {course.lessons.length} lessons done · {minutes} min in all
        </p>
      </header>
      <ol className="relative">
        {course.lessons.map((card, index) => (
          <Station
            key={card.id}
            card={card}
            course={course}
            progress={progress}
            last={index === course.lessons.length - 1}
          />
        ))}
      </ol>
    </section>
  );
}

interface StationProps {
  card: LessonCard;
  course: CourseView;
  progress: LessonProgress[];
  last: boolean;
}

function Station({ card, course, progress, last }: StationProps) {
  const standing = standingOf(card, progress);
  const missing = course.lessons.filter(
    (other) => card.after.includes(other.id) && standingOf(other, progress).state !== 'done',
  );
  return (
    <li className={`group relative pl-11 ${last ? '' : 'pb-11'}`}>
      {!last && (
        <span
          aria-hidden="true"
          className={`absolute top-7 bottom-0 left-2.5 w-0.5 ${standing.state === 'done' ? 'bg-running' : 'bg-line'}`}
        />
      )}
      <span className="absolute top-0.5 left-0">
        <StandingSign standing={standing} />
      </span>
      <div className="flex flex-col gap-x-6 gap-y-0.5 pair:flex-row pair:items-baseline pair:justify-between">
        <h3 className="text-lead leading-snug font-semibold tracking-[-0.01em]">
          <Link
            href={`/learn/${card.id}`}
            className="decoration-accent-line underline-offset-4 hover:text-accent hover:underline"
          >
            {card.title}
          </Link>
        </h3>
        <p className="shrink-0 text-ui text-ink-faint tabular-nums">
          {card.minutes} min · {card.level}
          {standing.state !== 'new' && (
            <span className={standing.state === 'done' ? 'text-running' : 'text-accent'}> · {standing.words}</span>
          )}
        </p>
      </div>
      <p className="mt-1.5 max-w-[62ch] text-control leading-relaxed text-ink-soft">{card.summary}</p>
      {card.objectives.length > 0 && (
        <div className="mt-3 max-w-[62ch] text-ui leading-relaxed">
          <p className="font-medium text-ink-soft">Afterwards you can</p>
          <ul className="mt-0.5 text-ink-soft">
            {card.objectives.map((objective) => (
              <li
                key={objective}
                className="relative pl-4 before:absolute before:top-[0.8em] before:left-0 before:h-px before:w-2 before:bg-ink-faint"
              >
                {objective}
              </li>
            ))}
          </ul>
        </div>
      )}
      {missing.length > 0 && standing.state === 'new' && (
        <p className="mt-3 text-ui text-ink-faint">Builds on {missing.map((other) => other.title).join(' and ')}.</p>
      )}
    </li>
  );
}
