import type { CatalogueImage } from './catalogue.ts';

type Expected = Pick<CatalogueImage, 'id' | 'build'>;

/** Seconds that an image is thought to take of which nothing is known: it comes from Docker Hub alone. */
const unknownSeconds = 15;

/** Seconds of `image.yaml` that the machine counts for before it made anything; keeps one tiny image from deciding all. */
const priorSeconds = 20;

/** How long images take on this machine: as last time, else as `image.yaml` says, scaled by how the others compared. */
export class ImageEstimates {
  readonly #took = new Map<string, number>();
  readonly #expected = new Map<string, number>();

  constructor(catalogue: readonly Expected[]) {
    for (const { id, build } of catalogue) this.#expected.set(id, (build?.seconds ?? unknownSeconds) * 1000);
  }

  /** This image took so long here, in milliseconds; what it took before does not count any more. */
  learn(id: string, tookMs: number): void {
    // Nobody makes an image in no time: it was taken over from elsewhere.
    if (tookMs > 0 && this.#expected.has(id)) this.#took.set(id, tookMs);
  }

  /** Milliseconds from its beginning to its end. */
  of(id: string): number {
    const took = this.#took.get(id);
    if (took !== undefined) return took;
    return Math.round((this.#expected.get(id) ?? unknownSeconds * 1000) * this.#factor());
  }

  /** How many times slower (or faster) than `image.yaml` says this machine has been. */
  #factor(): number {
    let took = priorSeconds * 1000;
    let expected = priorSeconds * 1000;
    for (const [id, milliseconds] of this.#took) {
      took += milliseconds;
      expected += this.#expected.get(id) ?? 0;
    }
    return took / expected;
  }
}

/** `a moment`, `about 20 s`, `about 3 min`: as precise as an estimate is. */
export function estimateWords(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds <= 3) return 'a moment';
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} s`;
  const minutes = Math.ceil(seconds / 60 - 0.1);
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`;
}
