/** What looking at a check's conditions gave. Sentences for the learner, with a full stop. */
export type Verdict =
  | { met: true; seen: string }
  /** `givesNothingAway`: it names no more than the subject, so it may be said where `otherwise` hides the answer. */
  | { met: false; message: string; givesNothingAway?: boolean };

export function met(seen: string): Verdict {
  return { met: true, seen };
}

/** What was to be looked at is not there yet. */
export function nothingThere(message: string): Verdict {
  return { met: false, message, givesNothingAway: true };
}

export function unmet(message: string): Verdict {
  return { met: false, message };
}
