import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type CounterName, counters, type Metrics, type TimingName, timings } from '../metrics.ts';

/** A value as it is when somebody asks. */
export interface Reading {
  name: string;
  help: string;
  type: 'gauge' | 'counter';
  values: { labels: Record<string, string>; value: number }[];
}

/** Seconds. From a sandbox of the pool (some milliseconds) over a cold start on a busy machine to an image that is made. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** The lab's metrics in Prometheus' text format. Each lab has its own; nothing is global. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #counters: ReadonlyMap<CounterName, Counter>;
  readonly #timings: ReadonlyMap<TimingName, Histogram>;

  constructor() {
    const registers = [this.#registry];
    this.#counters = new Map(
      entries(counters).map(([name, { help, labels }]) => [
        name,
        new Counter({ name, help, labelNames: [...labels], registers }),
      ]),
    );
    this.#timings = new Map(
      entries(timings).map(([name, { help, labels }]) => [
        name,
        new Histogram({ name, help, labelNames: [...labels], buckets, registers }),
      ]),
    );
  }

  count(name: CounterName, labels: Record<string, string>, by = 1): void {
    this.#counters.get(name)?.inc(labels, by);
  }

  observe(name: TimingName, labels: Record<string, string>, milliseconds: number): void {
    this.#timings.get(name)?.observe(labels, milliseconds / 1000);
  }

  /** What was counted so far, and these readings. */
  async render(readings: Reading[]): Promise<string> {
    const now = new Registry();
    for (const { name, help, type, values } of readings) {
      const labelNames = [...new Set(values.flatMap(({ labels }) => Object.keys(labels)))];
      const metric =
        type === 'gauge'
          ? new Gauge({ name, help, labelNames, registers: [now] })
          : new Counter({ name, help, labelNames, registers: [now] });
      for (const { labels, value } of values) metric.inc(labels, value);
    }
    return (await this.#registry.metrics()) + (await now.metrics());
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

function entries<K extends string, V>(record: Record<K, V>): [K, V][] {
  return Object.entries(record) as [K, V][];
}
