/**
 * How many sandboxes are kept ready: as many as were asked for, else two, or one where fewer than four fit. Never so
 * many that no learner's would fit beside them.
 */
export function poolSize(wished: number | null, maxSandboxes: number): number {
  const fitting = Math.max(0, maxSandboxes - 1);
  if (wished !== null) return Math.min(wished, fitting);
  return Math.min(maxSandboxes >= 4 ? 2 : 1, fitting);
}
