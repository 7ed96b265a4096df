import type { ImageStatus, ImageView } from '../../protocol/images.ts';
import { isReady } from './time-left.ts';

/** What a page knows of images: what it was rendered with, kept up to date by facts. */
export interface LiveImages {
  shown: readonly ImageView[];
  /** Facts that may be newer than the next rendering, which was asked for before they came. */
  since: readonly ImageView[];
}

export type ImagesChange =
  | { type: 'told'; images: readonly ImageView[] }
  /** The page is being rendered anew: whatever was told until now is in it. */
  | { type: 'asked' }
  | { type: 'rendered'; images: readonly ImageView[] };

export function reduceImages(live: LiveImages, change: ImagesChange): LiveImages {
  switch (change.type) {
    case 'told':
      return { shown: withNews(live.shown, change.images), since: withNews(live.since, change.images) };
    case 'asked':
      return { ...live, since: [] };
    case 'rendered':
      return { shown: withNews(steadied(live.shown, change.images), live.since), since: live.since };
  }
}

/**
 * Whether a page that has just got its connection has to be rendered anew: something may have become ready between the
 * rendering and now, or long ago, for what the back button shows is as old as it was when it was left.
 */
export function mayBeOutdated(rendered: readonly ImageView[], wasOnline: boolean): boolean {
  return wasOnline || !rendered.every(isReady);
}

/** Those of `images` as the newer ones say they are; what is new among those comes last. */
function withNews(images: readonly ImageView[], news: readonly ImageView[]): ImageView[] {
  const known = new Set(images.map(({ id }) => id));
  const newer = steadied(images, news);
  const byId = new Map(newer.map((image) => [image.id, image]));
  return [...images.map((image) => byId.get(image.id) ?? image), ...newer.filter(({ id }) => !known.has(id))];
}

function steadied(before: readonly ImageView[], after: readonly ImageView[]): ImageView[] {
  const known = new Map(before.map((image) => [image.id, image.status]));
  return after.map((image) => {
    const status = steadyStatus(known.get(image.id), image.status);
    return status === image.status ? image : { ...image, status };
  });
}

/** Up to here an estimate is no news: it would only make the time that is left jump back. Milliseconds. */
const notMuchMore = (left: number) => Math.max(left, 0) * 1.25 + 5_000;

/** The new status, with the moment that was estimated before where the new one is only a little later. */
function steadyStatus(before: ImageStatus | undefined, after: ImageStatus): ImageStatus {
  if (before === undefined || !isCounting(before) || !isCounting(after)) return after;
  if (before.readyIn === null || after.readyIn === null) return after;
  const left = before.at + before.readyIn - after.at;
  return after.readyIn > left && after.readyIn <= notMuchMore(left) ? { ...after, readyIn: left } : after;
}

function isCounting(status: ImageStatus): status is Extract<ImageStatus, { state: 'making' | 'waiting' }> {
  return status.state === 'making' || status.state === 'waiting';
}
