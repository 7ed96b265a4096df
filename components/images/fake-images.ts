import type { ImageStatus, ImageView } from '../../protocol/images.ts';

/** For tests: an image with whatever matters to it. */
export function image(id: string, status: ImageStatus, own: Partial<ImageView> = {}): ImageView {
  return {
    id,
    description: `What ${id} is for.`,
    names: [`${id}:latest`],
    status,
    source: null,
    origin: null,
    hubDigest: null,
    digest: null,
    size: null,
    lessons: [],
    ...own,
  };
}

export const ready: ImageStatus = { state: 'ready' };

export function making(readyIn: number | null, at = 0): ImageStatus {
  return { state: 'making', at, readyIn, detail: '' };
}

export function waiting(readyIn: number | null, at = 0): ImageStatus {
  return { state: 'waiting', at, readyIn };
}

export function failed(message: string, retryAt: number | null = null): ImageStatus {
  return { state: 'failed', code: 'image.build-failed', message, retryAt };
}
