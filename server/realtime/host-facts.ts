import type { Clock } from '../clock.ts';
import type { HostFacts } from '../lessons/missing-needs.ts';

const keptMs = 60_000;

/** An engine that hangs takes seconds to say nothing; not every page is to wait for that. */
const silenceKeptMs = 5_000;

/**
 * What is known of the engine's machine, asked at most once a minute.
 * @returns a function that resolves to null while the engine does not answer
 */
export function createHostFacts(look: () => Promise<HostFacts>, clock: Clock): () => Promise<HostFacts | null> {
  let last: { until: number; facts: Promise<HostFacts | null> } | null = null;
  return () => {
    const now = clock.now();
    // A clock that was set back is no reason to keep it for longer.
    if (last === null || now >= last.until || now < last.until - keptMs) {
      const fresh = { until: now + keptMs, facts: look().catch(() => null) };
      last = fresh;
      void fresh.facts.then((facts) => {
        if (facts === null) fresh.until = clock.now() + silenceKeptMs;
      });
    }
    return last.facts;
  };
}
