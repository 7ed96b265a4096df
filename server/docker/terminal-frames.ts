/**
 * Frames between Drydock and `drydock-terminal` in the sandbox image, both ways: one byte type, big-endian u32
 * length (at most 1 MiB), payload.
 */
export const maxPayload = 1024 * 1024;

const headerLength = 5;

export function encodeFrame(type: string, payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(headerLength + payload.length);
  frame.writeUInt8(type.charCodeAt(0), 0);
  frame.writeUInt32BE(payload.length, 1);
  payload.copy(frame, headerLength);
  return frame;
}

export function encodeResize(cols: number, rows: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt16BE(cols, 0);
  payload.writeUInt16BE(rows, 2);
  return encodeFrame('r', payload);
}

export function encodeAllow(upTo: number): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeBigUInt64BE(BigInt(upTo), 0);
  return encodeFrame('w', payload);
}

export type TerminalFrame =
  | { type: 'hello'; replayFrom: number; end: number; fresh: boolean; nonce: string; pid: number }
  | { type: 'output'; seq: number; data: Buffer }
  | { type: 'exit'; status: number };

/** The peer is the learner's machine and sent something that is no frame. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** Collects chunks of any size into frames; holds at most one frame. */
export class FrameDecoder {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #wanted = headerLength;
  #type: string | null = null;

  /** The frames that are complete with this chunk. @throws FrameError */
  *push(chunk: Buffer): Generator<TerminalFrame> {
    let offset = 0;
    while (offset < chunk.length || (this.#type !== null && this.#wanted === 0)) {
      const part = chunk.subarray(offset, offset + this.#wanted - this.#heldBytes);
      offset += part.length;
      this.#held.push(part);
      this.#heldBytes += part.length;
      if (this.#heldBytes < this.#wanted) break;
      const block = this.#held.length === 1 ? part : Buffer.concat(this.#held);
      this.#held = [];
      this.#heldBytes = 0;
      if (this.#type === null) {
        this.#type = String.fromCharCode(block.readUInt8(0));
        this.#wanted = block.readUInt32BE(1);
        if (this.#wanted > maxPayload) throw new FrameError(`a frame of ${this.#wanted} bytes`);
      } else {
        const frame = decode(this.#type, block);
        this.#type = null;
        this.#wanted = headerLength;
        yield frame;
      }
    }
    // Tiny chunks must not cost an object each.
    if (this.#held.length > 64) this.#held = [Buffer.concat(this.#held)];
  }
}

function decode(type: string, payload: Buffer): TerminalFrame {
  try {
    switch (type) {
      case 'h': {
        const nonceLength = payload.readUInt8(17);
        if (payload.length < 18 + nonceLength + 4) throw new FrameError('a short hello');
        return {
          type: 'hello',
          replayFrom: readSequence(payload, 0),
          end: readSequence(payload, 8),
          fresh: payload.readUInt8(16) !== 0,
          nonce: payload.toString('latin1', 18, 18 + nonceLength),
          pid: payload.readUInt32BE(18 + nonceLength),
        };
      }
      case 'o':
        return { type: 'output', seq: readSequence(payload, 0), data: payload.subarray(8) };
      case 'x':
        return { type: 'exit', status: payload.readInt32BE(0) };
      default:
        throw new FrameError(`a frame of unknown type ${type.charCodeAt(0)}`);
    }
  } catch (error) {
    if (error instanceof RangeError) throw new FrameError(`a frame of type ${type} that is too short`);
    throw error;
  }
}

function readSequence(payload: Buffer, offset: number): number {
  const value = payload.readBigUInt64BE(offset);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new FrameError('a byte number that is too large');
  return Number(value);
}
