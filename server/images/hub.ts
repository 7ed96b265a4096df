import type { Clock } from '../clock.ts';
import { type Following, type ImageBuilder, splitReference } from '../docker/image-builder.ts';
import { DrydockError, describeError } from '../errors.ts';
import { isDiskFull } from './image-build.ts';

/** Milliseconds Docker Hub has for its first word. A network that cannot reach it must not cost more. */
const answerWithinMs = 8_000;

/** Milliseconds after which a Docker Hub that gave nothing is asked again: a lab runs for weeks, and networks come back. */
const askAgainAfterMs = 10 * 60_000;

/** An image of Docker Hub on this engine. */
export interface PulledImage {
  id: string;
  /** As the engine names it. */
  reference: string;
  digest: string;
  platform: string;
  /** Bytes, unpacked. */
  size: number;
  /** The engine's own names become what they were: one that was not there is taken off, one that moved is put back. */
  release(): Promise<void>;
}

/** The part of the engine's images that is needed. */
type HubImages = Pick<ImageBuilder, 'find' | 'pull' | 'tag' | 'remove' | 'digestAtRegistry'>;

/** Docker Hub, or a mirror of it, as this machine's engine reaches it; asked again only after a while once it gave nothing. */
export class Hub {
  readonly #images: HubImages;
  readonly #prefix: string | null;
  readonly #clock: Clock;
  #trouble: { words: string; at: number } | null = null;

  /** @param prefix `config.images.hub` */
  constructor(images: HubImages, prefix: string | null, clock: Clock) {
    this.#images = images;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  /** Why it gives nothing; null as long as it is worth asking. */
  get trouble(): string | null {
    if (this.#prefix === null) return 'DRYDOCK_HUB is none';
    if (this.#trouble === null || this.#clock.now() - this.#trouble.at > askAgainAfterMs) return null;
    return this.#trouble.words;
  }

  /** Why it gave nothing when it was last asked, however long ago that was; null: it gave something, or was never asked. */
  get lastTrouble(): string | null {
    return this.trouble ?? this.#trouble?.words ?? null;
  }

  /** Its name for people. */
  get title(): string {
    return this.#prefix === null || this.#prefix === 'docker.io' ? 'Docker Hub' : this.#prefix;
  }

  /**
   * The digest it has under a name now; null: it has none of that name, or gives nothing (then `trouble` says why).
   * Nothing is pulled.
   */
  async digestOf(name: string, signal?: AbortSignal): Promise<string | null> {
    if (this.#prefix === null || this.trouble !== null) return null;
    try {
      const digest = await this.#images.digestAtRegistry(hubReference(this.#prefix, name), answerWithinMs, signal);
      this.#trouble = null;
      return digest;
    } catch (error) {
      signal?.throwIfAborted();
      this.#remember(error);
      return null;
    }
  }

  /**
   * An image as it is there, or as the engine has it from there already.
   * @param options `fresh`: what the engine has already does not count; `digest`: this one, whatever has the name now
   * @returns null when it has none of that name, or gives nothing (then `trouble` says why)
   * @throws engine.unreachable; engine.failed when the disk is full
   */
  async pull(
    name: string,
    options: Following & { fresh?: boolean; digest?: string } = {},
  ): Promise<PulledImage | null> {
    if (this.#prefix === null) return null;
    const named = hubReference(this.#prefix, name);
    const reference = options.digest === undefined ? named : `${splitReference(named)[0]}@${options.digest}`;
    const before = await this.#images.find(reference);
    const known = before === null ? null : digestIn(before.digests, reference);
    // Anyone can call an image of their own debian:trixie-slim. Only what came from a registry has a digest, or, where
    // containerd keeps the images (their ids are digests), all of them: then the registry has to say the same.
    const isItsOwn =
      known !== null &&
      (options.digest !== undefined ||
        before?.id !== known ||
        (options.fresh !== true && (await this.digestOf(name, options.signal)) === known));
    if (before !== null && known !== null && isItsOwn && options.fresh !== true)
      return { ...before, reference, digest: known, release: async () => undefined };
    if (this.trouble !== null) return null;
    if (before !== null && known === null) return null;
    options.onLine?.(`asking ${this.title} for ${name}`);
    try {
      const found = await this.#images.pull(reference, {
        answerWithinMs,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        onLine: (line) => options.onLine?.(`${this.title}: ${line}`),
      });
      this.#trouble = null;
      if (!found) return null;
    } catch (error) {
      options.signal?.throwIfAborted();
      this.#remember(error);
      return null;
    }
    const pulled = await this.#images.find(reference);
    const digest = pulled === null ? null : digestIn(pulled.digests, reference);
    if (pulled === null || digest === null) return null;
    const release = async (): Promise<void> => {
      if (before === null) await this.#images.remove(reference);
      else if (before.id !== pulled.id) await this.#images.tag(before.id, reference);
    };
    return { ...pulled, reference, digest, release };
  }

  /** @throws what is the engine's own trouble, and not Docker Hub's */
  #remember(error: unknown): void {
    if (error instanceof DrydockError && error.code === 'engine.unreachable') throw error;
    if (isDiskFull(describeError(error))) throw error;
    // What the engine quotes says more than that it was the engine.
    const words = describeError(error).replace(/^Drydock could not .*?(?: The Docker Engine says: |: )/s, '');
    this.#trouble = { words: words.replace(/\.$/, ''), at: this.#clock.now() };
  }
}

/** What keeps a registry from giving anything, for people who cannot do anything about it; `trouble` has it in full. */
export function hubTroubleWords(title: string, trouble: string): string {
  if (/toomanyrequests|too many requests|rate limit/i.test(trouble))
    return `${title} gives nothing more to this network for now`;
  return /\bdial\b|lookup|no such host|timeout|timed out|deadline|no answer|connect|network|\bEOF\b|tls|x509|certificate/i.test(
    trouble,
  )
    ? `${title} cannot be reached`
    : `${title} gives nothing to this lab`;
}

/** What the engine is asked for: plain names are Docker Hub's; on another host official images lie below `library/`. */
export function hubReference(prefix: string, name: string): string {
  if (prefix === 'docker.io') return name;
  return `${prefix}/${splitReference(name)[0].includes('/') ? name : `library/${name}`}`;
}

/** @param digests `nginx@sha256:…`, one for each registry it was pulled from */
function digestIn(digests: readonly string[], reference: string): string | null {
  const [repository = ''] = reference.includes('@') ? reference.split('@') : splitReference(reference);
  const own = digests.find((digest) => digest.startsWith(`${repository}@`));
  return own === undefined ? null : own.slice(repository.length + 1);
}
