export type CheckStanding = 'met' | 'unmet' | 'waiting' | 'failed';

const words: Record<CheckStanding, string> = {
  met: 'Done',
  unmet: 'Not yet',
  waiting: 'Waiting',
  failed: 'Could not look',
};

interface CheckSignProps {
  standing: CheckStanding;
  asked: boolean;
  /** The lab met it when the learner started over: a tick in a hollow, dashed circle. */
  byLab?: boolean;
}

/** The sign in the margin: hollow, dotted while waiting, a bar once asked for and unmet, a tick once earned. */
export function CheckSign({ standing, asked, byLab = false }: CheckSignProps) {
  const isMissing = standing === 'unmet' && asked;
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 20 20"
      role="img"
      aria-label={byLab ? 'Done for you' : standing === 'unmet' && !asked ? 'To do' : words[standing]}
      className="block"
    >
      {standing === 'met' && (
        <g className="tick-earned">
          <circle
            cx="10"
            cy="10"
            r={byLab ? 8.5 : 9}
            fill={byLab ? 'var(--surface)' : 'var(--running)'}
            {...(byLab ? { stroke: 'var(--running)', strokeWidth: 1.5, strokeDasharray: '2.500 2' } : {})}
          />
          <path
            d="M5.800 10.300 8.700 13.200 14.200 7.300"
            pathLength="1"
            fill="none"
            stroke={byLab ? 'var(--running)' : 'var(--surface)'}
            strokeWidth="2"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </g>
      )}
      {isMissing && (
        <>
          <circle cx="10" cy="10" r="8" fill="var(--warning-soft)" stroke="var(--warning)" strokeWidth="2" />
          <path d="M6.300 10h7.400" stroke="var(--warning)" strokeWidth="2.200" strokeLinecap="round" />
        </>
      )}
      {!isMissing && (standing === 'unmet' || standing === 'waiting') && (
        <circle
          cx="10"
          cy="10"
          r="7.500"
          fill="var(--surface)"
          stroke="var(--ink-faint)"
          strokeWidth="1.500"
          {...(standing === 'waiting' ? { strokeDasharray: '2.200 2.500' } : {})}
        />
      )}
      {standing === 'failed' && (
        <>
          <path
            d="M10 2.500 18 17H2z"
            fill="var(--surface)"
            stroke="var(--warning)"
            strokeWidth="1.500"
            strokeLinejoin="round"
          />
          <path d="M10 8v4M10 14.200v.6" stroke="var(--warning)" strokeWidth="1.600" strokeLinecap="round" />
        </>
      )}
    </svg>
  );
}
