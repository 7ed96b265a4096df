import type { ImageView } from '../../protocol/images.ts';
import type { Disposable } from '../disposable.ts';
import { errorForLog } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Registry } from '../registry/registry.ts';
import { type CatalogueImage, mirrorName } from './catalogue.ts';
import { estimateWords } from './image-estimate.ts';
import type { ImageStock } from './image-stock.ts';
import { typedName } from './typed-name.ts';

/** Bytes of one text: what the program in the sandbox passes on as one line. */
const longestText = 400;
/** Bytes that are left for what it fills in for `{image}` and `{host}`. */
const roomForName = 120;

const onPage = "The lab's page Images says more.";

/**
 * The file of words that a sandbox answers a `docker pull` with where the registry has nothing: lines of a repository as
 * Docker asks for it (`library/alpine`), a tab, and one line of text; `*` is any other image, `@` any other host.
 * @param isRunning false: the lab ends, and nothing is made until it runs again
 */
export function imageWords(
  images: readonly ImageView[],
  catalogue: readonly Pick<CatalogueImage, 'id' | 'instead' | 'build'>[],
  isRunning: boolean,
): string {
  const known = new Map(catalogue.map((image) => [image.id, image]));
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
    const parts = group.map((image) => sentence(image, repository, isRunning, known.get(image.id), group.length > 1));
    return `${repository}\t${oneLine([tags(group, repository), ...parts, served(group, repository)].join(' '), longestText)}`;
  });
  const ready = images.filter(({ status }) => status.state === 'ready');
  const here = ready.length === 0 ? 'None is here yet.' : `Here are: ${list(ready.map(shortName), 100)}.`;
  lines.push(
    `*\t${oneLine(`This lab has no image {image}, and Docker Hub, which may have it, cannot be reached from this sandbox. ${here} ${onPage}`, longestText - roomForName)}`,
    `@\t${oneLine('This sandbox does not reach the internet, so there is no way to {host}. Images without a host in their name come from the lab itself: its page Images lists them.', longestText - roomForName)}`,
  );
  return `${lines.join('\n')}\n`;
}

/** What there is to say of one image under a repository; empty when it is there. */
function sentence(
  image: ImageView,
  repository: string,
  isRunning: boolean,
  known: Pick<CatalogueImage, 'instead' | 'build'> | undefined,
  isOneOfSeveral: boolean,
): string {
  const { status } = image;
  const instead = known?.instead;
  const canBeBuilt = known?.build !== null;
  const name = nameIn(image, repository);
  const use = instead === undefined ? '' : ` ${withStop(instead)}`;
  switch (status.state) {
    case 'ready':
      return '';
    case 'making':
    case 'waiting': {
      if (!isRunning) return `${name} is not made yet, and the lab that makes it is not running.`;
      const time = status.readyIn === null ? null : estimateWords(status.readyIn);
      if (!canBeBuilt && time === null) return `${fromHubAlone(name)}, and this lab is still to ask for it.${use}`;
      if (status.state === 'making')
        return `${name} is being made for this lab right now${time === null ? '' : `; it is ready in ${time}`}. Try again then.`;
      return `${name} waits to be made for this lab${time === null ? '' : `; it is ready in ${time}`}. Try again then.`;
    }
    case 'failed': {
      // The message is for who runs the lab, and says what to do there.
      const why = status.code === 'host.disk-full' ? ', because its disk is full' : '';
      const again = status.retryAt === null ? '' : ' It is tried again by itself.';
      return `${name} could not be made for this lab${why}.${again}${use} Whoever runs the lab reads more on its page Images.`;
    }
    case 'unavailable':
      return instead === undefined
        ? withStop(status.message)
        : `${fromHubAlone(name)}, which this lab does not reach.${use}`;
    case 'absent': {
      // Quoted where a sentence follows, which is no part of the command.
      const command = `npm run images -- ${canBeBuilt ? 'build' : 'pull'} ${typedName(image)}`;
      const how = use === '' && !isOneOfSeveral ? command : `"${command}".${use}`;
      if (!canBeBuilt) return `${fromHubAlone(name)}, and is not in this lab. Whoever runs it can try: ${how}`;
      return `${name} is not made in this lab yet. Whoever runs it makes it with: ${how}`;
    }
  }
}

/** Which tags of a repository there are at all: somebody may have asked for another one. Empty when it is the name that cannot be had. */
function tags(group: readonly ImageView[], repository: string): string {
  const possible = group.filter(({ status, hubOnly }) => {
    const isPossible = status.state === 'making' || status.state === 'waiting' || status.state === 'absent';
    return status.state === 'ready' || (isPossible && hubOnly !== true);
  });
  const own = possible
    .flatMap((image) => namesIn(image, repository))
    .map((name) => name.slice(repositoryOf(name).length + 1));
  if (own.length === 0) return '';
  const verb = possible.every(({ status }) => status.state === 'ready') ? 'has' : 'can have';
  return `This lab ${verb} ${short(repository)} only as ${list(own, 160)}.`;
}

/** What of it can be used right now. */
function served(group: readonly ImageView[], repository: string): string {
  const names = group.filter(({ status }) => status.state === 'ready').map((image) => nameIn(image, repository));
  return names.length === 0 ? '' : `Use ${names.join(' or ')}.`;
}

/** With the tag that says most of its version: who uses that one gets what it names. `nginx:1.26`. */
function nameIn(image: ImageView, repository: string): string {
  const own = namesIn(image, repository);
  const versions = own.filter((name) => /:\d+(\.\d+)*$/.test(name)).sort((a, b) => b.length - a.length);
  return versions[0] ?? (own[0] ?? image.id).replace(/:latest$/, '');
}

function namesIn({ names }: ImageView, repository: string): string[] {
  return names.filter((name) => repositoryOf(mirrorName(name)) === repository);
}

function fromHubAlone(name: string): string {
  return `${short(repositoryOf(name))} comes from Docker Hub alone`;
}

/** As people type it. */
function short(repository: string): string {
  return repository.replace(/^library\//, '');
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
