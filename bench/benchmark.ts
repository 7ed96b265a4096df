import type { Summary } from './summary.ts';
import type { Workbench } from './workbench.ts';

/** What one benchmark found; printed as it is. */
export interface BenchmarkResult {
  /** Subject and baseline in words. */
  what: string;
  unit: 'ms' | 'bytes/s';
  subject: Summary;
  baseline: Summary;
  /** p50 of the subject over p50 of the baseline, if `details.ratioOf` says nothing else. */
  ratio: number;
  aim: string;
  met: boolean;
  /** What else helps to read the figures. */
  details?: Record<string, unknown>;
}

export interface Benchmark {
  /** Rounds when `--rounds` is not given; each measures subject and baseline once, one after the other. */
  rounds: number;
  /** It takes long or most of the machine: only when it is named. */
  onRequest?: boolean;
  run(bench: Workbench, rounds: number, options: { limit: number | null }): Promise<BenchmarkResult>;
}
