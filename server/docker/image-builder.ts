import type { Readable } from 'node:stream';
import { packContext } from './build-context.ts';
import { BuildTrace, followReports } from './build-stream.ts';
import { deadlines, type Engine } from './engine.ts';
import { engineStatus, engineUnreachable, toEngineError, withDeadline } from './engine-errors.ts';

export interface ImageFacts {
  /** `sha256:…` */
  id: string;
  /** bytes, all layers */
  size: number;
  labels: Record<string, string>;
  /** `name@sha256:…` for every registry it was pulled from. */
  digests: string[];
  /** unix milliseconds */
  createdAt: number;
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
  /** True: RUN steps use the engine machine's own network, for mirrors and proxies on its loopback. */
  hostNetwork?: boolean;
}

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
        return {
          id: info.Id,
          size: info.Size,
          labels: labels ?? {},
          digests: digests ?? [],
          createdAt: Date.parse(info.Created),
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
   * @throws engine.failed with the engine's words
   */
  async pull(reference: string, options: Following & { answerWithinMs: number }): Promise<void> {
    const doing = `pull ${reference}`;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), options.answerWithinMs);
    const signal = joinSignals(options.signal, patience.signal);
    try {
      const stream = await this.#engine.docker.pull(reference, { abortSignal: signal });
      const broken = (): void => void (stream as Readable).destroy(new Error('aborted'));
      signal.addEventListener('abort', broken, { once: true });
      await followReports(stream as Readable, doing, (report) => {
        clearTimeout(timer);
        if (report.status !== undefined)
          options.onLine?.(report.id === undefined ? report.status : `${report.id}: ${report.status}`);
      });
    } catch (error) {
      if (patience.signal.aborted)
        throw engineUnreachable(doing, new Error(`no word for ${options.answerWithinMs} ms`));
      throw toEngineError(error, doing);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Builds the Dockerfile in `folder`. The classic builder: it is in every engine, needs no client session,
   * and takes a base that exists only on this engine. What other stages leave behind is removed.
   * @returns the image's id
   * @throws engine.failed with the builder's words
   */
  async build(folder: string, options: BuildOptions): Promise<ImageFacts> {
    const doing = `build ${options.tag}`;
    const trace = new BuildTrace();
    try {
      const stream = await this.#engine.docker.buildImage(packContext(folder), {
        t: options.tag,
        rm: true,
        forcerm: true,
        ...(options.buildArgs === undefined ? {} : { buildargs: options.buildArgs }),
        ...(options.labels === undefined ? {} : { labels: options.labels }),
        ...(options.hostNetwork === true ? { networkmode: 'host' } : {}),
        ...(options.signal === undefined ? {} : { abortSignal: options.signal }),
      });
      // Closing the connection is what makes the engine give up a build.
      const give = (): void => void (stream as Readable).destroy(new Error('interrupted'));
      options.signal?.addEventListener('abort', give, { once: true });
      await followReports(stream as Readable, doing, (report) => {
        for (const line of (report.stream ?? '').split('\n')) {
          trace.read(line);
          if (line.trim() !== '') options.onLine?.(line.trimEnd());
        }
      });
      options.signal?.removeEventListener('abort', give);
    } catch (error) {
      throw toEngineError(error, doing);
    }
    for (const id of trace.leftovers()) await this.#removeUnnamed(id);
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

  /** Best effort: an image in use, or one that another build shares, stays. */
  async #removeUnnamed(id: string): Promise<void> {
    try {
      const info = await this.#engine.docker.getImage(id).inspect();
      const names: string[] | null | undefined = info.RepoTags;
      if ((names ?? []).length === 0) await this.#engine.docker.getImage(id).remove();
    } catch (error) {
      this.#engine.logger.debug({ id, error }, 'an unnamed image of a build stays');
    }
  }
}

/** `name:tag` of a reference without a digest. A colon before a slash belongs to a host's port. */
export function splitReference(reference: string): [repo: string, tag: string] {
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/')
    ? [reference.slice(0, colon), reference.slice(colon + 1)]
    : [reference, 'latest'];
}

function joinSignals(...signals: (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}
