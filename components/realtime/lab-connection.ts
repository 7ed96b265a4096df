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

/** Refusals that trying again does not change. */
const final: ReadonlySet<string> = new Set(['request.protocol', 'access.unauthenticated', 'request.too-many']);
const answerTimeout = 30_000;
/** The first pause before trying again and the longest, in milliseconds; each is cut by up to half at random. */
const backOff = { first: 250, longest: 5_000 };

/**
 * The one connection of a page. Reconnects for ever with a growing, random back-off. Requests made while it is
 * away fail at once with `connection.lost`.
 */
export class LabConnection {
  readonly #socket: Socket<ServerToClient, ClientToServer>;
  readonly #statusListeners = new Set<() => void>();
  #status: ConnectionStatus = { state: 'connecting' };
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;

  /** `extraHeaders`: of the upgrade, where no browser adds its own. */
  constructor(url?: string, extraHeaders?: Record<string, string>) {
    const options = {
      parser,
      auth: { protocol: protocolVersion },
      transports: ['websocket'],
      ...(extraHeaders === undefined ? {} : { extraHeaders, forceNew: true }),
      // Done here instead, so that the page can say when the next attempt is.
      reconnection: false,
      timeout: 8_000,
    };
    this.#socket = url === undefined ? io(options) : io(url, options);
    this.#socket.on('connect', () => {
      this.#attempt = 0;
      this.#setStatus({ state: 'online' });
    });
    this.#socket.on('disconnect', (reason) => {
      if (reason !== 'io client disconnect') this.#retryLater();
    });
    this.#socket.on('connect_error', (error) => {
      const refusal = (error as Error & { data?: ErrorBody }).data;
      if (refusal === undefined || !final.has(refusal.code)) this.#retryLater();
      else this.#setStatus({ state: 'refused', message: refusal.message });
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
    if (this.#socket.connected || this.#status.state === 'refused') return;
    this.#clearRetry();
    this.#socket.connect();
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
    this.#clearRetry();
    this.#statusListeners.clear();
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
  }

  #retryLater(): void {
    this.#clearRetry();
    const pause = Math.min(backOff.longest, backOff.first * 2 ** this.#attempt) * (0.5 + Math.random() / 2);
    this.#attempt += 1;
    const now = Date.now();
    const since = this.#status.state === 'offline' ? this.#status.since : now;
    this.#setStatus({ state: 'offline', since, attempt: this.#attempt, retryAt: now + pause });
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#socket.connect();
    }, pause);
  }

  #clearRetry(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  #setStatus(status: ConnectionStatus): void {
    this.#status = status;
    for (const listener of [...this.#statusListeners]) listener();
  }
}
