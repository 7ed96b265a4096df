import type { BenchmarkResult } from './benchmark.ts';
import { rounded, summarise } from './summary.ts';

/** The result of a benchmark that measured milliseconds, with the ratio of the two medians and whether it is small enough. */
export function besideBaseline(
  what: string,
  samples: { subject: readonly number[]; baseline: readonly number[] },
  atMost: number,
  details: Record<string, unknown>,
): BenchmarkResult {
  const [subject, baseline] = [summarise(samples.subject), summarise(samples.baseline)];
  const ratio = subject.p50 / baseline.p50;
  return {
    what,
    unit: 'ms',
    subject,
    baseline,
    ratio: rounded(ratio),
    aim: `ratio at most ${atMost}`,
    met: ratio <= atMost,
    details,
  };
}
