import type { ImageView } from '../../protocol/images.ts';
import type { Disposable } from '../disposable.ts';
import { errorForLog } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Registry } from '../registry/registry.ts';
import { type CatalogueImage, mirrorName } from './catalogue.ts';
import { estimateWords } from './image-estimate.ts';
import type { ImageStock } from './image-stock.ts';

/** Bytes of one text: what the program in the sandbox passes on as one line. */
const longestText = 400;
/** Bytes that are left for what it fills in for `{image}` and `{host}`. */
const roomForName = 120;

/**
 * The file of words that a sandbox answers a `docker pull` with where the registry has nothing: lines of a repository as
 * Docker asks for it (`library/alpine`), a tab, and one line of text; `*` is any other image, `@` any other host.
 * @param isRunning false: the lab ends, and nothing is made until it runs again
 */
export function imageWords(
  images: readonly ImageView[],
  catalogue: readonly Pick<CatalogueImage, 'id' | 'instead'>[],
  isRunning: boolean,
): string {
  const instead = new Map(catalogue.map((image) => [image.id, image.instead]));
  const groups = new Map<string, ImageView[]>();
  for (const image of images) {
    for (const name of image.names) {
      const repository = repositoryOf(mirrorName(name));
      const group = groups.get(repository) ?? [];
      if (!group.includes(image)) group.push(image);
      groups.set(repository, group);
    }
  }
  const lines = [...groups].map(([repository, group]) => {
    const parts = [...group.map((image) => sentence(image, repository, isRunning, instead.get(image.id)))];
    return `${repository}\t${oneLine([...parts, served(group, repository)].join(' '), longestText)}`;
  });
  const ready = images.filter(({ status }) => status.state === 'ready');
  const here = ready.length === 0 ? 'None is here yet.' : `Here are: ${list(ready.map(shortName), 140)}.`;
  lines.push(
    `*\t${oneLine(`This lab has no image {image}, and a sandbox does not reach the internet to look for it elsewhere. ${here}`, longestText - roomForName)}`,
    `@\t${oneLine('A sandbox of this lab does not reach the internet, so there is no way to {host}. Images without a host in their name come from the lab itself.', longestText - roomForName)}`,
  );
  return `${lines.join('\n')}\n`;
}

/** What there is to say of one image under a repository; empty when it is there. */
function sentence(image: ImageView, repository: string, isRunning: boolean, instead: string | undefined): string {
  const { status } = image;
  const name = nameIn(image, repository);
  switch (status.state) {
    case 'ready':
      return '';
    case 'making':
    case 'waiting': {
      if (!isRunning) return `${name} is not made yet, and the lab that makes it is not running.`;
      const time = status.readyIn === null ? null : estimateWords(status.readyIn);
      if (status.state === 'making')
        return `${name} is being made for this lab right now${time === null ? '' : `; it is ready in ${time}`}. Try again then.`;
      return `${name} waits to be made for this lab${time === null ? '' : `; it is ready in ${time}`}. Try again then.`;
    }
    case 'failed': {
      // The message is for who runs the lab, and says what to do there.
      const why = status.code === 'host.disk-full' ? ', because its disk is full' : '';
      const again = status.retryAt === null ? '' : ' It is tried again by itself.';
      return `${name} could not be made for this lab${why}.${again} Whoever runs the lab reads more on its page /images.`;
    }
    case 'unavailable':
      return instead === undefined
        ? withStop(status.message)
        : `${name} comes from Docker Hub alone, which this lab does not reach. ${withStop(instead)}`;
    case 'absent':
      return instead === undefined
        ? `${name} is not made in this lab yet. Whoever runs it makes it with: npm run images -- build ${image.id}`
        : `${name} is not in this lab. ${withStop(instead)}`;
  }
}

/** Under which tags a repository is served: somebody may have asked for another one. */
function served(group: readonly ImageView[], repository: string): string {
  const names = group
    .filter(({ status }) => status.state === 'ready')
    .flatMap((image) => image.names.filter((name) => repositoryOf(mirrorName(name)) === repository));
  return names.length === 0 ? '' : `This lab has ${list(names, 200)}, and no other tag of it.`;
}

/** `nginx` where that is enough, else with its tag. */
function nameIn(image: ImageView, repository: string): string {
  const own = image.names.find((name) => repositoryOf(mirrorName(name)) === repository) ?? image.names[0] ?? image.id;
  return own.replace(/:latest$/, '');
}

function shortName({ names, id }: ImageView): string {
  return (names[0] ?? id).replace(/:.*$/, '');
}

function repositoryOf(name: string): string {
  return name.replace(/:[^/:]*$/, '');
}

/** `a, b and c`, or as many as fit and `others`. */
function list(names: readonly string[], most: number): string {
  const all = [...new Set(names)];
  const fitting: string[] = [];
  for (const name of all) {
    if (fitting.join(', ').length + name.length > most) break;
    fitting.push(name);
  }
  const words = fitting.length < all.length ? [...fitting, 'others'] : fitting;
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

function withStop(text: string): string {
  return /[.?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}

/** Printable ASCII on one line, cut between words: it becomes the status line of an HTTP answer. */
function oneLine(text: string, most: number): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/[“”]/g, '"')
    .replaceAll('…', '...')
    .replaceAll(/[–—]/g, '-')
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .replaceAll(/ +/g, ' ')
    .trim();
  if (plain.length <= most) return plain;
  const cut = plain.slice(0, most - 3);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), most - 60)).trimEnd()}...`;
}

/** Milliseconds between two writings: each is some work for the engine. */
const writeEvery = 3_000;
/** How old an estimate in the words may become while images are made. */
const refreshEvery = 15_000;

export interface ImageWordsParts {
  stock: Pick<ImageStock, 'view' | 'onChanged' | 'looked'>;
  catalogue: readonly CatalogueImage[];
  registry: Pick<Registry, 'setWords'>;
  /** False for a lab that only stands beside the one whose registry it is: that one may go on when it ends. */
  isOwner: boolean;
  logger: Logger;
}

/** Keeps the words that sandboxes say true while images change. */
export class ImageWords {
  readonly #parts: ImageWordsParts;
  #following: Disposable | null = null;
  #written: string | null = null;
  #writtenAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #dueAt = Number.POSITIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: ImageWordsParts) {
    this.#parts = parts;
  }

  /** From the first look at the registry on. */
  start(): void {
    if (this.#isClosed || this.#following !== null) return;
    this.#following = this.#parts.stock.onChanged(() => this.#soon(writeEvery));
    this.#parts.stock.looked().then(
      () => this.#soon(0),
      () => undefined,
    );
  }

  /** Says a last time what is there, for sandboxes outlive the lab; never throws. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const hasBegun = this.#following !== null && this.#written !== null;
    this.#following?.dispose();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#writing;
    if (hasBegun && this.#parts.isOwner) await this.#write(false);
  }

  /** Writes after this time at the latest; what was to be written earlier still is. */
  #soon(milliseconds: number): void {
    const at = Date.now() + milliseconds;
    if (this.#isClosed || this.#dueAt <= at) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#writing = this.#writing.then(() => this.#write(true));
      const isMoving = this.#parts.stock
        .view()
        .images.some(({ status }) => status.state === 'making' || status.state === 'waiting');
      if (isMoving) this.#soon(refreshEvery);
    }, milliseconds);
    this.#timer.unref();
  }

  async #write(isRunning: boolean): Promise<void> {
    const { stock, catalogue, registry, logger } = this.#parts;
    try {
      const text = imageWords(stock.view().images, catalogue, isRunning);
      // Another lab may have written meanwhile what is true of it.
      const isRecent = Date.now() - this.#writtenAt < refreshEvery;
      if (text === this.#written && (isRecent || !isRunning)) return;
      await registry.setWords(text);
      this.#written = text;
      this.#writtenAt = Date.now();
    } catch (error) {
      logger.debug(errorForLog(error), 'the words about images could not be written');
      if (!this.#isClosed) this.#soon(refreshEvery);
    }
  }
}
