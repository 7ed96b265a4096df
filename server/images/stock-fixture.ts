import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { ErrorCode } from '../../protocol/errors.ts';
import type { ImageView } from '../../protocol/images.ts';
import { Emitter } from '../emitter.ts';
import { DrydockError } from '../errors.ts';
import { noMetrics } from '../metrics.ts';
import type { CatalogueImage } from './catalogue.ts';
import type { MadeImage } from './image-maker.ts';
import { ImageStock, type StockOptions, type StockWork } from './image-stock.ts';

export function imageOf(id: string, more: Partial<CatalogueImage> = {}): CatalogueImage {
  return {
    id,
    folder: `/images/${id}`,
    description: `The image ${id}.`,
    names: [`${id}:latest`],
    hub: null,
    extend: false,
    build: { seconds: 10, args: {} },
    ...more,
  };
}

export function madeOf(id: string, more: Partial<MadeImage> = {}): MadeImage {
  return {
    id,
    source: 'drydock',
    origin: `${id} 1.0 from Debian trixie`,
    names: [`${id}:latest`],
    digest: `sha256:${id}`,
    hubDigest: null,
    recipe: 'recipe',
    platform: 'linux/amd64',
    download: 100,
    unpacked: 200,
    layers: [{ digest: 'sha256:base', bytes: 60 }],
    madeAt: 1,
    tookMs: 10_000,
    ...more,
  };
}

interface Attempt {
  id: string;
  /** Ends it. */
  succeed(more?: Partial<MadeImage>): Promise<void>;
  fail(code: ErrorCode, message?: string): Promise<void>;
  line(text: string): void;
  signal: AbortSignal | undefined;
}

/** A stock over a maker that does what a test says, in time that a test lets pass (`vi.useFakeTimers`). */
export class StockFixture {
  readonly stock: ImageStock;
  /** Every call of `make`, in order. */
  readonly attempts: Attempt[] = [];
  /** What the registry serves. */
  readonly served = new Map<string, MadeImage>();
  /** Ids of what would become another one now. */
  readonly outdated = new Set<string>();
  tidied = 0;
  readonly told: ImageView[][] = [];
  readonly work: StockWork[] = [];
  /** What stands in the log as long as nobody asks for more. */
  readonly logged: string[] = [];
  /** Thrown by every look. */
  away: DrydockError | null = null;
  looks = 0;
  /** Why Docker Hub gave nothing when it was last asked. */
  hubTrouble: string | null = null;
  #lessons: Record<string, string[]>;
  readonly #changed = new Emitter<void>(() => undefined);

  constructor(
    catalogue: readonly CatalogueImage[],
    lessons: Record<string, string[]>,
    more: Partial<Pick<StockOptions, 'policy' | 'hub'>> = {},
  ) {
    this.#lessons = lessons;
    const ignore = () => undefined;
    const log = (_facts: object, words: string) => void this.logged.push(words);
    this.stock = new ImageStock({
      catalogue,
      maker: {
        make: (image, options = {}) =>
          new Promise<MadeImage>((resolve, reject) => {
            const stop = () => reject(new DrydockError('registry.failed', 'interrupted'));
            options.signal?.addEventListener('abort', stop);
            this.attempts.push({
              id: image.id,
              signal: options.signal,
              line: (text) => options.onLine?.(text),
              succeed: async (change) => {
                const made = madeOf(image.id, change);
                this.served.set(image.id, made);
                this.outdated.delete(image.id);
                resolve(made);
                await flush();
              },
              fail: async (code, message = 'It failed.') => {
                reject(new DrydockError(code, message));
                await flush();
              },
            });
          }),
        look: async () => {
          this.looks += 1;
          return { served: new Map(this.served), outdated: new Set(this.outdated) };
        },
        tidy: async () => {
          this.tidied += 1;
        },
        hub: hubOf(() => this.hubTrouble),
      },
      registry: {
        ensure: async () => {
          if (this.away !== null) throw this.away;
        },
      },
      library: {
        catalogue: () => [{ lessons: Object.keys(this.#lessons).map((id) => ({ id })) }],
        lesson: (id) => ({ frontMatter: { images: this.#lessons[id] ?? [] } }),
        changed: { on: (listener) => this.#changed.on(listener) },
      },
      isOwner: true,
      policy: 'needed',
      hub: 'docker.io',
      clock: { now: () => Date.now() },
      logger: { debug: ignore, info: log, warn: log, error: log },
      metrics: noMetrics,
      ...more,
    });
    this.stock.onChanged((changed) => this.told.push(changed));
    this.stock.onWork((work) => this.work.push(work));
  }

  async start(): Promise<void> {
    this.stock.start();
    await flush();
  }

  /** Somebody saved a lesson. */
  async save(lessons: Record<string, string[]>): Promise<void> {
    this.#lessons = lessons;
    this.#changed.emit();
    await flush();
  }

  /** The attempt that is under way. */
  get now(): Attempt {
    const last = this.attempts.at(-1);
    if (last === undefined) throw new Error('nothing was made');
    return last;
  }

  /** Ids of what was tried, in order. */
  get tried(): string[] {
    return this.attempts.map(({ id }) => id);
  }

  view(id: string): ImageView {
    const view = this.stock.view().images.find((each) => each.id === id);
    if (view === undefined) throw new Error(`there is no image ${id}`);
    return view;
  }
}

function hubOf(trouble: () => string | null) {
  return {
    get lastTrouble() {
      return trouble();
    },
  };
}

/** Lets everything go on that waits for no time. */
export async function flush(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
  for (let round = 0; round < 5; round++) await turn();
}

export const minute = 60_000;

export async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  await flush();
}

/** Every test of the file has a clock that stands still, and its stock leaves no timer behind. */
export function withStoppedClock(fixture: () => StockFixture): void {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000, toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
  afterEach(async () => {
    fixture().stock.dispose();
    await fixture().stock.settled();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
}
