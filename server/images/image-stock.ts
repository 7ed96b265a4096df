import type { ImageStatus, ImagesView, ImageView, LessonImage } from '../../protocol/images.ts';
import type { Clock } from '../clock.ts';
import type { ImagePolicy } from '../config-schema.ts';
import { type Disposable, DisposableStore } from '../disposable.ts';
import { Emitter } from '../emitter.ts';
import { errorForLog, toErrorBody } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Registry } from '../registry/registry.ts';
import type { CatalogueImage } from './catalogue.ts';
import { Gate } from './gate.ts';
import type { Hub } from './hub.ts';
import { ImageEstimates } from './image-estimate.ts';
import { indexImages } from './image-index.ts';
import type { ImageMaker } from './image-maker.ts';
import { countStock, type StockCounts } from './image-stock-counts.ts';
import { StockNews } from './image-stock-news.ts';
import { hubStateOf, nextRetry, pauses, queueOf, see } from './image-stock-queue.ts';
import { hurried, newEntry, renewalTrouble, troubleOf } from './image-stock-trouble.ts';
import { type HubState, type Making, type StockEntry, type StockPicture, viewsOf } from './image-stock-views.ts';
import { type LessonsInOrder, neededImages } from './needed-images.ts';
import { typedName } from './typed-name.ts';

/** What happens in the background, for whoever shows it in a terminal. */
export type StockWork =
  | { kind: 'begun'; name: string }
  | { kind: 'told'; name: string; detail: string }
  | { kind: 'ended'; name: string; tookMs: number; status: ImageStatus }
  /** Nothing is left to do for now. */
  | { kind: 'rested' };

export interface StockOptions {
  catalogue: readonly CatalogueImage[];
  maker: Pick<ImageMaker, 'make' | 'look' | 'tidy'> & { hub: Pick<Hub, 'lastTrouble'> };
  /** The registry is this lab's own, and not that of one it stands beside. */
  isOwner: boolean;
  registry: Pick<Registry, 'ensure'>;
  library: LessonsInOrder & { readonly changed: { on(listener: () => void): Disposable } };
  policy: ImagePolicy;
  /** Where images of Docker Hub are taken from; null: nowhere. */
  hub: string | null;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

/** The newest line of a build is shown to people: so long and no longer. */
const longestDetail = 200;

/**
 * All images of the catalogue as they are in this moment, and the one place that makes them while a lab runs: one after
 * the other in the background, what lessons need in the order in which learners meet it, what somebody waits for first.
 * What is there and out of date stays what learners get, and is renewed when nothing is missing.
 * What the registry serves is looked at again and again, so that several processes that share it agree in the end.
 */
export class ImageStock implements Disposable {
  readonly #options: StockOptions;
  readonly #entries: ReadonlyMap<string, StockEntry>;
  readonly #find: (reference: string) => CatalogueImage | null;
  readonly #estimates: ImageEstimates;
  readonly #news: StockNews;
  readonly #work: Emitter<StockWork>;
  readonly #abort = new AbortController();
  readonly #owned = new DisposableStore();
  /** Ids of what lessons need, in the order in which learners meet them. */
  #needed: string[] = [];
  /** Ids of what somebody waits for, the newest wish first. */
  #wished: string[] = [];
  #making: Making | null = null;
  #held = false;
  #awayFor = 0;
  #away: NonNullable<StockPicture['away']> | null = null;
  /** The registry has answered once. */
  #known = false;
  #running: Promise<void> | null = null;
  #wake: (() => void) | null = null;
  /** Something to do came while nobody rested. */
  #isAwaited = false;
  #isTidy = false;
  readonly #looked = new Gate();
  readonly #settled = new Gate();

  constructor(options: StockOptions) {
    this.#options = options;
    const { catalogue, hub, logger } = options;
    this.#entries = new Map(catalogue.map((image): [string, StockEntry] => [image.id, newEntry(image, hub)]));
    this.#find = indexImages(catalogue);
    this.#estimates = new ImageEstimates(catalogue);
    this.#work = this.#owned.add(new Emitter(this.#onLost));
    this.#news = this.#owned.add(new StockNews({ views: () => this.#views(), onLost: this.#onLost }));
    this.#readLessons();
    this.#owned.add(
      options.library.changed.on(() => {
        this.#readLessons();
        this.#nudge();
      }),
    );
    logger.debug({ images: catalogue.length, needed: this.#needed.length }, 'images of the catalogue');
  }

  /** All images of the catalogue: those that lessons need first, in their order. */
  view(): ImagesView {
    return { images: this.#views() };
  }

  /** Those that lessons need and that are not there; nothing as long as nobody has looked. */
  missing(): ImageView[] {
    if (!this.#known) return [];
    return this.#views().filter(({ lessons, status }) => lessons.length > 0 && status.state !== 'ready');
  }

  /** What a lesson declares, each with how it stands. */
  lessonImages(references: readonly string[]): LessonImage[] {
    const views = new Map(this.#views().map((view) => [view.id, view]));
    return references.map((reference) => ({
      reference,
      image: views.get(this.#find(reference)?.id ?? '') ?? null,
    }));
  }

  /** How many there are: `wanted` is what this lab makes by itself or has, `ready` and `failed` are of those. */
  counts(): StockCounts {
    return countStock([...this.#entries.values()], new Set(this.#wanted()), this.#views());
  }

  /** Told of images that are in another state, at most twice a second. */
  onChanged(listener: (changed: ImageView[]) => void): Disposable {
    return this.#news.on(listener);
  }

  onWork(listener: (work: StockWork) => void): Disposable {
    return this.#work.on(listener);
  }

  /** Somebody waits for these: they are made next. What cannot be had, or is there, is left as it is. */
  want(references: readonly string[]): void {
    if (this.#options.policy === 'none') return;
    const ids = references.flatMap((reference) => this.#find(reference)?.id ?? []);
    const open = ids.filter((id) => this.#entries.get(id)?.made === null);
    if (open.length === 0) return;
    this.#wished = [...new Set([...open, ...this.#wished])];
    for (const id of open) {
      const entry = this.#entries.get(id);
      if (entry !== undefined) entry.trouble = hurried(entry);
    }
    this.#nudge();
  }

  /** Begins to look and to make, in the background. */
  start(): void {
    if (this.#abort.signal.aborted) return;
    this.#running ??= this.#runOn();
  }

  /** Resolves when the registry was asked once what is there, whatever came of it. */
  async looked(): Promise<void> {
    await this.#looked.passed();
  }

  /** Resolves when there is nothing to do for now; after `dispose`, when what was under way has ended. */
  async settled(): Promise<void> {
    await this.#settled.passed();
    if (this.#abort.signal.aborted) await this.#running;
  }

  /** Gives up what is being made, which leaves what is served as it was. */
  dispose(): void {
    this.#abort.abort();
    this.#wake?.();
    this.#looked.open();
    this.#settled.open();
    this.#owned.dispose();
  }

  readonly #onLost = (error: unknown): void =>
    this.#options.logger.error(errorForLog(error), 'news of images were lost');

  async #runOn(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      let pause = pauses.look;
      try {
        pause = await this.#round();
      } catch (error) {
        this.#options.logger.error(errorForLog(error), 'looking after images failed');
      }
      if (pause > 0) await this.#rest(pause);
    }
  }

  /** Looks, then makes one image. @returns how long to rest then, in milliseconds */
  async #round(): Promise<number> {
    if (!(await this.#look())) return this.#awayFor;
    const [next] = this.#queue();
    // What is renewed is there: nobody waits for it.
    if (next?.made !== null) this.#work.emit({ kind: 'rested' });
    if (next !== undefined) return this.#make(next);
    this.#held = false;
    await this.#tidy();
    this.#settled.open();
    const retryIn = nextRetry(this.#entries.values(), this.#options.clock.now());
    return Math.max(1, Math.min(pauses.look, retryIn));
  }

  /** Asks the registry what is there. @returns whether it answered */
  async #look(): Promise<boolean> {
    const { maker, registry, clock, logger } = this.#options;
    try {
      await registry.ensure();
      const { served, outdated } = await maker.look();
      for (const entry of this.#entries.values()) {
        const { id } = entry.image;
        if (see(entry, served.get(id) ?? null, outdated.has(id), clock.now()) === 'vanished')
          logger.warn({ image: typedName(entry.image) }, 'an image is not served any more');
        if (entry.made !== null) this.#estimates.learn(id, entry.made.tookMs);
      }
      this.#wished = this.#wished.filter((id) => !served.has(id));
      this.#known = true;
      if (this.#awayFor > 0) logger.info({}, 'the registry of this lab answers again');
      this.#awayFor = 0;
      this.#away = null;
      return true;
    } catch (error) {
      if (this.#abort.signal.aborted) return false;
      if (this.#awayFor === 0) logger.warn(errorForLog(error), 'the registry of this lab cannot be asked for images');
      this.#awayFor = Math.min(pauses.look, Math.max(pauses.away, this.#awayFor * 2));
      const { code, message } = toErrorBody(error);
      this.#away = { code, message, retryAt: clock.now() + this.#awayFor };
      return false;
    } finally {
      this.#looked.open();
      this.#news.changed();
    }
  }

  /** @returns how long to rest then, in milliseconds */
  async #make(entry: StockEntry): Promise<number> {
    const { maker, clock, logger, metrics } = this.#options;
    const { id } = entry.image;
    const name = typedName(entry.image);
    const isRenewal = entry.made !== null;
    const { signal } = this.#abort;
    this.#settled.close();
    const making: Making = { id, since: clock.now(), detail: '', isCertain: false };
    this.#making = making;
    const show = (): void => {
      making.isCertain = true;
      this.#held = false;
      this.#work.emit({ kind: 'begun', name });
      this.#news.changed();
    };
    // Where another process stands in the way it ends at once, and Docker Hub will hardly have changed its mind: neither is
    // worth a word before there is something to tell.
    const isLikely = !this.#held && entry.trouble?.state !== 'unavailable';
    const timer = isLikely || isRenewal ? undefined : setTimeout(show, this.#held ? pauses.certain : pauses.hub);
    if (isLikely && !isRenewal) show();
    try {
      const made = await maker.make(entry.image, {
        // Of its own: what listens to one that lives as long as the lab would never be let go of.
        signal: AbortSignal.any([signal]),
        // What another process makes would not be seen while this one waited for it.
        patienceMs: 0,
        inBackground: true,
        onLine: (line) => {
          making.detail = line.slice(0, longestDetail);
          if (!making.isCertain) return;
          this.#work.emit({ kind: 'told', name, detail: making.detail });
          this.#news.changed();
        },
      });
      entry.made = made;
      entry.isOutdated = false;
      entry.isSeen = false;
      entry.trouble = null;
      entry.attempts = 0;
      entry.triedAt = clock.now();
      this.#held = false;
      this.#wished = this.#wished.filter((each) => each !== id);
      this.#estimates.learn(id, made.tookMs);
      metrics.count('drydock_images_made_total', { outcome: 'ok' });
      metrics.observe('drydock_image_make_seconds', { source: made.source }, clock.now() - making.since);
      const facts = { image: name, source: made.source, digest: made.digest };
      // That one is ready stands in the terminal already, in words.
      if (isRenewal) logger.info(facts, 'an image is renewed');
      else logger.debug(facts, 'an image is ready');
      return 0;
    } catch (error) {
      return signal.aborted ? 0 : this.#failed(entry, error);
    } finally {
      clearTimeout(timer);
      this.#making = null;
      if (!signal.aborted) {
        this.#news.changed();
        const status = this.#views().find((view) => view.id === id)?.status;
        if (status !== undefined && !isRenewal && (making.isCertain || entry.made !== null))
          this.#work.emit({ kind: 'ended', name, tookMs: clock.now() - making.since, status });
      }
    }
  }

  /** @returns how long to rest then, in milliseconds */
  #failed(entry: StockEntry, error: unknown): number {
    const { clock, logger, metrics } = this.#options;
    const body = toErrorBody(error);
    const isRenewal = entry.made !== null;
    const trouble = (isRenewal ? renewalTrouble : troubleOf)(body, entry.attempts + 1, clock.now());
    this.#held = trouble === null;
    if (trouble === null) return pauses.busy;
    metrics.count('drydock_images_made_total', { outcome: body.code });
    entry.trouble = trouble;
    entry.attempts += 1;
    entry.triedAt = clock.now();
    const words = isRenewal
      ? 'an image could not be renewed; what there is stays served'
      : 'an image could not be made';
    logger.warn({ image: typedName(entry.image), ...errorForLog(error) }, words);
    return 0;
  }

  /** Once, when all is made: what earlier catalogues and makers have left in the registry. */
  async #tidy(): Promise<void> {
    const { maker, isOwner, logger } = this.#options;
    if (this.#isTidy || !isOwner) return;
    this.#isTidy = true;
    try {
      await maker.tidy({ patienceMs: 0, signal: AbortSignal.any([this.#abort.signal]) });
    } catch (error) {
      logger.debug(errorForLog(error), 'the registry could not be tidied');
    }
  }

  /** What this lab makes by itself, in the order in which it does, whether it is there or not. */
  #wanted(): string[] {
    const { policy } = this.#options;
    if (policy === 'none') return [];
    return [...new Set([...this.#needed, ...(policy === 'all' ? this.#entries.keys() : []), ...this.#wished])];
  }

  /** What is to be made now, the next one first. */
  #queue(): StockEntry[] {
    const ids = new Set([...this.#wished, ...this.#wanted()]);
    const entries = [...ids].flatMap((id) => this.#entries.get(id) ?? []);
    return queueOf(entries, this.#wished, this.#options.clock.now(), this.#hub());
  }

  #hub(): HubState {
    return hubStateOf(this.#entries.values(), this.#options.maker.hub.lastTrouble);
  }

  #views(): ImageView[] {
    const needed = this.#needed.flatMap((id) => this.#entries.get(id) ?? []);
    const rest = [...this.#entries.values()].filter((entry) => !needed.includes(entry));
    return viewsOf({
      entries: [...needed, ...rest],
      queue: this.#queue().map(({ image }) => image.id),
      making: this.#making,
      now: this.#options.clock.now(),
      estimate: (id) => this.#estimates.of(id),
      held: this.#held || !this.#known,
      away: this.#away,
      hub: this.#hub(),
    });
  }

  #readLessons(): void {
    const { library, catalogue } = this.#options;
    const { images, unknown } = neededImages(library, catalogue);
    for (const entry of this.#entries.values()) entry.lessons = [];
    for (const { image, lessons } of images) {
      const entry = this.#entries.get(image.id);
      if (entry !== undefined) entry.lessons = lessons;
    }
    this.#needed = images.map(({ image }) => image.id);
    this.#news.changed();
    if (unknown.length > 0) this.#options.logger.debug({ count: unknown.length }, 'lessons name images of elsewhere');
  }

  /** There is something new to do. */
  #nudge(): void {
    if (this.#abort.signal.aborted) return;
    this.#settled.close();
    this.#isAwaited = true;
    this.#wake?.();
    this.#news.changed();
  }

  async #rest(milliseconds: number): Promise<void> {
    if (this.#abort.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#isAwaited && !this.#held ? 0 : milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
    this.#isAwaited = false;
  }
}
