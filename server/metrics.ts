/**
 * What the lab counts and times. Things that happen are told to a `Metrics` where they happen; who renders them is
 * none of the tellers' business. Labels have few values each, and never hold anything of a learner: no ids, no names,
 * no words.
 */
export interface Metrics {
  count<N extends CounterName>(name: N, labels: LabelsOf<(typeof counters)[N]>, by?: number): void;
  /** @param milliseconds how long it took */
  observe<N extends TimingName>(name: N, labels: LabelsOf<(typeof timings)[N]>, milliseconds: number): void;
}

interface Definition {
  help: string;
  labels: readonly string[];
}

export const counters = {
  drydock_requests_total: {
    help: 'Requests of pages; outcome is ok or an error code.',
    labels: ['request', 'outcome'],
  },
  drydock_dropped_connections_total: {
    help: 'Pages whose connection was ended because they let too much pile up.',
    labels: [],
  },
  drydock_terminal_bytes_total: {
    help: 'Bytes typed into terminals (in) and printed by them (out).',
    labels: ['direction'],
  },
  drydock_claims_total: {
    help: 'Sandboxes given to learners, by where they came from: pool, woken, started (again), made.',
    labels: ['source'],
  },
  drydock_sandbox_failures_total: { help: 'Sandboxes that did not start, or ended by themselves.', labels: ['code'] },
  drydock_check_results_total: { help: 'Checks that were looked at, by what was found.', labels: ['state'] },
  drydock_engine_errors_total: {
    help: 'Requests to the engine that failed, by what was asked and error code.',
    labels: ['operation', 'code'],
  },
  drydock_images_made_total: {
    help: 'Images that were made for learners to pull; outcome is ok or an error code.',
    labels: ['outcome'],
  },
  drydock_database_errors_total: { help: 'Statements the database refused.', labels: [] },
} as const satisfies Record<`${string}_total`, Definition>;

export const timings = {
  drydock_claim_seconds: { help: 'From the request to a sandbox that answers.', labels: ['source'] },
  drydock_image_make_seconds: { help: 'Making one image, by where it came from.', labels: ['source'] },
  drydock_check_round_seconds: { help: 'One look at a lesson’s checks.', labels: [] },
} as const satisfies Record<`${string}_seconds`, Definition>;

export type CounterName = keyof typeof counters;
export type TimingName = keyof typeof timings;
type LabelsOf<D extends Definition> = { [L in D['labels'][number]]: string };

/** For tests and tools that count nothing. */
export const noMetrics: Metrics = { count: () => undefined, observe: () => undefined };
