/** How long is waited for what: milliseconds. */
export const patience = {
  /** A command whose block names no `timeout`. */
  command: 60_000,
  setup: 60_000,
  /** All steps but the last, done by the lab. */
  startOver: 600_000,
  /** A terminal that is still busy with a `background` command. */
  prompt: 5_000,
  /** Before a Ctrl-C: a shell loses one that comes in the instant before its program has taken the terminal. */
  glance: 500,
  /** What the step before did may still be on its way to the checks. */
  settle: 250,
  /** Checks that tick by themselves. */
  tick: 5_000,
  /** Checks that are asked for, again and again. */
  pass: 20_000,
  ask: 1_000,
} as const;
