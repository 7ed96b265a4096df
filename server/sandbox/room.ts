import type { Disposable } from '../disposable.ts';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { DrydockError } from '../errors.ts';
import type { SandboxRow, SandboxStore } from '../store/sandbox-store.ts';

export interface RoomOptions {
  host: Pick<SandboxHost, 'list'>;
  store: Pick<SandboxStore, 'rows'>;
  /** How many sandboxes may run at once, those in the pool included. */
  most: number;
  /** Gives up a sandbox of the pool; false: there is none. */
  surrender: () => Promise<boolean>;
  /** Whether this learner's sandbox must be left alone. */
  isInUse: (row: SandboxRow) => boolean;
  /** Stops it because another learner needs the room. False: it turned out to be in use. */
  stop: (row: SandboxRow) => Promise<boolean>;
}

/** Counts who may run at once, those that are just being started included. */
export class Room {
  readonly #options: RoomOptions;
  readonly #taken = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  /**
   * Room for a learner's sandbox: what waits in the pool goes first, then what is paused, then what nobody has open,
   * each the one that was used the longest ago. Disposed of once the sandbox runs, and so counts by itself.
   * @throws sandbox.limit
   */
  take(id: string): Promise<Disposable> {
    return this.#inTurn(async () => {
      const passed = new Set<string>();
      for (;;) {
        const running = await this.#running();
        if (running.has(id) || running.size < this.#options.most) return this.#reserve(id);
        if (await this.#options.surrender()) continue;
        const victim = await this.#victim(running, passed);
        if (victim === undefined) throw full(this.#options.most);
        passed.add(victim.id);
        await this.#options.stop(victim);
      }
    });
  }

  /** Room for one that nobody waits for: null when there is none left. */
  takeSpare(id: string): Promise<Disposable | null> {
    return this.#inTurn(async () => ((await this.#running()).size < this.#options.most ? this.#reserve(id) : null));
  }

  async #running(): Promise<Map<string, 'running' | 'paused'>> {
    const running = new Map<string, 'running' | 'paused'>([...this.#taken].map((id) => [id, 'running']));
    for (const { id, state } of await this.#options.host.list()) {
      if (state === 'running' || state === 'paused') running.set(id, state);
    }
    return running;
  }

  async #victim(running: Map<string, 'running' | 'paused'>, passed: Set<string>): Promise<SandboxRow | undefined> {
    const rank = (row: SandboxRow) => (running.get(row.id) === 'paused' ? 0 : 1);
    return (await this.#options.store.rows())
      .filter((row) => running.has(row.id) && !passed.has(row.id) && !this.#taken.has(row.id))
      .filter((row) => !this.#options.isInUse(row))
      .sort((a, b) => rank(a) - rank(b) || a.usedAt - b.usedAt)[0];
  }

  #reserve(id: string): Disposable {
    this.#taken.add(id);
    return { dispose: () => this.#taken.delete(id) };
  }

  /** One after the other, so that two do not see the same free place. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(task, task);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

function full(limit: number): DrydockError {
  return new DrydockError(
    'sandbox.limit',
    `All ${limit} sandboxes of this server are in use. Try again when somebody has finished.`,
    { details: { limit } },
  );
}
