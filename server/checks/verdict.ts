/** What looking at a check's conditions gave. Sentences for the learner, with a full stop. */
export type Verdict = { met: true; seen: string } | { met: false; message: string };

export function met(seen: string): Verdict {
  return { met: true, seen };
}

export function unmet(message: string): Verdict {
  return { met: false, message };
}
