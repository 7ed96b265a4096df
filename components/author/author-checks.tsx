'use client';

import type { AuthorCheck } from '../../protocol/authoring.ts';
import type { LessonProgress, LessonView } from '../../protocol/lesson-view.ts';
import { CheckSign } from '../lesson/check-sign.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { type QuizBlock, quizzesOf } from './author-places.ts';

interface AuthorChecksProps {
  file: string;
  lesson: LessonView;
  checks: readonly AuthorCheck[];
  lines: Record<string, number>;
  progress: LessonProgress;
  onShowLine(line: number): void;
}

const states: Record<AuthorCheck['state'], string> = {
  met: 'Met',
  unmet: 'Not met',
  waiting: 'Not looked at yet',
  failed: 'Could not look',
};

/** Every check as it is right now, whatever its tick says, and every quiz; in the order of the lesson. */
export function AuthorChecks({ file, lesson, checks, lines, progress, onShowLine }: AuthorChecksProps) {
  const quizzes = quizzesOf(lesson);
  if (checks.length + quizzes.length === 0) {
    return <p className="p-4 text-control text-ink-soft">This lesson has no checks and no quizzes yet.</p>;
  }
  const steps = [{ id: '', title: 'Introduction' }, ...lesson.steps];
  const known = new Set(steps.map(({ id }) => id));
  return (
    <div className="divide-y divide-line">
      {steps.map((step, index) => {
        const own = checks.filter((check) => (known.has(check.step) ? check.step : '') === step.id);
        const asked = quizzes.filter((each) => (each.step ?? '') === step.id);
        if (own.length + asked.length === 0) return null;
        return (
          <div key={step.id} className="py-2">
            <h3 className="px-4 py-1 text-ui font-semibold text-ink-soft">
              {index > 0 && `${index}. `}
              {step.title}
            </h3>
            <ul>
              {own.map((check) => (
                <CheckItem key={check.id} check={check} file={file} onShowLine={onShowLine} />
              ))}
              {asked.map(({ quiz }) => (
                <QuizItem
                  key={quiz.id}
                  quiz={quiz}
                  line={lines[quiz.id] ?? null}
                  answered={progress.quizzes[quiz.id]}
                  onShowLine={onShowLine}
                />
              ))}
            </ul>
          </div>
        );
      })}
    </div>
  );
}

interface CheckItemProps {
  check: AuthorCheck;
  file: string;
  onShowLine(line: number): void;
}

function CheckItem({ check, file, onShowLine }: CheckItemProps) {
  return (
    <li aria-label={check.title} className="flex items-start gap-3 px-4 py-1.5">
      <span className="mt-0.5">
        <CheckSign standing={check.state} asked />
      </span>
      <div className="min-w-0 flex-1">
        <p className="text-control font-medium">
          <InlineCode text={check.title} />
        </p>
        <p aria-live="polite" className="mt-0.5 text-ui [overflow-wrap:anywhere] text-ink-soft">
          <span className="font-medium">{states[check.state]}</span>
          {check.message !== '' && (
            <>
              {': '}
              <InlineCode text={check.message} />
            </>
          )}
        </p>
        {check.hint !== null && (
          <p className="mt-0.5 border-l-2 border-accent pl-2 text-ui text-ink-soft">
            <InlineCode text={check.hint} />
          </p>
        )}
        <details className="group mt-1">
          <summary className="flex w-fit items-center rounded-sm text-ui text-ink-faint select-none hover:text-ink">
            <span aria-hidden="true" className="mr-1.5 inline-block transition-transform group-open:rotate-90">
              ›
            </span>
            What it looks at
          </summary>
          <pre className="mt-1 overflow-x-auto rounded-md border border-line bg-code px-3 py-2 text-caption leading-5 text-code-ink">
            {check.source.trimEnd()}
          </pre>
        </details>
      </div>
      <LineLink line={check.line} onShowLine={onShowLine} />
      <CopyButton text={`${file}:${check.line}`} what={`${file}:${check.line}`} className="-mt-1" />
    </li>
  );
}

interface QuizItemProps {
  quiz: QuizBlock;
  line: number | null;
  answered: { attempts: number; passedAt: number | null } | undefined;
  onShowLine(line: number): void;
}

function QuizItem({ quiz, line, answered, onShowLine }: QuizItemProps) {
  const isPassed = answered !== undefined && answered.passedAt !== null;
  return (
    <li aria-label={quiz.question} className="flex items-start gap-3 px-4 py-1.5">
      <span className="mt-0.5">
        <CheckSign standing={isPassed ? 'met' : 'unmet'} asked={answered !== undefined} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="text-control font-medium">
          <InlineCode text={quiz.question} />
        </p>
        <p className="mt-0.5 text-ui text-ink-soft">Quiz. {quizWords(answered)}</p>
      </div>
      {line !== null && <LineLink line={line} onShowLine={onShowLine} />}
    </li>
  );
}

function LineLink({ line, onShowLine }: { line: number; onShowLine(line: number): void }) {
  return (
    <button
      type="button"
      onClick={() => onShowLine(line)}
      className="shrink-0 rounded-sm py-0.5 font-mono text-caption text-accent tabular-nums hover:underline"
    >
      line {line}
    </button>
  );
}

function quizWords(answered: QuizItemProps['answered']): string {
  if (answered === undefined) return 'Not answered yet.';
  const times = answered.attempts === 1 ? 'once' : `${answered.attempts} times`;
  return answered.passedAt === null ? `Answered ${times}, not rightly yet.` : `Answered rightly; asked ${times}.`;
}
