import type { LessonProblem } from '../../protocol/authoring.ts';

/** A diamond for an error, a triangle for a warning; whoever shows it says the word. */
export function ProblemSign({ severity }: { severity: LessonProblem['severity'] }) {
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" className="block shrink-0">
      {severity === 'error' ? (
        <path d="M7 1 13 7 7 13 1 7z" fill="var(--failed)" />
      ) : (
        <path
          d="M7 1.500 13 12.500H1z"
          fill="none"
          stroke="var(--warning)"
          strokeWidth="1.600"
          strokeLinejoin="round"
        />
      )}
    </svg>
  );
}
