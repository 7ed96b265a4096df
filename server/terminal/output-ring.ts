/** How far a cut may move on to begin at a line: bytes. */
const lineSearch = 4096;

interface Block {
  start: number;
  used: number;
  bytes: Buffer;
}

/**
 * The last `capacity` bytes of a terminal, numbered from the shell's first byte. Blocks are only ever written
 * behind what was written before, so slices handed out stay what they were.
 */
export class OutputRing {
  readonly #capacity: number;
  readonly #blockSize: number;
  #blocks: Block[] = [];
  #start: number;
  #end: number;

  constructor(options: { capacity: number; start: number; blockSize?: number }) {
    this.#capacity = options.capacity;
    this.#blockSize = options.blockSize ?? 64 * 1024;
    this.#start = options.start;
    this.#end = options.start;
  }

  /** Number of the oldest byte kept. */
  get start(): number {
    return this.#start;
  }

  /** Number of the byte that comes next. */
  get end(): number {
    return this.#end;
  }

  get capacity(): number {
    return this.#capacity;
  }

  append(data: Buffer): void {
    for (let offset = 0; offset < data.length; ) {
      const block = this.#tail(data.length - offset);
      const taken = data.copy(block.bytes, block.used, offset);
      block.used += taken;
      offset += taken;
      this.#end += taken;
    }
    const oldest = this.#end - this.#capacity;
    while (this.#blocks.length > 1 && (this.#blocks[0]?.start ?? 0) + (this.#blocks[0]?.used ?? 0) <= oldest) {
      this.#blocks.shift();
    }
    if (oldest > this.#start) this.#start = oldest;
  }

  /** At most `max` bytes from number `from` on, which must be kept; empty at the end. */
  read(from: number, max: number): Buffer {
    const block = this.#blocks.find((candidate) => from < candidate.start + candidate.used);
    if (block === undefined || from < block.start) return Buffer.alloc(0);
    const offset = from - block.start;
    return block.bytes.subarray(offset, Math.min(block.used, offset + max));
  }

  /**
   * Where a reader begins that wants byte `wanted` on. When that is no longer kept: behind the next line end,
   * because half an escape sequence or half a character would be shown as rubbish.
   */
  entry(wanted: number): number {
    if (wanted >= this.#start) return wanted;
    const ahead = this.read(this.#start, lineSearch);
    const lineEnd = ahead.indexOf(0x0a);
    return lineEnd === -1 ? this.#start : this.#start + lineEnd + 1;
  }

  #tail(wanted: number): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.used < last.bytes.length) return last;
    // A shell that says little costs little: the first block is small.
    const size = last === undefined ? Math.min(this.#blockSize, Math.max(4096, wanted)) : this.#blockSize;
    const block = { start: this.#end, used: 0, bytes: Buffer.allocUnsafeSlow(size) };
    this.#blocks.push(block);
    return block;
  }
}
