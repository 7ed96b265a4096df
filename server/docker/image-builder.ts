import type { Readable } from 'node:stream';
import { packContext, packDockerfile } from './build-context.ts';
import { removeUnfinished, removeUnnamed } from './build-leftovers.ts';
import { BuildTrace, followReports, silenceLimit } from './build-stream.ts';
import { deadlines, type Engine } from './engine.ts';
import { engineStatus, toEngineError, withDeadline } from './engine-errors.ts';
import { imageIdentity } from './image-identity.ts';
import { askForDigest, pullImage } from './pull-image.ts';
import { readImageFile } from './read-image-file.ts';

export interface ImageFacts {
  /** `sha256:…`, as this engine calls it; another engine may call the same image otherwise. */
  id: string;
  /** `sha256:…`, the same on every engine. */
  identity: string;
  /** bytes, all layers */
  size: number;
  labels: Record<string, string>;
  /** `name@sha256:…` for every registry it was pulled from. */
  digests: string[];
  /** unix milliseconds */
  createdAt: number;
  /** `linux/amd64`, `linux/arm64/v8` */
  platform: string;
}

export interface Following {
  /** One line of the engine's report, as it comes. */
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

export interface BuildOptions extends Following {
  tag: string;
  buildArgs?: Record<string, string>;
  labels?: Record<string, string>;
  /** Name of the Dockerfile in the folder; `Dockerfile` without it. */
  dockerfile?: string;
  /** True: RUN steps use the engine machine's own network, for mirrors and proxies on its loopback. */
  hostNetwork?: boolean;
  /** True: a small share of the processors while others want them. */
  inBackground?: boolean;
}

/** Of 1024, what every other container has. */
const backgroundShares = 128;

/** Images of the host's engine: what is there, pulling, building with the classic builder, import and export. */
export class ImageBuilder {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** null: no such image. */
  async find(reference: string): Promise<ImageFacts | null> {
    return withDeadline(`look for the image ${reference}`, deadlines.request, async () => {
      try {
        const info = await this.#engine.docker.getImage(reference).inspect();
        // The engine sends null for what is empty, whatever the types say.
        const labels: Record<string, string> | null | undefined = info.Config?.Labels;
        const digests: string[] | null | undefined = info.RepoDigests;
        const layers: string[] | null | undefined = info.RootFS?.Layers;
        return {
          id: info.Id,
          identity: imageIdentity(layers ?? [], info.Config),
          size: info.Size,
          labels: labels ?? {},
          digests: digests ?? [],
          createdAt: Date.parse(info.Created),
          platform: platformOf(info),
        };
      } catch (error) {
        if (engineStatus(error) === 404) return null;
        throw error;
      }
    });
  }

  /**
   * Pulls from the registry the name stands for. `answerWithinMs` bounds the wait for its first word, for a
   * network that swallows packets keeps the engine busy for minutes.
   * @returns false when the registry answers and has none of that name
   * @throws engine.failed with the engine's words
   */
  async pull(reference: string, options: Following & { answerWithinMs: number }): Promise<boolean> {
    return pullImage(this.#engine, reference, options);
  }

  /**
   * Builds the Dockerfile in a folder, or one that is given. The classic builder: it is in every engine, needs no
   * client session, and takes a base that exists only on this engine. What other stages leave behind is removed, and
   * all that a build leaves that fails or is interrupted.
   * @throws engine.failed with the builder's words; image.build-failed when it says nothing for too long
   */
  async build(context: string | { dockerfile: string }, options: BuildOptions): Promise<ImageFacts> {
    const doing = `build ${options.tag}`;
    const trace = new BuildTrace();
    try {
      options.signal?.throwIfAborted();
      const tar = typeof context === 'string' ? packContext(context) : packDockerfile(context.dockerfile);
      const stream = await this.#engine.docker.buildImage(tar, {
        t: options.tag,
        rm: true,
        forcerm: true,
        ...(options.dockerfile === undefined ? {} : { dockerfile: options.dockerfile }),
        ...(options.buildArgs === undefined ? {} : { buildargs: options.buildArgs }),
        ...(options.labels === undefined ? {} : { labels: options.labels }),
        ...(options.hostNetwork === true ? { networkmode: 'host' } : {}),
        ...(options.inBackground === true ? { cpushares: backgroundShares } : {}),
        ...(options.signal === undefined ? {} : { abortSignal: options.signal }),
      });
      // Closing the connection is what makes the engine give up a build.
      const give = (): void => void (stream as Readable).destroy(new Error('interrupted'));
      options.signal?.addEventListener('abort', give, { once: true });
      await followReports(
        stream as Readable,
        doing,
        (report) => {
          for (const line of (report.stream ?? '').split('\n')) {
            trace.read(line);
            if (line.trim() !== '') options.onLine?.(line.trimEnd());
          }
        },
        silenceLimit,
      );
      options.signal?.removeEventListener('abort', give);
    } catch (error) {
      await removeUnfinished(this.#engine, trace);
      throw toEngineError(error, doing);
    }
    for (const id of trace.leftovers()) await removeUnnamed(this.#engine, id);
    const built = await this.find(options.tag);
    if (built === null) throw toEngineError(new Error('the build ended without an image'), doing);
    return built;
  }

  /** Makes an image of one layer from a tar of its root file system. `changes` are lines of a Dockerfile. */
  async import(tar: Readable, reference: string, options: Following & { changes: string[] }): Promise<void> {
    const doing = `import ${reference}`;
    const [repo, tag] = splitReference(reference);
    try {
      const stream = await this.#engine.docker.importImage(tar, {
        repo,
        tag,
        changes: options.changes.join('\n'),
        ...(options.signal === undefined ? {} : { abortSignal: options.signal }),
      });
      await followReports(stream as Readable, doing, (report) => {
        if (report.status !== undefined) options.onLine?.(report.status);
      });
    } catch (error) {
      throw toEngineError(error, doing);
    }
  }

  /**
   * What a registry has under a name, without pulling it: its digest. null: it answers and has none of that name.
   * @throws engine.failed also when the registry does not answer within the time
   */
  async digestAtRegistry(reference: string, withinMs: number, signal?: AbortSignal): Promise<string | null> {
    return askForDigest(this.#engine, reference, withinMs, signal);
  }

  /** The first bytes of a file in an image, as text; null: there is no such file. */
  async readFile(reference: string, path: string, limit = 16 * 1024): Promise<string | null> {
    return readImageFile(this.#engine, reference, path, limit);
  }

  /** The image as the tar that `docker save` writes. */
  async export(reference: string): Promise<Readable> {
    try {
      return (await this.#engine.docker.getImage(reference).get()) as Readable;
    } catch (error) {
      throw toEngineError(error, `read the image ${reference}`);
    }
  }

  async tag(source: string, reference: string): Promise<void> {
    const [repo, tag] = splitReference(reference);
    await withDeadline(`name an image ${reference}`, deadlines.request, async (abortSignal) => {
      await this.#engine.docker.getImage(source).tag({ repo, tag, abortSignal });
    });
  }

  /** Takes a name off an image; the image goes when it was its last. A name that is not there is no error. */
  async remove(reference: string): Promise<void> {
    await withDeadline(`remove the image ${reference}`, deadlines.change, async (abortSignal) => {
      try {
        await this.#engine.docker.getImage(reference).remove({ abortSignal });
      } catch (error) {
        if (engineStatus(error) !== 404) throw error;
      }
    });
  }
}

/** `name:tag` of a reference without a digest. A colon before a slash belongs to a host's port. */
export function splitReference(reference: string): [repo: string, tag: string] {
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/')
    ? [reference.slice(0, colon), reference.slice(colon + 1)]
    : [reference, 'latest'];
}

function platformOf(info: { Os: string; Architecture: string; Variant?: string | undefined }): string {
  const { Os: os, Architecture: architecture, Variant: variant } = info;
  return [os, architecture, variant ?? ''].filter((part) => part !== '').join('/');
}
