import { formatBytes } from '../checks/comparison.ts';
import type { Following } from '../docker/image-builder.ts';
import { type ImagesCliIo, type ImagesCommand, imagesNamed } from './cli-command.ts';

export const bundleCommand: ImagesCommand = {
  name: 'bundle',
  synopsis: ['FILE [IMAGE…] [--all] [--json]'],
  summary:
    'writes one archive (an OCI layout) with everything that a class needs on a machine without internet: the images that lessons need, or those that are named, or with --all the whole catalogue, and those of the lab itself. What is not there is made first.',
  options: ['--all', '--json'],
  words: { min: 1, max: 101, what: 'the FILE to write' },
  run: async ({ words: [file = '', ...names], options }, io) => {
    const hand = await io.open();
    const named = imagesNamed(names, hand.catalogue);
    const images = hand.catalogue.filter(
      (image) => options.has('--all') || (names.length === 0 ? hand.needed.has(image.id) : named.includes(image)),
    );
    const made = await shown(`bundle ${file}`, io, (following) => hand.bundle(images, file, following));
    if (options.has('--json')) io.out(`${JSON.stringify(made, null, 2)}\n`);
    else {
      io.out(`${made.file}: ${formatBytes(made.bytes)}, ${made.images.join(', ')}, and the lab itself.\n`);
      for (const { id, why } of made.left) io.out(`Without ${id}: ${why}\n`);
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
    const { loaded, kept, ...bundle } = await shown(`load ${file}`, io, (following) => io.load(file, following));
    if (options.has('--json')) io.out(`${JSON.stringify({ ...bundle, loaded, kept }, null, 2)}\n`);
    else {
      io.out(`${bundle.file}: ${formatBytes(bundle.bytes)}.\n`);
      if (loaded.length > 0) io.out(`Loaded: ${loaded.join(', ')}.\n`);
      if (kept.length > 0) io.out(`There already: ${kept.join(', ')}.\n`);
      io.out('`npm start` makes nothing of these anew.\n');
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
