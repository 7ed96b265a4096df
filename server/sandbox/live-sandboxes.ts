import type { Disposable } from '../disposable.ts';
import { DaemonState } from '../docker/daemon-state.ts';
import { connectInnerDaemon, type InnerDaemon } from '../docker/inner-daemon.ts';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import { errorForLog } from '../errors.ts';
import type { Logger } from '../logger.ts';

/** The connection to a learner's daemon, and the one live model of what it holds. */
export interface LiveSandbox {
  daemon: InnerDaemon;
  state: DaemonState;
}

interface Entry extends LiveSandbox {
  holders: number;
}

/** One live model for each sandbox that somebody looks at, shared by all who do. */
export class LiveSandboxes implements Disposable {
  readonly #host: SandboxHost;
  readonly #logger: Logger;
  readonly #entries = new Map<string, Entry>();

  constructor(options: { host: SandboxHost; logger: Logger }) {
    this.#host = options.host;
    this.#logger = options.logger;
  }

  /** Follows the sandbox's daemon until the hold is disposed of. */
  hold(sandboxId: string): LiveSandbox & Disposable {
    let entry = this.#entries.get(sandboxId);
    if (entry === undefined) {
      const daemon = connectInnerDaemon(() => this.#host.dialDaemon(sandboxId));
      const state = new DaemonState(daemon, { logger: this.#logger });
      entry = { daemon, state, holders: 0 };
      this.#entries.set(sandboxId, entry);
      state.start().catch((error: unknown) => {
        this.#logger.debug({ sandbox: sandboxId, ...errorForLog(error) }, 'a daemon is not followed yet');
      });
    }
    const held = entry;
    held.holders += 1;
    let released = false;
    return {
      daemon: held.daemon,
      state: held.state,
      dispose: () => {
        if (released) return;
        released = true;
        held.holders -= 1;
        if (held.holders === 0) this.#drop(sandboxId, held);
      },
    };
  }

  /** The live model if somebody holds it. */
  find(sandboxId: string): LiveSandbox | null {
    return this.#entries.get(sandboxId) ?? null;
  }

  dispose(): void {
    for (const [id, entry] of [...this.#entries]) this.#drop(id, entry);
  }

  #drop(sandboxId: string, entry: Entry): void {
    if (this.#entries.get(sandboxId) === entry) this.#entries.delete(sandboxId);
    entry.state.dispose();
    entry.daemon.dispose();
  }
}
