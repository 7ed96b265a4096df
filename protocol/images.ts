import type { ErrorCode } from './errors.ts';

/**
 * `docker-hub`: as it was pulled from there; `drydock`: Drydock's own build from Debian packages; `docker-hub-extended`:
 * the image of Docker Hub with a layer of Drydock's on top (packages for lessons without internet).
 */
export type ImageSource = 'docker-hub' | 'docker-hub-extended' | 'drydock';

export type ImageStatus =
  /** `docker pull` gets it. `note`: it is an older make, and why it was not renewed. */
  | { state: 'ready'; note?: string }
  /** `readyIn`: estimated milliseconds until it is ready, counted from `at` (unix milliseconds); null: unknown. */
  | { state: 'making'; at: number; readyIn: number | null; detail: string }
  | { state: 'waiting'; at: number; readyIn: number | null }
  /** `retryAt`: unix milliseconds of the next attempt; null: it is not tried again by itself. */
  | { state: 'failed'; code: ErrorCode; message: string; retryAt: number | null }
  /** Not there, and nobody asked for it. */
  | { state: 'absent' }
  /** It comes from Docker Hub alone, which this lab does not reach. `message`: why, and what to use instead. */
  | { state: 'unavailable'; message: string };

/** One image of the catalogue, as people see it. */
export interface ImageView {
  /** Its folder in `images/`: `nginx`, `web-1`. */
  id: string;
  description: string;
  /** As a learner types them; the first is the usual one. */
  names: string[];
  status: ImageStatus;
  /** Nothing made from Debian packages could honestly bear its name: only Docker Hub has it. */
  hubOnly?: true;
  /** Packages it brings along, which its package manager finds without internet. */
  shelf?: string[];
  /** The rest is null until it is there. */
  source: ImageSource | null;
  /** In words, of what it was made: `nginx 1.26.3 from Debian trixie`, `nginx:1.26 of Docker Hub`. */
  origin: string | null;
  /** Of Docker Hub's image when it was first pulled. */
  hubDigest: string | null;
  /** What `docker pull` prints here: `sha256:…`. */
  digest: string | null;
  /** Bytes: `download` is what a pull of it alone moves, `unpacked` what it takes on disk, `own` what no other image shares of `download`. */
  size: { download: number; unpacked: number; own: number } | null;
  /** Ids of the lessons that use it, in the order in which a learner meets them. */
  lessons: string[];
}

/** All images of the catalogue: those that lessons need first, in their order. */
export interface ImagesView {
  images: ImageView[];
}

/** An image that a lesson declares. `image` null: the catalogue has none of that name. */
export interface LessonImage {
  reference: string;
  image: ImageView | null;
}
