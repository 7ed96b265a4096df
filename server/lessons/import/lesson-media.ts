import { basename, dirname } from 'node:path';
import { fileLimits } from '../library/bounded-files.ts';
import type { Place } from './dialect.ts';
import type { GapList } from './gap.ts';
import { resolveInside, type SourceFolder } from './source-folder.ts';

const pictures = /\.(?:png|jpe?g|gif|svg|webp|avif)$/i;

/** The pictures of one lesson: those of the source are taken along, each under a name of its own. */
export class LessonMedia {
  /** By path below `media/`. */
  readonly files = new Map<string, Buffer>();
  readonly #source: SourceFolder;
  readonly #gaps: GapList;
  readonly #names = new Map<string, string>();
  #total = 0;

  constructor(source: SourceFolder, gaps: GapList) {
    this.#source = source;
    this.#gaps = gaps;
  }

  /**
   * @param url as the text has it
   * @returns the path in the lesson, or null when there is none; why is in the list
   */
  async take(url: string, at: Place): Promise<string | null> {
    if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(url)) {
      this.#gaps.gap(
        'media.remote',
        at,
        'This picture lies on another server. Put it into the lesson’s `media/` and name it in the text; its description stands there now.',
        url,
      );
      return null;
    }
    const path = decode(url.replace(/[?#].*$/s, ''));
    const folder = dirname(at.file);
    const outer = this.#source.root.split('/').at(-1) ?? '';
    // Labspaces count from the repository's root; where only its inner folder is imported, that name is left out.
    const inner = path.replace(/^\/+/, '').startsWith(`${outer}/`)
      ? path.replace(/^\/+/, '').slice(outer.length + 1)
      : path;
    const places = [
      resolveInside(folder === '.' ? '' : folder, path),
      resolveInside('', path),
      resolveInside('', inner),
      resolveInside('assets', path),
    ];
    for (const place of places) {
      if (place === null || !(await this.#source.has(place))) continue;
      return this.#keep(place, url, at);
    }
    this.#gaps.gap(
      'media.missing',
      at,
      'This picture is not in the source. Its description stands in the text now.',
      url,
    );
    return null;
  }

  async #keep(path: string, url: string, at: Place): Promise<string | null> {
    const known = this.#names.get(path);
    if (known !== undefined) return `media/${known}`;
    const content = pictures.test(path) ? await this.#source.read(path, fileLimits.file) : null;
    if (!Buffer.isBuffer(content) || this.files.size >= 200 || this.#total + content.length > fileLimits.total) {
      this.#gaps.gap(
        'media.missing',
        at,
        'This picture cannot be taken: it is too large, or no picture. Its description stands in the text now.',
        url,
      );
      return null;
    }
    const [, stem = '', extension = ''] = /^(.*?)(\.[a-z]+)$/i.exec(basename(path)) ?? [];
    const safe =
      stem
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 60) || 'picture';
    let name = `${safe}${extension.toLowerCase()}`;
    for (let count = 2; this.files.has(name); count++) name = `${safe}-${count}${extension.toLowerCase()}`;
    this.#names.set(path, name);
    this.#total += content.length;
    this.files.set(name, content);
    return `media/${name}`;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
