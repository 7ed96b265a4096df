import { type Duplex, Readable, Writable } from 'node:stream';
import { DrydockError } from '../errors.ts';

/** Bytes of each output that wait for a reader before the program is made to wait. */
const highWaterMark = 64 * 1024;

const headerLength = 8;

/** One output whose reader asks for more through `onWanted`, and whose end is told to `onWanted` as well. */
class Output extends Readable {
  readonly #onWanted: (output: Output) => void;

  constructor(onWanted: (output: Output) => void) {
    super({ highWaterMark });
    this.#onWanted = onWanted;
    // An error also reaches the owner through `closed`; without this a reader that went away would let it
    // end the process as an unhandled 'error' event.
    this.on('error', () => undefined);
  }

  override _read(): void {
    this.#onWanted(this);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    callback(error);
    this.#onWanted(this);
  }
}

/**
 * The engine's hijacked stream of an exec or attach, taken apart. Without a TTY the engine frames output: one
 * byte of stream number (1 stdout, 2 stderr), three zero bytes, a big-endian length, then that many bytes
 * (Engine API, "ContainerAttach"). A frame may be 4 GiB long, so payload is passed on as it arrives.
 *
 * Back-pressure: when either output is full the socket is paused, which makes only this program wait. Whoever
 * does not want an output calls `resume()` on it.
 */
export class ExecStreams {
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly stdin: Writable;
  /** Resolves when all output was taken; rejects when the stream broke. */
  readonly closed: Promise<void>;

  readonly #socket: Duplex;
  readonly #outputs: { 1: Output; 2: Output };
  readonly #full = new Set<Output>();
  readonly #header = Buffer.alloc(headerLength);
  #headerFilled = 0;
  #target: Output | null = null;
  #remaining = 0;
  #over = false;
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(socket: Duplex) {
    this.#socket = socket;
    const wanted = (output: Output): void => {
      if (this.#full.delete(output) && this.#full.size === 0) socket.resume();
    };
    this.#outputs = { 1: new Output(wanted), 2: new Output(wanted) };
    this.stdout = this.#outputs[1];
    this.stderr = this.#outputs[2];
    this.stdin = new Writable({
      write: (chunk: Buffer, _encoding, callback) => socket.write(chunk, callback),
      final: (callback) => socket.end(callback),
    });
    // A program that ends before it read its input is no failure of ours; writers get the error anyway.
    this.stdin.on('error', () => undefined);
    this.closed = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Not every owner waits for it.
    this.closed.catch(() => undefined);

    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.#end());
    socket.on('error', (error: Error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the engine closed the stream')));
  }

  /** Closes the connection. The program inside sees the end of its input, and is not killed by that. */
  destroy(error?: Error): void {
    this.#fail(error ?? new Error('closed by Drydock'), error);
  }

  #take(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length && !this.#over) {
      if (this.#remaining > 0) {
        const part = chunk.subarray(offset, offset + this.#remaining);
        offset += part.length;
        this.#remaining -= part.length;
        this.#deliver(part);
        continue;
      }
      const part = chunk.subarray(offset, offset + headerLength - this.#headerFilled);
      part.copy(this.#header, this.#headerFilled);
      offset += part.length;
      this.#headerFilled += part.length;
      if (this.#headerFilled === headerLength) this.#readHeader();
    }
  }

  #readHeader(): void {
    this.#headerFilled = 0;
    const stream = this.#header[0];
    const padding = this.#header.readUIntBE(1, 3);
    if ((stream !== 1 && stream !== 2) || padding !== 0) {
      const error = new DrydockError(
        'engine.failed',
        'The Docker Engine sent output in a form Drydock does not know. Try again; the server log has the details.',
        { details: { header: this.#header.toString('hex') } },
      );
      this.#fail(error, error);
      return;
    }
    this.#target = this.#outputs[stream];
    this.#remaining = this.#header.readUInt32BE(4);
  }

  #deliver(part: Buffer): void {
    const target = this.#target;
    // A reader that destroyed its side wants no more: the bytes are dropped and the program goes on.
    if (target === null || target.destroyed) return;
    if (!target.push(part)) {
      this.#full.add(target);
      this.#socket.pause();
    }
  }

  #end(): void {
    if (this.#over) return;
    if (this.#remaining > 0 || this.#headerFilled > 0) {
      this.#fail(new Error('the stream ended in the middle of a frame'));
      return;
    }
    this.#over = true;
    this.#outputs[1].push(null);
    this.#outputs[2].push(null);
    this.stdin.destroy();
    this.#socket.destroy();
    this.#resolve();
  }

  #fail(reason: Error, toReaders: Error = reason): void {
    if (this.#over) return;
    this.#over = true;
    this.#full.clear();
    this.#socket.destroy();
    this.stdin.destroy();
    this.#outputs[1].destroy(toReaders);
    this.#outputs[2].destroy(toReaders);
    this.#reject(reason);
  }
}
