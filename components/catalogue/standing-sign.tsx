import type { LessonStanding } from './lesson-standing.ts';

const circumference = 2 * Math.PI * 8;

/** A station on the path: hollow, filling as steps are done, ticked. The words stand beside it. */
export function StandingSign({ standing }: { standing: LessonStanding }) {
  if (standing.state === 'done') {
    return (
      <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
        <circle cx="11" cy="11" r="9" fill="var(--running)" />
        <path
          d="M6.800 11.200 9.800 14.200 15.400 8.200"
          fill="none"
          stroke="var(--surface)"
          strokeWidth="2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
    );
  }
  const share = standing.steps === 0 ? 0 : standing.stepsDone / standing.steps;
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <circle cx="11" cy="11" r="8" fill="var(--surface)" stroke="var(--line-strong)" strokeWidth="2" />
      {standing.state === 'begun' && (
        <>
          <circle cx="11" cy="11" r="3" fill="var(--accent)" />
          <circle
            cx="11"
            cy="11"
            r="8"
            fill="none"
            stroke="var(--accent)"
            strokeWidth="2"
            strokeDasharray={`${circumference * share} ${circumference}`}
            transform="rotate(-90 11 11)"
          />
        </>
      )}
    </svg>
  );
}
