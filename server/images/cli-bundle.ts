import { formatBytes } from '../checks/comparison.ts';
import type { Following } from '../docker/image-builder.ts';
import { type ImagesCliIo, type ImagesCommand, imagesNamed } from './cli-command.ts';
import { typedName } from './typed-name.ts';

export const bundleCommand: ImagesCommand = {
  name: 'bundle',
  synopsis: ['FILE [IMAGE…] [--needed] [--json]'],
  summary:
    'writes one archive (an OCI layout) with everything that a class needs on a machine without internet: all images of the catalogue that can be had, or with --needed those that lessons need, or those that are named, and those of the lab itself. What is not there is made first.',
  // --all says what is done anyway where nothing else is said.
  options: ['--needed', '--all', '--json'],
  words: { min: 1, max: 101, what: 'the FILE to write' },
  run: async ({ words: [file = '', ...names], options }, io) => {
    const hand = await io.open();
    const { catalogue, needed } = hand;
    const named = imagesNamed(names, catalogue);
    const isAll = options.has('--all') || (names.length === 0 && !options.has('--needed'));
    const images = catalogue.filter(
      (image) => isAll || named.includes(image) || (options.has('--needed') && needed.has(image.id)),
    );
    // Nobody asked for these by name.
    const spare = new Set(
      images.filter((image) => !named.includes(image) && !needed.has(image.id)).map(({ id }) => id),
    );
    const made = await shown(`bundle ${file}`, io, (following) => hand.bundle(images, file, { ...following, spare }));
    if (options.has('--json')) io.out(`${JSON.stringify(made, null, 2)}\n`);
    else {
      const name = (id: string): string => typedName(catalogue.find((image) => image.id === id) ?? { id, names: [] });
      io.out(`${made.file}: ${formatBytes(made.bytes)}, ${made.images.map(name).join(', ')}, and the lab itself.\n`);
      for (const { id, why } of made.left) io.out(`Without ${name(id)}: ${why}\n`);
      io.out('On the other machine: npm run images -- load FILE, then npm start.\n');
    }
    return 0;
  },
};

export const loadCommand: ImagesCommand = {
  name: 'load',
  synopsis: ['FILE [--json]'],
  summary:
    'loads such an archive: the images of the lab itself onto the engine, the others into its registry. Everything is checked before anything is changed. Needs an engine and no internet. Load only bundles of people you trust: all sandboxes are made from the images in it.',
  options: ['--json'],
  words: { min: 1, max: 1, what: 'the FILE to load' },
  run: async ({ words: [file = ''], options }, io) => {
    const { loaded, kept, older, unknown, ...bundle } = await shown(`load ${file}`, io, (following) =>
      io.load(file, following),
    );
    if (options.has('--json')) io.out(`${JSON.stringify({ ...bundle, loaded, kept, older, unknown }, null, 2)}\n`);
    else {
      io.out(`${bundle.file}: ${formatBytes(bundle.bytes)}.\n`);
      if (loaded.length > 0) io.out(`Loaded: ${loaded.join(', ')}.\n`);
      if (kept.length > 0) io.out(`There already: ${kept.join(', ')}.\n`);
      if (unknown.length > 0) io.out(`Left out, for the catalogue here does not have them: ${unknown.join(', ')}.\n`);
      io.out(
        older.length === 0
          ? '`npm start` makes nothing of these anew.\n'
          : `Made from other files than this clone has: ${older.join(', ')}. They are served as they are; \`npm start\` renews them where it can, and makes nothing else anew.\n`,
      );
    }
    return 0;
  },
};

async function shown<T>(title: string, io: ImagesCliIo, act: (following: Following) => Promise<T>): Promise<T> {
  const line = io.progress.begin(title);
  try {
    const result = await act({ signal: io.signal, onLine: (text) => line.tell(text) });
    line.done();
    return result;
  } catch (error) {
    if (io.signal.aborted) line.dropped();
    else line.failed();
    throw error;
  }
}
