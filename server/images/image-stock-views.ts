import type { ErrorCode } from '../../protocol/errors.ts';
import type { ImageStatus, ImageView } from '../../protocol/images.ts';
import type { CatalogueImage } from './catalogue.ts';
import type { MadeImage } from './image-maker.ts';
import { hubIsAway } from './image-stock-trouble.ts';

/** Why an image is not there though it was wanted, or why an older make of it could not be renewed. */
export type Trouble =
  | { state: 'failed'; code: ErrorCode; message: string; retryAt: number | null }
  /** `retryAt`: when Docker Hub is asked again; null: it never is. Nobody is told: it will hardly be another one. */
  | { state: 'unavailable'; message: string; retryAt: number | null };

/** What a stock knows of one image. */
export interface StockEntry {
  image: CatalogueImage;
  made: MadeImage | null;
  /** It is there, and making it now would make another one: that is done when nothing is missing. */
  isOutdated: boolean;
  /** The registry was seen to serve it since it was made. */
  isSeen: boolean;
  trouble: Trouble | null;
  /** In a row, that failed. */
  attempts: number;
  /** When the last one ended, unix milliseconds. */
  triedAt: number;
  /** Ids of lessons that use it. */
  lessons: string[];
}

/** What is being made, since when, and the newest line about it. */
export interface Making {
  id: string;
  since: number;
  detail: string;
  /** False at first while another process made images until now: mostly it still does. */
  isCertain: boolean;
}

/** What is known of Docker Hub: `away`: it gave nothing when it was last asked; `unknown`: it has not given anything yet. */
export type HubState = 'gives' | 'away' | 'unknown';

export interface StockPicture {
  /** In the order in which people see them. */
  entries: readonly StockEntry[];
  /** Ids of what waits, the next one first. */
  queue: readonly string[];
  making: Making | null;
  now: number;
  /** How long making one takes, in milliseconds. */
  estimate: (id: string) => number;
  /** Nobody knows how long what waits will wait: another process makes images. */
  held: boolean;
  hub?: HubState;
  /** Why nothing can be made: the registry or the engine cannot be had. */
  away?: Omit<Extract<Trouble, { state: 'failed' }>, 'state'> | null;
}

export function viewsOf(picture: StockPicture): ImageView[] {
  const { entries, making } = picture;
  const readyIn = waitingTimes(picture);
  const shared = sharedLayers(entries);
  return entries.map((entry) => ({
    id: entry.image.id,
    description: entry.image.description,
    names: entry.image.names,
    status: statusOf(entry, making, readyIn, picture),
    ...(isHubOnly(entry) ? { hubOnly: true as const } : {}),
    ...(entry.image.shelf === undefined ? {} : { shelf: entry.image.shelf }),
    source: entry.made?.source ?? null,
    origin: entry.made?.origin ?? null,
    hubDigest: entry.made?.hubDigest ?? null,
    digest: entry.made?.digest ?? null,
    size: entry.made === null ? null : sizeOf(entry.made, shared),
    lessons: entry.lessons,
  }));
}

function statusOf(
  entry: StockEntry,
  making: Making | null,
  readyIn: ReadonlyMap<string, number>,
  { now, held, away = null, hub = 'unknown' }: StockPicture,
): ImageStatus {
  const { image, made, isOutdated, trouble } = entry;
  // What may never come is promised with no time.
  const isPromised = hub === 'gives' || !isHubOnly(entry);
  if (made !== null) return isOutdated ? { state: 'ready', note: noteOf(trouble) } : { state: 'ready' };
  if (making?.id === image.id && making.isCertain)
    return {
      state: 'making',
      at: now,
      readyIn: isPromised ? (readyIn.get(image.id) ?? null) : null,
      detail: making.detail,
    };
  if (trouble?.state === 'unavailable') return { state: 'unavailable', message: trouble.message };
  if (trouble !== null) return trouble;
  if (hub === 'away' && !isPromised) return { state: 'unavailable', message: hubIsAway(image) };
  const wait = readyIn.get(image.id);
  if (wait !== undefined && away !== null) return { state: 'failed', ...away };
  return wait === undefined
    ? { state: 'absent' }
    : { state: 'waiting', at: now, readyIn: held || !isPromised ? null : wait };
}

/** Nothing is built under its name. */
export function isHubOnly({ image }: Pick<StockEntry, 'image'>): boolean {
  return image.build === null;
}

function noteOf(trouble: Trouble | null): string {
  const why = trouble === null ? '' : ` It could not be renewed: ${trouble.message}`;
  return `An older make: its files, or the Debian base, have changed since.${why}`;
}

/** Milliseconds until each of what is made and what waits is ready. */
function waitingTimes({ queue, making, now, estimate }: StockPicture): Map<string, number> {
  const times = new Map<string, number>();
  let sum = 0;
  if (making !== null) {
    sum = Math.max(0, estimate(making.id) - (now - making.since));
    times.set(making.id, sum);
  }
  for (const id of queue) {
    if (id === making?.id) continue;
    sum += estimate(id);
    times.set(id, sum);
  }
  return times;
}

/** Digests of layers that more than one image has. */
function sharedLayers(entries: readonly StockEntry[]): Set<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { made } of entries) {
    for (const digest of new Set(made?.layers.map((layer) => layer.digest))) {
      if (seen.has(digest)) shared.add(digest);
      seen.add(digest);
    }
  }
  return shared;
}

function sizeOf({ download, unpacked, layers }: MadeImage, shared: ReadonlySet<string>): ImageView['size'] {
  const others = layers.reduce((sum, { digest, bytes }) => (shared.has(digest) ? sum + bytes : sum), 0);
  return { download, unpacked, own: Math.max(0, download - others) };
}
