import { Duplex } from 'node:stream';
import { printable } from './engine-errors.ts';
import type { ExecStreams } from './exec-stream.ts';

/** What a failing relay said on stderr; more is not kept. */
const stderrLimit = 2048;

/**
 * The two ends of a relay program as one byte stream that Node's HTTP client takes for a socket. The socket
 * calls it makes on kept-alive connections do nothing here: there is no TCP connection of ours to tune.
 */
export class RelayDuplex extends Duplex {
  readonly #streams: ExecStreams;
  #stderr = '';

  constructor(streams: ExecStreams) {
    // When the relay ends, what is written would go nowhere: the writable side ends with it, as on a socket.
    super({ allowHalfOpen: false });
    this.#streams = streams;
    // Whoever uses the stream hears of an error in its own listener, and of its end by 'close'. A moment without
    // a listener (a connection waiting in a pool) must not end the server.
    this.on('error', () => undefined);
    streams.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) streams.stdout.pause();
    });
    streams.stdout.on('end', () => this.push(null));
    streams.stdout.on('error', (error: Error) => this.destroy(error));
    streams.stderr.on('data', (chunk: Buffer) => {
      if (this.#stderr.length < stderrLimit) this.#stderr += chunk.toString('latin1');
    });
  }

  /** What the relay program complained about so far, printable. */
  get complaint(): string {
    return printable(this.#stderr);
  }

  override _read(): void {
    this.#streams.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#streams.stdin.write(chunk, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#streams.stdin.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#streams.destroy();
    callback(error);
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
