import type { ImageView } from '../../protocol/images.ts';

export interface ImagesTally {
  ready: number;
  /** All that are ready, on their way or failed, and what lessons need though nobody can have it: what the terminal counts. */
  of: number;
  failed: number;
  /** Without the time that is left, which changes often: `3 of 9 images are ready, 1 could not be made`. */
  words: string;
}

export function tallyOf(images: readonly ImageView[]): ImagesTally {
  const count = (state: ImageView['status']['state']) => images.filter(({ status }) => status.state === state).length;
  const ready = count('ready');
  const failed = count('failed');
  const missed = images.filter(({ status, lessons }) => status.state === 'unavailable' && lessons.length > 0).length;
  const of = ready + failed + missed + count('making') + count('waiting');
  const couldNot = `${failed === 0 ? '' : `, ${failed} could not be made`}${missed === 0 ? '' : `, ${missed} cannot be had here`}`;
  return { ready, of, failed, words: `${readyWords(ready, of)}${couldNot}` };
}

function readyWords(ready: number, of: number): string {
  if (of === 0) return 'No image was made yet';
  if (ready < of) return `${ready} of ${of === 1 ? '1 image is' : `${of} images are`} ready`;
  return of === 1 ? '1 image is ready' : `${of} images are ready`;
}
