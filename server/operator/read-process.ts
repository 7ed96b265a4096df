import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Disposable } from '../disposable.ts';
import type { Reading } from './prometheus-metrics.ts';

/** Milliseconds between two looks at how late timers are. */
const resolution = 10;

/** How this process does: how late its event loop is, memory, processor. */
export class ProcessReader implements Disposable {
  readonly #delay = monitorEventLoopDelay({ resolution });

  constructor() {
    this.#delay.enable();
  }

  /** The delays are those since the last reading. */
  read(): Reading[] {
    const late = (quantile: string, nanoseconds: number) => ({
      labels: { quantile },
      // The histogram holds the whole pause between two ticks; without a sample it is not a number.
      value: Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - resolution / 1000) : 0,
    });
    const delays = [
      late('0.5', this.#delay.percentile(50)),
      late('0.99', this.#delay.percentile(99)),
      late('1', this.#delay.max),
    ];
    this.#delay.reset();
    const memory = process.memoryUsage();
    const cpu = process.cpuUsage();
    return [
      gauge('drydock_event_loop_delay_seconds', 'How late the event loop was since the last scrape.', delays),
      gauge('process_resident_memory_bytes', 'Memory of the server’s process.', [{ labels: {}, value: memory.rss }]),
      gauge('nodejs_heap_size_used_bytes', 'Heap in use.', [{ labels: {}, value: memory.heapUsed }]),
      gauge('nodejs_external_memory_bytes', 'Memory of buffers outside of the heap.', [
        { labels: {}, value: memory.external },
      ]),
      {
        name: 'process_cpu_seconds_total',
        help: 'Processor time of the server’s process.',
        type: 'counter',
        values: [
          { labels: { mode: 'user' }, value: cpu.user / 1e6 },
          { labels: { mode: 'system' }, value: cpu.system / 1e6 },
        ],
      },
      gauge('process_start_time_seconds', 'When the process began, in unix seconds.', [
        { labels: {}, value: Math.round(performance.timeOrigin) / 1000 },
      ]),
    ];
  }

  dispose(): void {
    this.#delay.disable();
  }
}

function gauge(name: string, help: string, values: Reading['values']): Reading {
  return { name, help, type: 'gauge', values };
}
