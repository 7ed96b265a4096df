/** The mark: a dock from above, which is a D: its gate, its basin, and a hull inside. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false" className="shrink-0">
      <path
        d="M9 4.500h6.500a11.500 11.500 0 0 1 0 23H9"
        fill="none"
        strokeWidth="2.600"
        style={{ stroke: 'var(--mark-dock)' }}
      />
      <path d="M5 3.200v25.600" fill="none" strokeWidth="3.600" style={{ stroke: 'var(--mark-gate)' }} />
      <path
        d="M10 11.200h5.500c3.600.2 6.300 2.300 8.200 4.800-1.900 2.500-4.600 4.600-8.200 4.800H10z"
        style={{ fill: 'var(--mark-hull)' }}
      />
    </svg>
  );
}
