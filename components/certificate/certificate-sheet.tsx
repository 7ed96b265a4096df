import type { CertificateView } from '../../protocol/certificate.ts';
import { leftOutWords, standingOfCourse } from '../../protocol/course-standing.ts';
import { InlineCode } from '../ui/inline-code.tsx';
import { LocalDate } from '../ui/local-time.tsx';
import { Mark } from '../ui/mark.tsx';

/** What is printed: one page, in the light theme whatever the screen shows. */
export function CertificateSheet({ view }: { view: CertificateView }) {
  const { course, name, lessons, done, of, first, last, checks, quizzes, issuedAt, version } = view;
  const { done: finished, leftOut } = standingOfCourse(lessons, ({ completedAt }) => completedAt !== null);
  return (
    <article
      aria-label={`Certificate of ${course.title}`}
      data-theme="light"
      data-lessons={finished.length > 12 ? 'many' : undefined}
      className="certificate on-paper"
    >
      <header className="certificate-head">
        <p className="flex items-center gap-2 text-control font-semibold">
          <Mark size={22} />
          Drydock
        </p>
        <p className="text-ui text-ink-faint">Statement of lessons done</p>
      </header>
      <p className="certificate-name">{name === '' ? <span className="certificate-line" /> : name}</p>
      {name === '' && <span className="sr-only">No name was given.</span>}
      <p className="certificate-said">
        has done {done === of ? `all ${of}` : `${done} of ${of}`} {of === 1 ? 'lesson' : 'lessons'} of the course
      </p>
      <h2 className="certificate-course">
        <InlineCode text={course.title} />
      </h2>
      <p className="certificate-summary">
        <InlineCode text={course.summary} />
      </p>
      {leftOut.length > 0 && (
        <p className="certificate-figures">
          <InlineCode text={`${leftOutWords(leftOut)}.`} />
        </p>
      )}
      <p className="certificate-figures">
        {first !== null && last !== null && (
          <>
            From <LocalDate at={first} /> to <LocalDate at={last} />.{' '}
          </>
        )}
        {count(checks.passed, 'check')} met in a Docker daemon of one’s own
        {checks.byLab > 0 && `, ${checks.byLab} of them by the lab when a lesson was started over`};{' '}
        {count(quizzes, 'quiz', 'quizzes')} passed.
      </p>
      <h3 className="certificate-heading">Lessons, and what each teaches</h3>
      <ol className="certificate-lessons">
        {finished.map(({ id, title, completedAt }, index) => (
          <li key={id}>
            <span className="certificate-lesson">
              <strong>
                <InlineCode text={title} />
              </strong>
              {view.objectives[index] !== undefined && (
                <span className="certificate-objective">
                  {' '}
                  <InlineCode text={view.objectives[index]} />
                </span>
              )}
            </span>
            {completedAt !== null && (
              <span className="certificate-day">
                <LocalDate at={completedAt} />
              </span>
            )}
          </li>
        ))}
      </ol>
      <footer className="certificate-foot">
        <p>
          {issuedAt !== null && (
            <>
              Issued on <LocalDate at={issuedAt} /> by a Drydock lab, version {version}.{' '}
            </>
          )}
          This is a statement of that lab about what was done in it. It is no exam: nobody watched, hints and solutions
          were at hand, and the name is what the learner typed.
        </p>
      </footer>
    </article>
  );
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
