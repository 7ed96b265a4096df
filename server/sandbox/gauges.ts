import type { SandboxUse } from '../../protocol/sandbox.ts';
import type { Disposable } from '../disposable.ts';
import type { SandboxHost } from '../docker/sandbox-host.ts';

const intervalMs = 2_000;
/** A measurement that ended, for whatever reason, is begun again after so long. */
const againMs = 5_000;

interface Gauge {
  id: string;
  measurement: Disposable | null;
  again: NodeJS.Timeout | null;
}

/** What sandboxes use, measured only where somebody looks: one measurement for each sandbox. */
export class Gauges implements Disposable {
  readonly #host: Pick<SandboxHost, 'measure'>;
  readonly #onUse: (learner: string, use: SandboxUse) => void;
  readonly #gauges = new Map<string, Gauge>();

  constructor(options: {
    host: Pick<SandboxHost, 'measure'>;
    onUse: (learner: string, use: SandboxUse) => void;
  }) {
    this.#host = options.host;
    this.#onUse = options.onUse;
  }

  /** Measures this sandbox of the learner, or nothing. */
  set(learner: string, id: string | null): void {
    const known = this.#gauges.get(learner);
    if (known !== undefined) {
      if (known.id === id) return;
      this.#end(known);
      this.#gauges.delete(learner);
    }
    if (id === null) return;
    const gauge: Gauge = { id, measurement: null, again: null };
    this.#gauges.set(learner, gauge);
    this.#begin(learner, gauge);
  }

  dispose(): void {
    for (const gauge of this.#gauges.values()) this.#end(gauge);
    this.#gauges.clear();
  }

  #begin(learner: string, gauge: Gauge): void {
    gauge.again = null;
    gauge.measurement = this.#host.measure(gauge.id, {
      intervalMs,
      onUse: (use) => {
        if (this.#gauges.get(learner) === gauge) this.#onUse(learner, use);
      },
      onEnd: () => {
        if (this.#gauges.get(learner) !== gauge || gauge.again !== null) return;
        gauge.again = setTimeout(() => this.#begin(learner, gauge), againMs);
        gauge.again.unref();
      },
    });
  }

  #end(gauge: Gauge): void {
    if (gauge.again !== null) clearTimeout(gauge.again);
    gauge.measurement?.dispose();
  }
}
