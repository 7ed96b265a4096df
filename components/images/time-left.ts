import type { ImageStatus, ImageView } from '../../protocol/images.ts';

const second = 1_000;
const minute = 60 * second;

/** Time that is left, in words that do not change every second: `about 40 s`, `about 3 min`, `any moment now`. */
export function leftWords(milliseconds: number): string {
  if (milliseconds <= 0) return 'any moment now';
  if (milliseconds <= 20 * second) return `about ${roundUp(milliseconds / second, 5)} s`;
  if (milliseconds <= 50 * second) return `about ${roundUp(milliseconds / second, 10)} s`;
  const minutes = Math.max(1, Math.round(milliseconds / minute));
  return minutes < 100 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`;
}

/** After a comma: `about 40 s left`, `any moment now`. */
export function leftTail(milliseconds: number): string {
  return milliseconds <= 0 ? leftWords(milliseconds) : `${leftWords(milliseconds)} left`;
}

/** At the end of a sentence: `in about 40 s`, `any moment now`. */
export function inWords(milliseconds: number): string {
  return milliseconds <= 0 ? leftWords(milliseconds) : `in ${leftWords(milliseconds)}`;
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** Milliseconds until it is ready, by the server's clock; null: unknown, or it is not on its way. */
export function leftOf(status: ImageStatus, now: number): number | null {
  if (status.state !== 'making' && status.state !== 'waiting') return null;
  return status.readyIn === null ? null : status.at + status.readyIn - now;
}

/** Milliseconds until all that are on their way are ready; null: unknown, or none is. */
export function leftOfAll(images: readonly ImageView[], now: number): number | null {
  // What may never come is not waited for.
  const coming = images.filter((image) => isComing(image) && !(image.hubOnly && leftOf(image.status, now) === null));
  const lefts = coming.map(({ status }) => leftOf(status, now)).filter((left) => left !== null);
  return coming.length === 0 || lefts.length < coming.length ? null : Math.max(...lefts);
}

export function isReady({ status }: ImageView): boolean {
  return status.state === 'ready';
}

export function isComing({ status }: ImageView): boolean {
  return status.state === 'making' || status.state === 'waiting';
}

/** Its words hold a time that passes. */
export function isCountingDown({ status }: ImageView): boolean {
  if (status.state === 'failed') return status.retryAt !== null;
  return (status.state === 'making' || status.state === 'waiting') && status.readyIn !== null;
}
