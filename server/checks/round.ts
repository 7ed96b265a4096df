import type { ContainerDetails, ImageDetails } from '../../protocol/docker.ts';
import type { CheckContext, CheckDaemon } from './check-context.ts';
import { type DockerfileInstruction, readInstructions } from './dockerfile-instructions.ts';
import { spellingsOf } from './image-reference.ts';

/** Lines of a container's log that are looked at. */
const logLines = 1000;

/**
 * One look at the learner's world. Whatever several checks need is fetched once; all of them see the same
 * answer, also when it was a failure.
 */
export class Round {
  readonly context: CheckContext;
  /** How many times their usual time programs get. */
  readonly patience: number;
  readonly #answers = new Map<string, Promise<unknown>>();

  constructor(context: CheckContext, patience = 1) {
    this.context = context;
    this.patience = patience;
  }

  containers(): ReturnType<CheckDaemon['containers']> {
    return this.#once('containers', () => this.context.daemon.containers());
  }

  images(): ReturnType<CheckDaemon['images']> {
    return this.#once('images', () => this.context.daemon.images());
  }

  networks(): ReturnType<CheckDaemon['networks']> {
    return this.#once('networks', () => this.context.daemon.networks());
  }

  volumes(): ReturnType<CheckDaemon['volumes']> {
    return this.#once('volumes', () => this.context.daemon.volumes());
  }

  container(id: string): Promise<ContainerDetails | null> {
    return this.#once(`container ${id}`, () => this.context.daemon.container(id));
  }

  network(id: string): ReturnType<CheckDaemon['network']> {
    return this.#once(`network ${id}`, () => this.context.daemon.network(id));
  }

  /** Found in the list first, so that a name Docker would refuse is only "not there". */
  async image(reference: string): Promise<ImageDetails | null> {
    const id = await this.imageId(reference);
    return id === null ? null : this.#once(`image ${id}`, () => this.context.daemon.image(id));
  }

  /** Looked for once: every container of a group asks for the same one. */
  imageId(reference: string): Promise<string | null> {
    return this.#once(`id of ${reference}`, () => this.#findImage(reference));
  }

  async #findImage(reference: string): Promise<string | null> {
    const images = await this.images();
    const spellings = spellingsOf(reference);
    const isCalled = (name: string): boolean => spellings.has(name);
    const byName = images.find((image) => image.tags.some(isCalled) || image.digests.some(isCalled));
    if (byName) return byName.id;
    if (!/^(?:sha256:)?[a-f0-9]{12,64}$/.test(reference)) return null;
    const bare = reference.replace(/^sha256:/, '');
    return images.find((image) => image.id.replace(/^sha256:/, '').startsWith(bare))?.id ?? null;
  }

  log(id: string): Promise<string | null> {
    return this.#once(`log ${id}`, () => this.context.daemon.containerLog(id, logLines));
  }

  changes(id: string): ReturnType<CheckDaemon['containerChanges']> {
    return this.#once(`changes ${id}`, () => this.context.daemon.containerChanges(id));
  }

  history(id: string): ReturnType<CheckDaemon['imageHistory']> {
    return this.#once(`history ${id}`, () => this.context.daemon.imageHistory(id));
  }

  readFile(path: string): Promise<string | null> {
    return this.#once(`file ${path}`, () => this.context.readFile(path));
  }

  /** What the file says as a Dockerfile; null when it is not there, or too large. */
  instructions(path: string): Promise<DockerfileInstruction[] | null> {
    return this.#once(`instructions ${path}`, async () => {
      const text = await this.readFile(path);
      return text === null ? null : readInstructions(text);
    });
  }

  stat(path: string): ReturnType<CheckContext['stat']> {
    return this.#once(`stat ${path}`, () => this.context.stat(path));
  }

  files(): Promise<string[]> {
    return this.#once('files', async () => (await this.context.files?.()) ?? []);
  }

  run(command: string, timeoutMs: number): ReturnType<CheckContext['run']> {
    return this.#once(`run ${timeoutMs} ${command}`, () => this.context.run(command, timeoutMs * this.patience));
  }

  #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key);
    if (known) return known as Promise<T>;
    // Inside the promise, so that one that throws at once is an answer too.
    const answer = Promise.resolve().then(ask);
    this.#answers.set(key, answer);
    return answer;
  }
}
