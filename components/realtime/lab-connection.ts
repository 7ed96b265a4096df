import { io, type Socket } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import type { Answer, ErrorBody, ErrorCode } from '../../protocol/errors.ts';
import {
  type ClientToServer,
  type Fact,
  type FactName,
  protocolVersion,
  type RequestName,
  type RequestPayload,
  type Results,
  type ServerToClient,
} from '../../protocol/events.ts';

/** A request that the server answered with an error, or that got no answer. */
export class LabError extends Error {
  readonly code: ErrorCode | 'connection.lost';
  readonly details: Record<string, unknown> | undefined;

  constructor(body: Omit<ErrorBody, 'code'> & { code: ErrorCode | 'connection.lost' }) {
    super(body.message);
    this.name = 'LabError';
    this.code = body.code;
    this.details = body.details;
  }
}

/**
 * `online`, or looking for the server again. `retryAt`: when the next attempt begins (unix milliseconds).
 * `refused`: the server will not have this page (its words in `message`); it has to be reloaded.
 */
export type ConnectionStatus =
  | { state: 'connecting' }
  | { state: 'online' }
  | { state: 'offline'; since: number; attempt: number; retryAt: number | null }
  | { state: 'refused'; message: string };

const answerTimeout = 30_000;

/**
 * The one connection of a page. Reconnects for ever with a growing, random back-off (250 ms to 5 s). Requests
 * made while it is away fail at once with `connection.lost`, save those of `requestWhenOnline`.
 */
export class LabConnection {
  readonly #socket: Socket<ServerToClient, ClientToServer>;
  readonly #statusListeners = new Set<() => void>();
  #status: ConnectionStatus = { state: 'connecting' };
  #offlineSince = 0;

  constructor(url?: string) {
    const options = {
      parser,
      auth: { protocol: protocolVersion },
      transports: ['websocket'],
      reconnectionDelay: 250,
      reconnectionDelayMax: 5_000,
      randomizationFactor: 0.5,
      timeout: 8_000,
    };
    this.#socket = url === undefined ? io(options) : io(url, options);
    this.#socket.on('connect', () => this.#setStatus({ state: 'online' }));
    this.#socket.on('disconnect', (reason) => {
      this.#offlineSince = Date.now();
      this.#setStatus({ state: 'offline', since: this.#offlineSince, attempt: 0, retryAt: null });
      // The server closed it on purpose (shutting down): socket.io does not come back by itself then.
      if (reason === 'io server disconnect') this.#socket.connect();
    });
    this.#socket.on('connect_error', (error) => {
      const refusal = (error as Error & { data?: ErrorBody }).data;
      if (refusal !== undefined) {
        this.#setStatus({ state: 'refused', message: refusal.message });
        return;
      }
      if (this.#offlineSince === 0) this.#offlineSince = Date.now();
      this.#setStatus({ state: 'offline', since: this.#offlineSince, attempt: 0, retryAt: null });
    });
    this.#socket.io.on('reconnect_attempt', (attempt) => {
      if (this.#status.state === 'offline') this.#setStatus({ ...this.#status, attempt });
    });
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribeStatus = (listener: () => void): (() => void) => {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  };

  /** Calls `listener` now if online, and at every later (re)connection. */
  onOnline(listener: () => void): () => void {
    this.#socket.on('connect', listener);
    if (this.#socket.connected) listener();
    return () => {
      this.#socket.off('connect', listener);
    };
  }

  /** Try now instead of at the end of the back-off. */
  retryNow(): void {
    if (!this.#socket.connected) this.#socket.disconnect().connect();
  }

  on<N extends FactName>(name: N, listener: (fact: Fact<N>) => void): () => void {
    const untyped = this.#socket as unknown as Socket;
    const untypedListener = listener as (fact: unknown) => void;
    untyped.on(name as string, untypedListener);
    return () => {
      untyped.off(name as string, untypedListener);
    };
  }

  /** @throws LabError with the server's code, or `connection.lost`. */
  async request<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<Results[N]> {
    if (!this.#socket.connected) {
      throw new LabError({ code: 'connection.lost', message: 'The server cannot be reached right now.' });
    }
    let answer: Answer<Results[N]>;
    try {
      const untyped = this.#socket as unknown as Socket;
      answer = (await untyped.timeout(answerTimeout).emitWithAck(name, payload)) as Answer<Results[N]>;
    } catch {
      throw new LabError({ code: 'connection.lost', message: 'The server did not answer. The page tries again.' });
    }
    if (!answer.ok) throw new LabError(answer.error);
    return answer.data;
  }

  /** For keystrokes and acknowledgements: no answer is waited for; dropped while offline. */
  send<N extends RequestName>(name: N, payload: RequestPayload<N>): void {
    const untyped = this.#socket as unknown as Socket;
    if (this.#socket.connected) untyped.emit(name, payload);
  }

  dispose(): void {
    this.#statusListeners.clear();
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
  }

  #setStatus(status: ConnectionStatus): void {
    if (status.state === 'online') this.#offlineSince = 0;
    this.#status = status;
    for (const listener of [...this.#statusListeners]) listener();
  }
}
