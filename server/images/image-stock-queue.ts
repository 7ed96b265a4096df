import type { MadeImage } from './image-maker.ts';
import { changedMeanwhile, renewalTrouble, vanished } from './image-stock-trouble.ts';
import { type HubState, isHubOnly, type StockEntry } from './image-stock-views.ts';

/** How long a stock rests, in milliseconds. */
export const pauses = {
  /** Between two looks at what is there, when nothing is to be done: a volume may have been removed. */
  look: 30_000,
  /** While another process makes images. */
  busy: 4_000,
  /** After that, before an attempt counts as one. */
  certain: 500,
  /** Longer than Docker Hub has to say its first word. */
  hub: 9_000,
  /** After the engine or the registry could not be had; doubled each time up to `look`. */
  away: 2_000,
};

/** Notes of an entry what the registry was just seen to serve. @returns `vanished`: it was served until now */
export function see(
  entry: StockEntry,
  made: MadeImage | null,
  isOutdated: boolean,
  now: number,
): 'vanished' | 'absent' | 'served' {
  const was = entry.made;
  entry.made = made;
  entry.isOutdated = isOutdated;
  if (made === null) {
    if (was === null) return 'absent';
    entry.trouble = vanished(entry, now);
    return 'vanished';
  }
  if (!isOutdated) {
    entry.trouble = null;
    entry.attempts = 0;
  } else if (was !== null && !entry.isSeen) {
    // Just made, and its files are other ones already: not at once again, for somebody may be in the midst of it.
    entry.trouble = renewalTrouble(changedMeanwhile, 1, now);
  }
  entry.isSeen = true;
  return 'served';
}

/**
 * What is to be made of what is wanted: what lessons need or somebody waits for, then the rest of what is missing, then
 * what comes from Docker Hub alone while that gives nothing, then what is only to be renewed; of each, what has failed
 * before after what has not, and else in the order in which it is given.
 */
export function queueOf(
  wanted: readonly StockEntry[],
  wished: readonly string[],
  now: number,
  hub: HubState,
): StockEntry[] {
  const isAwaited = ({ image, lessons }: StockEntry): boolean => lessons.length > 0 || wished.includes(image.id);
  const kind = (entry: StockEntry): number => {
    if (entry.made !== null) return 3;
    if (hub !== 'gives' && isHubOnly(entry)) return 2;
    return isAwaited(entry) ? 0 : 1;
  };
  const rank = (entry: StockEntry): number => kind(entry) * 2 + (entry.trouble === null ? 0 : 1);
  return wanted
    .filter((entry) => isOpen(entry) && (entry.trouble === null || retryOf(entry) <= now))
    .sort((a, b) => rank(a) - rank(b));
}

/** @param trouble why Docker Hub gave nothing when it was last asked */
export function hubStateOf(entries: Iterable<StockEntry>, trouble: string | null): HubState {
  if (trouble !== null) return 'away';
  const gives = [...entries].some(({ made }) => made !== null && made.source !== 'drydock');
  return gives ? 'gives' : 'unknown';
}

/** Milliseconds until the next of what has failed is due; infinite when none ever is. */
export function nextRetry(entries: Iterable<StockEntry>, now: number): number {
  return Math.min(...[...entries].filter((entry) => isOpen(entry)).map((entry) => retryOf(entry) - now));
}

function isOpen({ made, isOutdated }: StockEntry): boolean {
  return made === null || isOutdated;
}

function retryOf({ trouble }: StockEntry): number {
  return trouble?.retryAt ?? Number.POSITIVE_INFINITY;
}
