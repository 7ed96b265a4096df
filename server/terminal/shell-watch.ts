import { isBusy, type ShellPhase, ShellTracker } from './shell-tracker.ts';

interface ShellNews {
  onBusyChanged(): void;
  onCommandStarted(command: string): void;
  onCommandEnded(ended: { command: string; exitCode: number | null; cwd: string | null }): void;
}

/** One shell as the server sees it: what it is doing, and what was typed since its prompt. */
export class ShellWatch {
  readonly nonce: string;
  /** It started when it was attached to, so it owes a first prompt. */
  readonly isNew: boolean;
  readonly #begin: number;
  readonly #tracker: ShellTracker;
  readonly #liveFrom: number;
  readonly #promptWaiters = new Set<(prompted: boolean) => void>();
  #live = false;
  #line: 'empty' | 'begun' | 'continued';

  /**
   * @param from.begin where its output begins if it is new: before that shells of the past speak, from before the
   * sandbox stopped. null: it ran before, and where it began is not known
   * @param from.liveFrom output before this byte was followed by an earlier server: no news any more
   */
  constructor(nonce: string, from: { begin: number | null; liveFrom: number }, news: ShellNews) {
    this.nonce = nonce;
    this.isNew = from.begin !== null;
    this.#begin = from.begin ?? 0;
    this.#liveFrom = from.liveFrom;
    // Who joins a running shell cannot know what stands behind the prompt.
    this.#line = this.isNew ? 'empty' : 'begun';
    this.#tracker = new ShellTracker(nonce, {
      onPhase: (phase) => {
        if (phase === 'input') this.#prompted();
        news.onBusyChanged();
      },
      onCommandStarted: news.onCommandStarted,
      onCommandEnded: news.onCommandEnded,
    });
  }

  get phase(): ShellPhase {
    return this.#tracker.phase;
  }

  get busy(): boolean | null {
    return isBusy(this.#tracker.phase);
  }

  get line(): 'empty' | 'begun' | 'continued' {
    return this.#line;
  }

  output(seq: number, data: Uint8Array): void {
    const cut = Math.min(Math.max(0, this.#liveFrom - seq), data.length);
    if (cut > 0 && seq + cut > this.#begin) this.#push(seq, data.subarray(0, cut), false);
    if (cut < data.length) this.#push(seq + cut, data.subarray(cut), true);
  }

  #push(seq: number, data: Uint8Array, live: boolean): void {
    this.#live = live;
    this.#tracker.push(seq, data, this.#liveFrom);
  }

  /** A page typed this. */
  typed(data: Uint8Array): void {
    const entered = data.includes(0x0d) || data.includes(0x0a);
    if (entered) this.#line = 'continued';
    else if (this.#line === 'empty') this.#line = 'begun';
  }

  /** The lab typed a whole line. */
  submitted(): void {
    this.#tracker.submitted();
  }

  nextPrompt(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (prompted: boolean) => {
        clearTimeout(timer);
        this.#promptWaiters.delete(settle);
        resolve(prompted);
      };
      const timer = setTimeout(() => settle(false), milliseconds);
      this.#promptWaiters.add(settle);
    });
  }

  /** Nobody hears from this shell any more. */
  dispose(): void {
    for (const settle of [...this.#promptWaiters]) settle(false);
  }

  #prompted(): void {
    // Behind a prompt of the past something may have been typed since.
    this.#line = this.#live ? 'empty' : 'begun';
    for (const settle of [...this.#promptWaiters]) settle(true);
  }
}
