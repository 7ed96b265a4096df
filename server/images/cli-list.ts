import type { ImageView } from '../../protocol/images.ts';
import { formatBytes } from '../checks/comparison.ts';
import { wrap } from '../lessons/cli/cli-command.ts';
import type { ImagesAtHand, ImagesCommand } from './cli-command.ts';
import type { ImagesState, MadeImage } from './image-maker.ts';
import { viewsOf } from './image-stock-views.ts';
import { typedName } from './typed-name.ts';

export const listCommand: ImagesCommand = {
  name: 'list',
  synopsis: ['[--json]'],
  summary:
    'shows the images of the catalogue: which are there, where each came from, its size (own: what no other image shares of the download) and digest, and which lessons use it. --json has everything in full.',
  options: ['--json'],
  words: { min: 0, max: 0, what: 'words' },
  run: async ({ options }, io) => {
    const hand = await io.open();
    const state = await hand.maker.look();
    const images = viewImages(hand, state, io.now());
    const totals = sumUp(images, [...state.served.values()]);
    io.out(options.has('--json') ? `${JSON.stringify({ images, totals }, null, 2)}\n` : renderImages(images, totals));
    return 0;
  },
};

/** Those that lessons need first, in their order. */
export function viewImages(
  { catalogue, needed }: Pick<ImagesAtHand, 'catalogue' | 'needed'>,
  { served, outdated }: ImagesState,
  now: number,
): ImageView[] {
  const order = [...new Set([...needed.keys(), ...catalogue.map(({ id }) => id)])];
  const entries = order.flatMap((id) =>
    catalogue
      .filter((image) => image.id === id)
      .map((image) => ({
        image,
        made: served.get(id) ?? null,
        isOutdated: outdated.has(id),
        isSeen: true,
        trouble: null,
        attempts: 0,
        triedAt: 0,
        lessons: needed.get(id) ?? [],
      })),
  );
  return viewsOf({ entries, queue: [], making: null, now, estimate: () => 0, held: false });
}

interface Totals {
  ready: number;
  all: number;
  needed: { ready: number; all: number };
  /** Bytes: each image for itself, and all of them with what they share counted once. */
  download: { each: number; together: number };
  unpacked: number;
}

function sumUp(images: readonly ImageView[], made: readonly MadeImage[]): Totals {
  const needed = images.filter((image) => image.lessons.length > 0);
  const layers = new Map(made.flatMap((each) => each.layers.map(({ digest, bytes }) => [digest, bytes] as const)));
  const each = made.reduce((sum, { download }) => sum + download, 0);
  const ofLayers = made.reduce((sum, image) => sum + image.layers.reduce((all, { bytes }) => all + bytes, 0), 0);
  const distinct = [...layers.values()].reduce((sum, bytes) => sum + bytes, 0);
  const ready = (of: readonly ImageView[]): number => of.filter(({ status }) => status.state === 'ready').length;
  return {
    ready: ready(images),
    all: images.length,
    needed: { ready: ready(needed), all: needed.length },
    download: { each, together: each - ofLayers + distinct },
    unpacked: made.reduce((sum, { unpacked }) => sum + unpacked, 0),
  };
}

const width = 100;
const unknown = '-';
const titles = ['IMAGE', 'STATE', 'SOURCE', 'DOWNLOAD', 'OWN', 'UNPACKED', 'DIGEST', 'LESSONS'];

const sources = { 'docker-hub': 'Docker Hub', 'docker-hub-extended': 'Docker Hub+', drydock: 'Drydock' } as const;

/** A table for people: a line for each image, below it its names, what it is, and who uses it; then the sums. */
export function renderImages(images: readonly ImageView[], totals: Totals): string {
  const rows = images.map(({ id, names, status, source, size, digest, lessons }) => [
    typedName({ id, names }),
    status.state === 'absent' ? 'not made' : status.state,
    source === null ? unknown : sources[source],
    size === null ? unknown : formatBytes(size.download),
    size === null ? unknown : formatBytes(size.own),
    size === null ? unknown : formatBytes(size.unpacked),
    digest === null ? unknown : digest.slice('sha256:'.length, 'sha256:'.length + 12),
    String(lessons.length),
  ]);
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const details = images.map(({ id, names, origin, lessons, status, source, shelf }) => [
    ...indented(names.join(', ')),
    ...(origin === null ? [] : indented(origin)),
    ...(status.state === 'ready' && status.note !== undefined
      ? indented(
          `${status.note} \`npm run images -- ${source === 'drydock' ? 'build' : 'pull'} ${typedName({ id, names })}\` renews it.`,
        )
      : []),
    ...(shelf === undefined ? [] : indented(`installs without internet: ${shelf.join(', ')}`)),
    ...(lessons.length === 0 ? [] : indented(`for ${lessons.join(', ')}`)),
  ]);
  const body = rows.flatMap((row, index) => [line(row), ...(details[index] ?? [])]);
  return `${[line(titles), ...body, '', ...renderTotals(totals)].join('\n')}\n`;
}

function indented(text: string): string[] {
  return wrap(text, width - 4).map((each) => `    ${each}`);
}

function renderTotals({ ready, all, needed, download, unpacked }: Totals): string[] {
  const shared = download.each - download.together;
  const sizes =
    ready === 0
      ? ''
      : ` Together they take ${formatBytes(download.together)} in the registry, for they share ${formatBytes(shared)}; unpacked each for itself, ${formatBytes(unpacked)}.`;
  return wrap(
    `${ready} of ${all} images are there, ${needed.ready} of the ${needed.all} that lessons need.${sizes}`,
    width,
  );
}
