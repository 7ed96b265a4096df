import type { ImageView } from '../../protocol/images.ts';
import type { Disposable } from '../disposable.ts';
import { Emitter } from '../emitter.ts';

/** Milliseconds between two times that changes are told. */
const tellEvery = 500;

/** An estimate that moved by less than this is no news, in milliseconds. */
const sameTime = 3_000;

/** Tells what is another one in the views of a stock since it told last, at most twice a second. */
export class StockNews implements Disposable {
  readonly #views: () => ImageView[];
  readonly #changed: Emitter<ImageView[]>;
  #told: Map<string, Told> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isLate = false;
  #disposed = false;

  constructor(parts: { views: () => ImageView[]; onLost: (error: unknown) => void }) {
    this.#views = parts.views;
    this.#changed = new Emitter(parts.onLost);
  }

  on(listener: (changed: ImageView[]) => void): Disposable {
    return this.#changed.on(listener);
  }

  /** Something may be another one now. */
  changed(): void {
    if (this.#disposed) return;
    if (this.#timer !== null) {
      this.#isLate = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!this.#isLate) return;
      this.#isLate = false;
      this.changed();
    }, tellEvery);
    this.#timer.unref();
    this.#tell();
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  #tell(): void {
    const before = this.#told;
    const views = this.#views();
    if (before === null) {
      // Pages were rendered with what was there at first.
      this.#told = new Map(views.map((view) => [view.id, told(view)]));
      return;
    }
    const news = views.filter((view) => isNews(before.get(view.id), told(view)));
    // What moved too little to be told stays as it was told, so that small steps add up.
    for (const view of news) before.set(view.id, told(view));
    if (news.length > 0) this.#changed.emit(news);
  }
}

interface Told {
  /** Everything but the time. */
  rest: string;
  /** When it is thought to be ready, unix milliseconds. */
  readyAt: number | null;
}

function told(view: ImageView): Told {
  const { status } = view;
  if (status.state !== 'making' && status.state !== 'waiting') return { rest: JSON.stringify(view), readyAt: null };
  const { at, readyIn } = status;
  const readyAt = readyIn === null ? null : at + readyIn;
  const timeless = { ...view, status: { ...status, at: 0, readyIn: readyIn === null ? null : 0 } };
  return { rest: JSON.stringify(timeless), readyAt };
}

function isNews(before: Told | undefined, now: Told): boolean {
  if (before === undefined || before.rest !== now.rest) return true;
  if (before.readyAt === null || now.readyAt === null) return before.readyAt !== now.readyAt;
  return Math.abs(before.readyAt - now.readyAt) > sameTime;
}
