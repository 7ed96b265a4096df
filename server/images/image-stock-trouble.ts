import type { ErrorBody } from '../../protocol/errors.ts';
import type { CatalogueImage } from './catalogue.ts';
import type { StockEntry, Trouble } from './image-stock-views.ts';

/** After an image failed, in milliseconds; doubled each time up to `longestRetry`. */
const firstRetry = 60_000;
const longestRetry = 30 * 60_000;
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

/** What is known before anything was tried: what comes from Docker Hub alone cannot be had where nobody asks it. */
export function troubleWithout(
  hub: string | null,
  { names, build, instead }: Pick<CatalogueImage, 'names' | 'build' | 'instead'>,
): Trouble | null {
  if (build !== null || hub !== null) return null;
  const name = names[0]?.replace(/:.*$/, '') ?? 'It';
  return {
    state: 'unavailable',
    message:
      `${name} comes from Docker Hub alone, which this lab does not ask (DRYDOCK_HUB=none). ${instead ?? ''}`.trim(),
    retryAt: null,
  };
}

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
