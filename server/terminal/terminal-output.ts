import { limits } from '../../protocol/limits.ts';
import { OutputRing } from './output-ring.ts';
import { type TerminalViewer, ViewerFlow } from './terminal-viewer.ts';

/**
 * One terminal's output and the pages that read it. All pages read from the same ring, each at its own pace.
 *
 * Flow control, in bytes of output: the shell may produce up to what the page furthest ahead has drawn plus
 * one window. With no page there: up to what the furthest page had drawn plus the ring, so that nothing unseen
 * is lost and a build goes on while a laptop sleeps. So one terminal costs at most one ring of memory.
 */
export class TerminalOutput {
  readonly #about: { lesson: string; terminal: string };
  readonly #flows = new Map<string, ViewerFlow>();
  #generation = '';
  #ring = new OutputRing({ capacity: limits.terminalReplay, start: 0 });
  #seen = 0;
  #flush: NodeJS.Immediate | null = null;

  constructor(about: { lesson: string; terminal: string }) {
    this.#about = about;
  }

  get generation(): string {
    return this.#generation;
  }

  get end(): number {
    return this.#ring.end;
  }

  get viewers(): TerminalViewer[] {
    return [...this.#flows.values()].map((flow) => flow.viewer);
  }

  /** Another shell: pages are sent its output from the start, and before it what is kept of earlier ones. */
  restart(generation: string, start: number): void {
    this.#generation = generation;
    this.#ring = new OutputRing({ capacity: limits.terminalReplay, start });
    this.#seen = start;
    for (const viewer of this.viewers) this.#flows.set(viewer.id, new ViewerFlow(viewer, start));
  }

  /**
   * The first piece in a turn of the event loop goes out at once (it may be the echo of a key); what follows in
   * the same turn is sent together at its end.
   *
   * @returns the part that was not known yet
   */
  append(seq: number, data: Buffer): Buffer {
    const known = this.#ring.end - seq;
    if (known >= data.length) return Buffer.alloc(0);
    if (known < 0) {
      // The holder no longer had what lies between. Pages see the gap by the numbers.
      this.#ring = new OutputRing({ capacity: limits.terminalReplay, start: seq });
    }
    const fresh = known > 0 ? data.subarray(known) : data;
    this.#ring.append(fresh);
    if (this.#flush === null) {
      this.#pump();
      this.#flush = setImmediate(() => {
        this.#flush = null;
        this.#pump();
      });
    }
    return fresh;
  }

  /**
   * From now on `viewer` is sent everything from `after` on, as far as it is kept; first after this turn of the
   * event loop, so that the answer to its request arrives before.
   *
   * @returns number of the first byte it will get
   */
  join(viewer: TerminalViewer, after: number): number {
    const from = this.#ring.entry(after);
    const flow = new ViewerFlow(viewer, from);
    this.#flows.set(viewer.id, flow);
    setImmediate(() => {
      if (this.#flows.get(viewer.id) === flow) flow.pump(this.#ring, this.#identity());
    });
    return from;
  }

  /** The shell, or another one in its place, was found again. */
  resume(): void {
    for (const flow of this.#flows.values()) flow.resume(this.#identity());
  }

  leave(viewerId: string): boolean {
    this.#noteSeen();
    return this.#flows.delete(viewerId);
  }

  acknowledge(viewerId: string, seq: number): void {
    const flow = this.#flows.get(viewerId);
    if (flow === undefined) return;
    flow.acknowledge(seq);
    flow.pump(this.#ring, this.#identity());
  }

  /** Number of the first byte this page has not said it has drawn; 0: it does not look. */
  drawnBy(viewerId: string): number {
    return this.#flows.get(viewerId)?.acknowledged ?? 0;
  }

  /** The shell's output up to this number may come. */
  allowance(): number {
    this.#noteSeen();
    if (this.#flows.size === 0) return this.#seen + this.#ring.capacity;
    let ahead = 0;
    for (const flow of this.#flows.values()) ahead = Math.max(ahead, flow.acknowledged);
    return ahead + limits.terminalAhead;
  }

  dispose(): void {
    if (this.#flush !== null) clearImmediate(this.#flush);
    this.#flush = null;
    this.#flows.clear();
  }

  #noteSeen(): void {
    for (const flow of this.#flows.values()) this.#seen = Math.max(this.#seen, flow.acknowledged);
  }

  #pump(): void {
    const identity = this.#identity();
    for (const flow of this.#flows.values()) flow.pump(this.#ring, identity);
  }

  #identity(): { lesson: string; terminal: string; generation: string } {
    return { ...this.#about, generation: this.#generation };
  }
}
