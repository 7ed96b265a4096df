import type { ErrorBody } from '../../protocol/errors.ts';
import type { CatalogueImage } from './catalogue.ts';
import type { StockEntry, Trouble } from './image-stock-views.ts';

/** After an image failed, in milliseconds; doubled each time up to `longestRetry`. */
const firstRetry = 60_000;
const longestRetry = 30 * 60_000;
/** After an older make could not be renewed, which nobody waits for. */
const renewalRetry = { first: 30 * 60_000, longest: 24 * 60 * 60_000 };
/** After Docker Hub did not have an image, or did not answer: networks come back. */
const hubRetry = { usual: 30 * 60_000, awaited: 11 * 60_000 };

/** What does not end by itself, however often it is tried. */
const waitsForPeople = new Set<string>(['image.digest-mismatch', 'image.unknown', 'config.invalid']);

/**
 * What a failed attempt says about an image.
 * @param attempts that failed in a row, this one too
 * @returns null when it says nothing: another process makes images now, or the engine is away
 */
export function troubleOf({ code, message }: ErrorBody, attempts: number, now: number): Trouble | null {
  if (code === 'image.busy' || code === 'engine.unreachable') return null;
  if (code === 'image.unavailable') return { state: 'unavailable', message, retryAt: now + hubRetry.usual };
  const pause = Math.min(longestRetry, firstRetry * 2 ** Math.min(attempts - 1, 10));
  return { state: 'failed', code, message, retryAt: waitsForPeople.has(code) ? null : now + pause };
}

/** The same of an attempt to renew what is served meanwhile: there is no hurry. */
export function renewalTrouble(body: ErrorBody, attempts: number, now: number): Trouble | null {
  const trouble = troubleOf(body, attempts, now);
  if (trouble === null || trouble.retryAt === null) return trouble;
  const pause = Math.min(renewalRetry.longest, renewalRetry.first * 2 ** Math.min(attempts - 1, 10));
  return { ...trouble, retryAt: now + pause };
}

/** What is known before anything was tried: what comes from Docker Hub alone cannot be had where nobody asks it. */
function troubleWithout(
  hub: string | null,
  { names, build, instead }: Pick<CatalogueImage, 'names' | 'build' | 'instead'>,
): Trouble | null {
  if (build !== null || hub !== null) return null;
  const why = 'which this lab does not ask (DRYDOCK_HUB=none)';
  return { state: 'unavailable', message: fromHubAlone(names, why, instead), retryAt: null };
}

/** Words for what comes from Docker Hub alone, where that gave nothing when it was last asked for anything. */
export function hubIsAway({ names, instead }: Pick<CatalogueImage, 'names' | 'instead'>): string {
  return fromHubAlone(names, 'which cannot be reached from this lab', instead);
}

function fromHubAlone(names: readonly string[], why: string, instead = ''): string {
  const name = names[0]?.replace(/:.*$/, '') ?? 'It';
  return `${name} comes from Docker Hub alone, ${why}. ${instead}`.trim();
}

/** An image of which nothing was seen yet. */
export function newEntry(image: CatalogueImage, hub: string | null): StockEntry {
  const trouble = troubleWithout(hub, image);
  return { image, made: null, isOutdated: false, isSeen: false, trouble, attempts: 0, triedAt: 0, lessons: [] };
}

export const changedMeanwhile: ErrorBody = {
  code: 'image.build-failed',
  message: 'What it is made of was changed while it was made.',
};

/** It was made and is not served: where it never was, making it again at once would only go round in circles. */
export function vanished({ isSeen }: StockEntry, now: number): Trouble | null {
  if (isSeen) return null;
  const message = 'It was made, and the registry of this lab does not serve it.';
  return { state: 'failed', code: 'registry.failed', message, retryAt: now + firstRetry };
}

/** Somebody is there to see it: the shortest pause has to do, which also bounds what reloading a page can cause. */
export function hurried({ trouble, triedAt }: StockEntry): Trouble | null {
  if (trouble === null || trouble.retryAt === null) return trouble;
  const pause = trouble.state === 'failed' ? firstRetry : hubRetry.awaited;
  return { ...trouble, retryAt: Math.min(trouble.retryAt, triedAt + pause) };
}
