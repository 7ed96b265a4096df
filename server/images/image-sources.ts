import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageSource } from '../../protocol/images.ts';
import type { Config } from '../config.ts';
import type { Following, ImageBuilder } from '../docker/image-builder.ts';
import { DrydockError } from '../errors.ts';
import type { CatalogueImage } from './catalogue.ts';
import { type Hub, hubTroubleWords, type PulledImage } from './hub.ts';
import { buildImage, diskFull, isDiskFull } from './image-build.ts';
import { baseReference, baseSource } from './lab-images.ts';
import { recipeOf } from './recipe.ts';
import { typedName } from './typed-name.ts';

/** An image on the engine, about to be published. */
export interface ObtainedImage {
  reference: string;
  source: ImageSource;
  origin: string;
  hubDigest: string | null;
  recipe: string | null;
  platform: string;
  /** Bytes, unpacked. */
  size: number;
  /** Takes the engine's copy away. */
  release(): Promise<void>;
}

export interface ObtainOptions extends Following {
  accept?: boolean;
  source?: 'docker-hub' | 'drydock';
  /** What is served until now and made anew by nobody's wish: it stays what it is, where that is Docker Hub's. */
  renews?: ImageSource | null;
  /** True: whoever uses the machine meanwhile goes first. */
  inBackground?: boolean;
  /** The digest of the first pull on this platform; null: it was never pulled. */
  expected: (platform: string) => string | null;
}

interface ImageSourcesParts {
  images: Pick<ImageBuilder, 'find' | 'build' | 'readFile' | 'remove'>;
  hub: Pick<Hub, 'pull' | 'title' | 'trouble'>;
  config: Pick<Config, 'lab' | 'images'>;
}

/** The ways to an image of the catalogue: Docker Hub where it can be had, its Dockerfile where not. */
export class ImageSources {
  readonly #parts: ImageSourcesParts;

  constructor(parts: ImageSourcesParts) {
    this.#parts = parts;
  }

  async obtain(image: CatalogueImage, options: ObtainOptions): Promise<ObtainedImage> {
    const keeps = options.renews !== undefined && options.renews !== null && options.renews !== 'drydock';
    const mayBuild = image.build !== null && options.source === undefined && !keeps;
    let refused = '';
    if (image.hub !== null && options.source !== 'drydock') {
      const pulled = await this.#pull(image, image.hub, options).catch((error: unknown) => {
        if (!mayBuild || !(error instanceof DrydockError) || error.code !== 'image.digest-mismatch') throw error;
        options.onLine?.(`${this.#parts.hub.title} has another image under ${image.hub} than at first: building it`);
        refused = `; ${this.#parts.hub.title} has another ${image.hub} than when it was first pulled`;
        return null;
      });
      if (pulled !== null) return image.extend ? this.#extend(image, pulled, options) : this.#asPulled(image, pulled);
    }
    if (image.build !== null && (mayBuild || options.source === 'drydock')) {
      const built = await this.#build(image, options);
      return { ...built, origin: `${built.origin}${refused}` };
    }
    throw this.#unavailable(image, options);
  }

  /** @throws image.digest-mismatch when Docker Hub has another than at the first pull, unless that is accepted */
  async #pull(image: CatalogueImage, name: string, options: ObtainOptions): Promise<PulledImage | null> {
    const { hub, images } = this.#parts;
    const pull = (how: { fresh?: boolean; digest?: string }): Promise<PulledImage | null> =>
      hub.pull(name, { ...following(options), ...how }).catch((error: unknown) => {
        throw isDiskFull(String(error)) ? diskFull(typedName(image), error) : error;
      });
    if (options.source === undefined) {
      // Made again by itself, it is what it was: Docker Hub keeps what once had a name.
      const platform = (await images.find(baseReference))?.platform;
      const digest = platform === undefined ? null : options.expected(platform);
      const same = digest === null ? null : await pull({ digest });
      if (same !== null) return same;
    }
    const pulled = await pull({ fresh: options.source === 'docker-hub' });
    if (pulled === null) return null;
    const expected = options.expected(pulled.platform);
    if (expected === null || expected === pulled.digest || options.accept === true) return pulled;
    await pulled.release();
    throw new DrydockError(
      'image.digest-mismatch',
      `${hub.title} has another image under ${name} now (${short(pulled.digest)}) than when it was first pulled (${short(expected)}). That may be a newer version, or not what it says. What was served before stays served. To take it: npm run images -- pull --accept ${typedName(image)}${image.build === null ? '' : `. To build it from Debian packages instead: npm run images -- build ${typedName(image)}`}`,
      { details: { recorded: expected, found: pulled.digest } },
    );
  }

  async #asPulled(image: CatalogueImage, pulled: PulledImage): Promise<ObtainedImage> {
    const { reference, digest, platform, size, release } = pulled;
    return {
      reference,
      source: 'docker-hub',
      origin: `${image.hub} of ${this.#parts.hub.title}`,
      hubDigest: digest,
      recipe: await recipeOf(image, 'docker-hub', null),
      platform,
      size,
      release,
    };
  }

  async #extend(image: CatalogueImage, pulled: PulledImage, options: ObtainOptions): Promise<ObtainedImage> {
    const { images, hub } = this.#parts;
    const origin = `${image.hub} of ${hub.title}, with a layer of Drydock's for lessons without internet`;
    try {
      const base = await this.#base();
      const recipe = await recipeOf(image, 'docker-hub-extended', base);
      const tag = this.#tag(image);
      const { facts } = await buildImage(images, {
        image,
        tag,
        dockerfile: 'Dockerfile.hub',
        args: { BASE: pulled.reference, DEBIAN: baseReference, ...(await this.#network(image, 'Dockerfile.hub')) },
        recipe,
        words: () => origin,
        following: { ...following(options), inBackground: options.inBackground === true },
      });
      return {
        reference: tag,
        source: 'docker-hub-extended',
        origin,
        hubDigest: pulled.digest,
        recipe,
        platform: facts.platform,
        size: facts.size,
        release: async () => {
          await images.remove(tag);
          await pulled.release();
        },
      };
    } catch (error) {
      await images.remove(this.#tag(image));
      await pulled.release();
      throw error;
    }
  }

  async #build(image: CatalogueImage, options: ObtainOptions): Promise<ObtainedImage> {
    const { images } = this.#parts;
    const recipe = await recipeOf(image, 'drydock', await this.#base());
    const tag = this.#tag(image);
    const release = image.build?.debian ?? 'trixie';
    const base = await images.find(baseReference);
    // The packages are Debian's either way; what they stand on was pulled where that was possible.
    const ground = base !== null && baseSource(base) === 'docker-hub' ? ", on Docker Hub's debian:trixie-slim" : '';
    try {
      const { facts, from } = await buildImage(images, {
        image,
        tag,
        args: { BASE: baseReference, ...(await this.#network(image, 'Dockerfile')) },
        recipe,
        words: (made) => `Drydock's own build, from Debian ${release}: ${made}${ground}`,
        following: { ...following(options), inBackground: options.inBackground === true },
      });
      return {
        reference: tag,
        source: 'drydock',
        origin: `${from} from Debian ${release}${ground}`,
        hubDigest: null,
        recipe,
        platform: facts.platform,
        size: facts.size,
        release: () => images.remove(tag),
      };
    } catch (error) {
      await images.remove(tag);
      throw error;
    }
  }

  async #base(): Promise<string> {
    const base = await this.#parts.images.find(baseReference);
    if (base !== null) return base.identity;
    throw new DrydockError(
      'sandbox.image-missing',
      `The Debian base (${baseReference}) on which images are built is not on this server's engine. \`npm start\` makes it.`,
    );
  }

  /** What a Dockerfile needs to get at packages from here: the builder complains of what it does not take. */
  async #network(image: CatalogueImage, dockerfile: string): Promise<Record<string, string>> {
    const { proxies, npmRegistry } = this.#parts.config.images;
    if (npmRegistry === null) return proxies;
    const text = await readFile(join(image.folder, dockerfile), 'utf8').catch(() => '');
    return /^\s*ARG\s+NPM_REGISTRY\b/m.test(text) ? { ...proxies, NPM_REGISTRY: npmRegistry } : proxies;
  }

  /** Of this lab alone, so that two labs on one engine can make the same image at a time. */
  #tag(image: CatalogueImage): string {
    return `drydock/image-${image.id}:${this.#parts.config.lab}`;
  }

  #unavailable(image: CatalogueImage, { source }: ObtainOptions): DrydockError {
    const { hub } = this.#parts;
    const name = typedName(image);
    const isAsked = image.hub !== null && this.#parts.config.images.hub !== null;
    // As the engine says it: for the log and for who runs the lab. Learners see only the message.
    const raw = isAsked ? hub.trouble : null;
    const why =
      image.hub === null
        ? 'it is not taken from Docker Hub'
        : !isAsked
          ? 'this lab does not ask Docker Hub (DRYDOCK_HUB=none)'
          : raw === null
            ? `${hub.title} answers, but has nothing under ${image.hub}`
            : hubTroubleWords(hub.title, raw);
    if (source === 'drydock') {
      return new DrydockError(
        'image.unavailable',
        `${name} cannot be built: nothing made from Debian packages could honestly bear its name. ${isAsked ? `It comes from ${hub.title} alone; where that can be reached: npm run images -- pull ${name}.` : 'It comes from Docker Hub alone, which this lab does not ask (DRYDOCK_HUB=none).'} ${image.instead ?? ''}`.trim(),
      );
    }
    return new DrydockError(
      'image.unavailable',
      image.build === null
        ? `${name} comes from ${hub.title} alone, and cannot be had now: ${why}. ${image.instead ?? ''}`.trim()
        : `${name} cannot be pulled: ${why}. To build it from Debian packages: npm run images -- build ${name}`,
      raw === null ? {} : { cause: new DrydockError('engine.failed', raw), details: { output: [raw] } },
    );
  }
}

/** See `ImageSources.#tag`. */
export function isMakersTag(reference: string, lab: string): boolean {
  return reference.startsWith('drydock/image-') && reference.endsWith(`:${lab}`);
}

function following({ onLine, signal }: Following): Following {
  return { ...(onLine === undefined ? {} : { onLine }), ...(signal === undefined ? {} : { signal }) };
}

function short(digest: string): string {
  return digest.slice(0, 19);
}
