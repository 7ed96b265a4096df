import type { Fact } from '../../protocol/events.ts';
import { limits } from '../../protocol/limits.ts';
import type { OutputRing } from './output-ring.ts';

export type TerminalFact =
  | { name: 'terminal:output'; fact: Fact<'terminal:output'> }
  | { name: 'terminal:exited'; fact: Fact<'terminal:exited'> };

/** A page that looks at terminals: in practice a socket. */
export interface TerminalViewer {
  readonly id: string;
  send(fact: TerminalFact): void;
}

/** One message to a page: bytes. Larger ones would hold up the keystroke behind them. */
const largestChunk = 64 * 1024;

/**
 * How far one page has got with one terminal. It is sent at most `limits.terminalUnacknowledged` bytes more
 * than it said it has drawn; what it falls behind by waits in the ring, not in the socket's memory.
 */
export class ViewerFlow {
  readonly viewer: TerminalViewer;
  #sent: number;
  #acknowledged: number;

  constructor(viewer: TerminalViewer, from: number) {
    this.viewer = viewer;
    this.#sent = from;
    this.#acknowledged = from;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Everything up to `seq` is drawn. What was never sent cannot have been. */
  acknowledge(seq: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(seq, this.#sent));
  }

  /** Tells the page that the shell is there again, also when it says nothing. */
  resume(about: { lesson: string; terminal: string; generation: string }): void {
    this.viewer.send({ name: 'terminal:output', fact: { ...about, seq: this.#sent, data: Buffer.alloc(0) } });
  }

  /** Sends what may be sent. A page that fell out of the ring jumps to the oldest output kept. */
  pump(ring: OutputRing, about: { lesson: string; terminal: string; generation: string }): void {
    for (;;) {
      if (this.#sent < ring.start) {
        // What was skipped will never be acknowledged, so the jump waits until nothing is outstanding.
        if (this.#acknowledged < this.#sent) return;
        this.#sent = ring.entry(this.#sent);
        this.#acknowledged = this.#sent;
      }
      const window = this.#acknowledged + limits.terminalUnacknowledged - this.#sent;
      if (window <= 0 || this.#sent >= ring.end) return;
      const data = ring.read(this.#sent, Math.min(window, largestChunk));
      if (data.length === 0) return;
      const seq = this.#sent;
      this.#sent += data.length;
      this.viewer.send({ name: 'terminal:output', fact: { ...about, seq, data } });
    }
  }
}
