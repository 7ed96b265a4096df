import type { AgentOptions, ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import { QuietAgent } from './quiet-agent.ts';

/** Milliseconds an unused connection is kept. Each one is two processes in the sandbox. */
const idleTimeout = 20_000;

/** An HTTP agent whose connections come from `dial`. */
export class DaemonAgent extends QuietAgent {
  readonly #dial: () => Promise<Duplex>;
  #idleTimer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(dial: () => Promise<Duplex>, options: AgentOptions) {
    super(options);
    this.#dial = dial;
    this.on('free', () => this.#restartIdleTimer());
  }

  override createConnection(
    _options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    // Node's type has no error-only form, though its documentation has.
    const done = callback as ((error: Error | null, stream?: Duplex) => void) | undefined;
    this.#dial().then(
      (stream) => {
        if (this.#closed) {
          stream.destroy();
          done?.(new Error('the connection to the sandbox was closed'));
        } else done?.(null, stream);
      },
      (error: Error) => done?.(error),
    );
    return undefined;
  }

  override destroy(): void {
    this.#closed = true;
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    super.destroy();
  }

  #restartIdleTimer(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => {
      for (const sockets of Object.values(this.freeSockets)) {
        for (const socket of sockets ?? []) socket.destroy();
      }
    }, idleTimeout);
    this.#idleTimer.unref();
  }
}
